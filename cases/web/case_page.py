"""Everything the case page shows, from a dossier. The page itself, a refused step and an opened identity all use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from agencies.doors import words
from agencies.doors.once import fresh_token
from agencies.errors import DomainError
from agencies.models import Agency
from agencies.roles import Role
from cases import notes
from cases.journey import front_of
from cases.models import (
    AssignmentState,
    BorderMatter,
    Crossing,
    Direction,
    Mark,
    Outcome,
    Status,
    Subject,
    SubjectKind,
)
from cases.paper.printing import Paper
from cases.policies import available, eyes_used, may_edit, seated, stands
from cases.queries import choices
from cases.queries.changes import masked
from cases.queries.custody import custody
from cases.queries.dossier import Dossier
from cases.queries.drafting import basis_of
from cases.queries.stations import stations
from cases.queries.timeline import Entry, Silence, timeline
from cases.reading import PURPOSES
from cases.web import clock_panel, onward_words, route_words, sentences, timeline_words
from cases.web.archive_words import card
from cases.web.case_panels import country_of, incoming_facts, panels
from cases.web.papers import papers_of
from cases.web.step_forms import StepForm, build
from cases.web.step_posts import Posted
from cases.web.supervision_page import on_case
from cases.workflow import TRANSITIONS, Move, Seat, Transition


def page(
    dossier: Dossier,
    *,
    step: str = "",
    posted: Posted | None = None,
    error: DomainError | None = None,
    shown: UUID | None = None,
    whole_timeline: bool = False,
) -> dict[str, Any]:
    """The context of cases/case.html. `step` opens with what was `posted` and why it was refused; `shown` is unmasked."""
    case, actor = dossier.case, dossier.actor
    steps = available(actor, case, dossier.leg)
    told = custody(dossier)
    forms = _forms(dossier, steps, step, posted, error)
    story = timeline(dossier, whole=whole_timeline)
    return {
        "dossier": dossier,
        "case": case,
        "leg": dossier.leg,
        "actor": actor,
        "due_state": due_state(dossier),
        "lede": sentences.lede(dossier),
        "onwards": onward_words.onwards(dossier),
        "stops": route_words.stops(dossier, stations(dossier)),
        "mark": Mark(case.mark).label,
        "direction": Direction(case.direction).label,
        "facts": _facts(dossier),
        "items": dossier.items,
        "persons": [person(subject, shown=subject.pk == shown) for subject in dossier.subjects],
        "purposes": PURPOSES.items(),
        "story": lines(dossier, story.lines),
        "earlier": story.earlier,
        "n_story": story.total,
        **papers_of(actor, case, dossier.leg),
        "custody": route_words.custody_rows(dossier, told),
        "custody_of": told,
        "custody_sum": route_words.custody_sum(told),
        **clock_panel.clocks(dossier),
        "waiting": waiting_word(dossier),
        "forms": forms,
        **panels(dossier, forms),
        **on_case(dossier),
        "others": others(dossier, steps),
        "may_edit": may_edit(actor, case, dossier.leg),
        "papers": Paper.choices,
        "archive": card(actor, case),
        "may_copy": actor.role == Role.DRAFTER and case.direction == Direction.OUTGOING and case.disposed_at is None,
        "may_supplement": actor.role == Role.DRAFTER and sent_once(dossier) and case.disposed_at is None,
        "token": fresh_token(),
        "role": Role(actor.role).label if actor.role in Role.values else "",
    }


def _forms(
    dossier: Dossier, steps: Sequence[Transition], step: str, posted: Posted | None, error: DomainError | None
) -> list[StepForm]:
    """One form a step. Open is the one that was posted, else the first: what the page is most often opened for."""
    opened = step or next((one.name for one in steps if not one.danger), "")
    return [
        build(
            dossier,
            one,
            leads=onward_words.leads(dossier, one),
            opened=one.name == opened,
            posted=posted if one.name == step else None,
            error=error if one.name == step else None,
        )
        for one in steps
    ]


def due_state(dossier: Dossier) -> str:
    """The mark before the sentence: how the time stands; no mark for a case that ended without an answer."""
    if dossier.leg is None:
        return "met" if dossier.case.status == Status.CLOSED else ""
    if dossier.abroad:
        return "abroad"
    if dossier.deadline is None:
        return "none"
    due_at = dossier.deadline.due_at
    left = dossier.calendar.working_days_between(dossier.now, due_at)
    return words.deadline(due_at, left, dossier.now)[0]


def _facts(dossier: Dossier) -> list[tuple[str, object]]:
    case = dossier.case
    facts = _incoming(dossier) if case.direction == Direction.INCOMING else _outgoing(dossier)
    if case.border_matter:
        facts.append((_("边境事项"), BorderMatter(case.border_matter).label))
    if case.request_type and (basis := basis_of([(_BASIS, [case.request_type])]).get(case.request_type.pk)):
        facts.append((str(_BASIS), _("、").join(basis)))
    if case.content_version > 1:
        facts.append((_("内容"), _("第 %(n)s 版") % {"n": case.content_version}))
    if case.result:
        facts.append((_("结果"), sentences.named(case.result)))
    return facts


def _incoming(dossier: Dossier) -> list[tuple[str, object]]:
    case = dossier.case
    facts = incoming_facts(dossier, _at(case.drafter.name, case.origin.name))
    replied = [sent for sent in dossier.transmissions if sent.kind == Crossing.REPLY]
    if replied:
        facts.append((_("答复渠道"), replied[-1].channel.name if replied[-1].channel else None))
        facts.append((_("外方收件单位"), _at(replied[-1].counterpart_name, replied[-1].counterpart_unit)))
    return facts


def _outgoing(dossier: Dossier) -> list[tuple[str, object]]:
    case = dossier.case
    facts: list[tuple[str, object]] = [
        (_("国家"), country_of(case)),
        (_("请求类型"), case.request_type.name if case.request_type else None),
        (_("承办人"), _at(case.drafter.name, case.origin.name)),
        (_("报送"), words.when(case.submitted_at, dossier.now) if case.submitted_at else _("还没有报送")),
    ]
    if sent := dossier.sent:
        facts.append((_("渠道"), sent.channel.name if sent.channel else None))
        facts.append((_("外方收件单位"), _at(sent.counterpart_name, sent.counterpart_unit)))
    return facts


def sent_once(dossier: Dossier) -> bool:
    """Has the foreign side had this request of ours? Then another one may add to it."""
    return dossier.case.direction == Direction.OUTGOING and dossier.sent is not None


def waiting_word(dossier: Dossier) -> str:
    """What an item without an outcome waits for: to be sent, or to be answered."""
    if dossier.case.direction == Direction.INCOMING:
        return _incoming_wait(dossier)
    if dossier.sent is not None:
        return str(Outcome.WAITING.label)
    return _("未发出") if dossier.leg is None else pgettext("item", "待发出")


def _incoming_wait(dossier: Dossier) -> str:
    """What a part of a foreign request waits for: a decision, its execution; nothing once the case has ended."""
    if dossier.leg is None:
        return _("未执行")
    decided = any(item.decision for item in dossier.items)
    return pgettext("item", "待执行") if decided else pgettext("item", "待决定")


_BASIS = gettext_lazy("依据")


def _at(name: str, place: str) -> SafeString:
    if not place:
        return sentences.named(name)
    return format_html(_("{name}，{place}"), name=sentences.named(name), place=sentences.named(place))


def person(subject: Subject, *, shown: bool) -> dict[str, Any]:
    """A person or an entity as the table shows it; the document number and the birthday only when opened."""
    birth = subject.birth_date
    return {
        "row": subject,
        "kind": SubjectKind(subject.kind).label,
        "nation": _nation(subject.nationality),
        "shown": shown,
        "masked": masked(subject.document_number),
        "birth": _birth(birth, shown=shown) if birth else "",
        "secret": bool(subject.document_number or birth),
    }


def _birth(birth: date, *, shown: bool) -> str:
    """The whole day when opened, else the year."""
    return words.whole_day(birth) if shown else _("%(year)s 年生") % {"year": birth.year}


def _nation(code: str) -> str:
    if code == "CN":
        return _("中国")
    countries = choices.countries()
    return countries[code][1] if code in countries else code


# --- Who may do what I may not ---------------------------------------------------------------------------------------


def others(dossier: Dossier, mine: Sequence[Transition]) -> list[SafeString]:
    """Steps that the case may take now but not by this officer, each with whose step it is."""
    case = dossier.case
    found: list[SafeString] = []
    if case.archived_at is not None:
        return found
    for (direction, _name), one in TRANSITIONS.items():
        if (
            direction == case.direction
            and one.move is not Move.STAY
            and one not in mine
            and stands(one, case, dossier.leg)
        ):
            found.append(format_html("{}{}{}", one.label, _("："), whose(dossier, one)))
    return found


def whose(dossier: Dossier, one: Transition) -> SafeString:
    """苏州市公安局审批人: who takes a step."""
    actor = dossier.actor
    if (
        actor.role in one.roles
        and seated(actor, one, dossier.case, dossier.leg)
        and eyes_used(actor, one, dossier.case)
    ):
        if actor.for_officer_id is not None:
            return format_html(_("你或者你代办的人起草、拟办或审批过，须由其他人办理"))
        return format_html(_("你起草、拟办或审批过，须由其他人办理"))
    agency = seat_of(dossier, one)
    roles = _("、").join(str(role.label) for role in sorted(one.roles))
    return format_html(_("{agency}{roles}"), agency=sentences.named(agency.name if agency else ""), roles=roles)


def seat_of(dossier: Dossier, one: Transition) -> Agency | None:
    """The agency whose officers take the step now."""
    if one.seat is Seat.ORIGIN:
        return dossier.case.origin
    if one.seat is Seat.FRONT:
        return front_of(dossier.case)
    if one.seat is Seat.TERMINAL:
        return dossier.route[-1]
    if one.seat is Seat.ASSIGNED:
        asked = (row for row in dossier.assignments if row.state == AssignmentState.OPEN and row.kind in one.answers)
        return next((row.agency for row in asked if row.agency), None)
    return dossier.leg.agency if dossier.leg else None


# --- The timeline ----------------------------------------------------------------------------------------------------


def lines(dossier: Dossier, story: Sequence[Entry | Silence]) -> list[dict[str, Any]]:
    """Entries and silences in words, ready for cases/_timeline.html."""
    known = timeline_words.codes(dossier.case.request_type)
    entries = [line for line in story if isinstance(line, Entry)]
    officers = notes.mentioned_in([entry.note for entry in entries if entry.note])
    return [
        {"gap": _silence(line)} if isinstance(line, Silence) else _line(dossier, line, known, officers)
        for line in story
    ]


def _silence(silence: Silence) -> str:
    if silence.abroad:
        return _("外方 %(days)s没有消息") % {"days": words.plain_days(silence.days)}
    return words.silence(silence.days)


def _line(dossier: Dossier, entry: Entry, known: timeline_words.Codes, officers: Mapping[int, Any]) -> dict[str, Any]:
    revision = entry.event.facts.get("content_version", 0) if entry.step == "submit" else 0
    return {
        "at": entry.at,
        "who": entry.who,
        "agency": entry.agency.name if entry.agency else "",
        "role": Role(entry.role).label if entry.role in Role.values else "",
        "mark": timeline_words.mark(entry),
        "text": timeline_words.line(entry, known),
        "said": notes.pieces(entry.note, dict(officers)) if entry.note else [],
        "revision": revision if revision > 1 else 0,
        "advice": entry.event.pk if entry.step == "advise" else 0,
    }

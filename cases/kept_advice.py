"""The channel that a drafter means to take: the advice he was given and his choice are kept in the trail of the case, and his
reason, when he takes another channel than the first, as a note that the route reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.delegations import doer
from agencies.errors import Malformed, NotPermitted, NotVisible, Reason
from agencies.models import AuditEvent
from agencies.moments import clock
from cases import policies
from cases.advice import Asked, question_of
from cases.models import Audience, Case, Note
from cases.step_input import Faults, clean_text
from countries.calendars import day_of
from treaties.advice import Fact, Option, Purpose, Question, advise
from treaties.type_law import version_on

KIND = "case.advise"
REASON_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen last: the channel, the first of the advice then, the reason, by whom and when."""

    way: str
    first: str
    purpose: str
    reason: str
    who: str
    at: datetime


class Consulted(Mapping[str, Fact]):
    """The facts of a question, that remembers which of them the rules looked at."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts, self._topics = facts, set[str]()

    def __getitem__(self, topic: str) -> Fact:
        self._topics.add(topic)
        return self._facts[topic]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def used(self) -> dict[str, Any]:
        """Those that were looked at and are there, with their values and sources as they stood."""
        return {
            "used": [
                {
                    "topic": fact.topic,
                    "code": fact.code,
                    "value": fact.text_zh or fact.value,
                    "source": fact.source,
                    "confidence": fact.confidence,
                    "as_of": fact.as_of,
                }
                for fact in self._facts.values()
                if fact.topic in self._topics
            ]
        }


def purpose_of(case: Case) -> str:
    """What a case is for, as far as its type says: assistance brings evidence, police work leads."""
    family = case.request_type.family if case.request_type else ""
    return Purpose.LEAD if family.startswith(("police", "interpol", "border", "fugitive")) else Purpose.EVIDENCE


def asked_of(case: Case, *, purpose: str, urgency: str = "", on: date | None = None) -> Asked | None:
    """The question that a case puts today; None while its country or type is open."""
    if case.country is None or case.request_type is None:
        return None
    return Asked(
        country=case.country,
        kind=case.request_type,
        urgency=urgency or case.urgency,
        purpose=purpose,
        origin=case.origin,
        on=on or day_of(clock()),
    )


@transaction.atomic
def keep_choice(*, actor: Actor, case_id: UUID | str, way: str, purpose: str, reason: object) -> None:
    """Keep the advice as it stands now, and the channel that the drafter means to take.

    Raises NotVisible, NotPermitted (no drafter of the origin, or filed), Malformed: no such channel, one that is closed,
    another than the first without a reason.
    """
    case = policies.get_visible(actor, case_id, lock=True)
    if not policies.may_edit(actor, case, policies.open_leg(case)):
        raise NotPermitted(_("草稿由本机关承办人填写。"))
    asked = asked_of(case, purpose=purpose if purpose in Purpose.values else purpose_of(case))
    if asked is None:
        raise Malformed(reasons=[Reason("type_missing", _("先选国家和请求类型。"), "/way")])
    question = question_of(asked)
    consulted = Consulted(question.facts)
    options = advise(replace(question, facts=consulted))
    words = _judged(options, way, reason)
    facts = _facts(question, options, way) | consulted.used()
    event = audit.record(actor=actor, kind=KIND, subject=f"case:{case.pk}", facts=facts)
    if words:
        Note.objects.create(
            case=case,
            author_id=actor.officer_id,
            agency=case.origin,
            audience=Audience.ROUTE,
            event=event,
            text=words,
            at=event.at,
        )


def _judged(options: Sequence[Option], way: str, reason: object) -> str:
    """The reason in words, trimmed; raises Malformed for a channel that cannot be taken, or not without a reason."""
    faults = Faults()
    words = clean_text(reason, "/reason", REASON_LIMIT, faults)
    chosen = next((option for option in options if option.way == way), None)
    if chosen is None:
        faults.add("unknown_code", _("选一条渠道。"), "/way")
    elif not chosen.allowed:
        why = chosen.reasons[0].text if chosen.reasons else ""
        faults.add("channel_closed", _("这条渠道走不通：%(why)s") % {"why": why}, "/way")
    elif chosen is not options[0] and not words and not faults.reasons:
        first = options[0].way.label
        faults.add("required", _("首选是%(first)s。不走它，写明理由。") % {"first": first}, "/reason")
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return words


def _facts(question: Question, options: Sequence[Option], way: str) -> dict[str, Any]:
    """The advice as codes: every channel with its articles, the law, facts and treaties it stood on, and the choice."""
    law = version_on(question.kind, question.on)
    return {
        "way": way,
        "first": options[0].way.value,
        "purpose": question.purpose,
        "urgency": question.urgency,
        "country": question.country,
        "request_type": question.kind.code,
        "on": question.on.isoformat(),
        "law": law.number if law else None,
        "options": [
            {
                "way": option.way.value,
                "allowed": option.allowed,
                "articles": sorted({line.article for line in option.reasons if line.article}),
                "figures": asdict(option.record) if option.record else None,
                "expected_by": option.expected_by.isoformat() if option.expected_by else None,
            }
            for option in options
        ],
        "events": [{"subject": event.subject, "effect": event.effect} for event in question.events],
        "instruments": [
            {"code": basis.instrument.code, "status": basis.standing.value, "confidence": basis.confidence}
            for basis in [*question.bases, *question.agreements]
            if basis.instrument is not None
        ],
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """Advice as it was given once: the event in the trail, and the reason for another channel than the first ("" also for
    those who do not read what the route says among itself)."""

    event: AuditEvent
    reason: str

    @property
    def who(self) -> str:
        return doer(self.event)


def kept_advice(actor: Actor, case_id: UUID | str, event_id: int) -> tuple[Case, Kept]:
    """Advice that is kept with a case; NotVisible when the actor does not see the case, or it has no such advice."""
    case = policies.get_visible(actor, case_id)
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind=KIND, pk=event_id)
    event = events.select_related("officer").first()
    if event is None:
        raise NotVisible
    return case, Kept(event, _reason(event, policies.readable_notes(actor, case)))


def _reason(event: AuditEvent, readable: Q) -> str:
    note = Note.objects.filter(readable, event=event).first()
    return note.text if note else ""


def last_choice(case: Case) -> Choice | None:
    """The choice that stands for a (visible) case; None when there was none, or another country or type was chosen since."""
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind=KIND).select_related("officer")
    event = events.order_by("-id").first()
    if event is None or case.country is None or case.request_type is None:
        return None
    facts = event.facts
    if (facts["country"], facts["request_type"]) != (case.country.code, case.request_type.code):
        return None
    return Choice(facts["way"], facts["first"], facts["purpose"], _reason(event, Q(case=case)), doer(event), event.at)

"""What a case page shows beside the case itself: what it is measured against, what is to be done, parallel work, crossings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.delegations import lenders
from agencies.doors import words
from cases import policies
from cases.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Case,
    Crossing,
    Deadline,
    Decision,
    Direction,
    Mark,
    Note,
    Phase,
    Receipt,
    Status,
    Transmission,
    Way,
)
from cases.queries.dossier import Dossier
from cases.queries.drafting import basis_of
from cases.web.sentences import named
from cases.web.step_forms import StepForm

# The steps that are taken with the law beside them.
_MEASURED = frozenset({"check_form", "request_supplement", "decide", "recommend"})


def panels(dossier: Dossier, forms: Sequence[StepForm]) -> dict[str, Any]:
    """Their context, for cases/case.html."""
    case, actor = dossier.case, dossier.actor
    rows = assignments(dossier)
    return {
        "measure": _measure(dossier, forms),
        "task": _task(dossier),
        "assignments": rows,
        "n_waiting": sum(row["open"] for row in rows),
        "asked_of_us": [row for row in rows if row["ours"] and row["open"]],
        "crossings": crossings(dossier),
        "query": _query(dossier),
        "recall": case.recall_asked_at if case.status in (Status.DISPATCHED, Status.QUERY_OPEN) else None,
        "filing": _filing(dossier),
        "supplements": _first(dossier),
        "supplemented_by": list(policies.visible_to(actor).filter(supplements=case).order_by("pk")),
        "decided": any(item.decision for item in dossier.items),
    }


def _query(dossier: Dossier) -> Note | None:
    """What the other side asked, while it waits for an answer; beside the form, not far down in the timeline."""
    if dossier.case.status != Status.QUERY_OPEN:
        return None
    told = dossier.case.notes.filter(policies.readable_notes(dossier.actor, dossier.case))
    return told.filter(event__kind="case.record_query").order_by("-at").first()


def _first(dossier: Dossier) -> Case | None:
    """The request that this one adds to, when the reader may see it."""
    if dossier.case.supplements_id is None:
        return None
    return policies.visible_to(dossier.actor).filter(pk=dossier.case.supplements_id).first()


def _measure(dossier: Dossier, forms: Sequence[StepForm]) -> dict[str, Any] | None:
    """The law beside the check and the decision, for whoever takes one of them."""
    case = dossier.case
    if case.direction != Direction.INCOMING or case.status not in (Status.RECEIVED, Status.IN_REVIEW):
        return None
    if not _MEASURED.intersection(form.transition.name for form in forms):
        return None
    measure = dossier.measure
    groups = [*measure.refusing, *([(_("推迟执行的理由"), measure.postponing)] if measure.postponing else [])]
    return {"contents": measure.contents, "groups": groups, "deciding": case.status == Status.IN_REVIEW}


# --- What the executor has to do --------------------------------------------------------------------------------------


def _task(dossier: Dossier) -> dict[str, Any] | None:
    """For the agency that executes: from whom, until when, on what basis, which parts, and how far the shares are."""
    leg, case = dossier.leg, dossier.case
    if case.status != Status.IN_EXECUTION or leg is None or leg.agency_id != dossier.actor.agency_id:
        return None
    basis = basis_of([(gettext_lazy("依据"), [case.request_type])]) if case.request_type else {}
    shares = [one for one in dossier.assignments if one.kind == AssignmentKind.SHARE]
    waiting = [one.doer for one in shares if one.state == AssignmentState.OPEN]
    before = [one for one in dossier.legs if one.phase == Phase.ASSIGNMENT and one.agency_id != leg.agency_id]
    return {
        "by": before[-1].holder_name if before else "",
        "due": _mark(dossier, dossier.deadline) if dossier.deadline else None,
        "basis": _("、").join(basis.get(case.request_type_id or 0, ())),
        "said": _said(dossier),
        "todo": [item for item in dossier.items if item.decision != Decision.REFUSE],
        "refused": [item for item in dossier.items if item.decision == Decision.REFUSE],
        "shares": _progress(len(shares), waiting) if shares else "",
    }


def _progress(shares: int, waiting: Sequence[str]) -> SafeString:
    if not waiting:
        words_ = ngettext("分给 %(n)s 个机关，结果都已报来。", "分给 %(n)s 个机关，结果都已报来。", shares)
        return format_html("{}", words_ % {"n": shares})
    words_ = ngettext("分给 {n} 个机关，还差 {names}。", "分给 {n} 个机关，还差 {names}。", shares)
    return format_html(words_, n=shares, names=format_html_join(_("、"), "{}", ((named(name),) for name in waiting)))


def _said(dossier: Dossier) -> list[dict[str, Any]]:
    """What was said when it was handed down or sent back, the latest words first, each with whom it was said for."""
    readable = policies.readable_notes(dossier.actor, dossier.case)
    handed = ["case.assign", "case.return_for_correction"]
    found = Note.objects.filter(readable, case=dossier.case, event__kind__in=handed)
    said = list(found.select_related("author", "agency", "event").order_by("-at")[:3])
    for_whom = lenders([note.event for note in said if note.event])
    return [
        {"note": note, "for_whom": for_whom.get(note.event.for_officer_id or 0) if note.event else None}
        for note in said
    ]


# --- Parallel work ----------------------------------------------------------------------------------------------------


def assignments(dossier: Dossier) -> list[dict[str, Any]]:
    """会办、分办、补办手续: who, what, until when, how it stands, the answer."""
    # Of several clocks on one piece of work the one that is due first.
    by_due = sorted(dossier.deadlines, key=lambda clock: clock.due_at, reverse=True)
    clocks = {clock.assignment_id: clock for clock in by_due if clock.assignment_id}
    return [_assignment(dossier, one, clocks.get(one.pk)) for one in dossier.assignments]


def _assignment(dossier: Dossier, one: Assignment, clock: Deadline | None) -> dict[str, Any]:
    is_open = one.state == AssignmentState.OPEN
    return {
        "row": one,
        "kind": AssignmentKind(one.kind).label,
        "doer": one.doer,
        "outside": one.agency_id is None,
        "open": is_open,
        "state": AssignmentState(one.state).label,
        "due": _mark(dossier, clock) if clock and is_open else None,
        "due_at": clock.due_at if clock else None,
        "late": bool(clock and one.closed_at and one.closed_at > clock.due_at),
        "ours": one.agency_id is not None and one.agency_id == dossier.actor.agency_id,
    }


def _mark(dossier: Dossier, clock: Deadline) -> tuple[str, str]:
    """State and words of a running clock."""
    left = dossier.calendar.working_days_between(dossier.now, clock.due_at)
    return words.deadline(clock.due_at, left, dossier.now)


# --- What crossed -----------------------------------------------------------------------------------------------------


def crossings(dossier: Dossier) -> list[dict[str, Any]]:
    """Every crossing, the latest first: which way, what, by which channel, to whom, and the proofs that it arrived."""
    receipts: dict[Any, list[Receipt]] = {}
    for receipt in dossier.receipts:
        receipts.setdefault(receipt.transmission_id, []).append(receipt)
    return [
        {
            "row": sent,
            "way": Way(sent.way).label,
            "kind": Crossing(sent.kind).label,
            "to": sent.counterpart_name or (dossier.route[-1].name if sent.way == Way.UP else ""),
            "receipts": receipts.get(sent.pk, []),
            "waits": _waits(dossier, sent) and not receipts.get(sent.pk),
        }
        for sent in reversed(dossier.transmissions)
    ]


def _waits(dossier: Dossier, sent: Transmission) -> bool:
    """Is an acknowledgement still to come?"""
    return sent.way == Way.UP or (sent == dossier.sent and dossier.abroad)


def _filing(dossier: Dossier) -> dict[str, Any] | None:
    """A border matter is filed with the terminal desk: sent, and acknowledged or not."""
    filed = [sent for sent in dossier.transmissions if sent.way == Way.UP]
    if not filed:
        return None
    seen = [receipt for receipt in dossier.receipts if receipt.transmission_id == filed[-1].pk]
    return {"sent": filed[-1].at, "seen": seen[-1].at if seen else None, "desk": dossier.route[-1].name}


def country_of(case: Case) -> SafeString | None:
    """The country, with the way to its ledger and to a lesson that this case teaches."""
    if case.country is None:
        return None
    code = case.country.code
    lesson = ""
    if case.mark != Mark.WORK_SECRET:
        url = f"{reverse('ledger-propose', args=[code])}?kind=lesson&case_number={case.number}"
        lesson = format_html(' <a class="small no-print" href="{}">{}</a>', url, _("提一条经验教训"))
    return format_html('<a href="{}">{}</a>{}', reverse("country-detail", args=[code]), case.country.name, lesson)


def incoming_facts(dossier: Dossier, at: SafeString) -> list[tuple[str, object]]:
    """What a foreign request says of itself, and who registered it."""
    case = dossier.case
    received = words.whole_day(case.received_on) if case.received_on else None
    facts: list[tuple[str, object]] = [
        (_("国家"), country_of(case)),
        (_("请求类型"), case.request_type.name if case.request_type else None),
        (_("请求机关"), named(case.requesting_authority) if case.requesting_authority else None),
        (_("对方编号"), named(case.their_reference) if case.their_reference else None),
        (_("收到日期"), received),
        *([(_("请求书所附办理期限"), words.whole_day(case.wanted_by))] if case.wanted_by else []),
        (_("来函渠道"), case.received_via.name if case.received_via else None),
        (_("登记"), at),
    ]
    return facts

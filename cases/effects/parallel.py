"""Effects beside custody: handlers, opinions (会办), the papers of a skipped tier, shares of an execution."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.errors import GuardFailed, Reason
from agencies.models import Agency, Officer
from agencies.officers import officers_at
from cases.clocks import running
from cases.effects.act import Act
from cases.journey import journey_of
from cases.models import Assignment, AssignmentKind, AssignmentState, Case
from cases.policies import widen


def assign_handler(act: Act) -> None:
    """The handler is an officer with a current case role at the holder."""
    handler = officers_at(act.actor.seat_id).filter(police_number=act.values["handler"]).first()
    if handler is None:
        words = _("本机关没有这名民警，或者他现在没有办案身份。")
        raise GuardFailed(reasons=[Reason("handler_unknown", words, "/handler")])
    act.leg.handler = handler
    act.leg.save(update_fields=["handler"])
    make_known(act.case, handler)


def make_known(case: Case, officer: Officer) -> None:
    """Let `officer` see the case also when it is a work secret."""
    if officer.pk not in case.known_to:
        case.known_to = sorted({*case.known_to, officer.pk})


def invite(act: Act) -> None:
    """Ask for opinions; who sees the case by this alone reads no notes of the route (blueprint §6)."""
    for agency in act.values.get("agencies", ()):
        let_in(act.case, agency)
        _open(act, AssignmentKind.OPINION, agency=agency)
    for body in act.values.get("bodies", ()):
        _open(act, AssignmentKind.OPINION, external_body=body)


def let_in(case: Case, agency: Agency) -> None:
    """The agency itself enters the scope, without its ancestors."""
    if agency.pk not in case.scope:
        case.scope = widen(case.scope, [agency.pk])
        case.invited = widen(case.invited, [agency.pk])


def open_completion(act: Act) -> None:
    """The agency that was passed over is let in and owes its papers (补办审核手续)."""
    journey = journey_of(act.case, act.leg)
    skipped = journey.above(act.leg.agency or journey.origin)
    if skipped is None:
        return  # the guard let nobody through
    act.case.scope = widen(act.case.scope, [skipped.pk])
    assignment = _open(act, AssignmentKind.COMPLETION, agency=skipped)
    assignment.text = act.values.get("reason", "")
    assignment.save(update_fields=["text"])


def open_shares(act: Act) -> None:
    """Several executors: each is a party with its chain, the assigner keeps custody until all are in."""
    for agency in act.values["agencies"]:
        act.case.scope = widen(act.case.scope, agency.ancestors)
        act.case.invited = [pk for pk in act.case.invited if pk not in agency.ancestors]
        _open(act, AssignmentKind.SHARE, agency=agency)


def _open(act: Act, kind: AssignmentKind, *, agency: Agency | None = None, external_body: str = "") -> Assignment:
    assignment = Assignment.objects.create(
        case=act.case,
        kind=kind,
        agency=agency,
        external_body=external_body,
        assigned_by_id=act.actor.seat_id,
        text=act.values.get("question", "") or act.values.get("opinion", ""),
        opened_at=act.at,
    )
    due: date | None = act.values.get("due_on")
    running.start_assignment(assignment, act.case, due)
    return assignment


def answer_assignment(act: Act) -> None:
    """One at a time: an agency that owes two answers gives the one that was asked first."""
    _answer(act, _mine(act, AssignmentKind.OPINION, AssignmentKind.SHARE)[:1])


def confirm_skip(act: Act) -> None:
    _answer(act, _mine(act, AssignmentKind.COMPLETION))


def record_opinion(act: Act) -> None:
    _answer(act, act.case.assignments.filter(state=AssignmentState.OPEN, external_body=act.values["body"]))


def _mine(act: Act, *kinds: AssignmentKind) -> QuerySet[Assignment]:
    mine = act.case.assignments.filter(state=AssignmentState.OPEN, agency_id=act.actor.seat_id, kind__in=kinds)
    return mine.order_by("opened_at", "pk")


def _answer(act: Act, assignments: Iterable[Assignment]) -> None:
    for assignment in assignments:
        assignment.state, assignment.closed_at = AssignmentState.DONE, act.at
        assignment.answer, assignment.answered_by_id = act.values["answer"], act.actor.person_id
        assignment.save(update_fields=["state", "closed_at", "answer", "answered_by"])
        running.meet_assignment(assignment, act.at)

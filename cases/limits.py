"""The internal limits of legs and assignments: working days by phase or kind, and urgency, as Coopdesk's defaults (no
law gives them)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import QuerySet

from cases.models import Assignment, AssignmentState, Deadline, InternalLimit, Leg
from countries.calendars import SHANGHAI, work_calendar


def start(leg: Leg, urgency: str) -> None:
    """Start the clock of a leg, if its phase has a limit."""
    clock = Deadline(case_id=leg.case_id, leg=leg, kind=leg.phase, started_at=leg.opened_at)
    if _set(clock, urgency):
        clock.save(force_insert=True)


def follow(leg: Leg, urgency: str) -> list[int]:
    """Let the running clock of a leg follow the case's urgency, from its old start; gives the working days before and
    after, nothing when no limit changed."""
    clock = Deadline.objects.filter(case_id=leg.case_id, leg=leg, kind=leg.phase, met_at=None).first()
    if clock is None:
        return []
    before = clock.amount
    if not _set(clock, urgency) or clock.amount == before:
        return []
    clock.save(update_fields=["basis", "amount", "due_at", "provisional"])
    return [before, clock.amount]


def _set(clock: Deadline, urgency: str) -> bool:
    """When the clock runs out: the working days of its phase and the urgency, from its start. False without a limit."""
    limit = InternalLimit.objects.filter(phase=clock.kind, urgency=urgency).first()
    if limit is None:
        return False
    clock.basis, clock.amount = limit.basis, limit.working_days
    clock.due_at, clock.provisional = work_calendar().add_working_days(clock.started_at, limit.working_days)
    return True


def meet(leg: Leg, at: datetime) -> None:
    """The leg ends: its clocks stop there."""
    Deadline.objects.filter(case_id=leg.case_id, leg=leg, met_at=None).update(met_at=at)


def start_assignment(assignment: Assignment, urgency: str, due: date | None = None) -> None:
    """Start the clock of parallel work: to the end of the day that was named, else by the internal limit of its kind."""
    clock = Deadline(
        case_id=assignment.case_id, assignment=assignment, kind=assignment.kind, started_at=assignment.opened_at
    )
    if due is not None:
        clock.basis, clock.unit, clock.amount = "coopdesk.named", "calendar_day", (due - _day(clock.started_at)).days
        clock.due_at = datetime.combine(due, time(23, 59, 59), SHANGHAI)
    elif not _set(clock, urgency):
        return
    clock.save(force_insert=True)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def meet_assignment(assignment: Assignment, at: datetime) -> None:
    """The work is done: its clock stops there."""
    Deadline.objects.filter(case_id=assignment.case_id, assignment=assignment, met_at=None).update(met_at=at)


def lapse(assignments: QuerySet[Assignment], at: datetime) -> None:
    """What is still open of these is no longer needed."""
    for assignment in assignments.filter(state=AssignmentState.OPEN):
        assignment.state, assignment.closed_at = AssignmentState.LAPSED, at
        assignment.save(update_fields=["state", "closed_at"])
        meet_assignment(assignment, at)

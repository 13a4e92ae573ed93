"""What starts and stops a clock as a case moves: the internal limits of legs, parallel work and answers from abroad."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from cases.clocks.counting import count
from cases.clocks.limits import Limits, limits_for
from cases.journey import front_of
from cases.models import (
    Assignment,
    AssignmentState,
    Case,
    ClockKind,
    ClockRule,
    Deadline,
    InternalLimit,
    Leg,
    Phase,
    Side,
    Supervision,
)
from countries.calendars import day_of, work_calendar

# Steps after which nothing more is expected of the holder, or of the foreign side: what is not late yet is cancelled.
_CALLED_OFF = frozenset({"withdraw", "discard", "redispatch", "record_recall", "close_unanswered"})


def start(leg: Leg, case: Case) -> None:
    """Start the clocks of a leg, as far as its phase has limits. Abroad two run, which the agency that faces the other
    side must watch: their acknowledgement, and their answer."""
    if leg.phase == Phase.ABROAD and leg.side == Side.FOREIGN:
        limits = limits_for(case, day_of(leg.opened_at))
        for kind in (ClockKind.ACKNOWLEDGEMENT, ClockKind.EXPECTED_REPLY):
            _begin(Deadline(leg=leg, kind=kind, started_at=leg.opened_at, agency=front_of(case)), case, limits)
        return
    limits = limits_for(case, day_of(leg.opened_at), kind=leg.phase)
    _begin(Deadline(leg=leg, kind=leg.phase, started_at=leg.opened_at, agency=leg.agency), case, limits)


def _begin(clock: Deadline, case: Case, limits: Limits) -> bool:
    """Save a clock that has a limit; without one nothing runs. Does it run?"""
    limit = limits.of(clock.kind, clock.agency)
    if limit is None:
        return False
    clock.case = case
    begin(clock, limit)
    return True


def begin(clock: Deadline, limit: InternalLimit) -> None:
    """Start `clock` by an internal limit."""
    apply(clock, limit)
    count(clock, work_calendar(), clock.started_at)
    clock.save(force_insert=True)


def apply(clock: Deadline, limit: InternalLimit) -> None:
    """Take the numbers of a limit over; the clock keeps them, whatever is set later."""
    clock.basis, clock.amount, clock.unit = limit.basis, limit.amount, limit.unit
    clock.warn_before, clock.escalate_after, clock.extend_cap = limit.warn_before, limit.escalate_after, limit.extend_by


def follow(leg: Leg, case: Case, now: datetime) -> list[int]:
    """Let the running clock of a leg follow the case's urgency, from its old start; gives the amounts before and after,
    nothing when no limit changed."""
    clock = Deadline.objects.filter(case=case, leg=leg, kind=leg.phase, met_at=None, cancelled_at=None).first()
    limit = limits_for(case, day_of(leg.opened_at), kind=leg.phase).of(leg.phase, leg.agency)
    if clock is None or limit is None or (limit.amount, limit.unit) == (clock.amount, clock.unit):
        return []
    before = clock.amount
    apply(clock, limit)
    recount(clock, now)
    return [before, clock.amount]


def recount(clock: Deadline, now: datetime) -> None:
    """Count a clock anew from its own facts and the calendar as it stands, and save it; the sweep lets go of it until then,
    and what it has raised since the clock was read is not raised twice."""
    fresh = Deadline.objects.select_for_update().only("warned_at", "overdue_at", "escalated_at").get(pk=clock.pk)
    clock.warned_at, clock.overdue_at, clock.escalated_at = fresh.warned_at, fresh.overdue_at, fresh.escalated_at
    ended = [(pause.from_at, pause.to_at) for pause in clock.pauses.all() if pause.to_at is not None]
    count(clock, work_calendar(), now, ended)
    clock.save()


def lift(clock: Deadline, at: datetime, now: datetime, *, ended_by: int | None = None) -> None:
    """End the pause of a clock at `at` (at its beginning, if that is later) and count the clock anew."""
    for pause in clock.pauses.filter(to_at=None):
        pause.to_at, pause.ended_by_id = max(at, pause.from_at), ended_by
        pause.save(update_fields=["to_at", "ended_by"])
    clock.paused_at = None
    recount(clock, now)


def meet(leg: Leg, at: datetime, step: str = "") -> None:
    """The leg ends: its clocks stop there. A step that calls the work off cancels what is not late."""
    running = _running(leg=leg)
    # Handing over to a liaison authority is what a dispatch was for; from abroad it starts anew.
    if step in _CALLED_OFF or (step == "hand_to_liaison" and leg.side == Side.FOREIGN):
        call_off(running, at)
    else:
        stop(running, at)


def meet_kind(case: Case, kind: str, at: datetime) -> None:
    """What was waited for has come."""
    stop(_running(case=case, kind=kind), at)


def chased(leg: Leg, case: Case, at: datetime) -> None:
    """The foreign side was chased: by when to do it again."""
    meet_kind(case, ClockKind.CHASE, at)
    limits = limits_for(case, day_of(at), kind=ClockKind.CHASE)
    _begin(Deadline(leg=leg, kind=ClockKind.CHASE, started_at=at, agency=front_of(case)), case, limits)


def _running(**of: object) -> QuerySet[Deadline]:
    return Deadline.objects.filter(met_at=None, cancelled_at=None, **of)


def stop(running: QuerySet[Deadline], at: datetime) -> None:
    """These clocks are met, late or in time; a pause ends with its clock, and counts."""
    for clock in running.exclude(paused_at=None):
        lift(clock, at, at)
    running.update(met_at=at, next_alarm_at=None)


def call_off(running: QuerySet[Deadline], at: datetime) -> None:
    """These clocks are no longer needed: what is not late yet is cancelled."""
    for clock in running.exclude(paused_at=None):
        lift(clock, at, at)
    running.filter(due_at__gte=at).update(cancelled_at=at, next_alarm_at=None)
    running.update(met_at=at, next_alarm_at=None)


def start_assignment(assignment: Assignment, case: Case, due: date | None = None) -> None:
    """Start the clock of parallel work."""
    clock = Deadline(
        assignment=assignment, kind=assignment.kind, started_at=assignment.opened_at, agency=assignment.agency
    )
    _begin_until(clock, case, due)


def start_supervision(one: Supervision, case: Case, due: date | None = None) -> Deadline | None:
    """Start the clock of the feedback on an order; None without a day and without a limit."""
    clock = Deadline(supervision=one, kind=ClockKind.SUPERVISION, started_at=one.issued_at, agency=one.agency)
    return clock if _begin_until(clock, case, due) else None


def meet_supervision(one: Supervision, at: datetime) -> None:
    """The feedback is there."""
    stop(_running(case_id=one.case_id, supervision=one), at)


def call_off_supervision(one: Supervision, at: datetime) -> None:
    """The feedback is not needed any more."""
    call_off(_running(case_id=one.case_id, supervision=one), at)


def _begin_until(clock: Deadline, case: Case, due: date | None) -> bool:
    """Start a clock to the end of the day that was named, else by the internal limit of its kind. Does it run?"""
    limits = limits_for(case, day_of(clock.started_at), kind=clock.kind)
    if due is None:
        return _begin(clock, case, limits)
    clock.case = case
    begin_named(clock, due, limits.of(clock.kind, clock.agency))
    return True


def begin_named(clock: Deadline, due: date, limit: InternalLimit | None) -> None:
    """Start a clock to the end of a day that somebody named; it warns and rises as a limit of its kind in days does."""
    if limit is not None and limit.unit in ("working_day", "calendar_day"):
        apply(clock, limit)
    clock.basis, clock.unit, clock.rule = "coopdesk.named", "calendar_day", ClockRule.FIXED
    clock.amount = (due - day_of(clock.started_at)).days
    count(clock, work_calendar(), clock.started_at)
    clock.save(force_insert=True)


def meet_assignment(assignment: Assignment, at: datetime) -> None:
    """The work is done: its clock stops there."""
    stop(_running(case_id=assignment.case_id, assignment=assignment), at)


def lapse(assignments: QuerySet[Assignment], at: datetime) -> None:
    """What is still open of these is no longer needed; what is not late is cancelled."""
    for assignment in assignments.filter(state=AssignmentState.OPEN):
        assignment.state, assignment.closed_at = AssignmentState.LAPSED, at
        assignment.save(update_fields=["state", "closed_at"])
        call_off(_running(case_id=assignment.case_id, assignment=assignment), at)

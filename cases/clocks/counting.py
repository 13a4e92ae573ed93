"""When a clock is over and when it rings, counted anew from its own facts: start, amount, extensions, pauses, calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cases.models import Deadline
from countries.calendars import SHANGHAI, Calendar, Rule

Span = tuple[datetime, datetime]


def count(clock: Deadline, calendar: Calendar, now: datetime, paused: Sequence[Span] = ()) -> None:
    """Set when the clock is over, whether that may still move, and when it rings. `paused` holds the ended pauses."""
    amount = clock.amount + clock.extended_by
    due = calendar.due(clock.started_at, amount, clock.unit, rule=Rule(clock.rule), paused=paused)
    clock.due_at, clock.provisional = due.at, due.provisional
    warn_at = _back(calendar, clock.due_at, clock.warn_before, clock.unit)
    clock.warn_at = warn_at if clock.started_at < warn_at < clock.due_at else None
    clock.escalate_at = _on(calendar, clock.due_at, clock.escalate_after, clock.unit)
    # What was raised for an earlier date is raised again when the later one comes.
    if clock.warn_at is None or clock.warn_at > now:
        clock.warned_at = None
    if clock.due_at > now:
        clock.overdue_at = None
    if clock.escalate_at > now:
        clock.escalated_at = None
    settle(clock)


def settle(clock: Deadline) -> None:
    """Set when the clock rings next: never while it stands still or has stopped."""
    still = clock.met_at or clock.cancelled_at or clock.paused_at
    pairs = (
        (clock.warn_at, clock.warned_at),
        (clock.due_at, clock.overdue_at),
        (clock.escalate_at, clock.escalated_at),
    )
    waiting = [at for at, raised in pairs if at is not None and raised is None]
    clock.next_alarm_at = None if still else min(waiting, default=None)


def _back(calendar: Calendar, at: datetime, n: int, unit: str) -> datetime:
    """n units before `at`: hours exactly, otherwise the beginning of that day (months and years warn by days)."""
    if unit == "hour":
        return at - timedelta(hours=n)
    day = at.astimezone(SHANGHAI).date()
    if unit != "working_day":
        return datetime.combine(day - timedelta(days=n), calendar.opens, SHANGHAI)
    while n or not calendar.is_workday(day):
        n -= calendar.is_workday(day)
        day -= timedelta(days=1)
    return datetime.combine(day, calendar.opens, SHANGHAI)


def _on(calendar: Calendar, at: datetime, n: int, unit: str) -> datetime:
    """n units after `at`: hours exactly, otherwise the beginning of that day."""
    if unit == "hour":
        return at + timedelta(hours=n)
    day = at.astimezone(SHANGHAI).date() + timedelta(days=0 if unit == "working_day" else max(n, 1))
    if unit == "working_day":
        for _ in range(max(n, 1)):
            day = calendar.next_workday(day)
    return datetime.combine(day, calendar.opens, SHANGHAI)

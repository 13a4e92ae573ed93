"""How a clock stands at a moment, once for Python and once for statements by hand; tests hold the two together.

Cancelled, met in time, or breached: not met by its end, whether or not it was met afterwards. A clock that stands still
is paused, unless its end had passed before it was stopped.
"""

from __future__ import annotations

from datetime import datetime

from cases.models import ClockState, Deadline


def state_of(clock: Deadline, now: datetime) -> ClockState:
    """How the clock stands at `now`."""
    if clock.cancelled_at is not None:
        return ClockState.CANCELLED
    if clock.met_at is not None:
        return ClockState.MET if clock.met_at <= clock.due_at else ClockState.BREACHED
    if clock.paused_at is not None and clock.paused_at <= clock.due_at:
        return ClockState.PAUSED
    return ClockState.BREACHED if clock.due_at < now else ClockState.RUNNING


# The same of a row of `cases_deadline d`; %(now)s is the moment.
STATE = """CASE
 WHEN d.cancelled_at IS NOT NULL THEN 'cancelled'
 WHEN d.met_at IS NOT NULL THEN CASE WHEN d.met_at <= d.due_at THEN 'met' ELSE 'breached' END
 WHEN d.paused_at <= d.due_at THEN 'paused'
 WHEN d.due_at < %(now)s::timestamptz THEN 'breached'
 ELSE 'running' END"""

# What of a state an index can find; the rest of it is decided by STATE.
OPEN = "d.met_at IS NULL AND d.cancelled_at IS NULL"
NARROWED = {
    ClockState.RUNNING: f"{OPEN} AND d.due_at >= %(now)s::timestamptz",
    ClockState.PAUSED: f"{OPEN} AND d.paused_at IS NOT NULL",
    ClockState.MET: "d.met_at IS NOT NULL",
    ClockState.BREACHED: "d.cancelled_at IS NULL",
    ClockState.CANCELLED: "d.cancelled_at IS NOT NULL",
}

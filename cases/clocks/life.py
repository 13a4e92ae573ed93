"""The life of one clock: it stands still and goes on, gets more time, and what it lost is explained.

Only the rows are written here, and the due date is counted anew from them; who may, and whether it may be now, is for
`cases.deadlines`.
"""

from __future__ import annotations

from datetime import date, datetime

from agencies.actors import Actor
from cases.clocks.running import lift, recount
from cases.models import Deadline, DeadlineExplanation, DeadlineExtension, DeadlinePause


def pause(
    clock: Deadline, actor: Actor, *, category: str, reason: str, since: datetime, now: datetime
) -> DeadlinePause:
    """Let the clock stand still from `since` on; how much that moves its end is known when it goes on."""
    row = DeadlinePause.objects.create(
        case_id=clock.case_id,
        deadline=clock,
        from_at=since,
        category=category,
        reason=reason,
        officer_id=actor.person_id,
        at=now,
    )
    clock.paused_at = since
    recount(clock, now)
    return row


def resume(clock: Deadline, actor: Actor, *, until: datetime, now: datetime) -> None:
    """Let the clock go on from `until`; its end moves by what the pause took, in the clock's own unit."""
    lift(clock, until, now, ended_by=actor.person_id)


def extend(clock: Deadline, actor: Actor, *, amount: int, reason: str, now: datetime) -> DeadlineExtension:
    """Give the clock `amount` more of its own unit; the end before the first extension is kept."""
    before = clock.due_at
    clock.extended_from = clock.extended_from or before
    clock.extended_by += amount
    recount(clock, now)
    return DeadlineExtension.objects.create(
        case_id=clock.case_id,
        deadline=clock,
        amount=amount,
        due_before=before,
        due_after=clock.due_at,
        reason=reason,
        officer_id=actor.person_id,
        agency_id=actor.seat_id,
        at=now,
    )


def explain(
    clock: Deadline, actor: Actor, *, text: str, told_to: str, told_on: date, now: datetime
) -> DeadlineExplanation:
    """Keep why the limit was passed, and when whom this was told (MPSR-379)."""
    return DeadlineExplanation.objects.create(
        case_id=clock.case_id,
        deadline=clock,
        text=text,
        told_to=told_to,
        told_on=told_on,
        officer_id=actor.person_id,
        agency_id=actor.seat_id,
        at=now,
    )

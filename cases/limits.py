"""The first internal limit of each leg: working days by phase and urgency, as Coopdesk's defaults (no law gives them)."""

from __future__ import annotations

from datetime import datetime

from cases.models import Deadline, InternalLimit, Leg
from countries.calendars import work_calendar


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

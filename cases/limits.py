"""The first internal limit of each leg: working days by phase and urgency, as Coopdesk's defaults (no law gives them)."""

from __future__ import annotations

from datetime import datetime

from cases.models import Deadline, InternalLimit, Leg
from countries.calendars import work_calendar


def start(leg: Leg, urgency: str) -> None:
    """Start the clock of a leg, if its phase has a limit."""
    limit = InternalLimit.objects.filter(phase=leg.phase, urgency=urgency).first()
    if limit is None:
        return
    due_at, provisional = work_calendar().add_working_days(leg.opened_at, limit.working_days)
    Deadline.objects.create(
        case_id=leg.case_id,
        leg=leg,
        kind=leg.phase,
        basis=limit.basis,
        amount=limit.working_days,
        started_at=leg.opened_at,
        due_at=due_at,
        provisional=provisional,
    )


def meet(leg: Leg, at: datetime) -> None:
    """The leg ends: its clocks stop there."""
    Deadline.objects.filter(case_id=leg.case_id, leg=leg, met_at=None).update(met_at=at)

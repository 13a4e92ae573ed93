"""Three delegations (代办) of the demo world, one running, one still to begin, one taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agencies import scope
from agencies.commands import delegations
from agencies.models import Delegation
from coopdesk.demo.accounts import actor_of
from coopdesk.demo.world import require_demo


@transaction.atomic
def make_delegations() -> None:
    """Make those that are missing or have run out; again is once. The accounts must be there."""
    require_demo()
    _lend("jiangsu.chief", "jiangsu.desk", reason="去公安部参加国际合作会议", days=14)
    _lend("suzhou.officer", "suzhou.desk", reason="休假", days=10, begins=timezone.now() + timedelta(days=5))
    if over := _lend("ruili.chief", "ruili.desk", reason="出差", days=7):
        with scope.acting(actor_of("ruili.chief")):
            delegations.revoke(actor=actor_of("ruili.chief"), delegation_id=over.pk)


def _lend(lender: str, delegate: str, *, reason: str, days: int, begins: datetime | None = None) -> Delegation | None:
    """The new delegation; None when one of this period stands already, taken back or not."""
    actor = actor_of(lender)
    there = Delegation.objects.filter(lender_id=actor.person_id, delegate__police_number=delegate)
    if there.filter(ends_at__gt=timezone.now()).exists():
        return None
    assert actor.appointment_id is not None  # an officer of the demo
    until = (begins or timezone.now()) + timedelta(days=days)
    with scope.acting(actor):
        return delegations.lend(
            actor=actor,
            appointment_id=actor.appointment_id,
            delegate=delegate,
            starts_at=begins,
            ends_at=until,
            reason=reason,
        )

"""Set-up of delegations through the commands, as the member of the cast whose act it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from agencies.actors import Actor
from agencies.commands import delegations
from agencies.models import Appointment, Delegation
from agencies.officers import actor_for, appointments_of
from agencies.scope import acting
from tests.cast import Cast


def post_of(cast: Cast, login: str) -> Appointment:
    """The first appointment of a member of the cast, in force or not."""
    return cast.officer(login).appointments.order_by("pk")[0]


def lend(cast: Cast, lender: str, delegate: str, *, appointment_id: int | None = None, **asked: Any) -> Delegation:
    """`lender` lends his role to `delegate` for ten days."""
    actor = actor_for(post_of(cast, lender))
    wanted = {"ends_at": timezone.now() + timedelta(days=10), "reason": "出差", **asked}
    if asked.get("starts_at") and "ends_at" not in asked:
        wanted["ends_at"] = asked["starts_at"] + timedelta(days=5)
    post = appointment_id or post_of(cast, lender).pk
    with acting(actor):
        return delegations.lend(actor=actor, appointment_id=post, delegate=delegate, **wanted)


def revoke(cast: Cast, login: str, made: Delegation) -> None:
    with acting(cast.actor(login)):
        delegations.revoke(actor=cast.actor(login), delegation_id=made.pk)


def lent_identity(cast: Cast, login: str, made: Delegation | None = None) -> Actor:
    """The officer acting under the role that was lent to him (the first one, or `made`)."""
    lent = [post for post in appointments_of(cast.officer(login)) if post.delegation_id]
    return actor_for(next(post for post in lent if made is None or post.delegation_id == made.pk))

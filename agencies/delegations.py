"""Reading delegations (代办): whose they are, who may see and end them, and how an act under one is signed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import SYSTEM, Actor
from agencies.models import Agency, AuditEvent, Delegation, Officer
from agencies.models.delegations import DelegationQuerySet
from agencies.roles import Role


def signed(name: str, for_name: str = "") -> str:
    """Who acted: a name, or "B 代 A" when B acted for A."""
    return _("%(delegate)s 代 %(officer)s") % {"delegate": name, "officer": for_name} if for_name else name


def lenders(events: list[AuditEvent]) -> dict[int, Officer]:
    """The officers for whom these events were done, by id."""
    return Officer.objects.in_bulk({event.for_officer_id for event in events if event.for_officer_id})


def doer(event: AuditEvent) -> str:
    """Who did it, for one event; a list reads `lenders` once."""
    found = lenders([event])
    lender = found.get(event.for_officer_id or 0)
    return signed(event.officer.name if event.officer else "", lender.name if lender else "")


def of_officer(officer: Officer) -> QuerySet[Any]:
    """What the officer lent and what was lent to him, the newest first, each with its state."""
    return _whole(Delegation.objects.filter(Q(lender=officer) | Q(delegate=officer)))


def in_area(actor: Actor) -> DelegationQuerySet:
    """What a security administrator looks after: his own agency and everything below it; from the terminal desk, all."""
    found = Delegation.objects.all()
    if actor == SYSTEM:
        return found
    if actor.role != Role.SECURITY_ADMIN or actor.agency_id is None:
        return found.none()
    if Agency.objects.filter(pk=actor.agency_id, is_terminal=True).exists():
        return found
    return found.filter(appointment__agency__ancestors__contains=[actor.agency_id])


def whole_area(actor: Actor) -> QuerySet[Any]:
    """The same, ready to be listed."""
    return _whole(in_area(actor))


def ended_by(actor: Actor) -> DelegationQuerySet:
    """The delegations that this actor may end: his own on either side, and those of his area."""
    own = Q(lender_id=actor.officer_id or 0) | Q(delegate_id=actor.officer_id or 0)
    return Delegation.objects.filter(own | Q(pk__in=in_area(actor).values("pk")))


def _whole(found: DelegationQuerySet) -> QuerySet[Any]:
    return (
        found.with_state()
        .select_related("appointment__agency", "lender", "delegate", "revoked_by")
        .order_by("-starts_at", "-pk")
    )

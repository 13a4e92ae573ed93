"""Notices that name no case: about an order, about an organ. Words are made by the page that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agencies.models import Appointment, AuditEvent, Notice, Officer
from agencies.models.reorganisation import OrderKind
from agencies.roles import Role


def tell(event: AuditEvent, officer_ids: Iterable[int]) -> None:
    """Put the event into the inboxes of these officers, as far as they are active; twice is once."""
    active = Officer.objects.filter(pk__in=set(officer_ids), is_active=True).values_list("pk", flat=True)
    rows = [Notice(officer_id=pk, event=event, kind=event.kind, subject=event.subject) for pk in sorted(active)]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def on_preview(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """An order waits for the security administrators, when nothing forbids it."""
    if not event.facts.get("faults"):
        tell(event, _administrators(Role.SECURITY_ADMIN))


def on_done(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Who moved with a merger learns where he works now; for a move, those at the organ that has another one above it."""
    moved = set(event.facts.get("officers", ()))
    if event.facts.get("kind") == OrderKind.MOVE:
        moved |= in_office(event.facts["from"])
    tell(event, moved | _administrators(Role.SYSTEM_ADMIN))


def on_gather(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Work came late to a merged organ: whoever sees to it at the successor learns that it is there now."""
    tell(event, in_office(event.facts["to"], Role.APPROVER, Role.DESK))


def in_office(agency_id: int, *roles: str) -> set[int]:
    """Who has one of these roles (or any) at the organ now."""
    posts = Appointment.objects.current().filter(agency_id=agency_id)
    return set((posts.filter(role__in=roles) if roles else posts).values_list("officer_id", flat=True))


def _administrators(role: str) -> set[int]:
    return set(Appointment.objects.current().filter(role=role).values_list("officer_id", flat=True))

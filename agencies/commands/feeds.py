"""The address of an officer's calendar: made and shown once, taken back, and known again by its hash."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from agencies import audit
from agencies.actors import Actor
from agencies.errors import NotPermitted
from agencies.models import CalendarFeed, Officer
from agencies.officers import unappointed
from agencies.roles import CASE_ROLES


@transaction.atomic
def make(*, actor: Actor) -> str:
    """A new token, 256 random bits, returned this once; the one before stops working at once. NotPermitted for whoever
    does no case work, and for machines."""
    if actor.role not in CASE_ROLES:
        raise NotPermitted
    token = secrets.token_urlsafe(32)
    fresh = {"token_hash": _hash(token), "created_at": Now(), "read_on": None}
    feed, created = CalendarFeed.objects.update_or_create(officer_id=actor.person_id, defaults=fresh)
    _record(actor, "feed.create", feed.officer_id, replaced=not created)
    return token


@transaction.atomic
def revoke(*, actor: Actor) -> bool:
    """Take one's own address back; whether there was one."""
    return end_of(actor=actor, officer_id=actor.person_id or 0)


@transaction.atomic
def end_of(*, actor: Actor, officer_id: int) -> bool:
    """End this officer's address, for callers that may (a new password ends it); whether there was one."""
    gone, _rows = CalendarFeed.objects.filter(officer_id=officer_id).delete()
    if gone:
        _record(actor, "feed.revoke", officer_id)
    return bool(gone)


def officer_of(token: str) -> Officer | None:
    """Whose token it is, if he is still active."""
    feed = CalendarFeed.objects.select_related("officer").filter(token_hash=_hash(token)).first()
    return feed.officer if feed is not None and feed.officer.is_active else None


@transaction.atomic
def note_reading(officer: Officer) -> None:
    """Record that the calendar was read, once for each day in Shanghai."""
    today = timezone.localdate()
    feed = CalendarFeed.objects.filter(Q(read_on=None) | ~Q(read_on=today), officer=officer)
    if feed.update(read_on=today):
        _record(unappointed(officer), "feed.read", officer.pk)


def _record(actor: Actor, kind: str, officer_id: int, **facts: bool) -> None:
    audit.record(actor=actor, kind=kind, subject=f"officer:{officer_id}", facts=facts)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

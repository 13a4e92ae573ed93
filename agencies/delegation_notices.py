"""Both officers of a delegation are told when it is made and when it is ended: a reaction, run from the outbox."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from agencies.actors import Actor
from agencies.models import AuditEvent, Notice

FAMILY = "delegation"


def notify(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """A line in both inboxes, also in that of the doer: a role that acts in his name is his to know of. Twice is once."""
    subject = f"{FAMILY}:{event.facts['delegation']}"
    for officer_id in (event.facts["officer"], event.facts["delegate"]):
        Notice.objects.get_or_create(
            officer_id=officer_id, event=event, defaults={"kind": event.kind, "subject": subject}
        )


def read(actor: Actor) -> None:
    """The officer has seen his delegations, so the notices about them are read."""
    unread = Notice.objects.filter(officer_id=actor.officer_id or 0, read_at=None)
    unread.filter(subject__startswith=f"{FAMILY}:").update(read_at=Now())

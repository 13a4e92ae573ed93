"""The record of who did what. It is also the only way one room tells another (coopdesk/wiring.py names the reactions)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from agencies.actors import Actor
from agencies.models import AuditEvent, OutboxMessage

logger = logging.getLogger(__name__)

Reaction = Callable[[AuditEvent, dict[str, Any]], None]
_reactions: dict[str, Reaction] = {}
_wired: dict[str, list[str]] = {}
_spared: dict[str, Collection[str]] = {}
_nudge: list[Callable[[], object]] = []


def wire(kind: str, name: str, reaction: Reaction, *, but: Collection[str] = ()) -> None:
    """`reaction` runs, named `name`, after each event of `kind` (or of its family, "case.*") `but` those kinds.

    Called from wiring.py. A kind that is spared costs no outbox message: most events are somebody reading a case.
    """
    _reactions[name] = reaction
    _spared[name] = frozenset({*_spared.get(name, ()), *but})
    names = _wired.setdefault(kind, [])
    if name not in names:
        names.append(name)


def nudge_with(nudge: Callable[[], object]) -> None:
    """What wakes the outbox after a commit; a failure of it is logged and costs nothing, the sweep comes anyway."""
    _nudge[:] = [nudge]


def reaction(name: str) -> Reaction:
    """The function wired under `name`; KeyError when a release has dropped it."""
    return _reactions[name]


def reactions_to(kind: str) -> list[str]:
    """The names of the reactions to events of `kind`: each gets an outbox message."""
    wired = _wired.get(kind, []) + _wired.get(f"{kind.split('.')[0]}.*", [])
    return [name for name in wired if kind not in _spared.get(name, ())]


def record(
    *,
    actor: Actor,
    kind: str,
    subject: str,
    facts: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEvent:
    """Write one event, and one outbox message for each reaction to it, in the caller's transaction.

    `facts` holds ids, codes and field names, never personal data or free text. `at` is the moment of the act when the
    caller has read the database's clock already. An act by delegation says for whom it was done.
    """
    moment = {"at": at} if at else {}
    behalf = {"for_officer": actor.for_officer_id} if actor.for_officer_id else {}
    event = AuditEvent.objects.create(
        kind=kind,
        subject=subject,
        actor=actor.label,
        officer_id=actor.officer_id,
        agency_id=actor.agency_id,
        role=actor.role,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64],
        facts={**(facts or {}), **behalf},
        **moment,
    )
    if names := reactions_to(kind):
        OutboxMessage.objects.bulk_create([OutboxMessage(event=event, reaction=name) for name in names])
        wake_after_commit()
    return event


def enqueue(
    event: AuditEvent, reaction_name: str, payload: dict[str, Any], *, not_before: datetime | None = None
) -> None:
    """A further message that a reaction asks for (one e-mail, one webhook), in the reaction's own transaction. It waits
    until `not_before`, when that is given."""
    wait = {"not_before": not_before} if not_before else {}
    OutboxMessage.objects.create(event=event, reaction=reaction_name, payload=payload, **wait)
    wake_after_commit()


def wake_after_commit() -> None:
    """Nudge the outbox when the transaction that wrote messages has been committed."""
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    for nudge in _nudge:
        try:
            nudge()
        except Exception as error:  # a dead broker must not turn a saved step into an error page
            logger.warning("outbox not nudged: %s", type(error).__name__)

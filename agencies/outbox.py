"""Draining the outbox: lease rows, run each reaction in its own transaction, mark it done there too.

A message runs at least once and has one effect: database effects commit together with `done_at`. A worker that dies
leaves a lease that runs out; a reaction that keeps failing is set aside with `failed_at` for a person to look at.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from agencies import audit
from agencies.models import OutboxMessage

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
BATCH = 100
MAX_ATTEMPTS = 12


def drain(limit: int = 10_000) -> int:
    """Run waiting messages until none is left or `limit` is reached; returns how many were done."""
    done = 0
    while done < limit:
        leased = _lease()
        if not leased:
            break
        for message_id in leased:
            done += _run(message_id)
    return done


def _lease() -> list[int]:
    """Take up to BATCH messages for LEASE; several drains share the work without waiting for one another."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agencies_outboxmessage SET leased_until = clock_timestamp() + %s * interval '1 second', attempts = attempts + 1"
            " WHERE id IN (SELECT id FROM agencies_outboxmessage WHERE done_at IS NULL AND failed_at IS NULL"
            "  AND not_before <= statement_timestamp()"
            "  AND (leased_until IS NULL OR leased_until < clock_timestamp())"
            "  ORDER BY not_before, id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
            [LEASE.total_seconds(), BATCH],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _run(message_id: int) -> int:
    try:
        with transaction.atomic():
            # Waits for the row: another drain that looked for work locks it for a moment, and to pass over it then would
            # leave it to the end of our own lease.
            message = (
                OutboxMessage.objects.select_for_update(of=("self",))
                .select_related("event")
                .filter(pk=message_id, done_at=None)
                .first()
            )
            if message is None:
                return 0
            audit.reaction(message.reaction)(message.event, message.payload)
            OutboxMessage.objects.filter(pk=message_id).update(done_at=Now())
            return 1
    except Exception:
        logger.exception("outbox message %s failed", message_id)
        waiting = OutboxMessage.objects.filter(pk=message_id, done_at=None)
        waiting.filter(attempts__gte=MAX_ATTEMPTS).update(failed_at=Now())
        # Try again later, so that one broken mail server does not spin.
        waiting.filter(failed_at=None).update(leased_until=Now() + timedelta(minutes=2))
        return 0


def waiting() -> int:
    """How many messages wait (for /metrics and tests)."""
    return OutboxMessage.objects.filter(done_at=None, failed_at=None).count()

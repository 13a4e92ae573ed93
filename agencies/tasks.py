"""The clock's door: the outbox sweep, the sealer and the checkpoint signer. Only these run as the worker role."""

from __future__ import annotations

from celery import shared_task

from agencies import clients, digests, outbox, seals
from agencies.doors import idempotency


@shared_task
def drain_outbox(**_: object) -> int:
    """Nudged after commits and swept by beat; safe to run twice at once."""
    return outbox.drain()


@shared_task
def seal_events(**_: object) -> int:
    """Link committed events into the chain; one sealer at a time, others leave at once."""
    return seals.seal()


@shared_task
def sign_checkpoint(**_: object) -> str:
    """Sign the head of the chain into the folder outside the database."""
    return seals.sign_checkpoint()


@shared_task
def forget_answers(**_: object) -> int:
    """Drop what is too old to be asked for again: answers kept for retries, tokens that have run out."""
    return idempotency.forget() + clients.forget_tokens()


@shared_task
def order_digests(**_: object) -> int:
    """Every few minutes: the daily summaries whose hour has come. Safe to run twice at once."""
    return digests.order()

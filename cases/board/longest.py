"""The cases that are late by most: which ones the fold says, what they are the case's own walls say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from agencies.actors import Actor
from cases.models import OpenQueue, Supervision, SupervisionKind
from cases.queries.queue import rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A row of the list of a board, and how often it was urged."""

    row: dict[str, Any]
    due_at: datetime
    now: datetime
    reminders: int
    orders: int


def longest_over(actor: Actor, cases: Sequence[UUID], now: datetime) -> list[Late]:
    """These cases as the actor sees them, in the given order; what has been done since the fold is left out."""
    queue = OpenQueue.objects.filter(agency_id=actor.seat_id, case__in=cases, custody_due_at__lt=now)
    due = dict(queue.values_list("case_id", "custody_due_at"))
    urged = Counter(Supervision.objects.filter(case__in=cases).values_list("case_id", "kind"))
    return [
        Late(
            row=row,
            due_at=row["due_at"],
            now=now,
            reminders=urged[row["pk"], SupervisionKind.REMINDER],
            orders=urged[row["pk"], SupervisionKind.ORDER],
        )
        for row in rows_of(actor, {pk: due[pk] for pk in cases if pk in due})
    ]

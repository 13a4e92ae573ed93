"""The deadlines of one officer, for his calendar: the clocks that run at an agency of his in cases that wait for him."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from agencies.actors import Actor
from agencies.models import AuditEvent, Officer
from agencies.officers import actor_for, appointments_of
from agencies.roles import CASE_ROLES
from agencies.scope import acting
from cases.clocks.moves import MOVED
from cases.models import Deadline, OpenQueue
from cases.policies import visible_to
from cases.queries.clock_names import kind_word, laws_of
from cases.queries.queue import waits_for

# A calendar with more would say nothing.
MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deadline: nothing in it names a person or says what the case is about."""

    deadline: Deadline
    name: str
    changed_at: datetime


def entries_of(officer: Officer) -> list[Entry]:
    """What waits for him under each of his appointments, also those lent to him, each within its own scope; the earliest
    due first. Work secrets are left out: an address without a log-in opens the feed."""
    found: dict[object, Entry] = {}
    for post in appointments_of(officer):
        actor = actor_for(post)
        if actor.role in CASE_ROLES:
            with acting(actor):
                found |= {entry.deadline.pk: entry for entry in _entries(actor)}
    return sorted(found.values(), key=lambda entry: (entry.deadline.due_at, entry.deadline.pk))[:MOST]


def _entries(actor: Actor) -> Iterable[Entry]:
    mine = OpenQueue.objects.filter(waits_for(actor), agency_id=actor.seat_id, secret=False)
    running = Deadline.objects.filter(met_at=None, cancelled_at=None, paused_at=None, agency_id=actor.seat_id)
    rows = running.filter(case__in=visible_to(actor), case_id__in=mine.values("case_id"))
    rows = rows.annotate(extended=Max("extensions__at"), resumed=Max("pauses__to_at"), moved=_moved())
    rows = rows.select_related("case")
    known = laws_of()
    for row in rows.order_by("due_at", "pk")[:MOST]:
        changes = (row.started_at, row.extended, row.resumed, row.moved)
        yield Entry(
            deadline=row, name=kind_word(row.kind, known), changed_at=max(at for at in changes if at is not None)
        )


def _moved() -> QuerySet[AuditEvent, Any]:
    """When the work calendar or another urgency last moved clocks of the case of a row."""
    subject = Concat(Value("case:"), Cast(OuterRef("case_id"), TextField()))
    edited = Q(kind="case.edit", facts__has_key="limit_days")
    events = AuditEvent.objects.filter(Q(kind=MOVED) | edited, subject=subject)
    return events.order_by("-pk").values("at")[:1]

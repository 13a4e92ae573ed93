"""Which open deadlines a change of the work calendar moves, and moving them. Run by the worker, who sees every case.

All clocks count by our own calendar: a partner's table moves none. Hours and fixed days do not depend on it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from agencies import audit
from agencies.actors import SYSTEM
from agencies.models import Agency
from agencies.moments import clock
from cases.clocks.counting import Span, count
from cases.hands import refresh_queues
from cases.models import Case, ClockRule, Deadline, DeadlinePause, Mark
from countries.calendar_effects import Moved
from countries.calendars import SHANGHAI, Calendar, day_of

MOVED = "case.calendar_moved"
_BATCH = 1000
_READ = (
    "pk",
    "case_id",
    "agency_id",
    "kind",
    "rule",
    "unit",
    "amount",
    "extended_by",
    "warn_before",
    "escalate_after",
    "started_at",
    "due_at",
    "provisional",
    "warn_at",
    "escalate_at",
)
_WRITTEN = (
    "due_at",
    "provisional",
    "warn_at",
    "escalate_at",
    "warned_at",
    "overdue_at",
    "escalated_at",
    "next_alarm_at",
)
_Times = tuple[datetime, bool, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Move:
    """An open deadline, before and after: when it is due, and whether that may still move."""

    deadline_id: UUID
    case_id: UUID
    agency_id: int | None
    kind: str
    before: datetime
    after: datetime
    was_provisional: bool
    provisional: bool


def moves(calendar: Calendar, country_id: int | None = None) -> list[Move]:
    """What is due at another time, or no longer (or now) provisionally, by `calendar` of the country (None: ours)."""
    return [
        Move(row.pk, row.case_id, row.agency_id, row.kind, row.due_at, due_at, row.provisional, provisional)
        for row, (due_at, provisional, *_alarms) in _differing(calendar, country_id)
        if (due_at, provisional) != (row.due_at, row.provisional)
    ]


@transaction.atomic
def apply_moves(calendar: Calendar, country_id: int | None, notice_id: int) -> list[Move]:
    """Count anew what `moves` finds, with its alarms; one event for each case whose dates move. Gives what changed.

    Cases before their clocks, in one order: a step that holds a case and writes a clock never waits for us while we wait
    for it.
    """
    found = [(row.case_id, row.pk) for row, _times in _differing(calendar, country_id)]
    for part in _batches(sorted({case_id for case_id, _pk in found})):
        list(Case.objects.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk", flat=True))
    ids = [pk for _case_id, pk in found]
    done = [move for batch in _batches(ids) for move in _recounted(calendar, batch, clock())]
    by_case: defaultdict[UUID, list[Move]] = defaultdict(list)
    for move in done:
        if move.before != move.after:
            by_case[move.case_id].append(move)
    for case_id, moved in by_case.items():
        facts = {
            "notice": notice_id,
            "moved": [[str(one.deadline_id), one.before.isoformat(), one.after.isoformat()] for one in moved],
        }
        audit.record(actor=SYSTEM, kind=MOVED, subject=f"case:{case_id}", facts=facts)
    for part in _batches(list(by_case)):
        refresh_queues(part)
    return done


def preview(calendar: Calendar, country_id: int | None) -> Sequence[Moved]:
    """For countries.calendar_effects: numbers by agency and dates; work secrets are not counted, though they move."""
    return _summed(moves(calendar, country_id))


def carry_out(calendar: Calendar, country_id: int | None, notice_id: int) -> Sequence[Moved]:
    """For countries.calendar_effects: the same, done."""
    return _summed(apply_moves(calendar, country_id, notice_id))


def _summed(found: list[Move]) -> list[Moved]:
    """Those that get another day, without those of work secrets: the numbers are for an administrator."""
    secret = set(_open().filter(case__mark=Mark.WORK_SECRET).values_list("case_id", flat=True))
    names = Agency.objects.in_bulk({move.agency_id for move in found if move.agency_id is not None})
    sums = Counter(
        (names[move.agency_id].name if move.agency_id else "—", day_of(move.before), day_of(move.after))
        for move in found
        if move.case_id not in secret
    )
    return [Moved(agency, before, after, n) for (agency, before, after), n in sums.items() if before != after]


def _open() -> QuerySet[Deadline]:
    return Deadline.objects.filter(met_at=None, cancelled_at=None, case__archived_at=None)


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    return (ids[first : first + _BATCH] for first in range(0, len(ids), _BATCH))


def _recounted(calendar: Calendar, ids: Sequence[UUID], now: datetime) -> Iterator[Move]:
    """Count these anew under lock; one that stopped meanwhile stays as it is."""
    running = Deadline.objects.filter(pk__in=ids, met_at=None, cancelled_at=None, case__archived_at=None)
    rows = list(running.select_for_update(of=("self",)).order_by("pk"))
    paused = _paused(ids)
    for row in rows:
        before = row.due_at, row.provisional
        count(row, calendar, now, paused.get(row.pk, ()))
        if (row.due_at, row.provisional) != before:
            yield Move(row.pk, row.case_id, row.agency_id, row.kind, before[0], row.due_at, before[1], row.provisional)
    Deadline.objects.bulk_update(rows, _WRITTEN)


def _differing(calendar: Calendar, country_id: int | None) -> Iterator[tuple[Any, _Times]]:
    """The open deadlines of cases out of the archive whose dates or alarms differ by `calendar`, with what they would be.

    Whatever starts on one day, on the same side of opening and closing, with equal numbers is counted once.
    """
    if country_id is not None:
        return
    open_ones = _open().exclude(rule=ClockRule.FIXED)
    paused = _paused()
    known: dict[Any, _Times] = {}
    for row in open_ones.exclude(unit="hour").values_list(*_READ, named=True).iterator(chunk_size=5000):
        start, spans = row.started_at.astimezone(SHANGHAI), paused.get(row.pk, ())
        begun = start.date(), start.time() <= calendar.closes, start.time() < calendar.opens
        numbers = row.rule, row.unit, row.amount + row.extended_by, row.warn_before, row.escalate_after
        key = (begun, numbers, spans)
        if key not in known:
            known[key] = _times(calendar, row, spans)
        if known[key] != (row.due_at, row.provisional, row.warn_at, row.escalate_at):
            yield row, known[key]


def _times(calendar: Calendar, row: Any, spans: tuple[Span, ...]) -> _Times:
    names = ("rule", "unit", "amount", "extended_by", "warn_before", "escalate_after", "started_at")
    probe = Deadline(**{name: getattr(row, name) for name in names})
    count(probe, calendar, row.started_at, spans)
    return probe.due_at, probe.provisional, probe.warn_at, probe.escalate_at


def _paused(ids: Sequence[UUID] | None = None) -> dict[UUID, tuple[Span, ...]]:
    """The ended pauses of these deadlines, or of all open ones."""
    found = DeadlinePause.objects.filter(to_at__isnull=False)
    if ids is None:
        found = found.filter(deadline__met_at=None, deadline__cancelled_at=None)
    else:
        found = found.filter(deadline__in=ids)
    spans: defaultdict[UUID, tuple[Span, ...]] = defaultdict(tuple)
    for deadline_id, from_at, to_at in found.values_list("deadline_id", "from_at", "to_at"):
        if to_at is not None:  # by the filter
            spans[deadline_id] += ((from_at, to_at),)
    return dict(spans)

"""Reading internal limits: the table as it holds, what was set when, and which open deadlines a limit would change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from agencies.actors import Actor
from agencies.models import Agency
from agencies.models.tree import Tier
from cases.clocks.limits import best, resolve
from cases.internal_limits import rows_like, today
from cases.models import ClockRule, Deadline, DeadlinePause, InternalLimit, Urgency
from cases.policies import visible_to
from countries.calendars import Calendar, Rule, Span, work_calendar

HISTORY = 20
# How many deadlines that would differ are listed one by one; they are counted all.
LISTED = 1000
# The direction of a case, the family of its request (None: no type yet) and who must act: a limit depends on no more.
Place = tuple[str, str | None, int | None]
_NUMBERS = ("amount", "unit", "warn_before", "escalate_after", "extend_by")


# --- The table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """For which cases, at which agencies: `above` holds the agencies whose limits count there (a province's own)."""

    direction: str = ""
    family: str = ""
    tier: str = ""
    above: Collection[int] = ()

    def covers(self, row: InternalLimit) -> bool:
        """Is the row for such cases at such agencies?"""
        return all(getattr(row, name) in ("", getattr(self, name)) for name in ("direction", "family", "tier"))


@dataclass(frozen=True, slots=True)
class Cell:
    """What holds for one kind and urgency, and what will from a later day, when that is something else; `others` hold now
    for tiers, families or directions that were not wanted."""

    kind: str
    urgency: str
    row: InternalLimit
    next_from: date | None = None
    next_row: InternalLimit | None = None
    others: Collection[InternalLimit] = ()


def table(wanted: Wanted, on: date) -> dict[str, list[Cell]]:
    """By kind, in the order of the shipped defaults, a cell for each urgency that has a limit on that day."""
    known = InternalLimit.objects.filter(Q(agency=None) | Q(agency__in=wanted.above))
    rows: defaultdict[tuple[str, str], list[InternalLimit]] = defaultdict(list)
    others: defaultdict[tuple[str, str], list[InternalLimit]] = defaultdict(list)
    for row in known.select_related("agency", "set_by").order_by("pk"):
        (rows if wanted.covers(row) else others)[row.kind, row.urgency].append(row)
    cells: defaultdict[str, list[Cell]] = defaultdict(list)
    for kind in dict.fromkeys(kind for kind, _urgency in rows):
        for urgency in Urgency.values:
            cell = _cell(rows.get((kind, urgency), []), wanted, on)
            if cell is not None:
                cells[kind].append(replace(cell, others=_standing(others[kind, urgency], on)))
    return dict(cells)


def _cell(rows: list[InternalLimit], wanted: Wanted, on: date) -> Cell | None:
    def holding(day: date) -> InternalLimit | None:
        return resolve((row for row in rows if row.effective_from <= day), wanted.tier, wanted.above)

    now = holding(on)
    if now is None:
        return None
    for day in sorted({row.effective_from for row in rows if row.effective_from > on}):
        later = holding(day)
        if later is not None and _says(later) != _says(now):
            return Cell(now.kind, now.urgency, now, day, later)
    return Cell(now.kind, now.urgency, now)


def _standing(rows: Iterable[InternalLimit], on: date) -> list[InternalLimit]:
    """Of each cell of these what holds on that day, if it is not withdrawn."""
    by_cell: defaultdict[Any, list[InternalLimit]] = defaultdict(list)
    for row in rows:
        if row.effective_from <= on:
            by_cell[row.cell].append(row)
    return [row for row in map(best, by_cell.values()) if row is not None]


def _says(row: InternalLimit) -> tuple[Any, ...]:
    return (row.source, *(getattr(row, name) for name in _NUMBERS))


def province_of(agency: Agency | None) -> Agency | None:
    """The province to which an agency belongs; None at the ministry."""
    above = agency.ancestors if agency else []
    return Agency.objects.filter(pk__in=above, tier=Tier.PROVINCE).first()


def provinces() -> QuerySet[Agency]:
    """Those that have set a limit of their own at some time."""
    own = InternalLimit.objects.filter(agency__isnull=False).values("agency_id")
    return Agency.objects.filter(pk__in=own).order_by("code")


# --- What was set -----------------------------------------------------------------------------------------------------


def settings(after: int | None = None) -> list[InternalLimit]:
    """What was set, the newest first: a page and one more when another page follows."""
    rows = InternalLimit.objects.filter(set_by__isnull=False)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(rows.select_related("agency", "set_by").order_by("-pk")[: HISTORY + 1])


def history(row: InternalLimit) -> list[InternalLimit]:
    """What was set for the same cell, whoever set it, from the default on; the newest first."""
    cells = InternalLimit.objects.filter(
        kind=row.kind, urgency=row.urgency, direction=row.direction, family=row.family, tier=row.tier
    )
    shown = cells.filter(agency=None) | cells.filter(agency=row.agency_id)
    return list(shown.select_related("agency", "set_by").order_by("-pk"))


# --- What would differ ------------------------------------------------------------------------------------------------


class Clock(NamedTuple):
    """An open deadline and its case, as far as a limit depends on them."""

    pk: UUID
    case_id: UUID
    number: str
    title: str
    agency_id: int | None
    agency: str | None
    direction: str
    family: str | None
    started_at: datetime
    unit: str
    amount: int
    extended_by: int
    due_at: datetime

    @property
    def cell(self) -> Place:
        """What the limit depends on."""
        return self.direction, self.family, self.agency_id


@dataclass(frozen=True, slots=True)
class Differing:
    """An open deadline that keeps its limit, though the row would give it another one."""

    clock: Clock
    limit: InternalLimit
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """How many differ, at each agency (the most first), and the first LISTED of them, by due date, page by page."""

    total: int
    by_agency: list[tuple[str, int]]
    limits: Mapping[Place, InternalLimit]
    clocks: QuerySet[Deadline]

    @property
    def listed(self) -> int:
        """How many of them can be looked at one by one."""
        return min(self.total, LISTED)

    def rows(self, first: int = 0, n: int = LISTED) -> list[Differing]:
        """Some of them, from the `first` on."""
        wanted = self.clocks.order_by("due_at", "pk")[first : min(first + n, LISTED)]
        return _counted([(one, self.limits[one.cell]) for one in (Clock(*row) for row in wanted.values_list(*_FIELDS))])


_FIELDS = (
    "pk",
    "case_id",
    "case__number",
    "case__title",
    "agency_id",
    "agency__name",
    "case__direction",
    "case__request_type__family",
    "started_at",
    "unit",
    "amount",
    "extended_by",
    "due_at",
)
_PLACE = ("case__direction", "case__request_type__family", "agency_id")


def differing(actor: Actor, row: InternalLimit) -> Found:
    """The open deadlines in the actor's sight that would be others if they started under `row` (saved or not yet).

    Others: `row` changes which limit holds for them on its day, and that limit has another amount or unit than theirs. The
    database counts them by all that this depends on; no deadline is read to be counted.
    """
    on = max(today(), row.effective_from)
    known = [one for one in rows_like(row) if one.effective_from <= on and one.pk != row.pk]
    clocks = _open(actor, row)
    counted = clocks.order_by().values_list(*_PLACE, "unit", "amount").annotate(n=Count("pk"))
    groups = [((direction, family, at), (amount, unit), n) for direction, family, at, unit, amount, n in counted]
    agencies = Agency.objects.in_bulk({place[2] for place, _has, _n in groups if place[2] is not None})
    limits = _limits_at({place for place, _has, _n in groups}, agencies, known, row)
    sums: Counter[str] = Counter()
    for place, has, n in groups:
        if place in limits and (limits[place].amount, limits[place].unit) != has:
            sums[agencies[place[2]].name if place[2] is not None else ""] += n
    return Found(sums.total(), sums.most_common(), limits, clocks.filter(_that_differ(limits)))


def _that_differ(limits: Mapping[Place, InternalLimit]) -> Q:
    """Clocks with another amount or unit than the limit of their place; places with one limit are asked for together."""
    places: defaultdict[tuple[str, str | None, int, str], list[int | None]] = defaultdict(list)
    for (direction, family, agency_id), limit in limits.items():
        places[direction, family, limit.amount, limit.unit].append(agency_id)
    wanted = Q(pk__in=[])
    for (direction, family, amount, unit), ids in places.items():
        at = Q(agency__in=[pk for pk in ids if pk is not None])
        at |= Q(agency=None) if None in ids else Q()
        of = Q(case__request_type=None) if family is None else Q(case__request_type__family=family)
        wanted |= of & at & Q(case__direction=direction) & ~Q(amount=amount, unit=unit)
    return wanted


def _open(actor: Actor, row: InternalLimit) -> QuerySet[Deadline]:
    """The running internal clocks that `row` speaks of."""
    clocks = Deadline.objects.filter(
        case__in=visible_to(actor).filter(urgency=row.urgency),
        kind=row.kind,
        rule=ClockRule.INTERNAL,
        met_at=None,
        cancelled_at=None,
    )
    if row.direction:
        clocks = clocks.filter(case__direction=row.direction)
    if row.family:
        clocks = clocks.filter(case__request_type__family=row.family)
    if row.tier:
        clocks = clocks.filter(agency__tier=row.tier)
    if row.agency_id is not None:
        clocks = clocks.filter(agency__ancestors__contains=[row.agency_id])
    return clocks


def _limits_at(
    places: Collection[Place], agencies: Mapping[int, Agency], known: list[InternalLimit], row: InternalLimit
) -> dict[Place, InternalLimit]:
    """The limit that `row` brings to each place where it changes anything; places of one tier and province are asked once."""
    owners = {one.agency_id for one in (*known, row) if one.agency_id is not None}
    asked: dict[Any, InternalLimit | None] = {}
    found = {}
    for direction, family, agency_id in places:
        agency = agencies[agency_id] if agency_id is not None else None
        above = frozenset(owners.intersection(agency.ancestors if agency else ()))
        key = direction, family or "", agency.tier if agency else "", above
        if key not in asked:
            asked[key] = _changed(known, row, *key)
        if (limit := asked[key]) is not None:
            found[direction, family, agency_id] = limit
    return found


def _changed(
    known: list[InternalLimit], row: InternalLimit, direction: str, family: str, tier: str, above: Collection[int]
) -> InternalLimit | None:
    """The limit that holds in such cases at such agencies with `row`, when without it another one would."""
    fitting = [limit for limit in (*known, row) if limit.direction in ("", direction) and limit.family in ("", family)]
    after = resolve(fitting, tier, above)
    before = resolve((limit for limit in fitting if limit is not row), tier, above)
    same = before is not None and after is not None and (before.amount, before.unit) == (after.amount, after.unit)
    return None if same else after


def _counted(found: list[tuple[Clock, InternalLimit]]) -> list[Differing]:
    """With the date on which each would be due: from its old start, without its pauses, with what it was extended by."""
    paused: defaultdict[UUID, list[Span]] = defaultdict(list)
    ended = DeadlinePause.objects.filter(deadline__in=[one.pk for one, _limit in found], to_at__isnull=False)
    for deadline_id, from_at, to_at in ended.values_list("deadline_id", "from_at", "to_at"):
        if to_at is not None:  # by the filter
            paused[deadline_id].append((from_at, to_at))
    calendar = work_calendar()
    return [Differing(one, limit, _due(calendar, one, limit, paused.get(one.pk, []))) for one, limit in found]


def _due(calendar: Calendar, one: Clock, limit: InternalLimit, paused: list[Span]) -> datetime:
    more = one.extended_by if one.unit == limit.unit else 0
    return calendar.due(one.started_at, limit.amount + more, limit.unit, rule=Rule.INTERNAL, paused=paused).at

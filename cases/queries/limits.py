"""Reading internal limits: the table as it holds, what was set when, and which open deadlines a limit would change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from agencies.actors import Actor
from agencies.models import Agency
from agencies.models.tree import Tier
from cases.clocks.limits import best, resolve
from cases.internal_limits import rows_like, today
from cases.models import ClockRule, Deadline, DeadlinePause, Direction, InternalLimit, Urgency
from cases.policies import visible_to
from countries.calendars import Calendar, Rule, Span, work_calendar
from treaties.models import RequestType

HISTORY = 20
# Of the deadlines that would differ, those that are due first are counted, and the first of them listed one by one: a
# ministry's answer must not wait for hundreds of thousands.
COUNTED, LISTED = 5_000, 1_000
# The direction of a case, the family of its request ("": no type yet), the tier of who must act ("": nobody of ours) and the
# province above that has limits of its own: a limit depends on no more.
Place = tuple[str, str, str, int | None]
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


def _place(
    direction: str, family: str | None, tier: str | None, above: Collection[int] | None, provinces: Collection[int]
) -> Place:
    return direction, family or "", tier or "", next((pk for pk in above or () if pk in provinces), None)


class Clock(NamedTuple):
    """An open deadline and its case, as far as a limit depends on them."""

    pk: UUID
    case_id: UUID
    number: str
    title: str
    agency_id: int | None
    agency: str | None
    tier: str | None
    ancestors: list[int] | None
    direction: str
    family: str | None
    started_at: datetime
    unit: str
    amount: int
    extended_by: int
    due_at: datetime

    def place(self, provinces: Collection[int]) -> Place:
        """What the limit depends on, when these provinces have limits of their own."""
        return _place(self.direction, self.family, self.tier, self.ancestors, provinces)


@dataclass(frozen=True, slots=True)
class Differing:
    """An open deadline that keeps its limit, though the row would give it another one."""

    clock: Clock
    limit: InternalLimit
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """How many differ, at each agency (the most first), and the first LISTED of them, by due date, page by page. `more` when
    there may be others than among the COUNTED that are due first."""

    total: int
    more: bool
    by_agency: list[tuple[str, int]]
    limits: Mapping[Place, InternalLimit]
    provinces: Collection[int]
    clocks: Sequence[UUID]

    @property
    def listed(self) -> int:
        """How many of them can be looked at one by one."""
        return min(self.total, LISTED)

    def rows(self, first: int = 0, n: int = LISTED) -> list[Differing]:
        """Some of them, from the `first` on."""
        wanted = Deadline.objects.filter(pk__in=self.clocks[first : min(first + n, LISTED)]).order_by("due_at", "pk")
        clocks = [Clock(*row) for row in wanted.values_list(*_FIELDS)]
        return _counted([(one, self.limits[one.place(self.provinces)]) for one in clocks])


_FIELDS = (
    "pk",
    "case_id",
    "case__number",
    "case__title",
    "agency_id",
    "agency__name",
    "agency__tier",
    "agency__ancestors",
    "case__direction",
    "case__request_type__family",
    "started_at",
    "unit",
    "amount",
    "extended_by",
    "due_at",
)


_OF_CASE = ("pk", "direction", "request_type__family")
_BATCH = 1000


def differing(actor: Actor, row: InternalLimit) -> Found:
    """The open deadlines in the actor's sight that would be others if they started under `row` (saved or not yet).

    Others: `row` changes which limit holds for them on its day, and that limit has another amount or unit than theirs. The
    database finds them by what that depends on.
    """
    on = max(today(), row.effective_from)
    known = [one for one in rows_like(row) if one.effective_from <= on and one.pk != row.pk]
    provinces = sorted({one.agency_id for one in (*known, row) if one.agency_id is not None})
    limits = _limits_at(known, row, provinces)
    if limits and Agency.objects.filter(pk=actor.case_agency_id or 0, is_terminal=True).exists():
        found, more = _first_due(actor, row, limits, provinces)
    else:
        clocks = _open(actor, row).filter(_that_differ(limits, provinces)).order_by("due_at", "pk")
        found = list(clocks.values_list("pk", "agency__name")[: COUNTED + 1]) if limits else []
        more = len(found) > COUNTED
    sums = Counter(name or "" for _pk, name in found[:COUNTED])
    return Found(sums.total(), more, sums.most_common(), limits, provinces, [pk for pk, _name in found[:COUNTED]])


def _first_due(
    actor: Actor, row: InternalLimit, limits: Mapping[Place, InternalLimit], provinces: Collection[int]
) -> tuple[list[tuple[UUID, str | None]], bool]:
    """For who sees every case, of whom the database would read them all: among the COUNTED clocks that are due first."""
    names = ("pk", "case_id", "agency__name", "agency__tier", "agency__ancestors", "unit", "amount")
    clocks = list(_running(row.kind).order_by("due_at", "pk").values_list(*names)[: COUNTED + 1])
    ids = [one[1] for one in clocks]
    cases: dict[UUID, tuple[str, str | None]] = {}
    for at in range(0, len(ids), _BATCH):
        seen = visible_to(actor).filter(pk__in=ids[at : at + _BATCH], urgency=row.urgency)
        cases |= {pk: (direction, family) for pk, direction, family in seen.values_list(*_OF_CASE)}
    found = []
    for pk, case_id, name, tier, ancestors, unit, amount in clocks[:COUNTED]:
        if case_id in cases:
            limit = limits.get(_place(*cases[case_id], tier, ancestors, provinces))
            if limit is not None and (limit.amount, limit.unit) != (amount, unit):
                found.append((pk, name))
    return found, len(clocks) > COUNTED


def _limits_at(
    known: list[InternalLimit], row: InternalLimit, provinces: Collection[int]
) -> dict[Place, InternalLimit]:
    """The limit that `row` brings to each place where it changes anything."""
    families = RequestType.objects.order_by().values_list("family", flat=True).distinct()
    places = product(
        [row.direction] if row.direction else Direction.values,
        [row.family] if row.family else ["", *families],
        [row.tier] if row.tier else ["", *Tier.values],
        [row.agency_id] if row.agency_id is not None else [None, *provinces],
    )
    changed = ((place, _changed(known, row, *place)) for place in places)
    return {place: limit for place, limit in changed if limit is not None}


def _that_differ(limits: Mapping[Place, InternalLimit], provinces: Collection[int]) -> Q:
    """Clocks with another amount or unit than the limit of their place; families with one limit are asked for together."""
    families: defaultdict[tuple[str, str, int | None, int, str], list[str]] = defaultdict(list)
    for (direction, family, tier, province), limit in limits.items():
        families[direction, tier, province, limit.amount, limit.unit].append(family)
    wanted = Q(pk__in=[])
    for (direction, tier, province, amount, unit), names in families.items():
        at = Q(agency__tier=tier) if tier else Q(agency=None)
        if province is not None:
            at &= Q(agency__ancestors__contains=[province])
        elif tier and provinces:
            at &= ~Q(agency__ancestors__overlap=list(provinces))
        of = Q(case__request_type__family__in=names)
        of |= Q(case__request_type=None) if "" in names else Q()
        wanted |= at & of & Q(case__direction=direction) & ~Q(amount=amount, unit=unit)
    return wanted


def _running(kind: str) -> QuerySet[Deadline]:
    return Deadline.objects.filter(kind=kind, rule=ClockRule.INTERNAL, met_at=None, cancelled_at=None)


def _open(actor: Actor, row: InternalLimit) -> QuerySet[Deadline]:
    """The running internal clocks that `row` speaks of."""
    clocks = _running(row.kind).filter(case__in=visible_to(actor).filter(urgency=row.urgency))
    if row.direction:
        clocks = clocks.filter(case__direction=row.direction)
    if row.family:
        clocks = clocks.filter(case__request_type__family=row.family)
    if row.tier:
        clocks = clocks.filter(agency__tier=row.tier)
    if row.agency_id is not None:
        clocks = clocks.filter(agency__ancestors__contains=[row.agency_id])
    return clocks


def _changed(
    known: list[InternalLimit], row: InternalLimit, direction: str, family: str, tier: str, province: int | None
) -> InternalLimit | None:
    """The limit that holds in such cases at such agencies with `row`, when without it another one would."""
    fitting = [limit for limit in (*known, row) if limit.direction in ("", direction) and limit.family in ("", family)]
    above = () if province is None else (province,)
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

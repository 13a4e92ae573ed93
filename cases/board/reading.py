"""A board read from the figures: what is so now, what happened in a period, week by week, and agency by agency.

Every statement reads rows of the board's small tables by agency; nothing here counts cases. Row-level security shows no
figure from outside the own subtree, whatever is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from agencies import prepared
from agencies.models import Agency
from agencies.moments import clock
from cases.board import facts, fold
from cases.board.numbers import Spread, share

PERIODS = (4, 13, 26, 52)
TREND = 26
HEATS = (facts.LATE, facts.FILED)

Sums = dict[tuple[str, str], tuple[int, int]]  # by measure and key: how often, and the amount


@dataclass(frozen=True, slots=True)
class Figures:
    """What one agency's subtree comes to: sums of the period, and what is so now."""

    period: Mapping[tuple[str, str], tuple[int, int]]
    now: Mapping[tuple[str, str], tuple[int, int]]

    def n(self, measure: str, key: str = "") -> int:
        return self.period.get((measure, key), (0, 0))[0]

    def amount(self, measure: str, key: str = "") -> int:
        return self.period.get((measure, key), (0, 0))[1]

    def standing(self, measure: str) -> int:
        """How many are open, near, overdue, abroad, or back for correction now."""
        return self.now.get((measure, ""), (0, 0))[0]

    @property
    def first_time_right(self) -> float | None:
        """The share of what was filed in the period that was never sent back."""
        filed = self.n(facts.FILED)
        return share(filed - self.n(facts.SENT_BACK), filed)

    def in_time(self, measure: str) -> float | None:
        """The share of the clocks that ended in the period which were met in time."""
        ended = self.n(measure)
        return share(ended - self.amount(measure), ended)

    def spread(self, part: str) -> Spread:
        """How many of those that ended in the period spent how many whole days there."""
        return Spread({int(key): n for key, (n, _amount) in self.keyed(facts.DAYS + part).items()})

    def keyed(self, measure: str) -> dict[str, tuple[int, int]]:
        """The sums of the period by the key of a measure."""
        return {key: sums for (name, key), sums in self.period.items() if name == measure}

    def keyed_now(self, measure: str) -> dict[str, tuple[int, int]]:
        return {key: sums for (name, key), sums in self.now.items() if name == measure}


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything a board shows; before the first fold `as_of` is None and nothing is counted. `weeks` are the Mondays of the trend; `below` are the agencies right below that have any
    figure, and `own` what is the agency's own: the whole without its parts."""

    agency: Agency
    as_of: datetime | None
    period: int
    first: date
    whole: Figures
    below: Sequence[tuple[Agency, Figures]]
    own: Figures
    weeks: Sequence[date]
    trend: Mapping[tuple[str, date], tuple[int, int]]
    heat: Mapping[tuple[int, date], int]
    longest: Sequence[UUID]


def read(agency: Agency, *, period: int, heat: str = facts.LATE) -> Board:
    """The board of an agency over the last `period` weeks, the running one among them."""
    as_of = _as_of()
    this = fold.monday_of(as_of or clock())
    first = this - timedelta(weeks=period - 1)
    weeks = [this - timedelta(weeks=n) for n in reversed(range(TREND))]
    children = {one.pk: one for one in Agency.objects.filter(parent=agency).order_by("code")}
    sums = _period([agency.pk], first, whole=True) | _period(list(children), first, whole=False)
    now = _now([agency.pk, *children])
    figures = {pk: Figures(sums[pk], now[pk]) for pk in (agency.pk, *children)}
    below = [(one, figures[pk]) for pk, one in children.items() if figures[pk].period or figures[pk].now]
    longest = figures[agency.pk].keyed_now(fold.LONGEST)
    return Board(
        agency=agency,
        as_of=as_of,
        period=period,
        first=first,
        whole=figures[agency.pk],
        below=below,
        own=_without(figures[agency.pk], [one for _agency, one in below]),
        weeks=weeks,
        trend=_trend(agency.pk, weeks[0]),
        heat=_heat([agency.pk, *children], heat, weeks[0], now),
        longest=[UUID(key) for key, _place in sorted(longest.items(), key=lambda item: item[1][0])],
    )


def _as_of() -> datetime | None:
    """As of when the figures hold; None before the first fold."""
    rows = prepared.rows("SELECT as_of FROM cases_boardfold")
    return rows[0][0] if rows else None


_OF_CHILDREN = (
    facts.FILED,
    facts.SENT_BACK,
    facts.ENDED,
    facts.INTERNAL,
    facts.STATUTORY,
    facts.DAYS + facts.HOME,
    facts.DAYS + facts.ABROAD,
)
_PERIOD = """SELECT agency_id, measure, key, sum(n)::bigint, sum(amount)::bigint FROM cases_boardcell
WHERE agency_id = ANY(%(agencies)s::int[]) AND week >= %(first)s::date{only} GROUP BY agency_id, measure, key"""
_WHOLE, _CHILDREN = _PERIOD.format(only=""), _PERIOD.format(only=" AND measure = ANY(%(measures)s::text[])")


def _period(agencies: list[int], first: date, *, whole: bool) -> dict[int, Sums]:
    found: dict[int, Sums] = {pk: {} for pk in agencies}
    parameters = {"agencies": agencies, "first": first, "measures": list(_OF_CHILDREN)}
    for pk, measure, key, n, amount in prepared.rows(_WHOLE if whole else _CHILDREN, parameters):
        found[pk][measure, key] = (n, amount)
    return found


_NOW = """SELECT agency_id, measure, key, n, amount FROM cases_boardnow WHERE agency_id = %(agency)s::int
UNION ALL SELECT agency_id, measure, key, n, amount FROM cases_boardnow
WHERE agency_id = ANY(%(children)s::int[]) AND measure = ANY(%(measures)s::text[])"""


def _now(agencies: list[int]) -> dict[int, Sums]:
    found: dict[int, Sums] = {pk: {} for pk in agencies}
    parameters: dict[str, Any] = {
        "agency": agencies[0],
        "children": agencies[1:],
        "measures": [*fold.STANDINGS, fold.OVER_IN],
    }
    for pk, measure, key, n, amount in prepared.rows(_NOW, parameters):
        found[pk][measure, key] = (n, amount)
    return found


_TREND = """SELECT measure, week, n, amount FROM cases_boardcell
WHERE agency_id = %(agency)s::int AND measure = ANY(%(measures)s::text[]) AND week >= %(first)s::date AND key = ''"""


def _trend(agency: int, first: date) -> dict[tuple[str, date], tuple[int, int]]:
    measures = [facts.FILED, facts.ENDED, facts.INTERNAL]
    rows = prepared.rows(_TREND, {"agency": agency, "first": first, "measures": measures})
    return {(measure, week): (n, amount) for measure, week, n, amount in rows}


_HEAT = """SELECT agency_id, week, n FROM cases_boardcell
WHERE agency_id = ANY(%(agencies)s::int[]) AND measure = %(measure)s::text AND week >= %(first)s::date AND key = ''"""


def _heat(agencies: list[int], measure: str, first: date, now: Mapping[int, Sums]) -> dict[tuple[int, date], int]:
    """By agency and week. What went over counts whether it has been done since or still waits."""
    found: defaultdict[tuple[int, date], int] = defaultdict(int)
    for pk, week, n in prepared.rows(_HEAT, {"agencies": agencies, "measure": measure, "first": first}):
        found[pk, week] += n
    if measure == facts.LATE:
        for pk, sums in now.items():
            for (name, key), (n, _amount) in sums.items():
                if name == fold.OVER_IN and date.fromisoformat(key) >= first:
                    found[pk, date.fromisoformat(key)] += n
    return dict(found)


def _without(whole: Figures, parts: Sequence[Figures]) -> Figures:
    """The whole less its parts, in the measures that parts have."""

    def less(
        sums: Mapping[Any, tuple[int, int]], taken: Sequence[Mapping[Any, tuple[int, int]]], known: set[str]
    ) -> Sums:
        left = {key: list(pair) for key, pair in sums.items() if key[0] in known}
        for part in taken:
            for key, (n, amount) in part.items():
                pair = left.setdefault(key, [0, 0])
                pair[0] -= n
                pair[1] -= amount
        return {key: (pair[0], pair[1]) for key, pair in left.items() if pair != [0, 0]}

    return Figures(
        less(whole.period, [part.period for part in parts], set(_OF_CHILDREN)),
        less(whole.now, [part.now for part in parts], {*fold.STANDINGS, fold.OVER_IN}),
    )

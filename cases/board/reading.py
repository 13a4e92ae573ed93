"""A board read from the figures: what is so now, what happened in a period, week by week, and agency by agency.

One statement reads rows of the board's small tables by agency; nothing here counts cases. Row-level security shows no
figure from outside the own subtree, whatever is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
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
# A fold begins every minute and takes seconds.
STOPPED_AFTER = timedelta(minutes=5)
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
        """The share of our own requests filed in the period that were never sent back."""
        requests = self.amount(facts.FILED)
        return share(requests - self.n(facts.SENT_BACK), requests)

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
    """Everything a board shows; before the first fold `as_of` is None and nothing is counted. `stopped`: the last fold is so
    long ago that no other seems to come. `weeks` are the Mondays of the trend; `below` are the agencies right below that
    have any figure, and `own` what is the agency's own: the whole without its parts. `heats`: by measure, agency and week."""

    agency: Agency
    as_of: datetime | None
    stopped: bool
    period: int
    first: date
    whole: Figures
    below: Sequence[tuple[Agency, Figures]]
    own: Figures
    weeks: Sequence[date]
    trend: Mapping[tuple[str, date], tuple[int, int]]
    heats: Mapping[str, Mapping[tuple[int, date], int]]
    longest: Sequence[UUID]

    def heat_lines(self, measure: str) -> tuple[list[tuple[Agency, list[int]]], list[int], list[int]]:
        """Week by week: the agencies below, what is the agency's own, and the whole."""
        heat = self.heats[measure]

        def weekly(pk: int) -> list[int]:
            return [heat.get((pk, week), 0) for week in self.weeks]

        below = [(one, weekly(one.pk)) for one, _figures in self.below]
        whole = weekly(self.agency.pk)
        return below, [n - sum(ns[at] for _one, ns in below) for at, n in enumerate(whole)], whole


def read(agency: Agency, *, period: int, heats: Collection[str] = (facts.LATE,)) -> Board:
    """The board of an agency over the last `period` weeks, the running one among them, with these heat maps."""
    children = {one.pk: one for one in Agency.objects.filter(parent=agency).order_by("code")}
    found = _Rows([agency.pk, *children], period, heats)
    now = clock()
    this = fold.monday_of(found.as_of or now)
    weeks = [this - timedelta(weeks=n) for n in reversed(range(TREND))]
    figures = {pk: Figures(found.period[pk], found.now[pk]) for pk in (agency.pk, *children)}
    below = [(one, figures[pk]) for pk, one in children.items() if figures[pk].period or figures[pk].now]
    longest = figures[agency.pk].keyed_now(fold.LONGEST)
    return Board(
        agency=agency,
        as_of=found.as_of,
        stopped=found.as_of is not None and now - found.as_of > STOPPED_AFTER,
        period=period,
        first=this - timedelta(weeks=period - 1),
        whole=figures[agency.pk],
        below=below,
        own=_without(figures[agency.pk], [one for _agency, one in below]),
        weeks=weeks,
        trend=found.trend,
        heats={measure: _heat(found, measure, weeks[0]) for measure in heats},
        longest=[UUID(key) for key, _place in sorted(longest.items(), key=lambda item: item[1][0])],
    )


_OF_CHILDREN = (
    facts.FILED,
    facts.SENT_BACK,
    facts.ENDED,
    facts.INTERNAL,
    facts.STATUTORY,
    facts.DAYS + facts.HOME,
    facts.DAYS + facts.ABROAD,
)
_OF_TREND = (facts.FILED, facts.ENDED, facts.INTERNAL)
# One statement, so one snapshot: a fold that ends meanwhile is in all of a board or in none of it. It is made of constants.
_SINCE = "(SELECT this - 7 * (%({weeks})s::int - 1) FROM fold)"
_PERIOD = f"""SELECT 'period', agency_id, measure, key, NULL, sum(n)::bigint, sum(amount)::bigint, NULL FROM cases_boardcell
WHERE {{which}} AND week >= {_SINCE.format(weeks="period")} GROUP BY agency_id, measure, key"""  # noqa: S608
_NOW = "SELECT 'now', agency_id, measure, key, NULL, n, amount, NULL FROM cases_boardnow WHERE {which}"
_WEEKS = f"""SELECT '{{part}}', agency_id, measure, key, week, n, amount, NULL FROM cases_boardcell
WHERE {{which}} AND week >= {_SINCE.format(weeks="weeks")} AND key = ''"""  # noqa: S608
_WHOLE, _BELOW = (
    "agency_id = %(agency)s::int",
    "agency_id = ANY(%(children)s::int[]) AND measure = ANY(%({of})s::text[])",
)
_READ = " UNION ALL ".join(
    (
        f"""WITH fold AS (SELECT as_of, {facts.week_of("as_of")} AS this FROM cases_boardfold)
SELECT 'fold', NULL::int, '', '', NULL::date, 0::bigint, 0::bigint, as_of FROM fold""",  # noqa: S608
        _PERIOD.format(which=_WHOLE),
        _PERIOD.format(which=_BELOW.format(of="of_period")),
        _NOW.format(which=_WHOLE),
        _NOW.format(which=_BELOW.format(of="of_now")),
        _WEEKS.format(part="trend", which=f"{_WHOLE} AND measure = ANY(%(of_trend)s::text[])"),
        _WEEKS.format(
            part="heat",
            which=f"({_WHOLE} OR agency_id = ANY(%(children)s::int[])) AND measure = ANY(%(heats)s::text[])",
        ),
    )
)


class _Rows:
    """What the tables hold for an agency (the first) and those right below it; nothing before the first fold."""

    def __init__(self, agencies: Sequence[int], period: int, heats: Collection[str]) -> None:
        self.as_of: datetime | None = None
        self.period: dict[int, Sums] = {pk: {} for pk in agencies}
        self.now: dict[int, Sums] = {pk: {} for pk in agencies}
        self.trend: dict[tuple[str, date], tuple[int, int]] = {}
        self.heats: dict[str, defaultdict[tuple[int, date], int]] = {name: defaultdict(int) for name in heats}
        parameters: dict[str, Any] = {
            "agency": agencies[0],
            "children": list(agencies[1:]),
            "period": period,
            "weeks": TREND,
            "heats": list(heats),
            "of_period": list(_OF_CHILDREN),
            "of_now": [*fold.STANDINGS, fold.OVER_IN],
            "of_trend": list(_OF_TREND),
        }
        for part, pk, measure, key, week, n, amount, as_of in prepared.rows(_READ, parameters):
            if part == "fold":
                self.as_of = as_of
            elif part == "trend":
                self.trend[measure, week] = (n, amount)
            elif part == "heat":
                self.heats[measure][pk, week] += n
            else:
                (self.period if part == "period" else self.now)[pk][measure, key] = (n, amount)


def _heat(found: _Rows, measure: str, first: date) -> dict[tuple[int, date], int]:
    """By agency and week. What went over counts whether it has been done since or still waits."""
    heat = found.heats[measure].copy()
    if measure == facts.LATE:
        for pk, sums in found.now.items():
            for (name, key), (n, _amount) in sums.items():
                if name == fold.OVER_IN and date.fromisoformat(key) >= first:
                    heat[pk, date.fromisoformat(key)] += n
    return dict(heat)


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

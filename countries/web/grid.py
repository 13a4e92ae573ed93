"""A year as twelve months of weeks, each day with its mark: off, worked in exchange, provisional, changed."""

from __future__ import annotations

import calendar as gregorian
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import pgettext

from agencies.language import english
from countries.tables import Change, Day

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One day. `look` is off, worked, weekend or ""; `change` added, changed, removed or ""."""

    day: date
    look: str
    special: Day | None
    change: str
    today: bool

    @property
    def provisional(self) -> bool:
        return self.special is not None and self.special.provisional

    @property
    def mark(self) -> str:
        """What stands under the number."""
        if self.special is None:
            return ""
        if self.special.is_workday:
            return pgettext("day", "暂班") if self.provisional else pgettext("day", "班")
        return pgettext("day", "暂休") if self.provisional else pgettext("day", "休")


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Cell | None]]

    @property
    def name(self) -> str:
        return date_format(self.first, "F") if english() else f"{self.first.month}月"

    @property
    def name_with_year(self) -> str:
        return f"{self.name} {self.first.year}" if english() else f"{self.first.year}年{self.name}"


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row that are off, or worked, for the same holiday."""

    first: date
    last: date
    special: Day

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def weekdays() -> list[tuple[str, str]]:
    """The heads of a month's columns, Monday first: short, whole."""
    return [(str(WEEKDAYS_ABBR[n]).removeprefix("星期"), str(WEEKDAYS[n])) for n in range(7)]


def weekday_of(day: date) -> str:
    """`周三`."""
    return str(WEEKDAYS_ABBR[day.weekday()]).replace("星期", "周")


def months_of(
    year: int, table: Mapping[date, Day], today: date, changes: Mapping[date, Change], only: Collection[int] = ()
) -> list[Month]:
    """The months of a year, or `only` some of them; weeks begin on Monday."""
    return [
        Month(
            date(year, number, 1),
            [
                [_cell(day, table, today, changes) if day.month == number else None for day in week]
                for week in gregorian.Calendar().monthdatescalendar(year, number)
            ],
        )
        for number in (only or range(1, 13))
    ]


def changed_months(changes: Mapping[date, Change], table: Mapping[date, Day], today: date) -> Iterator[Month]:
    """The months in which something changes, over all years."""
    months = sorted({(day.year, day.month) for day in changes})
    for year, pairs in groupby(months, key=lambda pair: pair[0]):
        yield from months_of(year, table, today, changes, [month for _year, month in pairs])


def runs_of(year: int, table: Mapping[date, Day]) -> list[Run]:
    """The special days of a year, those in a row for the same reason as one."""
    runs: list[Run] = []
    for day, special in sorted((day, special) for day, special in table.items() if day.year == year):
        if runs and runs[-1].last == day - timedelta(days=1) and runs[-1].special == special:
            runs[-1] = Run(runs[-1].first, day, special)
        else:
            runs.append(Run(day, day, special))
    return runs


def _cell(day: date, table: Mapping[date, Day], today: date, changes: Mapping[date, Change]) -> Cell:
    special, change = table.get(day), changes.get(day)
    look = "weekend" if day.weekday() >= _SATURDAY else ""
    if special:
        look = "worked" if special.is_workday else "off"
    return Cell(day=day, look=look, special=special, change=change.kind if change else "", today=day == today)

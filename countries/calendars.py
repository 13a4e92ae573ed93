"""Working days in China: pure functions of an immutable calendar. All day reasoning is in Asia/Shanghai.

A day is worked from Monday to Friday unless the State Council's notice says otherwise (调休); the notice comes year by
year. Whatever touches a year without a notice is provisional. Received on a working day up to closing time, that day is
day 0 (当日不计); received later, or on a day off, the next working day is. Due is closing time of the last day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from countries.models import CalendarVersion, DayStatus, SpecialDay

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`days` holds the days that differ from Monday–Friday (True: worked); `official` the years with a notice."""

    days: Mapping[date, bool] = field(default_factory=dict)
    official: frozenset[int] = frozenset()
    closes: time = time(17)

    def is_workday(self, day: date) -> bool:
        """Is `day` worked?"""
        return self.days.get(day, day.weekday() < _SATURDAY)

    def next_workday(self, day: date) -> date:
        """The first worked day after `day`."""
        day += _DAY
        while not self.is_workday(day):
            day += _DAY
        return day

    def day_zero(self, received: datetime) -> date:
        """The day on which `received` (aware) counts as received: that day, or the next working day when it was closed."""
        local = received.astimezone(SHANGHAI)
        in_time = local.time() <= self.closes and self.is_workday(local.date())
        return local.date() if in_time else self.next_workday(local.date())

    def add_working_days(self, start: datetime, n: int) -> tuple[datetime, bool]:
        """When `n` working days from `start` (aware) are over, and whether that may still move (provisional)."""
        if n < 0:
            raise ValueError("a period is not negative")
        day = self.day_zero(start)
        for _ in range(n):
            day = self.next_workday(day)
        due = datetime.combine(day, self.closes, SHANGHAI)
        return due, not self._is_official(start.astimezone(SHANGHAI).date(), day)

    def working_days_between(self, a: datetime, b: datetime) -> int:
        """Worked days after the day of `a` up to and including the day of `b`; negative when `b` is the earlier.

        From within working hours to the due time of n working days it gives n; 0 means due today.
        """
        first, last = a.astimezone(SHANGHAI).date(), b.astimezone(SHANGHAI).date()
        sign = 1 if first <= last else -1
        return sign * (self._worked_until(max(first, last)) - self._worked_until(min(first, last)))

    def _worked_until(self, day: date) -> int:
        """Worked days from the beginning of the era to `day`, without walking them: a page asks for fifty spans."""
        weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
        days, changes = self._changes
        position = bisect_right(days, day)
        return weeks * 5 + min(rest, 5) + (changes[position - 1] if position else 0)

    @cached_property
    def _changes(self) -> tuple[list[date], list[int]]:
        """The special days in order, and by how much they together change the count up to each."""
        days = sorted(self.days)
        changes = accumulate(int(self.days[day]) - int(day.weekday() < _SATURDAY) for day in days)
        return days, list(changes)

    def _is_official(self, first: date, last: date) -> bool:
        return self.official.issuperset(range(first.year, last.year + 1))


_latest: tuple[UUID, Calendar] | None = None


def work_calendar() -> Calendar:
    """The calendar of the table, kept by this process until the table's version changes.

    One query a call: take it once for a page or a command, not once for a row.
    """
    global _latest
    version = CalendarVersion.objects.values_list("version", flat=True).get()
    latest = _latest
    if latest is None or latest[0] != version:
        # The version was read first: a change in between makes the next call load again.
        latest = _latest = (version, _load())
    return latest[1]


def _load() -> Calendar:
    days = list(SpecialDay.objects.all())
    return Calendar(
        days={day.date: day.is_workday for day in days},
        official=frozenset(day.date.year for day in days if day.status == DayStatus.OFFICIAL),
    )

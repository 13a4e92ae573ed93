"""Working days and periods: pure functions of an immutable calendar. All day reasoning is in Asia/Shanghai.

A day is worked from Monday to Friday unless the State Council's notice says otherwise (调休); the notice comes year by
year. Whatever touches a year without a notice is provisional. Received on a working day up to closing time, that day is
day 0 (当日不计); received later, or on a day off, the next working day is. Due is closing time of the last day.

Statutory periods follow the Criminal Procedure Law instead: counted in hours, days and months (CPL-105.1) without the day
that sets them off (CPL-105.2), to the end of the last day; time on the road is not counted (CPL-105.3, recorded as a
pause); when the last day is a day off, the first worked day after it is the last (CPL-105.4), save in detention.
"""

from __future__ import annotations

import calendar as gregorian
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from countries.models import CalendarVersion, DayStatus, SpecialDay

SHANGHAI = ZoneInfo("Asia/Shanghai")
END_OF_DAY = time(23, 59, 59)
Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)
_SATURDAY = 5


class Rule(StrEnum):
    """How a period is counted: ours, the Criminal Procedure Law's, or to the very day (somebody in detention, CPL-105.4; a day that was named)."""

    INTERNAL = "internal"
    STATUTORY = "statutory"
    FIXED = "fixed"


class Unit(StrEnum):
    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Due:
    """When a period ends, and whether a notice that is still to come may move it."""

    at: datetime
    provisional: bool


def day_of(moment: datetime) -> date:
    """The day in China on which `moment` (aware) falls."""
    return moment.astimezone(SHANGHAI).date()


def add_days(day: date, n: int) -> date:
    """The day `n` calendar days after `day`. OverflowError past the year 9999."""
    return day + n * _DAY


def add_months(day: date, n: int) -> date:
    """The same day number `n` months later, or that month's last day where there is none. ValueError past the year 9999."""
    years, month = divmod(day.month - 1 + n, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, gregorian.monthrange(year, month)[1]))


def calendar_days_between(a: datetime, b: datetime) -> int:
    """Days from the day of `a` to the day of `b`; negative when `b` is the earlier."""
    return (day_of(b) - day_of(a)).days


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`days` holds the days that differ from Monday–Friday (True: worked); `official` the years with a notice.

    Office hours are from `opens` to `closes`, the noon break included.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    official: frozenset[int] = frozenset()
    opens: time = time(9)
    closes: time = time(17)

    def is_workday(self, day: date) -> bool:
        """Is `day` worked?"""
        return self.days.get(day, day.weekday() < _SATURDAY)

    def next_workday(self, day: date) -> date:
        """The first worked day after `day`."""
        return self.workday_after(day, 1)

    def workday_after(self, day: date, n: int) -> date:
        """The `n`-th worked day after `day`; `day` itself for 0."""
        while n:
            day += _DAY
            n -= self.is_workday(day)
        return day

    def day_zero(self, received: datetime) -> date:
        """The day on which `received` (aware) counts as received: that day, or the next working day when it was closed."""
        local = received.astimezone(SHANGHAI)
        in_time = local.time() <= self.closes and self.is_workday(local.date())
        return local.date() if in_time else self.next_workday(local.date())

    def due(
        self, start: datetime, amount: int, unit: str, *, rule: Rule = Rule.INTERNAL, paused: Sequence[Span] = ()
    ) -> Due:
        """When `amount` units from `start` (aware) are over; `paused` are disjoint spans that do not count.

        A pause moves the end by its own length in the clock's unit: exact time for hours, days by date for calendar days,
        months and years, worked days for working days (for an internal clock what happens after closing happens on the
        next working day, at both ends of a pause). Then a last day off moves on, save in detention.

        Provisional when a year without a notice could move it: of working days and internal clocks any year from start to
        end, of statutory ones the year of the last day, of hours and in detention none.

        ValueError: a negative period, a pause that ends before it starts, an unknown unit, detention in working days.
        """
        if amount < 0:
            raise ValueError("a period is not negative")
        if any(after < before for before, after in paused):
            raise ValueError("a pause does not end before it starts")
        counted = Unit(unit)
        if counted is Unit.HOUR:
            lost = sum((after - before for before, after in paused), timedelta())
            return Due((start.astimezone(UTC) + timedelta(hours=amount) + lost).astimezone(SHANGHAI), provisional=False)
        if counted is Unit.WORKING_DAY and rule is Rule.FIXED:
            raise ValueError("detention is not counted in working days")
        first = self._zero(start, rule)
        if counted is Unit.WORKING_DAY:
            last = self.workday_after(first, amount + self._workdays_paused(paused, rule))
        else:
            last = add_days(_reach(first, amount, counted), sum(calendar_days_between(*span) for span in paused))
        return self._ending(day_of(start), last, counted, rule)

    def _ending(self, began: date, last: date, unit: Unit, rule: Rule) -> Due:
        if rule is Rule.FIXED:
            return Due(datetime.combine(last, END_OF_DAY, SHANGHAI), provisional=False)
        end = last if self.is_workday(last) else self.next_workday(last)
        since = last if rule is Rule.STATUTORY and unit is not Unit.WORKING_DAY else began
        at = datetime.combine(end, self.closes if rule is Rule.INTERNAL else END_OF_DAY, SHANGHAI)
        return Due(at, provisional=not self.has_notice(since, end))

    def _zero(self, moment: datetime, rule: Rule) -> date:
        return self.day_zero(moment) if rule is Rule.INTERNAL else day_of(moment)

    def _workdays_paused(self, paused: Sequence[Span], rule: Rule) -> int:
        """Counted as the period is: without the day of the pause's beginning, with that of its end."""
        return sum(self.workdays_between(self._zero(before, rule), self._zero(after, rule)) for before, after in paused)

    def add_working_days(self, start: datetime, n: int) -> tuple[datetime, bool]:
        """When `n` working days from `start` (aware) are over, and whether that may still move (provisional)."""
        due = self.due(start, n, Unit.WORKING_DAY)
        return due.at, due.provisional

    def working_days_between(self, a: datetime, b: datetime) -> int:
        """Worked days after the day of `a` up to and including the day of `b`; negative when `b` is the earlier.

        From within working hours to the due time of n working days it gives n; 0 means due today.
        """
        return self.workdays_between(day_of(a), day_of(b))

    def workdays_between(self, first: date, last: date) -> int:
        """Worked days after `first` up to and including `last`; negative when `last` is the earlier."""
        return self._worked_until(last) - self._worked_until(first)

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Office hours from `a` to `b` (aware); negative when `b` is the earlier."""
        return self._worked_time(b) - self._worked_time(a)

    def has_notice(self, first: date, last: date) -> bool:
        """Is there a notice for every year from that of `first` to that of `last`?"""
        return self.official.issuperset(range(first.year, last.year + 1))

    def _worked_time(self, moment: datetime) -> timedelta:
        """Office hours from the beginning of the era to `moment`."""
        local = moment.astimezone(SHANGHAI)
        today = _since_midnight(max(self.opens, min(local.time(), self.closes))) - _since_midnight(self.opens)
        whole = _since_midnight(self.closes) - _since_midnight(self.opens)
        worked = self.is_workday(local.date())
        return (self._worked_until(local.date()) - worked) * whole + worked * today

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


def _reach(day: date, amount: int, unit: Unit) -> date:
    if unit is Unit.CALENDAR_DAY:
        return add_days(day, amount)
    return add_months(day, amount * (12 if unit is Unit.YEAR else 1))


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


_latest: tuple[UUID, dict[int | None, Calendar]] | None = None


def work_calendar(country_id: int | None = None) -> Calendar:
    """Our calendar, or that of a country, kept by this process until the tables' version changes.

    One query a call: take it once for a page or a command, not once for a row. A partner's holidays are not guessed: one
    without a table counts Monday to Friday, always provisional.
    """
    global _latest
    version = CalendarVersion.objects.values_list("version", flat=True).get()
    latest = _latest
    if latest is None or latest[0] != version:
        # The version was read first: a change in between makes the next call load again.
        latest = _latest = (version, _load())
    return latest[1].get(country_id) or Calendar()


def _load() -> dict[int | None, Calendar]:
    tables: defaultdict[int | None, list[SpecialDay]] = defaultdict(list)
    for day in SpecialDay.objects.all():
        tables[day.country_id].append(day)
    return {
        country_id: Calendar(
            days={day.date: day.is_workday for day in days},
            official=frozenset(day.date.year for day in days if day.status == DayStatus.OFFICIAL),
        )
        for country_id, days in tables.items()
    }

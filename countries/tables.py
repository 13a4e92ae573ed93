"""The tables behind the calendars: days as values, what a notice changes, what a table was before.

A table maps dates to the days that differ from Monday–Friday; `country_id` None is our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from countries.calendars import Calendar
from countries.models import CalendarNotice, DayStatus, NoticeState, SpecialDay

_LAST_HOLIDAY = 10  # the month of National Day


@dataclass(frozen=True, slots=True)
class Day:
    is_workday: bool
    name: str
    status: str
    source: str

    @property
    def provisional(self) -> bool:
        return self.status == DayStatus.PROVISIONAL


Table = dict[date, Day]


@dataclass(frozen=True, slots=True)
class Change:
    """What one day was and becomes; None where it is (again) like any Monday to Friday."""

    day: date
    before: Day | None
    after: Day | None

    @property
    def kind(self) -> str:
        """added | changed | removed"""
        if self.before is None:
            return "added"
        return "changed" if self.after else "removed"


def table_of(country_id: int | None) -> Table:
    """The table as it is now."""
    rows = SpecialDay.objects.filter(country=country_id)
    return {row.date: Day(row.is_workday, row.name, row.status, row.source) for row in rows}


def noticed_years(table: Mapping[date, Day]) -> frozenset[int]:
    """The years with an official notice."""
    return frozenset(day.year for day, special in table.items() if special.status == DayStatus.OFFICIAL)


def calendar_of(table: Mapping[date, Day]) -> Calendar:
    """The calendar that counts by the table."""
    days = {day: special.is_workday for day, special in table.items()}
    return Calendar(days=days, official=noticed_years(table))


def changes_between(old: Mapping[date, Day], new: Mapping[date, Day]) -> list[Change]:
    """What makes `new` of `old`, by date."""
    differing = [day for day in old.keys() | new.keys() if old.get(day) != new.get(day)]
    return [Change(day, old.get(day), new.get(day)) for day in sorted(differing)]


def applied(table: Mapping[date, Day], changes: Iterable[Change]) -> Table:
    """The table after the changes."""
    return _replaced(table, {change.day: change.after for change in changes})


def fits(table: Mapping[date, Day], changes: Iterable[Change]) -> bool:
    """Is every day still what the changes found?"""
    return all(table.get(change.day) == change.before for change in changes)


def write(country_id: int | None, changes: Sequence[Change]) -> None:
    """Change the days; the caller's transaction also writes the notice."""
    rows = SpecialDay.objects.filter(country=country_id, date__in=[change.day for change in changes])
    rows.delete()
    SpecialDay.objects.bulk_create(
        SpecialDay(country_id=country_id, date=change.day, **asdict(change.after)) for change in changes if change.after
    )


def table_after(notice: CalendarNotice) -> Table:
    """The table as it was when this notice had been applied: what is now, without what later ones did."""
    table = table_of(notice.country_id)
    done = CalendarNotice.objects.filter(country=notice.country_id, state=NoticeState.DONE)
    for later in done.filter(done_at__gt=notice.done_at).order_by("-done_at", "-pk"):
        table = _replaced(table, {change.day: change.before for change in changes_of(later)})
    return table


def changes_of(notice: CalendarNotice) -> list[Change]:
    """What the notice changes, by date."""
    return [
        Change(date.fromisoformat(row["date"]), _day_from(row["before"]), _day_from(row["after"]))
        for row in notice.changes
    ]


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The changes as a notice stores them."""
    return [
        {
            "date": change.day.isoformat(),
            "before": asdict(change.before) if change.before else None,
            "after": asdict(change.after) if change.after else None,
        }
        for change in changes
    ]


@dataclass(frozen=True, slots=True)
class PartOfYear:
    """A year that would count as announced though only some of its months are stated; `lost` provisional days would go."""

    year: int
    first_month: int
    last_month: int
    lost: int


def parts_of_years(country_id: int | None, changes: Iterable[Change]) -> list[PartOfYear]:
    """The years that these changes, not made yet, announce in part: provisional days outside the stated months go, or our
    own year would end before October, whose holiday every notice of the State Council has."""
    changes = list(changes)
    stated = {change.day: change.after for change in changes if change.after}
    found = []
    for year in sorted(noticed_years(stated) - noticed_years(table_of(country_id))):
        months = [day.month for day in stated if day.year == year]
        first, last = min(months), max(months)
        gone = [change.day for change in changes if change.after is None and change.day.year == year]
        lost = sum(not first <= day.month <= last for day in gone)
        if lost or (country_id is None and last < _LAST_HOLIDAY):
            found.append(PartOfYear(year, first, last, lost))
    return found


def years_of(changes: Iterable[Change]) -> list[int]:
    return sorted({change.day.year for change in changes})


def _replaced(table: Mapping[date, Day], days: Mapping[date, Day | None]) -> Table:
    merged = {**table, **days}
    return {day: special for day, special in merged.items() if special is not None}


def _day_from(stored: dict[str, Any] | None) -> Day | None:
    return Day(**stored) if stored else None

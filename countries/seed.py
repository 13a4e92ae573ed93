"""Loading the partner countries and the work calendar from seeds/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from agencies import audit, turns
from agencies.actors import SYSTEM
from agencies.moments import clock
from agencies.seeding import Tally, rows_of, searchable, upsert
from countries.models import CalendarNotice, Country, NoticeKind, NoticeState, SpecialDay
from countries.tables import (
    Change,
    Day,
    Table,
    as_json,
    changes_between,
    changes_of,
    noticed_years,
    table_of,
    write,
    years_of,
)

Row = Mapping[str, str]


def load_countries() -> Tally:
    """Make the countries equal to seeds/countries.csv; `is_partner` is the administrator's."""
    return upsert(Country, [_country(row) for row in rows_of("countries.csv")], key="code", keep=["is_partner"])


@transaction.atomic
def load_calendar() -> Tally:
    """Add the days of seeds/holidays.csv that nobody else has stated, and write down what that changed.

    What an administrator has set or taken out stays so. Once a year has official days, its provisional ones go.
    """
    turns.wait(turns.Turn.CALENDAR)
    days = {date.fromisoformat(row["date"]): _day(row) for row in rows_of("holidays.csv")}
    table = table_of(None)
    noticed = noticed_years(table) | noticed_years(days)
    stated = _stated(table, {day.source for day in days.values()})
    wanted = {
        day: special
        for day, special in days.items()
        if day not in stated and not (special.provisional and day.year in noticed)
    }
    kept = {day: special for day, special in table.items() if not (special.provisional and day.year in noticed)}
    changes = changes_between(table, kept | wanted)
    if changes:
        _write(changes, first=not table)
    created = sum(change.kind == "added" for change in changes)
    changed = sum(change.kind == "changed" for change in changes)
    return Tally(
        table=SpecialDay._meta.label,
        created=created,
        changed=changed,
        unchanged=len(wanted) - created - changed,
        absent=len(kept.keys() - wanted.keys()),
    )


def _stated(table: Table, ours: set[str]) -> set[date]:
    """The days that are not the seed's any more: of another source, or changed by a notice."""
    others = {day for day, special in table.items() if special.source not in ours}
    notices = CalendarNotice.objects.filter(country=None, state=NoticeState.DONE).exclude(kind=NoticeKind.SEED)
    return others.union(*({change.day for change in changes_of(notice)} for notice in notices))


def _write(changes: list[Change], *, first: bool) -> None:
    """Open deadlines follow a change of a filled table (calendar_effects.follow); of an empty one there are none."""
    write(None, changes)
    notice = CalendarNotice.objects.create(
        kind=NoticeKind.SEED,
        title="seeds/holidays.csv",
        years=years_of(changes),
        changes=as_json(changes),
        state=NoticeState.DONE,
        done_at=clock(),
        settled_at=clock() if first else None,
    )
    if not first:
        audit.record(actor=SYSTEM, kind="calendar.load", subject=f"calendar:{notice.pk}", facts={"days": len(changes)})


def _country(row: Row) -> Country:
    aliases = row["aliases"].split()
    return Country(
        code=row["code"],
        iso3=row["iso3"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        name_en_official=row["name_en_official"],
        aliases=aliases,
        region_zh=row["region_zh"],
        region_en=row["region_en"],
        subregion_zh=row["subregion_zh"],
        subregion_en=row["subregion_en"],
        official_languages=row["official_languages"].split(),
        time_zones=row["time_zones"].split(),
        pinyin=row["pinyin"],
        search_text=searchable(
            [row["name_zh"], *aliases, row["name_en"], row["name_en_official"]],
            [row["pinyin"], row["alias_pinyin"]],
            [row["code"], row["iso3"]],
        ),
        source=row["source"],
        confidence=row["confidence"],
    )


def _day(row: Row) -> Day:
    return Day(row["is_workday"] == "1", row["name"], row["status"], row["source"])

"""Loading the partner countries and the work calendar from seeds/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from agencies.seeding import Tally, rows_of, searchable, upsert
from countries.models import Country, DayStatus, SpecialDay

Row = Mapping[str, str]


def load_countries() -> Tally:
    """Make the countries equal to seeds/countries.csv; `is_partner` is the administrator's."""
    return upsert(Country, [_country(row) for row in rows_of("countries.csv")], key="code", keep=["is_partner"])


@transaction.atomic
def load_calendar() -> Tally:
    """Add the days of seeds/holidays.csv that nobody else has stated.

    An administrator's day wins over the seed's. Once a year has official days, its provisional ones go.
    """
    days = [_day(row) for row in rows_of("holidays.csv")]
    ours = {day.source for day in days}
    stated = set(SpecialDay.objects.exclude(source__in=ours).values_list("date", flat=True))
    noticed = {day.year for day in SpecialDay.objects.filter(status=DayStatus.OFFICIAL).values_list("date", flat=True)}
    noticed |= {day.date.year for day in days if day.status == DayStatus.OFFICIAL}
    SpecialDay.objects.filter(status=DayStatus.PROVISIONAL, date__year__in=noticed).delete()
    wanted = [
        day
        for day in days
        if day.date not in stated and (day.status == DayStatus.OFFICIAL or day.date.year not in noticed)
    ]
    return upsert(SpecialDay, wanted, key="date")


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


def _day(row: Row) -> SpecialDay:
    return SpecialDay(
        date=date.fromisoformat(row["date"]),
        is_workday=row["is_workday"] == "1",
        name=row["name"],
        status=row["status"],
        source=row["source"],
    )

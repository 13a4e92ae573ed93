"""The work calendar of a year, for everybody who plans by it; as it is, or as it was after a notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.errors import NotVisible
from agencies.roles import Role
from countries.calendar_files import FIRST_YEAR, LAST_YEAR
from countries.calendars import Calendar
from countries.lookup import country_by_code, partner_countries
from countries.models import CalendarNotice, Country, NoticeState, SpecialDay
from countries.tables import Table, calendar_of, table_after, table_of
from countries.web.grid import months_of, runs_of, weekdays


@dataclass(frozen=True, slots=True)
class _Shown:
    """Whose calendar, and as of when."""

    country: Country | None
    notice: CalendarNotice | None
    table: Table


@require_safe
def calendar_page(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """A year; this year when none is named."""
    today = timezone.localdate()
    year = year or today.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotVisible
    shown = _shown(request)
    calendar = calendar_of(shown.table)
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "year": year,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "country": shown.country,
        "countries": _with_tables(),
        "as_of": shown.notice,
        "weekdays": weekdays(),
        "months": months_of(year, shown.table, today, {}),
        "runs": runs_of(year, shown.table),
        "noticed": year in calendar.official,
        "worked": _worked(calendar, year),
        "may_edit": actor.role == Role.SYSTEM_ADMIN,
    }
    return render(request, "countries/calendar.html", context)


def _shown(request: HttpRequest) -> _Shown:
    if "after" in request.GET:
        text = request.GET["after"]
        known = CalendarNotice.objects.filter(state=NoticeState.DONE).select_related("country")
        notice = known.filter(pk=int(text)).first() if text.isascii() and text.isdecimal() and len(text) < 9 else None
        if notice is None:
            raise NotVisible
        return _Shown(notice.country, notice, table_after(notice))
    code = request.GET.get("country", "")
    country = country_by_code(code) if code else None
    if code and country is None:
        raise NotVisible
    return _Shown(country, None, table_of(country.pk if country else None))


def _worked(calendar: Calendar, year: int) -> int:
    return calendar.workdays_between(date(year, 1, 1) - timedelta(days=1), date(year, 12, 31))


def _with_tables() -> list[Country]:
    """The countries that have a calendar of their own."""
    tables = SpecialDay.objects.exclude(country=None).values("country")
    return list(partner_countries().filter(pk__in=tables).order_by("pinyin"))

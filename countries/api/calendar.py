"""`calendar/`: adding periods and counting days by the work calendar, ours or a country's."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import DATE, FLAG, MOMENT, NUMBER, TEXT, closed, doc, needed, one_of, shape
from agencies.errors import GuardFailed, NotVisible, Reason
from countries.calendars import SHANGHAI, Calendar, Unit, add_days, add_months, day_of, work_calendar
from countries.lookup import country_by_code

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST = 10_000  # a period of working days is walked
_DAY_OR_MOMENT = {"anyOf": [DATE, MOMENT]}
REACHED = shape("CalendarDate", closed({"date": _DAY_OR_MOMENT, "provisional": FLAG}))
COUNTED = shape("CalendarSpan", closed({"working_days": NUMBER, "calendar_days": NUMBER, "provisional": FLAG}))
_COUNTRY: dict[str, Any] = {
    "country": (
        {**TEXT, "pattern": "^[A-Z]{2}$"},
        gettext_lazy("国家代码：用该国的日历，没有录入日历的国家按周一到周五算，都是暂定。不写是中国的。"),
    )
}
_ADD: dict[str, Any] = {
    "from": (
        needed(_DAY_OR_MOMENT),
        gettext_lazy("日期，或时刻（没写时区的按北京时间）。时刻加工作日时，下班后或休息日算下一个工作日收到。"),
    ),
    "amount": (needed({**NUMBER, "minimum": 0, "maximum": MOST}), gettext_lazy("数量，从 0 起。")),
    "unit": (
        needed(one_of([*Unit])),
        gettext_lazy("单位。当日不算；只有工作日跳过休息日，其余单位的结果落在休息日也不顺延。"),
    ),
    **_COUNTRY,
}
_BETWEEN: dict[str, Any] = {
    "from": (needed(DATE), gettext_lazy("从这一天起，当天不算。")),
    "to": (needed(DATE), gettext_lazy("到这一天，当天算。早于 from 时天数为负。")),
    **_COUNTRY,
}


class CalendarAdd(Door):
    reads = ""
    query = frozenset(_ADD)

    @doc(gettext_lazy("从某日起加一段时间"), REACHED, query=_ADD)
    def get(self, request: Request) -> Response:
        query = _Query(request.query_params)
        start, amount = query.start("from"), query.number("amount", MOST)
        unit = query.one_of("unit", [*Unit]) if query.required("unit") else ""
        calendar = query.calendar()
        query.check()
        try:
            reached, provisional = _add(calendar, start, amount, Unit(unit))
        except (OverflowError, ValueError):
            words = _("结果超出公元 9999 年，把数量改小。")
            raise GuardFailed(reasons=[Reason("too_far", words, "/amount")]) from None
        return Response({"date": reached.isoformat(), "provisional": provisional})


class CalendarBetween(Door):
    reads = ""
    query = frozenset(_BETWEEN)

    @doc(gettext_lazy("数两日之间的工作日和自然日"), COUNTED, query=_BETWEEN)
    def get(self, request: Request) -> Response:
        query = _Query(request.query_params)
        first, last = query.day("from"), query.day("to")
        calendar = query.calendar()
        query.check()
        return Response(
            {
                "working_days": calendar.workdays_between(first, last),
                "calendar_days": (last - first).days,
                "provisional": not calendar.has_notice(min(first, last), max(first, last)),
            }
        )


class _Query(Query):
    """Parameters of which most must be there."""

    def required(self, name: str) -> bool:
        if not self.given(name):
            self.fault("required", _("缺少这个参数。"), name)
        return self.given(name)

    def start(self, name: str) -> date | datetime:
        """A day as it was given, or a moment in China."""
        if not self.required(name):
            return date.min
        text = self._params[name]
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
            moment = self.moment(name)
            return moment.astimezone(SHANGHAI) if moment else date.min
        except (ValueError, OverflowError):
            self.fault("bad_moment", _("写成 2026-01-31 或 2026-01-31T09:00:00+08:00（加号写作 %2B）。"), name)
            return date.min

    def day(self, name: str) -> date:
        start = self.start(name)
        if isinstance(start, datetime):
            self.fault("bad_date", _("写成 2026-01-31，不带时间。"), name)
            return day_of(start)
        return start

    def number(self, name: str, most: int) -> int:
        if not self.required(name):
            return 0
        text = self._params[name]
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most):
            words = _("写 0 到 %(most)s 之间的整数。") % {"most": most}
            self.fault("bad_number", words, name)
            return 0
        return int(text)

    def calendar(self) -> Calendar:
        """Ours, or that of the country named; NotVisible when there is none by that code."""
        if not self.given("country"):
            return work_calendar()
        country = country_by_code(self.text("country"))
        if country is None:
            raise NotVisible
        return work_calendar(country.pk)


def _add(calendar: Calendar, start: date | datetime, amount: int, unit: Unit) -> tuple[date | datetime, bool]:
    """What is reached, and whether a notice to come may change it; only working days hang on the calendar."""
    moment = start if isinstance(start, datetime) else None
    day = moment.date() if moment else start
    if unit is Unit.HOUR:
        reached = (moment or datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)) + timedelta(hours=amount)
        return (reached if moment else reached.date()), False
    if unit is Unit.WORKING_DAY:
        last = calendar.workday_after(calendar.day_zero(moment) if moment else day, amount)
        return last, not calendar.has_notice(day, last)
    if unit is Unit.CALENDAR_DAY:
        return add_days(day, amount), False
    return add_months(day, amount * (12 if unit is Unit.YEAR else 1)), False

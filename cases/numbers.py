"""Numbers, each given once and never reused: of cases GJHZ-<year in Asia/Shanghai>-<division or agency code>-<6 digits>, of
reminders and orders <code>催〔<year>〕<n>号 and <code>督〔<year>〕<n>号."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from agencies.case_numbers import PREFIX
from agencies.models import Agency
from cases.models import SupervisionKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NEXT = (
    "INSERT INTO cases_casenumber (year, part, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (year, part) DO UPDATE SET last = cases_casenumber.last + 1 RETURNING last"
)


def next_number(agency: Agency, at: datetime) -> str:
    """The next case number of `agency` in the year of `at`."""
    year, last = _next(agency.number_part, at)
    return f"{PREFIX}-{year}-{agency.number_part}-{last:06d}"


def next_supervision_number(agency: Agency, kind: str, at: datetime) -> str:
    """The next number of what `agency` issues of this kind in the year of `at`; its code stands as GB/T 9704's 机关代字."""
    series = f"{agency.number_part}{_SERIES[kind]}"
    year, last = _next(series, at)
    return f"{series}〔{year}〕{last}号"


_SERIES: dict[str, str] = {SupervisionKind.REMINDER: "催", SupervisionKind.ORDER: "督"}


def _next(part: str, at: datetime) -> tuple[int, int]:
    """The year, and the next of its numbers; the counter's row lock keeps two writers apart."""
    year = at.astimezone(SHANGHAI).year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [year, part])
        (last,) = cursor.fetchone()
    return year, last

"""Case numbers: GJHZ-<year in Asia/Shanghai>-<division or agency code>-<6 digits>, given once, never reused."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from agencies.models import Agency

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NEXT = (
    "INSERT INTO cases_casenumber (year, part, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (year, part) DO UPDATE SET last = cases_casenumber.last + 1 RETURNING last"
)


def next_number(agency: Agency, at: datetime) -> str:
    """The next number of `agency` in the year of `at`; the counter's row lock keeps two writers apart."""
    year = at.astimezone(SHANGHAI).year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [year, agency.number_part])
        (last,) = cursor.fetchone()
    return f"GJHZ-{year}-{agency.number_part}-{last:06d}"

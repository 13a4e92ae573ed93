"""Working days around every holiday of 2024–2026 and of the provisional 2027, worked out by hand from the notices.

Each row: the last working day before, and the first, second and third working day after it. Nothing here is computed.
"""

from __future__ import annotations

from datetime import date

import pytest

from countries.calendars import Due, Rule
from tests.countries.test_calendar import CALENDAR, at

# fmt: off
GOLDEN = [
    # --- 2024 -----------------------------------------------------------------------------------------------------
    # 元旦: Monday 1 January off.
    ("2023-12-29", "2024-01-02", "2024-01-03", "2024-01-04"),
    # 春节: 10–17 February off; Sunday 4 and Sunday 18 February worked; New Year's Eve (Friday 9) worked.
    ("2024-02-02", "2024-02-04", "2024-02-05", "2024-02-06"),
    ("2024-02-08", "2024-02-09", "2024-02-18", "2024-02-19"),
    ("2024-02-09", "2024-02-18", "2024-02-19", "2024-02-20"),
    # 清明节: 4–6 April off; Sunday 7 April worked.
    ("2024-04-03", "2024-04-07", "2024-04-08", "2024-04-09"),
    # 劳动节: 1–5 May off; Sunday 28 April and Saturday 11 May worked.
    ("2024-04-26", "2024-04-28", "2024-04-29", "2024-04-30"),
    ("2024-04-30", "2024-05-06", "2024-05-07", "2024-05-08"),
    ("2024-05-10", "2024-05-11", "2024-05-13", "2024-05-14"),
    # 端午节: Monday 10 June off.
    ("2024-06-07", "2024-06-11", "2024-06-12", "2024-06-13"),
    # 中秋节: 15–17 September off; Saturday 14 September worked.
    ("2024-09-13", "2024-09-14", "2024-09-18", "2024-09-19"),
    ("2024-09-14", "2024-09-18", "2024-09-19", "2024-09-20"),
    # 国庆节: 1–7 October off; Sunday 29 September and Saturday 12 October worked.
    ("2024-09-27", "2024-09-29", "2024-09-30", "2024-10-08"),
    ("2024-09-30", "2024-10-08", "2024-10-09", "2024-10-10"),
    ("2024-10-11", "2024-10-12", "2024-10-14", "2024-10-15"),
    # --- 2025 -----------------------------------------------------------------------------------------------------
    # 元旦: Wednesday 1 January off, nothing exchanged.
    ("2024-12-31", "2025-01-02", "2025-01-03", "2025-01-06"),
    # 春节: 28 January – 4 February off; Sunday 26 January and Saturday 8 February worked.
    ("2025-01-24", "2025-01-26", "2025-01-27", "2025-02-05"),
    ("2025-01-27", "2025-02-05", "2025-02-06", "2025-02-07"),
    ("2025-02-07", "2025-02-08", "2025-02-10", "2025-02-11"),
    # 清明节: Friday 4 – Sunday 6 April off.
    ("2025-04-03", "2025-04-07", "2025-04-08", "2025-04-09"),
    # 劳动节: 1–5 May off; Sunday 27 April worked.
    ("2025-04-25", "2025-04-27", "2025-04-28", "2025-04-29"),
    ("2025-04-30", "2025-05-06", "2025-05-07", "2025-05-08"),
    # 端午节: Saturday 31 May – Monday 2 June off.
    ("2025-05-30", "2025-06-03", "2025-06-04", "2025-06-05"),
    # 国庆节 and 中秋节: 1–8 October off; Sunday 28 September and Saturday 11 October worked.
    ("2025-09-26", "2025-09-28", "2025-09-29", "2025-09-30"),
    ("2025-09-30", "2025-10-09", "2025-10-10", "2025-10-11"),
    ("2025-10-10", "2025-10-11", "2025-10-13", "2025-10-14"),
    # --- 2026 -----------------------------------------------------------------------------------------------------
    # 元旦: 1–3 January off; Sunday 4 January worked.
    ("2025-12-31", "2026-01-04", "2026-01-05", "2026-01-06"),
    # 春节: 15–23 February off; Saturday 14 and Saturday 28 February worked.
    ("2026-02-13", "2026-02-14", "2026-02-24", "2026-02-25"),
    ("2026-02-14", "2026-02-24", "2026-02-25", "2026-02-26"),
    ("2026-02-27", "2026-02-28", "2026-03-02", "2026-03-03"),
    # 清明节: Saturday 4 – Monday 6 April off.
    ("2026-04-03", "2026-04-07", "2026-04-08", "2026-04-09"),
    # 劳动节: 1–5 May off; Saturday 9 May worked.
    ("2026-04-30", "2026-05-06", "2026-05-07", "2026-05-08"),
    ("2026-05-08", "2026-05-09", "2026-05-11", "2026-05-12"),
    # 端午节: Friday 19 – Sunday 21 June off.
    ("2026-06-18", "2026-06-22", "2026-06-23", "2026-06-24"),
    # 中秋节: Friday 25 – Sunday 27 September off; Sunday 20 September worked.
    ("2026-09-18", "2026-09-20", "2026-09-21", "2026-09-22"),
    ("2026-09-24", "2026-09-28", "2026-09-29", "2026-09-30"),
    # 国庆节: 1–7 October off; Saturday 10 October worked.
    ("2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"),
    ("2026-10-09", "2026-10-10", "2026-10-12", "2026-10-13"),
]
# Known in advance are only the statutory days and those taken for such on a weekend; no weekend is worked.
PROVISIONAL = [
    # 元旦: Friday 1 January.
    ("2026-12-31", "2027-01-04", "2027-01-05", "2027-01-06"),
    # 春节: Friday 5 – Wednesday 10 February.
    ("2027-02-04", "2027-02-11", "2027-02-12", "2027-02-15"),
    # 清明节: Monday 5 April.
    ("2027-04-02", "2027-04-06", "2027-04-07", "2027-04-08"),
    # 劳动节: Saturday 1 – Tuesday 4 May.
    ("2027-04-30", "2027-05-05", "2027-05-06", "2027-05-07"),
    # 端午节: Wednesday 9 June.
    ("2027-06-08", "2027-06-10", "2027-06-11", "2027-06-14"),
    # 中秋节: Wednesday 15 September.
    ("2027-09-14", "2027-09-16", "2027-09-17", "2027-09-20"),
    # 国庆节: Friday 1 – Tuesday 5 October.
    ("2027-09-30", "2027-10-06", "2027-10-07", "2027-10-08"),
]
WORKED_WEEKENDS = [
    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12",
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
]
# Days that are a holiday by law and end no period, and where it ends then; detention ends on the day itself.
HOLIDAYS = [
    ("2024-02-10", "2024-02-18"), ("2024-04-04", "2024-04-07"), ("2024-05-01", "2024-05-06"),
    ("2024-06-10", "2024-06-11"), ("2024-09-17", "2024-09-18"), ("2024-10-01", "2024-10-08"),
    ("2025-01-01", "2025-01-02"), ("2025-01-29", "2025-02-05"), ("2025-04-04", "2025-04-07"),
    ("2025-05-01", "2025-05-06"), ("2025-05-31", "2025-06-03"), ("2025-10-06", "2025-10-09"),
    ("2026-01-01", "2026-01-04"), ("2026-02-17", "2026-02-24"), ("2026-04-05", "2026-04-07"),
    ("2026-05-01", "2026-05-06"), ("2026-06-19", "2026-06-22"), ("2026-09-25", "2026-09-28"),
    ("2026-10-01", "2026-10-08"),
]
# Received in the evening before, or in the middle of, a block: day zero.
EVENINGS = [
    ("2024-02-09 17:01", "2024-02-18"), ("2024-02-12 10:00", "2024-02-18"), ("2024-04-30 17:30", "2024-05-06"),
    ("2025-01-27 18:00", "2025-02-05"), ("2025-09-30 18:40", "2025-10-09"), ("2025-10-04 09:00", "2025-10-09"),
    ("2026-02-14 17:00", "2026-02-14"), ("2026-02-14 17:01", "2026-02-24"), ("2026-09-30 17:05", "2026-10-08"),
    ("2026-10-10 12:00", "2026-10-10"), ("2026-10-11 12:00", "2026-10-12"),
]
# fmt: on


@pytest.mark.parametrize("before, first, second, third", GOLDEN)
def test_the_days_after_a_holiday(before: str, first: str, second: str, third: str) -> None:
    for n, day in enumerate((before, first, second, third)):
        assert CALENDAR.add_working_days(at(f"{before} 10:00"), n)[0] == at(f"{day} 17:00")
        assert CALENDAR.working_days_between(at(f"{before} 10:00"), at(f"{day} 10:00")) == n
    if before > "2024":
        assert not CALENDAR.add_working_days(at(f"{before} 10:00"), 3)[1]


@pytest.mark.parametrize("before, first, second, third", PROVISIONAL)
def test_the_days_of_2027_are_provisional(before: str, first: str, second: str, third: str) -> None:
    for n, day in enumerate((first, second, third), start=1):
        assert CALENDAR.add_working_days(at(f"{before} 10:00"), n) == (at(f"{day} 17:00"), True)


def test_worked_weekends() -> None:
    """Exactly these, from 2024 to 2027."""
    assert [day.isoformat() for day, worked in sorted(CALENDAR.days.items()) if worked] == WORKED_WEEKENDS
    for text in WORKED_WEEKENDS:
        assert date.fromisoformat(text).weekday() >= 5
        assert CALENDAR.day_zero(at(f"{text} 10:00")) == date.fromisoformat(text)


@pytest.mark.parametrize("holiday, end", HOLIDAYS)
def test_no_statutory_period_ends_on_a_holiday(holiday: str, end: str) -> None:
    start = at(f"{holiday} 10:00").replace(year=int(holiday[:4]) - 1)
    assert CALENDAR.due(start, 1, "year", rule=Rule.STATUTORY) == Due(at(f"{end} 23:59:59"), False)
    assert CALENDAR.due(start, 1, "year", rule=Rule.FIXED) == Due(at(f"{holiday} 23:59:59"), False)


@pytest.mark.parametrize("received, zero", EVENINGS)
def test_day_zero(received: str, zero: str) -> None:
    assert CALENDAR.day_zero(at(received)) == date.fromisoformat(zero)

"""Periods in every unit and by every rule: statutory ends by the Criminal Procedure Law, pauses, working time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countries.calendars import SHANGHAI, Calendar, Due, Rule, add_days, add_months, calendar_days_between
from tests.countries.test_calendar import CALENDAR, at

MOMENTS = st.integers(0, 1_560_000).map(lambda minutes: at("2023-12-01 00:00") + timedelta(minutes=minutes))
DAY_UNITS = st.sampled_from(["calendar_day", "month", "year"])


@pytest.mark.parametrize(
    "start, amount, unit, due",
    [
        # The day of the trigger does not count, whatever its hour (CPL-105.2); the end is the end of the last day.
        ("2026-03-02 09:00", 10, "calendar_day", "2026-03-12"),
        ("2026-03-02 23:59", 10, "calendar_day", "2026-03-12"),
        ("2026-03-02 09:00", 0, "calendar_day", "2026-03-02"),
        # A last day off: the first worked day after it (CPL-105.4). Sunday 4 October → Thursday 8.
        ("2026-09-24 10:00", 10, "calendar_day", "2026-10-08"),
        # Ends on Saturday 14 March → Monday 16.
        ("2026-03-04 10:00", 10, "calendar_day", "2026-03-16"),
        # Ends on a Saturday that is worked in exchange (28 February, 10 October 2026): no day off.
        ("2026-02-18 10:00", 10, "calendar_day", "2026-02-28"),
        ("2026-09-10 10:00", 30, "calendar_day", "2026-10-10"),
        # A trigger on a day off moves nothing: 15 days after Thursday 1 October.
        ("2026-10-01 10:00", 15, "calendar_day", "2026-10-16"),
        # Months: the same day number, else the month's last day.
        ("2025-07-15 10:00", 3, "month", "2025-10-15"),
        ("2025-11-30 10:00", 3, "month", "2026-02-28"),
        ("2024-01-31 10:00", 1, "month", "2024-02-29"),
        ("2024-01-31 10:00", 3, "month", "2024-04-30"),
        ("2025-08-31 10:00", 1, "month", "2025-09-30"),
        ("2025-12-31 10:00", 2, "month", "2026-02-28"),
        # 1 July to 1 October 2026, a holiday → 8 October.
        ("2026-07-01 10:00", 3, "month", "2026-10-08"),
        ("2024-02-29 10:00", 1, "year", "2025-02-28"),
        ("2024-10-09 10:00", 2, "year", "2026-10-09"),
        # 1 May 2026 is a holiday: → 6 May.
        ("2025-05-01 10:00", 1, "year", "2026-05-06"),
        # Working days too are counted to the end of the day, and evenings are not "after closing".
        ("2026-03-02 18:00", 3, "working_day", "2026-03-05"),
        ("2026-09-30 18:00", 1, "working_day", "2026-10-08"),
    ],
)
def test_statutory(start: str, amount: int, unit: str, due: str) -> None:
    assert CALENDAR.due(at(start), amount, unit, rule=Rule.STATUTORY) == Due(at(f"{due} 23:59:59"), provisional=False)


@pytest.mark.parametrize(
    "start, amount, unit, due",
    [
        # Received in the evening of 30 September 2025: counted from 9 October, 8 being the last day off.
        ("2025-09-30 18:40", 0, "calendar_day", "2025-10-09"),
        ("2025-09-30 18:40", 5, "calendar_day", "2025-10-14"),
        ("2025-09-30 16:40", 5, "calendar_day", "2025-10-09"),
        ("2025-09-30 18:40", 1, "working_day", "2025-10-10"),
        ("2025-09-30 18:40", 2, "working_day", "2025-10-11"),
        ("2025-09-30 18:40", 1, "month", "2025-11-10"),
        ("2025-02-05 10:00", 1, "year", "2026-02-05"),
    ],
)
def test_internal(start: str, amount: int, unit: str, due: str) -> None:
    assert CALENDAR.due(at(start), amount, unit) == Due(at(f"{due} 17:00"), provisional=False)


def test_detention_is_never_moved() -> None:
    """CPL-105.4: 1 October is a holiday and 14 March a Saturday, and yet the last day."""
    for start, amount, unit, end in [
        ("2026-09-01 10:00", 30, "calendar_day", "2026-10-01"),
        ("2026-03-04 10:00", 10, "calendar_day", "2026-03-14"),
        ("2026-08-01 10:00", 2, "month", "2026-10-01"),
        ("2030-08-03 10:00", 2, "month", "2030-10-03"),
    ]:
        assert CALENDAR.due(at(start), amount, unit, rule=Rule.FIXED) == Due(at(f"{end} 23:59:59"), False)


@given(MOMENTS, st.integers(0, 60), DAY_UNITS)
def test_detention_moves_by_no_calendar(start: datetime, amount: int, unit: str) -> None:
    amount = amount if unit == "calendar_day" else amount % 4
    never_open = Calendar(days={date(2023, 12, 1) + timedelta(n): False for n in range(2000)})
    assert CALENDAR.due(start, amount, unit, rule=Rule.FIXED) == never_open.due(start, amount, unit, rule=Rule.FIXED)


@pytest.mark.parametrize("rule", Rule)
def test_hours_are_exact(rule: Rule) -> None:
    assert CALENDAR.due(at("2026-09-30 18:40"), 48, "hour", rule=rule) == Due(at("2026-10-02 18:40"), False)
    assert CALENDAR.due(at("2031-09-30 18:40"), 0, "hour", rule=rule) == Due(at("2031-09-30 18:40"), False)


@pytest.mark.parametrize(
    "start, amount, unit, rule, provisional",
    [
        # Only what the table of an unnoticed year may move.
        ("2026-12-31 09:00", 1, "working_day", Rule.INTERNAL, True),
        ("2026-12-30 09:00", 1, "working_day", Rule.INTERNAL, False),
        ("2026-12-31 18:00", 0, "calendar_day", Rule.INTERNAL, True),
        ("2026-12-25 09:00", 10, "calendar_day", Rule.INTERNAL, True),
        ("2026-12-25 09:00", 10, "calendar_day", Rule.STATUTORY, True),
        ("2026-12-20 09:00", 10, "calendar_day", Rule.STATUTORY, False),
        ("2023-12-25 09:00", 1, "month", Rule.STATUTORY, False),
        ("2023-12-25 09:00", 1, "month", Rule.INTERNAL, True),
        ("2026-12-25 09:00", 10, "calendar_day", Rule.FIXED, False),
        ("2026-12-25 09:00", 1, "year", Rule.FIXED, False),
    ],
)
def test_provisional(start: str, amount: int, unit: str, rule: Rule, provisional: bool) -> None:
    assert CALENDAR.due(at(start), amount, unit, rule=rule).provisional is provisional


@pytest.mark.parametrize(
    "unit, rule, amount, spans, due",
    [
        # Working days: Monday 2 March 10:00, three days → Thursday 5. Paused from Tuesday to Thursday: two more.
        ("working_day", Rule.INTERNAL, 3, [("2026-03-03 10:00", "2026-03-05 10:00")], "2026-03-09 17:00"),
        # Within a day, over a weekend, or between closing and opening no working day was lost.
        ("working_day", Rule.INTERNAL, 3, [("2026-03-03 10:00", "2026-03-03 16:00")], "2026-03-05 17:00"),
        ("working_day", Rule.INTERNAL, 6, [("2026-03-07 10:00", "2026-03-09 10:00")], "2026-03-10 17:00"),
        ("working_day", Rule.INTERNAL, 3, [("2026-03-03 18:00", "2026-03-04 09:00")], "2026-03-05 17:00"),
        # Several pauses add up.
        (
            "working_day",
            Rule.INTERNAL,
            3,
            [("2026-03-03 10:00", "2026-03-04 10:00"), ("2026-03-05 10:00", "2026-03-06 10:00")],
            "2026-03-09 17:00",
        ),
        ("working_day", Rule.STATUTORY, 3, [("2026-03-03 10:00", "2026-03-05 20:00")], "2026-03-09 23:59:59"),
        # Calendar days by date: 12 March and two more are Saturday 14 → Monday 16; detention stays on the Saturday.
        ("calendar_day", Rule.STATUTORY, 10, [("2026-03-03 23:00", "2026-03-05 01:00")], "2026-03-16 23:59:59"),
        ("calendar_day", Rule.FIXED, 10, [("2026-03-03 23:00", "2026-03-05 01:00")], "2026-03-14 23:59:59"),
        ("month", Rule.STATUTORY, 1, [("2026-03-03 10:00", "2026-03-10 10:00")], "2026-04-09 23:59:59"),
        ("hour", Rule.STATUTORY, 24, [("2026-03-02 11:00", "2026-03-02 11:20")], "2026-03-03 10:20"),
    ],
)
def test_pauses(unit: str, rule: Rule, amount: int, spans: list[tuple[str, str]], due: str) -> None:
    paused = [(at(before), at(after)) for before, after in spans]
    assert CALENDAR.due(at("2026-03-02 10:00"), amount, unit, rule=rule, paused=paused).at == at(due)


@given(MOMENTS, st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.sampled_from(Rule))
def test_pausing_by_x_moves_by_x(start: datetime, amount: int, wait: int, x: int, rule: Rule) -> None:
    since = start + timedelta(days=wait)
    hours = [(since, since + timedelta(hours=x))]
    assert CALENDAR.due(start, amount, "hour", paused=hours) == CALENDAR.due(start, amount + x, "hour")
    days = [(since, since + timedelta(days=x))]
    longer = CALENDAR.due(start, amount + x, "calendar_day", rule=rule)
    assert CALENDAR.due(start, amount, "calendar_day", rule=rule, paused=days) == longer
    if rule is not Rule.FIXED:
        zero = CALENDAR.day_zero(since) if rule is Rule.INTERNAL else since.date()
        until = max(since, datetime.combine(CALENDAR.workday_after(zero, x), time(12), SHANGHAI))
        longer = CALENDAR.due(start, amount + x, "working_day", rule=rule)
        assert CALENDAR.due(start, amount, "working_day", rule=rule, paused=[(since, until)]) == longer


@given(MOMENTS, MOMENTS, st.integers(0, 24), st.sampled_from(["hour", "calendar_day", "working_day", "month", "year"]))
def test_a_pause_without_length_moves_nothing(start: datetime, moment: datetime, amount: int, unit: str) -> None:
    assert CALENDAR.due(start, amount, unit, paused=[(moment, moment)]) == CALENDAR.due(start, amount, unit)


@given(MOMENTS, st.integers(0, 36))
def test_months_end_where_the_law_says(start: datetime, n: int) -> None:
    end = add_months(start.date(), n)
    assert (end.year - start.year) * 12 + end.month - start.month == n
    assert end.day == start.day or (end.day < start.day and add_days(end, 1).day == 1)


@pytest.mark.parametrize(
    "a, b, hours",
    [
        ("2026-03-02 09:00", "2026-03-02 17:00", 8),
        ("2026-03-02 08:00", "2026-03-02 20:00", 8),
        ("2026-03-02 16:30", "2026-03-03 09:30", 1),
        # From Friday evening to Monday morning nothing is worked; nor from 30 September to 8 October 2026.
        ("2026-03-06 18:00", "2026-03-09 09:00", 0),
        ("2026-09-30 17:00", "2026-10-08 10:00", 1),
        # Saturday 10 October 2026 is worked.
        ("2026-10-09 17:00", "2026-10-12 09:00", 8),
        ("2026-03-02 08:00", "2026-03-09 08:00", 40),
        ("2026-03-03 09:30", "2026-03-02 16:30", -1),
    ],
)
def test_working_time(a: str, b: str, hours: int) -> None:
    assert CALENDAR.working_time_between(at(a), at(b)) == timedelta(hours=hours)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    ab, bc = CALENDAR.working_time_between(a, b), CALENDAR.working_time_between(b, c)
    assert ab + bc == CALENDAR.working_time_between(a, c)


def test_calendar_days_are_those_of_china() -> None:
    assert calendar_days_between(at("2026-03-02 23:59"), at("2026-03-03 00:01")) == 1
    assert calendar_days_between(at("2026-03-03 00:01"), at("2026-03-02 23:59")) == -1


def test_what_is_no_period_is_refused() -> None:
    start = at("2026-03-02 09:00")
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.due(start, -1, "hour")
    with pytest.raises(ValueError, match="fortnight"):
        CALENDAR.due(start, 1, "fortnight")
    with pytest.raises(ValueError, match="before it starts"):
        CALENDAR.due(start, 1, "hour", paused=[(start, start - timedelta(hours=1))])
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.due(start, 1, "working_day", rule=Rule.FIXED)

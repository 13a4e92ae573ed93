"""The work calendar against cases counted by hand on the State Council's notices of 2024, 2025 and 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.seeding import rows_of
from countries.calendars import SHANGHAI, Calendar, work_calendar


def _calendar() -> Calendar:
    rows = rows_of("holidays.csv")
    return Calendar(
        days={date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in rows},
        official=frozenset(int(row["date"][:4]) for row in rows if row["status"] == "official"),
    )


CALENDAR = _calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "received, n, due",
    [
        # An ordinary week: the day of receipt does not count.
        ("2026-03-02 09:00", 0, "2026-03-02"),
        ("2026-03-02 09:00", 1, "2026-03-03"),
        ("2026-03-02 09:00", 3, "2026-03-05"),
        ("2026-03-02 09:00", 5, "2026-03-09"),
        ("2026-03-02 00:00", 3, "2026-03-05"),
        # Until closing time it is today, after it the next working day.
        ("2026-03-06 17:00", 1, "2026-03-09"),
        ("2026-03-06 17:01", 0, "2026-03-09"),
        ("2026-03-06 17:01", 1, "2026-03-10"),
        # A weekend counts as the Monday after.
        ("2026-03-07 10:00", 1, "2026-03-10"),
        ("2026-03-08 23:59", 3, "2026-03-12"),
        # Spring Festival 2026: 15–23 February off, Saturday 14 and Saturday 28 worked.
        ("2026-02-13 10:00", 1, "2026-02-14"),
        ("2026-02-13 10:00", 2, "2026-02-24"),
        ("2026-02-13 10:00", 6, "2026-02-28"),
        ("2026-02-13 10:00", 7, "2026-03-02"),
        ("2026-02-14 08:00", 1, "2026-02-24"),
        ("2026-02-14 18:00", 0, "2026-02-24"),
        ("2026-02-15 09:00", 1, "2026-02-25"),
        # New Year 2026: 1–3 January off, Sunday 4 worked.
        ("2025-12-31 11:00", 1, "2026-01-04"),
        ("2025-12-31 11:00", 2, "2026-01-05"),
        # May 2026: 1–5 off, Saturday 9 worked.
        ("2026-04-30 16:00", 1, "2026-05-06"),
        ("2026-04-30 16:00", 4, "2026-05-09"),
        # Autumn 2026: Sunday 20 September worked, 25–27 September and 1–7 October off, Saturday 10 October worked.
        ("2026-09-18 10:00", 1, "2026-09-20"),
        ("2026-09-24 10:00", 1, "2026-09-28"),
        ("2026-09-30 15:00", 1, "2026-10-08"),
        ("2026-09-30 15:00", 3, "2026-10-10"),
        ("2026-09-30 15:00", 4, "2026-10-12"),
        # 2025: 28 January – 4 February off, Sunday 26 January and Saturday 8 February worked.
        ("2025-01-24 09:00", 1, "2025-01-26"),
        ("2025-01-27 09:00", 1, "2025-02-05"),
        ("2025-01-27 09:00", 4, "2025-02-08"),
        # 2024: New Year's Eve (9 February) was worked; 10–17 off, Sunday 18 worked.
        ("2024-02-09 09:00", 1, "2024-02-18"),
    ],
)
def test_due_day(received: str, n: int, due: str) -> None:
    assert CALENDAR.add_working_days(at(received), n) == (at(f"{due} 17:00"), False)


@pytest.mark.parametrize(
    "received, n, due",
    [
        ("2026-12-30 10:00", 2, "2027-01-04"),  # crosses New Year: 1 January is a holiday by law, the rest is a guess
        ("2027-03-01 10:00", 3, "2027-03-04"),
        ("2028-02-25 10:00", 1, "2028-02-28"),  # nothing known at all: Monday to Friday
        ("2026-12-31 18:00", 0, "2027-01-04"),
    ],
)
def test_past_the_notices_the_due_day_is_provisional(received: str, n: int, due: str) -> None:
    assert CALENDAR.add_working_days(at(received), n) == (at(f"{due} 17:00"), True)


def test_the_last_official_day_is_not_provisional() -> None:
    assert CALENDAR.add_working_days(at("2026-12-30 10:00"), 1) == (at("2026-12-31 17:00"), False)


def test_days_are_shanghai_days() -> None:
    early = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # Tuesday 07:30 in Shanghai
    late = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # Monday 17:30 in Shanghai
    assert CALENDAR.add_working_days(early, 1)[0] == at("2026-03-04 17:00")
    assert CALENDAR.add_working_days(late, 1)[0] == at("2026-03-04 17:00")
    assert CALENDAR.working_days_between(late, early) == 1


@pytest.mark.parametrize("year, worked", [(2024, 251), (2025, 248), (2026, 248)])
def test_worked_days_of_a_year(year: int, worked: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    assert sum(CALENDAR.is_workday(day) for day in days if day.year == year) == worked


@pytest.mark.parametrize(
    "a, b, days",
    [
        ("2026-03-02 09:00", "2026-03-02 17:00", 0),
        ("2026-03-02 09:00", "2026-03-05 17:00", 3),
        ("2026-03-05 17:00", "2026-03-02 09:00", -3),
        ("2026-02-13 09:00", "2026-02-24 17:00", 2),
        ("2026-03-06 09:00", "2026-03-08 09:00", 0),
        ("2026-12-31 09:00", "2027-01-04 09:00", 1),
    ],
)
def test_working_days_between(a: str, b: str, days: int) -> None:
    assert CALENDAR.working_days_between(at(a), at(b)) == days


def test_a_period_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(at("2026-03-02 09:00"), -1)


@given(
    st.integers(0, 2_100_000).map(lambda minutes: at("2023-12-01 00:00") + timedelta(minutes=minutes)),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_counting_adds_up(start: datetime, n: int, m: int) -> None:
    due, _ = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_workday(due.date())
    assert due >= start
    # n days and then m days (received at closing time) are n + m days.
    assert CALENDAR.add_working_days(due, m)[0] == CALENDAR.add_working_days(start, n + m)[0]
    zero, _ = CALENDAR.add_working_days(start, 0)
    assert CALENDAR.working_days_between(zero, due) == n


@pytest.mark.django_db
class TestTable:
    def test_holds_the_seed(self) -> None:
        calendar = work_calendar()
        assert calendar.official == {2024, 2025, 2026}
        assert dict(calendar.days) == dict(CALENDAR.days)

    def test_is_read_once(self, django_assert_num_queries) -> None:
        work_calendar()
        with django_assert_num_queries(1):
            work_calendar()

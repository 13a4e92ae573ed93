"""The days of the calendar as the loader writes them; the web role only reads them."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from countries.calendars import work_calendar
from countries.models import SpecialDay
from countries.seed import load_calendar
from tests.conftest import connected_as
from tests.countries.test_calendar import at

pytestmark = pytest.mark.usefixtures("as_loader")


def test_an_administrators_day_wins_over_the_seed() -> None:
    SpecialDay.objects.filter(date=date(2026, 5, 9)).update(is_workday=False, source="administrator")
    load_calendar()
    assert not SpecialDay.objects.get(date=date(2026, 5, 9)).is_workday


def test_a_year_with_a_notice_needs_no_provisional_days() -> None:
    assert SpecialDay.objects.filter(date__year=2027).count() == 19
    SpecialDay.objects.create(date=date(2027, 1, 2), is_workday=True, name="x", status="official", source="notice 2027")
    tally = load_calendar()
    assert (tally.created, tally.changed) == (0, 0)
    assert SpecialDay.objects.filter(date__year=2027).count() == 1


def test_an_edited_day_counts_at_once() -> None:
    monday = at("2026-03-02 09:00")
    assert work_calendar().add_working_days(monday, 1)[0] == at("2026-03-03 17:00")
    SpecialDay.objects.create(date=date(2026, 3, 3), is_workday=False, name="x", status="official", source="notice")
    assert work_calendar().add_working_days(monday, 1)[0] == at("2026-03-04 17:00")
    SpecialDay.objects.filter(date=date(2026, 3, 3)).update(is_workday=True)
    assert work_calendar().add_working_days(monday, 1)[0] == at("2026-03-03 17:00")
    SpecialDay.objects.filter(date=date(2026, 3, 3)).delete()
    assert work_calendar().add_working_days(monday, 1)[0] == at("2026-03-03 17:00")


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM countries_specialday",
        "UPDATE countries_specialday SET is_workday = NOT is_workday",
        "INSERT INTO countries_specialday SELECT * FROM countries_specialday",
    ],
)
def test_the_web_role_changes_no_day(act: str) -> None:
    with connected_as("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(act.encode())

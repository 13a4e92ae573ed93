"""`calendar/add/` and `calendar/between/`: the shapes of the answers, every unit, every refusal."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller, new_token, pointers, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(caller) -> Caller:
    return caller("kunshan.officer")


@pytest.mark.parametrize(
    "start, amount, unit, reached, provisional",
    [
        ("2026-09-30", 1, "working_day", "2026-10-08", False),
        ("2026-09-30", 3, "working_day", "2026-10-10", False),
        ("2026-09-30", 0, "working_day", "2026-09-30", False),
        ("2026-10-01", 1, "working_day", "2026-10-08", False),
        ("2026-12-31", 1, "working_day", "2027-01-04", True),
        ("2030-09-30", 1, "working_day", "2030-10-01", True),
        # With a time it is a receipt: after closing, or on a day off, the next working day is day 0.
        ("2025-09-30T16:40:00+08:00", 1, "working_day", "2025-10-09", False),
        ("2025-09-30T18:40:00+08:00", 1, "working_day", "2025-10-10", False),
        ("2025-09-30T10:40:00Z", 1, "working_day", "2025-10-10", False),
        ("2026-09-30", 1, "calendar_day", "2026-10-01", False),
        ("2026-12-31", 400, "calendar_day", "2028-02-04", False),
        ("0001-01-01", 1, "calendar_day", "0001-01-02", False),
        ("2026-01-31", 1, "month", "2026-02-28", False),
        ("2024-02-29", 1, "year", "2025-02-28", False),
        ("2026-09-30T23:30:00+08:00", 1, "calendar_day", "2026-10-01", False),
        # Hours of a day count from its beginning and give a day; those of a moment give a moment, in Beijing time.
        ("2026-09-30", 23, "hour", "2026-09-30", False),
        ("2026-09-30", 24, "hour", "2026-10-01", False),
        ("2026-09-30T18:40:00+08:00", 48, "hour", "2026-10-02T18:40:00+08:00", False),
        ("2026-09-30T18:40", 1, "hour", "2026-09-30T19:40:00+08:00", False),
    ],
)
def test_add(officer, start, amount, unit, reached, provisional):
    answer = officer.get("calendar/add/", **{"from": start}, amount=amount, unit=unit)
    assert answer.status_code == 200
    assert answer.json() == {"date": reached, "provisional": provisional}


@pytest.mark.parametrize(
    "first, last, working, calendar, provisional",
    [
        ("2026-09-30", "2026-10-08", 1, 8, False),
        ("2026-10-01", "2026-10-10", 3, 9, False),
        ("2026-03-02", "2026-03-02", 0, 0, False),
        ("2026-10-08", "2026-09-30", -1, -8, False),
        ("2026-12-31", "2027-01-04", 1, 4, True),
        ("2023-12-29", "2024-01-02", 1, 4, True),
    ],
)
def test_between(officer, first, last, working, calendar, provisional):
    answer = officer.get("calendar/between/", **{"from": first, "to": last})
    assert answer.json() == {"working_days": working, "calendar_days": calendar, "provisional": provisional}


def test_adding_is_inverse_to_counting(officer):
    """Also from days off, and over the turn of the year."""
    for n, start in enumerate(["2026-02-14", "2026-02-15", "2026-10-03", "2026-10-10", "2026-12-31", "2027-02-06"]):
        reached = officer.get("calendar/add/", **{"from": start}, amount=n, unit="working_day").json()["date"]
        between = officer.get("calendar/between/", **{"from": start, "to": reached}).json()
        assert between["working_days"] == n


@pytest.mark.parametrize(
    "changes, places",
    [
        ({"from": None, "amount": None, "unit": None}, {"/from", "/amount", "/unit"}),
        ({"from": "2026-02-30"}, {"/from"}),
        ({"from": "30.9.2026"}, {"/from"}),
        ({"from": "2026-09-30T25:00:00Z"}, {"/from"}),
        ({"from": "9999-12-31T23:00:00Z"}, {"/from"}),
        ({"amount": "-1"}, {"/amount"}),
        ({"amount": "1.5"}, {"/amount"}),
        ({"amount": "10001"}, {"/amount"}),
        ({"amount": "9" * 400}, {"/amount"}),
        ({"amount": "٣"}, {"/amount"}),
        ({"unit": "week"}, {"/unit"}),
        ({"surprise": "x"}, {"/surprise"}),
    ],
)
def test_add_refuses(officer, changes, places):
    asked = {"from": "2026-09-30", "amount": "1", "unit": "hour"} | changes
    answer = officer.get("calendar/add/", **{name: value for name, value in asked.items() if value is not None})
    assert pointers(problem(answer, 400)) == places


def test_between_refuses(officer):
    assert pointers(problem(officer.get("calendar/between/"), 400)) == {"/from", "/to"}
    asked = {"from": "2026-09-30T10:00:00Z", "to": "never"}
    assert pointers(problem(officer.get("calendar/between/", **asked), 400)) == {"/from", "/to"}


@pytest.mark.parametrize(
    "start, amount, unit",
    [
        ("2026-09-30", 10_000, "year"),
        ("9999-12-31", 1, "calendar_day"),
        ("9999-12-31", 1, "working_day"),
        ("9999-12-31", 1, "month"),
        ("9999-12-31", 24, "hour"),
    ],
)
def test_past_the_end_of_time(officer, start, amount, unit):
    answer = officer.get("calendar/add/", **{"from": start}, amount=amount, unit=unit)
    assert pointers(problem(answer, 422)) == {"/amount"}


def test_the_largest_amounts(officer):
    for unit in ("hour", "calendar_day", "working_day"):
        assert officer.get("calendar/add/", **{"from": "2026-09-30"}, amount=10_000, unit=unit).status_code == 200


@pytest.mark.parametrize(
    "path", ["calendar/add/?from=2026-09-30&amount=1&unit=hour", "calendar/between/?from=2026-09-30&to=2026-10-08"]
)
def test_every_caller_and_no_other(caller, credentials, nobody, path):
    problem(nobody.get(path), 401)
    assert caller("auditor").get(path).status_code == 200
    assert Caller(token=new_token(*credentials, scope="cases:file")).get(path).status_code == 200
    problem(caller("auditor").post(path, {}), 405)


def test_the_description_says_what_must_be_given(officer):
    paths = officer.get("schema/", headers={"Accept": "application/json"}).json()["paths"]
    parameters = paths["/api/v1/calendar/add/"]["get"]["parameters"]
    assert {one["name"]: one.get("required", False) for one in parameters} == {
        "from": True,
        "amount": True,
        "unit": True,
        "country": False,
    }

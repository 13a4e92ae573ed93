"""`calendar/add/` and `calendar/between/` by the calendar of a country, whose days the loader and the worker write."""

from __future__ import annotations

from datetime import date

from countries.models import Country, SpecialDay
from tests.api.conftest import problem
from tests.conftest import django_connected_as


def test_a_country(real_db, caller):
    officer = caller("kunshan.officer")
    asked = {"from": "2026-10-01", "amount": 1, "unit": "working_day", "country": "TH"}
    assert officer.get("calendar/add/", **asked).json() == {"date": "2026-10-02", "provisional": True}
    thailand = Country.objects.get(code="TH")
    day = {"is_workday": False, "name": "x", "status": "official", "source": "x"}
    with django_connected_as("migrate"):
        SpecialDay.objects.create(country=thailand, date=date(2026, 10, 2), **day)
    assert officer.get("calendar/add/", **asked).json() == {"date": "2026-10-05", "provisional": False}
    span = {"from": "2026-10-01", "to": "2026-10-05", "country": "TH"}
    assert officer.get("calendar/between/", **span).json()["working_days"] == 1
    for unknown in ("XX", "CN", "th"):
        problem(officer.get("calendar/add/", **asked | {"country": unknown}), 404)

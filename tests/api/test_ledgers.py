"""`countries/` and `countries/{iso2}/ledger/`."""

from __future__ import annotations

import pytest

from countries.models import LedgerEntry
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


def test_every_value_comes_with_its_source(caller):
    answer = caller("kunshan.officer").get("countries/th/ledger/")
    assert answer.status_code == 200
    values = answer.json()["values"]
    assert {row["topic"] for row in values} == set(
        LedgerEntry.objects.filter(country__code="TH").values_list("topic__code", flat=True)
    )
    for row in values:
        assert row["value"]
        assert row["source"]
        assert row["unsettled"] == (row["confidence"] in ("secondary", "recollection"))
    capital = next(row for row in values if row["topic"] == "capital")
    assert (capital["section"], capital["value"], capital["confidence"]) == ("profile", "Bangkok", "sourced")


def test_an_unknown_country_is_a_problem(caller):
    for code in ("CN", "ZZ"):
        answer = caller("kunshan.officer").get(f"countries/{code}/ledger/")
        problem(answer, 404, "not_found")


def test_countries_are_found_by_what_is_typed(caller):
    found = caller("kunshan.officer").get("countries/", q="taiguo").json()["results"]
    assert [row["code"] for row in found] == ["TH"]

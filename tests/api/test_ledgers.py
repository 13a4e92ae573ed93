"""`countries/` and `countries/{iso2}/ledger/`."""

from __future__ import annotations

from datetime import date

import pytest

from countries.models import LedgerEntry
from tests.api.conftest import problem
from tests.ledgers import keep_post, last_reviewed, look_after, publish_text, write_text

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


def test_what_was_published_of_a_section(caller, cast):
    who = caller("kunshan.officer")
    draft = write_text(cast)
    assert who.get("countries/TH/ledger/").json()["sections"] == []
    row = publish_text(cast)
    assert row.pk == draft.pk
    (section,) = who.get("countries/TH/ledger/").json()["sections"]
    assert section["section"] == "habits"
    assert (section["version"], section["text_zh"], section["sources"]) == (row.number, row.text_zh, row.sources)
    assert (section["next_review_on"], section["overdue"], section["agency"]) == (None, False, None)
    look_after(cast)
    last_reviewed(cast, date(2024, 1, 5))
    answer = who.get("countries/TH/ledger/")
    (section,) = answer.json()["sections"]
    told = (section["reviewed_on"], section["next_review_on"], section["overdue"], section["agency"])
    assert told == ("2024-01-05", "2024-07-05", True, "000000010000")
    assert "guohe.desk" not in answer.content.decode()


@pytest.mark.parametrize("login", ["kunshan.officer", "guohe.desk"])
def test_a_record_is_told_without_its_contact_even_to_who_keeps_it(caller, cast, login):
    post = keep_post(cast)
    assert (post.contact, "contact" in post.provenance) == ("【演示】电话", True)
    answer = caller(login).get("countries/TH/ledger/")
    (record,) = answer.json()["records"]
    told = {held["field"]: held["value"] for held in record["values"]}
    assert (record["id"], told) == (post.pk, {"name_zh": "【演示】警务联络官", "attrs": {"side": "ours"}})
    assert post.contact not in answer.content.decode()


def test_an_unknown_country_is_a_problem(caller):
    for code in ("CN", "ZZ"):
        answer = caller("kunshan.officer").get(f"countries/{code}/ledger/")
        problem(answer, 404, "not_found")


def test_countries_are_found_by_what_is_typed(caller):
    found = caller("kunshan.officer").get("countries/", q="taiguo").json()["results"]
    assert [row["code"] for row in found] == ["TH"]

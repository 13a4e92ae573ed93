"""`instruments/` and `countries/{code}/legal-basis/`, read by officers and machines."""

from __future__ import annotations

from typing import Any

import pytest

from countries.models import Country
from tests.api.conftest import pointers, problem
from treaties.models import Instrument, Provision

pytestmark = pytest.mark.django_db
DAY = "2026-11-21"


def test_every_instrument_is_met_once_page_by_page(caller: Any) -> None:
    who, met, asked = caller("kunshan.officer"), [], {"page_size": 100}
    while True:
        body = who.get("instruments/", **asked).json()
        met += [row["id"] for row in body["results"]]
        if body["next_cursor"] is None:
            break
        asked["cursor"] = body["next_cursor"]
    assert met == sorted(Instrument.objects.values_list("code", flat=True))


def test_one_says_how_it_stands_and_on_what(machine: Any) -> None:
    asked = {"country": "th", "kind": "extradition", "on": "1999-03-06"}
    (row,) = machine.get("instruments/", **asked).json()["results"]
    assert {
        name: row[name] for name in ("id", "kind", "countries", "signed_on", "in_force_on", "status", "confidence")
    } == {
        "id": "EXTRADITION-TH",
        "kind": "extradition",
        "countries": ["TH"],
        "signed_on": "1993-08-26",
        "in_force_on": "1999-03-07",
        "status": "signed",
        "confidence": "sourced",
    }
    assert row["sources"][0].startswith("http")
    assert "adopted_place" in row["unsettled"]
    assert machine.get("instruments/", **asked, status="in_force").json()["results"] == []


def test_all_about_one(caller: Any) -> None:
    body = caller("auditor").get("instruments/UNTOC/", on="2013-10-16").json()
    assert (body["status"], body["countries"]) == ("in_force", [])
    parties = {party["country"]: party for party in body["parties"]}
    assert len(parties) == Country.objects.filter(is_partner=True).count()
    assert parties["TH"]["status"] == "signed"
    found = [*body["facts"], *(fact for party in body["parties"] for fact in party["facts"])]
    assert found
    assert all(fact["source"] and fact["confidence"] for fact in found)
    assert {row["family"] for row in body["provisions"]} == set(
        Provision.objects.filter(instrument__code="UNTOC").values_list("family", flat=True)
    )


def test_legal_bases_have_exactly_the_shape(machine: Any) -> None:
    body = machine.get("countries/TH/legal-basis/", request_type="extradition_out", on=DAY).json()
    assert set(body) == {"bases"}
    for basis in body["bases"]:
        assert set(basis) == {"kind", "instrument", "status", "articles", "confidence", "source"}
        assert set(basis["instrument"]) == {"id", "title_zh"}
    first = body["bases"][0]
    assert (first["kind"], first["instrument"]["id"], first["status"]) == ("treaty", "EXTRADITION-TH", "in_force")
    statute = next(basis for basis in body["bases"] if basis["kind"] == "statute")
    assert statute["articles"][0] == "EXT-47"


def test_only_signed_is_signed_and_leaves_reciprocity(caller: Any) -> None:
    bases = (
        caller("kunshan.officer")
        .get("countries/au/legal-basis/", request_type="extradition_out", on=DAY)
        .json()["bases"]
    )
    assert ("EXTRADITION-AU", "signed") in [
        (one["instrument"]["id"], one["status"]) for one in bases if one["instrument"]
    ]
    promise = next(one for one in bases if one["kind"] == "reciprocity")
    assert (promise["instrument"], promise["status"]) == (None, "none")
    assert promise["articles"] == ["EXT-3.1", "EXT-4.1", "EXT-49"]
    statute = next(one for one in bases if one["articles"][0] == "EXT-47")
    assert (promise["source"], promise["confidence"]) == (statute["source"], statute["confidence"])
    assert promise["source"]


def test_bad_questions(caller: Any) -> None:
    who = caller("kunshan.officer")
    answer = who.get("instruments/", kind="x", country="CN", status="x", on="2026-02-30")
    assert pointers(problem(answer, 400)) == {"/kind", "/country", "/status", "/on"}
    for day in ("x", "0001-01-01", "1839-12-31", "2101-01-01", "9999-12-31"):
        assert pointers(problem(who.get("instruments/UNTOC/", on=day), 400)) == {"/on"}
        answer = who.get("countries/TH/legal-basis/", request_type="extradition_out", on=day)
        assert problem(answer, 400)["errors"][0]["code"] == "bad_date"
    problem(who.get("instruments/NOTHING/"), 404)
    for code in ("XX", "CN", "THA"):
        problem(who.get(f"countries/{code}/legal-basis/", request_type="extradition_out"), 404)
    answer = who.get("countries/TH/legal-basis/", request_type="x", on="x")
    assert pointers(problem(answer, 400)) == {"/request_type", "/on"}
    for asked, code in (({}, "required"), ({"request_type": "x"}, "unknown_code")):
        (error,) = problem(who.get("countries/TH/legal-basis/", **asked), 400)["errors"]
        assert (error["code"], error["pointer"]) == (code, "/request_type")

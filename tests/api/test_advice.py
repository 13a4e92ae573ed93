"""`advice/`: which channel to take, asked by machines and officers."""

from __future__ import annotations

import pytest

from tests.api.conftest import pointers, problem

pytestmark = pytest.mark.django_db
ASKED = {
    "country": "TH",
    "request_type": "mla_evidence_out",
    "urgency": "normal",
    "purpose": "evidence",
    "origin_agency": "320583000000",
    "on": "2026-11-21",
}
PARTS = {
    "channel",
    "allowed",
    "legal_basis",
    "approval",
    "route",
    "preconditions",
    "missing",
    "record",
    "expected_by",
    "reasons",
    "warnings",
}


def test_the_best_comes_first_and_says_why(caller):
    answer = caller("kunshan.officer").post("advice/", ASKED)
    assert answer.status_code == 200
    options = answer.json()["options"]
    assert all(set(option) == PARTS for option in options)
    first = options[0]
    assert (first["channel"], first["allowed"]) == ("moj", True)
    assert {"text", "article"} == set(first["reasons"][0])
    assert "IMLA-5.1" in {line["article"] for line in first["reasons"]}
    treaty = first["legal_basis"][0]
    assert (treaty["kind"], treaty["status"]) == ("treaty", "in_force")
    assert treaty["instrument"]["id"] == "MLA-CRIMINAL-TH"
    assert [stop["agency"] for stop in first["route"]][-1] is None
    assert first["record"] is None
    assert first["expected_by"] is None


def test_what_nobody_read_in_an_official_text_says_so(caller):
    options = caller("kunshan.officer").post("advice/", ASKED).json()["options"]
    for part in ("missing", "approval"):
        assert all(isinstance(row["unsettled"], bool) for option in options for row in option[part])
    moj = next(option for option in options if option["channel"] == "moj")
    assert {row["unsettled"] for row in moj["missing"]} == {False}


def test_what_is_left_out_is_the_own_organ_today(caller):
    answer = caller("kunshan.officer").post("advice/", {"country": "th", "request_type": "mla_evidence_out"})
    assert answer.status_code == 200
    assert answer.json()["options"][0]["route"][0]["name"] == "昆山市公安局"


def test_it_needs_no_key_and_changes_nothing(caller):
    answer = caller("kunshan.officer").post("advice/", ASKED, Idempotency_Key=None)
    assert answer.status_code == 200


def test_what_is_left_out_is_asked_for(caller):
    errors = problem(caller("kunshan.officer").post("advice/", {}), 400)["errors"]
    assert {(one["code"], one["pointer"]) for one in errors} == {
        ("required", "/country"),
        ("required", "/request_type"),
    }


def test_each_doubt_is_a_warning_with_its_whole_source(caller):
    options = caller("kunshan.officer").post("advice/", ASKED | {"request_type": "extradition_out"}).json()["options"]
    sources = {base["source"] for option in options for base in option["legal_basis"] if len(base["source"]) > 80}
    told = [line["text"] for option in options for line in option["warnings"] if line["text"].startswith("待核实")]
    assert any(source in text for source in sources for text in told)
    assert not any("…" in text for text in told)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"country": "CN"}, "/country"),
        ({"country": 7}, "/country"),
        ({"request_type": "nonsense"}, "/request_type"),
        ({"urgency": "soon"}, "/urgency"),
        ({"purpose": ["evidence"]}, "/purpose"),
        ({"origin_agency": "123"}, "/origin_agency"),
        ({"on": "21.11.2026"}, "/on"),
        ({"on": None}, "/on"),
        ({"on": "1839-12-31"}, "/on"),
        ({"on": "2101-01-01"}, "/on"),
        ({"on": "0001-01-01"}, "/on"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_is_wrong_is_pointed_at(caller, changes, pointer):
    answer = caller("kunshan.officer").post("advice/", ASKED | changes)
    assert pointers(problem(answer, 400)) == {pointer}

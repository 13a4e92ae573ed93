"""条约法律: the list, the matrix, the timeline, the pages of instruments and parties, read by every officer."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from countries.lookup import partner_countries
from tests.browsing import log_in
from tests.cast import Cast
from treaties.family_words import FAMILIES
from treaties.models import Instrument, InstrumentKind, Party, RequestType, Standing
from treaties.queries.matrix import BY_CONVENTION, BY_KIND, KINDS, matrix_on
from treaties.standing import pair_on, strength

pytestmark = pytest.mark.django_db
LIST, MATRIX, TIMELINE = reverse("instrument-list"), reverse("instrument-matrix"), reverse("instrument-timeline")
DAYS = (date(1999, 3, 6), date(2012, 6, 1), date(2026, 11, 21))


def page(code: str) -> str:
    return reverse("instrument-detail", args=[code])


@pytest.fixture
def officer(cast: Cast) -> Client:
    return log_in(cast, "kunshan.officer")


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [one["row"].instrument.code for one in answer.context["rows"]]


# --- The list --------------------------------------------------------------------------------------------------------


def test_every_instrument_is_met_once_on_the_way_through_the_pages(officer: Client) -> None:
    met: list[str] = []
    asked: dict[str, str] = {"sort": "signed"}
    while True:
        answer = officer.get(LIST, asked)
        met += codes(answer)
        if not answer.context["following"]:
            break
        asked["after"] = answer.context["following"]
    assert sorted(met) == sorted(Instrument.objects.values_list("code", flat=True))
    assert answer.context["last"] == answer.context["total"] == len(met)


def test_it_is_narrowed_by_kind_country_standing_and_words(officer: Client) -> None:
    assert codes(officer.get(LIST, {"country": "TH", "kind": "extradition"})) == ["EXTRADITION-TH"]
    both = {"country": "AU", "kind": "extradition"}
    assert codes(officer.get(LIST, both | {"standing": "signed"})) == ["EXTRADITION-AU"]
    assert officer.get(LIST, both | {"standing": "in_force"}).context["rows"] == []
    assert "EXTRADITION-TH" in codes(officer.get(LIST, {"q": "taiguo"})) + codes(officer.get(LIST, {"q": "泰国"}))
    assert codes(officer.get(LIST, {"q": "巴勒莫"})) == ["UNTOC"]
    for one in officer.get(LIST, {"unsettled": "on"}).context["rows"]:
        assert one["unsettled"] or one["mark"].check


def test_with_a_country_a_convention_stands_as_it_does_between_the_two(officer: Client) -> None:
    untoc = Instrument.objects.get(code="UNTOC")
    assert (
        pair_on(untoc, Party.objects.get(instrument=untoc, country__code="TH"), date(2013, 10, 16)).standing == "signed"
    )
    asked = {"country": "TH", "q": "UNTOC", "on": "2013-10-16"}
    words = {one["row"].instrument.code: one["mark"].word for one in officer.get(LIST, asked).context["rows"]}
    assert words["UNTOC"] == Standing.SIGNED.label
    alone = officer.get(LIST, {"q": "巴勒莫", "on": "2013-10-16"}).context["rows"][0]
    assert alone["mark"].word == Standing.IN_FORCE.label


def test_a_bad_filter_says_so_and_shows_the_rest(officer: Client) -> None:
    answer = officer.get(LIST, {"on": "2026-02-30", "kind": "x"})
    assert answer.status_code == 400
    assert "写成 2026-01-31。" in answer.content.decode()


# --- The matrix ------------------------------------------------------------------------------------------------------


def brute(view: str, on: date) -> dict[tuple[str, str], tuple[str, set[str]]]:
    """Every cell by asking pair_on for each party alone: the strongest standing, and who has it."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for party in Party.objects.select_related("instrument", "country"):
        one = party.instrument
        if one.kind in KINDS and (view == BY_KIND or one.kind == InstrumentKind.MULTILATERAL):
            key = (party.country.code, one.kind if view == BY_KIND else one.code)
            found.setdefault(key, []).append((pair_on(one, party, on).standing, one.code))
    cells = {}
    for key, pairs in found.items():
        best = max((standing for standing, _code in pairs), key=lambda word: strength(Standing(word)))
        cells[key] = (best, {code for standing, code in pairs if standing == best})
    return cells


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize("view", [BY_KIND, BY_CONVENTION])
def test_the_matrix_is_what_each_pair_says(officer: Client, on: date, view: str) -> None:
    lines = officer.get(MATRIX, {"on": on.isoformat(), "view": view}).context["lines"]
    assert len(lines) == partner_countries().count()
    told = {
        (line.country.code, key): (cell.standing, {one.code for one in cell.instruments})
        for line, _region, _cells in lines
        for key, cell in line.cells.items()
    }
    assert told == brute(view, on)


def test_it_takes_two_queries_whatever_the_number_of_countries(django_assert_num_queries: Any) -> None:
    countries = list(partner_countries())
    with django_assert_num_queries(2):
        matrix_on(countries, DAYS[-1])


def test_lines_are_narrowed_and_ordered(officer: Client) -> None:
    def asked(**of: str) -> list[Any]:
        return [line for line, _region, _cells in officer.get(MATRIX, of).context["lines"]]

    signed = asked(column="extradition", standing="signed")
    assert "AU" in {line.country.code for line in signed}
    assert {line.cells["extradition"].standing for line in signed} == {Standing.SIGNED}
    assert {line.country.region_zh for line in asked(region="亚洲")} == {"亚洲"}
    counts = [line.in_force for line in asked(sort="count")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    assert {line.cells["UNTOC"].standing for line in asked(view="conventions", column="UNTOC", standing="none")} == {
        "none"
    }


def test_what_is_not_recorded_is_not_said_to_be_none(officer: Client) -> None:
    answer = officer.get(MATRIX)
    cells = {line.country.code: cells for line, _region, cells in answer.context["lines"]}
    assert not Instrument.objects.filter(kind="extradition", parties__country__code="BI").exists()
    assert (cells["BI"][0]["shape"], str(cells["BI"][0]["word"])) == ("unknown", "未收录")
    assert "不等于没有" in answer.content.decode()


def test_the_file_holds_the_same_lines(officer: Client) -> None:
    asked = {"region": "亚洲", "on": "2026-11-21"}
    answer = officer.get(reverse("instrument-matrix-file"), asked)
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    shown = officer.get(MATRIX, asked).context
    assert [row[1] for row in rows[1:-1]] == [line.country.code for line, _region, _cells in shown["lines"]]
    thai = next(row for row in rows if row[1] == "TH")
    assert thai[3].startswith("生效")


# --- Pages -----------------------------------------------------------------------------------------------------------


def walked() -> list[str]:
    """Every convention and statute, and of the bilateral kinds some of each."""
    found: list[str] = []
    for kind in InstrumentKind.values:
        of_kind = Instrument.objects.filter(kind=kind).order_by("code").values_list("code", flat=True)
        found += of_kind if kind in ("multilateral", "statute") else of_kind[:4]
    return found


@pytest.mark.slow
def test_no_page_shows_a_value_without_a_source(officer: Client) -> None:
    unsourced, seen = [], 0
    for code in walked():
        answer = officer.get(page(code))
        assert answer.status_code == 200, code
        context = answer.context
        values = [*context["values"], *(one["family"] for one in context["provisions"])]
        values += [value for one in context["provisions"] for value in one["values"]]
        values += [one["value"] for one in context["events"]]
        unsourced += [(code, value.field) for value in values if value.text and not said(value.origin)]
        sides = [side for side in context["parties"] if side["long"]]
        unsourced += [
            (code, side["party"].country.code)
            for side in sides
            if (side["dates"] or any(side["texts"])) and not said(side["origin"])
        ]
        seen += len(values) + len(sides)
    assert not unsourced
    assert seen > 2500


def said(origin: Any) -> bool:
    return bool(origin) and bool(str(origin[0][1]).strip())


def test_a_page_tells_what_is_to_be_verified_and_where_it_comes_from(officer: Client) -> None:
    answer = officer.get(page("EXTRADITION-TH"), {"on": "1999-03-06"})
    assert answer.context["mark"].word == Standing.SIGNED.label
    place = next(value for value in answer.context["values"] if value.field == "adopted_place")
    assert (place.text, place.check) == ("北京", True)
    text = answer.content.decode()
    assert "凭记忆，没有查到出处" in text
    assert "iolaw.cssn.cn" in text
    assert officer.get(page("EXTRADITION-TH"), {"on": "1999-03-07"}).context["mark"].word == Standing.IN_FORCE.label


def test_every_family_of_requests_has_a_name_and_all_kinds_of_assistance_are_one_word(officer: Client) -> None:
    assert set(FAMILIES) == set(RequestType.objects.values_list("family", flat=True))
    context = officer.get(page("MLA-CRIMINAL-TH")).context
    assert context["covered"] == "刑事司法协助"
    assert {"返还涉案财物", "将证据用于其他目的"} < {one["name"] for one in context["provisions"]}


def test_the_parties_of_a_convention_stand_as_on_the_day(officer: Client) -> None:
    context = officer.get(page("UNTOC"), {"on": "2013-10-16"}).context
    assert len(context["parties"]) == context["recorded"] == partner_countries().count()
    thai = next(side for side in context["parties"] if side["party"].country.code == "TH")
    assert thai["mark"].word == Standing.SIGNED.label
    some = officer.get(page("NUCTERR2005"), {"standing": "none", "region": "亚洲"}).context["parties"]
    assert some
    assert {side["mark"].word for side in some} == {Standing.NONE.label}


def test_a_party_has_a_page_of_its_own_and_bilateral_sides_have_none(officer: Client) -> None:
    answer = officer.get(reverse("instrument-party", args=["UNTOC", "TH"]))
    joined = next(value for value in answer.context["values"] if value.field == "joined_on")
    assert joined.text == "2013年10月17日"
    assert officer.get(reverse("instrument-party", args=["EXTRADITION-TH", "TH"])).status_code == 404
    assert officer.get(page("NOTHING")).status_code == 404


def test_a_statute_tells_its_articles_in_words_of_ours(officer: Client) -> None:
    for code in ("EXT", "IMLA", "MPSR"):
        articles = officer.get(page(code)).context["articles"]
        assert articles
        for article in articles:
            assert article.types or article.about.keys() <= {"time_limits", "return_grounds"}  # of measures for all
            assert article.told
            for _part, labels in article.told:
                assert not [label for label in labels if "。" in label or "应当" in label], article.cite
    found = {article.cite: article for article in officer.get(page("EXT")).context["articles"]}
    assert found["EXT-47"].cite_zh == "《引渡法》第四十七条"
    assert "extradition_out" in found["EXT-47"].types
    assert list(found) == sorted(found, key=lambda cite: [int(n) for n in cite.partition("-")[2].split(".")])


def test_the_timeline_is_in_order_and_narrowed(officer: Client) -> None:
    years = officer.get(TIMELINE, {"country": "TH", "kind": "extradition"}).context["years"]
    told = [(str(one["event"].day), one["event"].field) for _year, events in years for one in events]
    assert told == [("1999-03-07", "in_force_on"), ("1993-08-26", "signed_on")]
    every = officer.get(TIMELINE).context["years"]
    days = [one["event"].day for _year, events in every for one in events]
    assert days == sorted(days, reverse=True)


def test_the_timeline_of_a_country_shows_what_it_did_itself(officer: Client) -> None:
    years = officer.get(TIMELINE, {"country": "TH", "kind": "multilateral"}).context["years"]
    told = {
        (str(one["event"].day), one["event"].field): [partner.code for partner in one["event"].partners]
        for _year, events in years
        for one in events
        if one["event"].instrument.code == "UNTOC"
    }
    assert told["2013-10-17", "joined_on"] == ["TH"]
    assert told["2003-09-23", "joined_on"] == []
    assert all(one["value"].origin for _year, events in years for one in events)

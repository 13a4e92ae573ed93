"""Partner countries and their loaders."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from countries.lookup import country_by_code, partner_countries, search_countries, sound
from countries.models import Country
from countries.seed import load_calendar, load_countries

pytestmark = pytest.mark.django_db


def test_the_world_without_china() -> None:
    codes = set(partner_countries().values_list("code", flat=True))
    assert len(codes) == 194
    assert {"TH", "MM", "US", "VA", "PS"} <= codes
    assert not codes & {"CN", "HK", "MO", "TW"}


@pytest.mark.parametrize("code", ["CN", "HK", "MO", "TW", "th", "T"])
def test_the_database_refuses(code: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Country.objects.create(code=code, iso3="XXX", name_zh="某", name_en="Some")


def test_country_by_code() -> None:
    thailand = country_by_code("TH")
    assert thailand is not None
    assert thailand.name == "泰国"
    with translation.override("en"):
        assert thailand.name == "Thailand"
    assert country_by_code("CN") is None
    assert country_by_code("XX") is None
    Country.objects.filter(code="TH").update(is_partner=False)
    assert country_by_code("TH") is None


def test_sorted_by_sound() -> None:
    names = [country.name_zh for country in sorted(partner_countries().filter(code__in=["TH", "US", "DE"]), key=sound)]
    assert names == ["德国", "美国", "泰国"]


@pytest.mark.parametrize(
    "typed, code",
    [
        ("泰国", "TH"),
        ("taiguo", "TH"),
        ("tg", "TH"),
        ("thai", "TH"),
        ("TH", "TH"),
        ("印尼", "ID"),
        ("united states", "US"),
        ("阿联酋", "AE"),
        ("alq", "AE"),
        ("ｔｈ", "TH"),
    ],
)
def test_search(typed: str, code: str) -> None:
    assert code in [country.code for country in search_countries(typed, 10)]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [("TH", ["TH"]), ("tha", ["TH"]), ("几内亚", ["GN"]), ("Niger", ["NE"]), ("TG", ["TG"]), ("tg", ["TG", "TH"])],
)
def test_a_whole_name_or_code_finds_its_country_alone(typed: str, codes: list[str]) -> None:
    assert [country.code for country in search_countries(typed)] == codes


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "没有这个国家"])
def test_search_finds_nothing(typed: str) -> None:
    assert search_countries(typed) == []


def test_loading_again_changes_nothing() -> None:
    assert str(load_countries()) == "countries.Country: 0 created, 0 changed, 194 unchanged"
    assert str(load_calendar()) == "countries.SpecialDay: 0 created, 0 changed, 127 unchanged"


def test_loading_mends_and_keeps_what_an_administrator_decides() -> None:
    Country.objects.filter(code="TH").update(name_zh="错", is_partner=False)
    # As if the seed had gained a country: this one leaves its code to it.
    Country.objects.filter(code="LA").update(code="XA", iso3="XAA")
    tally = load_countries()
    assert (tally.created, tally.changed, tally.unchanged, tally.absent) == (1, 1, 192, 1)
    thailand = Country.objects.get(code="TH")
    assert (thailand.name_zh, thailand.is_partner) == ("泰国", False)

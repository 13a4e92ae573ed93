"""Partner countries and their loaders."""

from __future__ import annotations

import pytest
from django.utils import translation

from countries.lookup import country_by_code, partner_countries, search_countries, sound

pytestmark = pytest.mark.django_db


def test_the_world_without_china() -> None:
    codes = set(partner_countries().values_list("code", flat=True))
    assert len(codes) == 194
    assert {"TH", "MM", "US", "VA", "PS"} <= codes
    assert not codes & {"CN", "HK", "MO", "TW"}


def test_country_by_code() -> None:
    thailand = country_by_code("TH")
    assert thailand is not None
    assert thailand.name == "泰国"
    with translation.override("en"):
        assert thailand.name == "Thailand"
    assert country_by_code("CN") is None
    assert country_by_code("XX") is None


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

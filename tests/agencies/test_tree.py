"""The real tree: shape, routes, search, and loading it again."""

from __future__ import annotations

from collections import Counter

import pytest

from agencies.models import Agency
from agencies.queries import agency_by_code, ancestors_of, children_of, route_of, search_agencies
from agencies.seeding import rows_of
from agencies.tree_seed import load_agencies

pytestmark = pytest.mark.django_db

KUNSHAN, SUZHOU, JIANGSU = "320583000000", "320500000000", "320000000000"
CHAOYANG, BEIJING = "110105000000", "110000000000"
TERMINAL, MINISTRY = "000000010000", "000000000000"


def agency(code: str) -> Agency:
    return Agency.objects.get(code=code)


def codes(agencies: list[Agency]) -> list[str]:
    return [row.code for row in agencies]


def test_counts() -> None:
    tiers = Counter(Agency.objects.values_list("tier", flat=True))
    assert tiers == {"ministry": 9, "province": 32, "city": 347, "county": 2835}
    assert Agency.objects.get(is_terminal=True).code == TERMINAL


@pytest.mark.parametrize(
    "code, route",
    [
        (KUNSHAN, [KUNSHAN, SUZHOU, JIANGSU, TERMINAL]),
        (CHAOYANG, [CHAOYANG, BEIJING, TERMINAL]),
        (JIANGSU, [JIANGSU, TERMINAL]),
        ("000000020000", ["000000020000", TERMINAL]),
        (MINISTRY, [MINISTRY, TERMINAL]),
        (TERMINAL, [TERMINAL]),
        ("533102000000", ["533102000000", "533100000000", "530000000000", TERMINAL]),
    ],
)
def test_routes(code: str, route: list[str], django_assert_num_queries) -> None:
    start = agency(code)
    with django_assert_num_queries(1):
        assert codes(route_of(start)) == route


def test_every_route_ends_at_the_terminal_desk() -> None:
    next_stop = dict(Agency.objects.values_list("id", "route_to_id"))
    terminal = agency(TERMINAL).pk
    for start in next_stop:
        stop, hops = start, 0
        while stop != terminal:
            stop, hops = next_stop[stop], hops + 1
            assert hops <= 3
    assert next_stop[terminal] is None


def test_a_deeper_tree_needs_no_change() -> None:
    station = Agency.objects.create(
        code="320583990000",
        name="昆山市公安局某派出所",
        short_name="某所",
        tier="county",
        kind="station",
        parent=agency(KUNSHAN),
        route_to=agency(KUNSHAN),
    )
    assert codes(route_of(station)) == ["320583990000", KUNSHAN, SUZHOU, JIANGSU, TERMINAL]


def test_a_route_in_a_circle_ends() -> None:
    agency_a, agency_b = agency(KUNSHAN), agency(SUZHOU)
    Agency.objects.filter(pk=agency_b.pk).update(route_to=agency_a)
    assert len(route_of(agency_a)) == 21


def test_ancestors() -> None:
    kunshan = agency(KUNSHAN)
    assert codes(ancestors_of(kunshan)) == [MINISTRY, JIANGSU, SUZHOU]
    assert kunshan.ancestors == [agency(code).pk for code in (KUNSHAN, SUZHOU, JIANGSU, MINISTRY)]
    assert ancestors_of(agency(MINISTRY)) == []


def test_children() -> None:
    children = codes(list(children_of(agency(SUZHOU))))
    assert KUNSHAN in children
    assert children == sorted(children)
    Agency.objects.filter(code=KUNSHAN).update(is_active=False)
    assert KUNSHAN not in codes(list(children_of(agency(SUZHOU))))


@pytest.mark.parametrize(
    "typed, first",
    [
        ("昆山", KUNSHAN),
        ("昆山市公安局", KUNSHAN),
        ("kunshan", KUNSHAN),
        ("kun shan", KUNSHAN),
        ("KSSGAJ", KUNSHAN),
        ("ｋｓｓｇａｊ", KUNSHAN),
        ("320583", KUNSHAN),
        (KUNSHAN, KUNSHAN),
        ("3205", SUZHOU),
        ("苏州", SUZHOU),
        ("北京 朝阳", CHAOYANG),
        ("朝阳 北京", CHAOYANG),
        ("北京市公安局朝阳区分局", CHAOYANG),
        ("德宏州公安局", "533100000000"),
        ("国合局", TERMINAL),
        ("公安部", MINISTRY),
        ("chongqing", "500000000000"),
        ("yueqing", "330382000000"),
        ("zhangzixian", "140428000000"),
        ("luan", "341500000000"),
        ("daicheng", "131025000000"),
    ],
)
def test_search(typed: str, first: str) -> None:
    assert codes(search_agencies(typed, 10))[0] == first


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "\\", "没有这个机关", "x" * 5000, "' OR 1=1 --"])
def test_search_finds_nothing(typed: str) -> None:
    assert search_agencies(typed) == []


def test_search_limit_and_inactive() -> None:
    assert len(search_agencies("公安局", 7)) == 7
    Agency.objects.filter(code=KUNSHAN).update(is_active=False)
    assert KUNSHAN not in codes(search_agencies("昆山"))


def test_agency_by_code() -> None:
    found = agency_by_code(KUNSHAN)
    assert found is not None
    assert found.name == "昆山市公安局"
    assert agency_by_code("nonsense") is None


def test_number_part_is_unique() -> None:
    parts = [row.number_part for row in Agency.objects.all()]
    assert len(set(parts)) == len(parts)


def test_every_name_is_spelled() -> None:
    for row in rows_of("agencies.csv"):
        han = sum("\u4e00" <= char <= "\u9fff" for char in row["name"])
        assert len(row["pinyin"].split()) == han, row["name"]


def test_loading_again_changes_nothing(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(6):
        assert str(load_agencies()) == "agencies.Agency: 0 created, 0 changed, 3223 unchanged"


def test_loading_mends_what_differs_and_keeps_what_an_administrator_decides() -> None:
    Agency.objects.filter(code=KUNSHAN).update(name="错", ancestors=[1], is_active=False)
    Agency.objects.filter(code="660301000000").delete()
    extra = Agency.objects.create(
        code="990000000000", name="临时", short_name="临时", tier="city", kind="x", route_to=agency(TERMINAL)
    )
    tally = load_agencies()
    assert (tally.created, tally.changed, tally.unchanged, tally.absent) == (1, 1, 3221, 1)
    kunshan = agency(KUNSHAN)
    assert (kunshan.name, len(kunshan.ancestors), kunshan.is_active) == ("昆山市公安局", 4, False)
    assert Agency.objects.filter(pk=extra.pk).exists()

"""The board in the browser and by the API: the same numbers, each leading to exactly its cases."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from agencies.actors import Actor
from agencies.doors.home import first_page
from agencies.scope import acting
from cases.board import access, facts, fold, reading
from tests import watching
from tests.browser import DESK, PHONE, chromium, complaints, open_page, scrolls_sideways, serving
from tests.browsing import log_in
from tests.cast import PLACES, Cast
from tests.conftest import connected_as
from tests.language import wrong_words


def a_world():
    """A few of each kind: late, near, abroad, returned, a draft and a secret."""
    past = watching.Past(Cast(), watching.random.Random(3))
    past.begin(9).submitted("kunshan")
    past.begin(8).dispatched("kunshan", country="US")
    past.begin(12).closed("suzhou")
    past.begin(7).at("returned", "kunshan")
    past.begin(0).submitted("suzhou", urgency="most_urgent")
    past.begin(5).submitted("kunshan", mark="work_secret")
    past.begin(2).draft("kunshan")
    past.begin(5).dispatched("ruili")
    past.begin(1).skipped(country="BA")
    past.begin(1).asked("suzhou")
    past.registered()
    watching.fold()
    return past


@pytest.fixture
def world(real_world):
    return real_world(a_world)


def test_the_numbers_lead_to_their_cases_add_up_and_stand_in_the_api(world, cast):
    for login, place in (("jiangsu.supervisor", ""), ("jiangsu.supervisor", "kunshan"), ("guohe.chief", "")):
        each_tile_opens_its_cases(log_in(cast, login), place)
    the_lines_add_up(cast.actor("guohe.supervisor"))
    client = log_in(cast, "jiangsu.supervisor")
    the_api_says_the_same(client)
    for params in ({"period": "5"}, {"agency": "x" * 13}, {"weeks": "4"}):
        assert client.get(reverse("api-stats"), params).status_code == 400
    assert client.get(reverse("board"), {"period": "5"}).status_code == 400


def each_tile_opens_its_cases(client: Client, place: str) -> None:
    page = client.get(reverse("board-of", args=[PLACES[place]]) if place else reverse("board"))
    tiles = page.context["tiles"]
    assert tiles[0]["count"] > 0
    for tile in tiles:
        listed = client.get(tile["url"])
        assert listed.context["n_rows"] == tile["count"], tile["label"]


def the_lines_add_up(actor: Actor) -> None:
    with acting(actor):
        board = reading.read(access.board_of(actor), period=52)
    for measure in fold.STANDINGS:
        below = sum(figures.standing(measure) for _agency, figures in board.below)
        assert board.own.standing(measure) >= 0, measure
        assert below + board.own.standing(measure) == board.whole.standing(measure), measure
    for measure in (facts.FILED, facts.ENDED, facts.INTERNAL):
        assert sum(one.n(measure) for _a, one in board.below) + board.own.n(measure) == board.whole.n(measure)


def test_foreign_requests_are_filed_but_never_right_the_first_time(real_db, cast):
    past = watching.Past(cast, watching.random.Random(4))
    past.begin(3).registered()
    past.begin(3).at("returned", "guohe")
    watching.fold()
    client = log_in(cast, "guohe.supervisor")
    stats = client.get(reverse("api-stats")).json()
    assert (stats["filed"], stats["filed_outgoing"], stats["first_time_right"]) == (2, 1, 0.0)
    assert "我方请求 1 件，退回过 1 件" in client.get(reverse("board")).content.decode()


def test_a_stopped_fold_is_told(world, cast):
    client = log_in(cast, "jiangsu.supervisor")

    def told() -> tuple[bool, bool]:
        page = client.get(reverse("board")).content.decode()
        return "统计停了：数字截至" in page, client.get(reverse("api-stats")).json()["stopped"]

    assert told() == (False, False)
    with connected_as("worker") as raw:
        raw.execute("UPDATE cases_boardfold SET as_of = as_of - interval '6 minutes'")
    assert told() == (True, True)
    watching.fold()
    assert told() == (False, False)


def the_api_says_the_same(client: Client) -> None:
    stats = client.get(reverse("api-stats"), {"period": "26"}).json()
    page = client.get(reverse("board"), {"period": "26"})
    board = page.context["board"]
    assert [tile["count"] for tile in page.context["tiles"]] == [
        stats["now"][name] for name in ("open", "overdue", "near", "abroad", "returned")
    ]
    assert stats["filed"] == board.whole.n(facts.FILED) == 7
    assert stats["filed_outgoing"] == 7
    assert (stats["returned"], stats["first_time_right"]) == (1, 6 / 7)
    assert stats["internal_deadlines"]["ended"] == board.whole.n(facts.INTERNAL) > 0
    assert stats["days"]["home"]["median"] == board.whole.spread(facts.HOME).median is not None
    assert sum(part["now"]["open"] for part in stats["below"]) == stats["now"]["open"]
    assert {part["agency"]["name"] for part in stats["below"]} == {"苏州市公安局", "江苏省公安厅"}
    assert stats["agency"] == {"code": PLACES["jiangsu"], "name": "江苏省公安厅"}


def test_before_the_first_fold_the_page_says_so(real_db, cast):
    page = log_in(cast, "kunshan.supervisor").get(reverse("board"))
    assert page.status_code == 200
    assert "数字还在汇总" in page.content.decode()


def test_a_supervisor_begins_at_the_board():
    assert first_page("supervisor") == reverse("board")
    assert first_page("approver") == reverse("workbench")


@pytest.mark.slow
@pytest.mark.browser
def test_it_reads_at_the_desk_on_the_phone_and_in_english(world):
    with serving() as address, chromium() as browser:
        for path in ("/board/", "/cases/ledger/"):
            for size in (DESK, PHONE):
                page = open_page(browser, address, "jiangsu.supervisor", size=size)
                page.goto(f"{address}{path}")
                assert not complaints(page)
                assert not scrolls_sideways(page)
                assert not page.said
            page = open_page(browser, address, "jiangsu.supervisor", language="en", size=PHONE)
            page.goto(f"{address}{path}")
            assert not scrolls_sideways(page)
            assert not wrong_words(page.content(), "en")
        page = open_page(browser, address, "jiangsu.supervisor")
        page.goto(f"{address}/")
        page.keyboard.press("g")
        page.keyboard.press("b")
        page.wait_for_url(f"{address}/board/")
        page.get_by_label("时段").select_option("26")
        page.wait_for_url("**period=26**")
        page.get_by_role("region", name="超期，按机关和周").get_by_role("link", name="苏州市局").click()
        page.wait_for_url(f"**/board/{PLACES['suzhou']}/**")
        assert "period=26" in page.url

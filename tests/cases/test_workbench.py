"""工作台 and the list of all cases, through the browser's door: what each member of the cast finds there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.doors import paging, words
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import content_input, drafts
from cases.commands import take_step
from cases.notices import notify
from cases.queries import queue, tallies
from tests.language import wrong_words
from tests.stories import CONTENT

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def page(client, cast):
    """`page(login, path)` as that member of the cast; gives the response."""

    def get(login: str, path: str = "/", **extra):
        client.force_login(cast.officer(login), backend=BACKEND)
        return client.get(path, **extra)

    return get


@pytest.fixture
def past(cast):
    """A case of Kunshan's submitted so many days ago."""

    def make(days: int, **changes):
        actor, at = cast.actor("kunshan.officer"), timezone.now() - timedelta(days=days)
        with acting(actor):
            case = drafts.open_case(actor=actor, content=content_input.parse({**CONTENT, **changes}), at=at)
            return take_step(actor=actor, case_id=case.pk, step="submit", at=at + timedelta(minutes=1))

    return make


def numbers(response) -> list[str]:
    """The numbers listed on a page, in order."""
    return re.findall(r"GJHZ-\d{4}-\d+-\d{6}", response.content.decode())


def tab(response, label: str) -> str:
    """The count on a tab or a tile."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    found = re.search(rf"{label}\s+([0-9+]+)", text)
    assert found, label
    return found[1]


def test_each_role_finds_what_waits_for_it(page, story):
    draft, review, cleared = story.draft(), story.submitted(), story.cleared()
    delivered, answered = story.delivered(), story.answered()
    assert set(numbers(page("kunshan.officer"))) == {draft.number, delivered.number}
    assert numbers(page("kunshan.chief")) == [review.number]
    assert set(numbers(page("guohe.desk"))) == {cleared.number, answered.number}
    assert numbers(page("suzhou.chief")) == []
    assert numbers(page("jiangsu.desk")) == []


def test_a_case_in_my_hands_waits_for_me(page, story):
    case = story.submitted()
    story.step("kunshan.chief", case, "assign_handler", handler="kunshan.desk")
    assert numbers(page("kunshan.desk")) == [case.number]
    assert numbers(page("kunshan.chief")) == [case.number]


def test_what_i_filed_holds_drafts_and_ended_cases_too(page, story, cast):
    mine = [story.at(status) for status in ("draft", "in_review", "dispatched", "closed", "withdrawn", "declined")]
    story.submitted("suzhou")
    assert set(numbers(page("kunshan.officer", "/?view=filed"))) == {case.number for case in mine}
    assert tab(page("kunshan.officer"), "我报送的") == "6"
    assert numbers(page("kunshan.desk", "/?view=filed")) == []


def test_my_agency_has_in_hand_what_is_open_in_its_scope(page, story):
    draft, review, abroad, closed = story.draft(), story.submitted(), story.dispatched(), story.closed()
    assert set(numbers(page("kunshan.desk", "/?view=agency"))) == {draft.number, review.number, abroad.number}
    assert set(numbers(page("jiangsu.desk", "/?view=agency"))) == {review.number, abroad.number}
    assert closed.number in numbers(page("jiangsu.desk", "/cases/"))


def test_a_row_says_who_holds_the_case_now(page, story):
    case, abroad = story.submitted(), story.dispatched()
    story.step("kunshan.chief", case, "approve")

    def row(login: str, number: str) -> str:
        listed = page(login, "/?view=agency").content.decode()
        return next(part for part in re.split(r"<tr|<li", listed) if number in part)

    assert "苏州市公安局" in row("jiangsu.desk", case.number)
    assert "苏州市公安局" not in row("suzhou.desk", case.number)  # its own agency is 本机关
    assert "本机关" in row("suzhou.desk", case.number)
    assert "泰国皇家警察总署" in row("kunshan.desk", abroad.number)


def test_a_supervisor_begins_with_the_whole_subtree(page, story):
    case = story.submitted()
    response = page("jiangsu.supervisor")
    assert numbers(response) == [case.number]
    assert "本机关及下级在办" in response.content.decode()


@pytest.mark.parametrize("login", ["ruili.officer", "yunnan.supervisor", "beijing.chief"])
def test_strangers_find_nothing(page, story, login):
    story.submitted()
    story.closed()
    assert numbers(page(login, "/?view=agency")) == []
    assert numbers(page(login, "/cases/")) == []
    assert tab(page(login, "/?view=agency"), "全部在办") == "0"


@pytest.mark.parametrize("login", ["sysadmin", "secadmin", "auditor"])
def test_administrators_have_no_case_list(page, login):
    assert page(login, "/cases/").status_code == 403


def test_a_work_secret_is_neither_listed_nor_counted(page, story):
    secret, plain = story.submitted(mark="work_secret"), story.submitted()
    for login in ("kunshan.desk", "suzhou.desk", "guohe.desk"):
        response = page(login, "/?view=agency")
        assert numbers(response) == [plain.number]
        assert tab(response, "本机关在办") == tab(response, "全部在办") == "1"
        assert secret.number not in numbers(page(login, "/cases/"))
        assert numbers(page(login, f"/?q={secret.title}")) == [plain.number]
        assert page(login, f"/?q={secret.number}").status_code == 200
    for login in ("kunshan.officer", "kunshan.chief", "suzhou.supervisor"):
        assert secret.number in numbers(page(login, "/?view=agency"))


def test_late_and_near_are_told_by_due_date(page, past, story):
    late, near, later = past(40), past(5), story.submitted(urgency="normal")
    response = page("kunshan.chief")
    assert numbers(response)[0] == late.number
    assert tab(response, "已超期") == "1"
    assert numbers(page("kunshan.chief", "/?view=mine&when=late")) == [late.number]
    assert later.number in numbers(page("kunshan.chief", "/?view=mine"))
    assert set(numbers(page("kunshan.chief", "/?view=mine&when=near"))) <= {near.number}
    assert "1 件已超期" in response.content.decode()


def test_the_longest_abroad_is_told(page, story):
    story.dispatched()
    response = page("kunshan.officer")
    assert tab(response, "在外方") == "1"
    assert numbers(page("kunshan.officer", "/?view=agency&when=abroad"))


FILTERS = [
    ("status=in_review", {"urgency": "normal"}, "status=answered"),
    ("country=TH", {}, "country=JP"),
    ("type=police_cooperation_out", {}, "type=interpol_notice_out"),
    ("urgency=urgent", {"urgency": "urgent"}, "urgency=most_urgent"),
    ("origin=320583000000", {}, "origin=320505000000"),
    ("origin=320000000000", {}, "origin=530000000000"),
    ("q=刷单返利", {}, "q=走私"),
    ("q=刷单 诈骗", {}, "q=刷单 走私"),
]


@pytest.mark.parametrize("hit, changes, miss", FILTERS)
@pytest.mark.parametrize("path", ["/?view=agency&", "/?view=filed&", "/cases/?"])
def test_every_filter_narrows(page, story, hit, changes, miss, path):
    case = story.submitted(**changes)
    assert numbers(page("kunshan.officer", path + hit)) == [case.number]
    response = page("kunshan.officer", path + miss)
    if response.status_code == 200:  # a type that the seeds do not know is refused
        assert numbers(response) == []


@pytest.mark.parametrize(
    "query",
    [
        "view=everything",
        "when=yesterday",
        "status=lost",
        "country=XX",
        "country=CN",
        "type=nothing",
        "urgency=9",
        "origin=1",
        "origin=abc",
        "sort=title",
        "after=!!!",
        "after=WyIyMDI2IiwieCJd",
        "before=bnVsbA",
        "q=%00",
    ],
)
def test_what_no_list_can_mean_is_refused_in_words(page, query):
    response = page("kunshan.officer", f"/?{query}")
    assert response.status_code == 400
    assert "<h1" in response.content.decode()


def test_a_whole_number_opens_its_case_and_only_for_who_may_see_it(page, story):
    case = story.submitted()
    response = page("jiangsu.desk", f"/?q={case.number.lower()}")
    assert (response.status_code, response["Location"]) == (302, f"/cases/{case.pk}/")
    assert "没有符合条件的案件" in page("ruili.officer", f"/?q={case.number}").content.decode()


@pytest.mark.parametrize("path", ["/?view=agency", "/?view=agency&sort=filed", "/?view=filed", "/cases/"])
def test_paging_goes_both_ways_and_misses_nothing(page, story, past, monkeypatch, path):
    monkeypatch.setattr(queue, "PAGE", 2)
    made = {past(40).number, past(9).number, *(story.draft().number for _ in range(3))}
    seen, pages, url = [], [], path
    while url:
        response = page("kunshan.officer", url)
        pages.append(numbers(response))
        seen += pages[-1]
        url = link(response, "next")
    assert len(seen) == len(made)
    assert set(seen) == made
    back = []
    while response := (page("kunshan.officer", url) if (url := link(response, "prev")) else None):
        back.append(numbers(response))
    assert back == list(reversed(pages[:-1]))


def link(response, rel: str) -> str:
    found = re.search(rf'<a class="btn" href="([^"]+)" rel="{rel}"', response.content.decode())
    path = response.wsgi_request.path
    return path + found[1].replace("&amp;", "&") if found else ""


def test_counts_stop_at_a_cap(page, story, monkeypatch):
    monkeypatch.setattr(tallies, "CAP", 2)
    monkeypatch.setattr(words, "CAP", 2)
    for _ in range(3):
        story.draft()
    assert tab(page("kunshan.officer"), "等我处理") == "1+"


@pytest.mark.parametrize("path", ["/", "/?view=agency", "/?view=filed", "/?view=agency&q=诈骗", "/cases/"])
def test_the_number_of_queries_does_not_grow_with_rows(page, story, path):
    story.draft()

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert page("kunshan.officer", path).status_code == 200
        return len(caught)

    queries()
    one = queries()
    for _ in range(6):
        story.submitted()
        story.draft()
    assert queries() == one


@pytest.mark.parametrize("login", ["kunshan.officer", "kunshan.chief", "guohe.desk", "jiangsu.supervisor"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_languages_are_whole(page, story, client, login, language):
    for status in ("draft", "in_review", "returned", "dispatched", "delivered", "closed"):
        story.at(status, urgency="urgent")
    client.cookies["coopdesk_language"] = language
    for path in ("/", "/?view=agency&sort=filed&country=TH&q=诈骗", "/?view=filed&when=late", "/cases/"):
        assert wrong_words(page(login, path).content.decode(), language) == []


def test_what_is_unread_stands_out(page, story, client, cast, see):
    case = story.submitted()
    with see("kunshan.chief"):
        notify(AuditEvent.objects.get(kind="case.submit", subject=f"case:{case.pk}"), {})
    assert '<tr role="row" data-new>' in page("kunshan.chief").content.decode()
    page("kunshan.chief", f"/cases/{case.pk}/")
    assert '<tr role="row" data-new>' not in page("kunshan.chief").content.decode()


def test_titles_are_escaped(page, story):
    story.draft(title="<script>alert(1)</script>")
    assert "<script>alert" not in page("kunshan.officer").content.decode()


def test_a_place_that_the_database_cannot_read_is_refused_kindly(page):
    for moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        place = paging.encode([moment, "01a210cd-1fee-7c81-9861-dbea6d4b7aed"])
        assert page("kunshan.chief", f"/?after={place}").status_code in (200, 400)

"""Weeks and months go by in real Chromium: clocks warn, run out and rise, in the calendar of 2026, and everyone sees it.

Every date below is worked out by hand. The State Council's notice for 2026: off are 4–6 April, 1–5 May and 1–7 October;
worked are Saturday 9 May and Saturday 10 October.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from agencies.moments import clock
from cases.sweep import ACKNOWLEDGEMENT_OVERDUE, CHASE_DUE, ESCALATION, OVERDUE, WARNING
from tests.journeys.desk import Desk, counterpart, reply, say, status
from tests.travelling import CHINA, Traveller, beat, travelling

pytestmark = pytest.mark.browser
THAI, TITLE = "泰国皇家警察总署", "跨境刷单返利诈骗案"
LAW = "competent_authority_processing"


class Office(Desk):
    """The cast's desks while the time goes by."""

    def __init__(self, browse, enter, travel: Traveller) -> None:
        super().__init__(browse, enter)
        self.travel, self.inside = travel, set[str]()

    def at(self, moment: str) -> list[tuple[str, str]]:
        """It is `moment`, the worker has gone its round, and nobody is logged in any more. Gives what rang."""
        for page in self.pages.values():
            page.context.clear_cookies()
        self.inside.clear()
        self.travel.to(moment)
        return beat()

    def page(self, login: str, **options) -> Page:
        if login in self.pages and login not in self.inside:
            self.enter(self.pages[login], login)
        self.inside.add(login)
        return super().page(login, **options)

    def news(self, login: str) -> str:
        """What the officer's notices say, the latest first."""
        page = self.page(login)
        page.goto("/notices/")
        return page.locator("main").inner_text()

    def act(self, login: str, number: str, clock: str, label: str, texts: dict[str, str], codes: dict[str, str]) -> Page:
        """Do something to the clock of this name by its form on the case page."""
        page = self.open(login, number)
        act = page.locator("#clocks .clock", has_text=clock).locator("details.no-print", has_text=label)
        act.locator("summary").click()
        for field, words in texts.items():
            act.get_by_label(field).fill(words)
        for field, code in codes.items():
            act.get_by_label(field).select_option(code)
        act.locator("button").click()
        expect(page.locator(".notice--ok, [role=status]").first).to_be_visible()
        return page

    def explain(self, login: str, number: str, clock: str, why: str, told: str) -> None:
        self.act(login, number, clock, "写明超期原因", {"为什么超期": why, "告知了谁": told}, {})


@pytest.fixture
def travel(real_db):
    with travelling(real_db) as traveller:
        yield traveller


@pytest.fixture
def office(browse, enter, travel) -> Office:
    return Office(browse, enter, travel)


def choose(name: str, label: str):
    return lambda form: form.locator(f"[name={name}]").select_option(label=label)


def register(page: Page) -> str:
    """A foreign request, by the form of the desk; gives its number."""
    page.goto("/cases/register/")
    page.locator("[name=country]").select_option("TH")
    page.locator("[name=request_type]").select_option("mla_evidence_in")
    page.locator("[name=requesting_authority]").fill(THAI)
    page.locator("[name=received_via]").select_option("police_liaison")
    page.locator("[name=title]").fill("调取银行记录")
    page.locator("[name=items-0-description]").fill("调取交易明细。")
    page.locator("form#register .btn--primary").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    number = re.search(r"GJHZ-\d{4}-\d+-\d{6}", page.content())
    assert number
    return number[0]


def clocks(page: Page) -> dict[str, tuple[str, str]]:
    """The clocks on a case page by name: how each stands, and everything that is said of it, folded away or not."""
    found = {}
    for row in page.locator("#clocks .clock").all():
        name = row.locator(".clock__name").first.text_content() or ""
        mark = row.locator(".due").first.text_content() or ""
        found[" ".join(name.split())] = mark, " ".join((row.text_content() or "").split())
    return found


def held(page: Page) -> list[tuple[str, ...]]:
    """The rows of the ledger of custody: who, from when to when, working days, calendar days."""
    rows = page.locator("#custody tbody tr")
    return [
        (
            row.locator("th > span").first.inner_text(),
            row.locator("th .sub").inner_text(),
            *row.locator("td.num").all_inner_texts(),
        )
        for row in rows.all()
    ]


def test_a_limit_runs_over_the_holiday_to_the_make_up_saturday(office, story):
    # Five working days from Monday 28 September: 29, 30, 8, 9 and Saturday the 10th. Without the holiday it were
    # 5 October, without the make-up Saturday Monday the 12th. It warns two working days before, on the 8th at 9:00.
    office.at("2026-09-28 10:00")
    case = story.submitted("suzhou")
    assert case.submitted_at.astimezone(CHINA).isoformat().startswith("2026-09-28T10:00:")
    assert office.at("2026-10-08 08:59") == []
    assert office.at("2026-10-08 09:00") == [(WARNING, "review")]
    page = office.page("suzhou.chief")
    page.goto(f"/cases/{case.pk}/")
    expect(page.locator(".lede")).to_contain_text("已 3 个工作日，应于 10月10日 周六 17:00 前办结")
    expect(page.locator("#clocks")).to_contain_text("剩 2 个工作日")
    expect(page.locator("main")).to_contain_text("苏州市公安局 审核临近期限，10月10日 17:00到期")
    assert office.at("2026-10-10 16:59") == []
    page.reload()
    assert "/account/login/" in page.url
    assert office.at("2026-10-10 17:00") == [(OVERDUE, "review")]
    office.page("suzhou.chief").goto(f"/cases/{case.pk}/")
    expect(page.locator(".lede")).to_contain_text("应于 今日 17:00 前办结，今日超期")


@pytest.mark.slow
def test_a_city_is_late_and_the_province_above_it_sees_to_it(office):
    # Filed and approved in the county on Monday 28 September: as above the city has until Saturday 10 October 17:00, is
    # warned on 8 October at 9:00, and three working days after the 10th (12, 13, 14) the province hears of it.
    office.at("2026-09-28 10:00")
    number = office.file("kunshan.officer", title=TITLE)
    office.take("kunshan.chief", number, "approve", say("opinion", "同意上报。"))
    office.take("suzhou.chief", number, "assign_handler", choose("handler", "演suzhou.officer"))

    assert office.at("2026-10-05 09:30") == []
    assert office.at("2026-10-08 09:00") == [(WARNING, "review")]
    assert "苏州市公安局 审核临近期限，10月10日 17:00到期" in office.news("suzhou.officer")
    assert "临近期限" not in office.news("suzhou.chief")

    assert office.at("2026-10-10 17:00") == [(OVERDUE, "review")]
    late = "苏州市公安局 审核逾期，应在10月10日 17:00前办完"
    assert late in office.news("suzhou.officer")
    assert late in office.news("suzhou.chief")
    assert "逾期" not in office.news("jiangsu.supervisor")

    assert office.at("2026-10-14 09:00") == [(ESCALATION, "review")]
    risen = "苏州市公安局 审核逾期未办，已提级；应在10月10日 17:00前办完"
    assert risen in office.news("suzhou.chief")
    assert risen in office.news("jiangsu.supervisor")
    above = office.page("jiangsu.supervisor")
    above.goto("/board/")
    longest = above.locator("section", has=above.locator("#longest-title"))
    expect(longest).to_contain_text("超 4 日")
    longest.get_by_role("link", name=TITLE).click()
    # Worked since the 28th: 29 and 30 September, 8, 9, 10, 12, 13 and 14 October.
    expect(above.locator(".lede")).to_contain_text("苏州市公安局的演suzhou.officer审核，已 8 个工作日")
    expect(above.locator(".lede")).to_contain_text("超 4 日")

    # An order of Wednesday the 14th wants its feedback within five working days: 15, 16, 19, 20, 21.
    act = above.locator("#act-supervise-order")
    act.locator("summary").click()
    act.get_by_label("要办什么").fill("立即审核上报。")
    act.get_by_role("button", name="督办").click()
    expect(above.locator("#supervisions")).to_contain_text("10月21日")
    assert office.at("2026-10-20 09:00") == [(WARNING, "supervision")]
    assert office.at("2026-10-21 17:00") == [(OVERDUE, "supervision")]
    assert "苏州市公安局 督办反馈逾期，应在10月21日 17:00前办完" in office.news("jiangsu.supervisor")
    above.goto("/supervisions/")
    expect(above.locator("main")).to_contain_text(re.compile(r"逾期未反馈\s*1件"))

    # The next working day, the city explains itself, passes the request on and answers.
    assert office.at("2026-10-22 10:00") == [(ESCALATION, "supervision")]
    office.explain("suzhou.chief", number, "苏州市公安局 审核", "经办人国庆后病休。", "江苏省公安厅")
    office.take("suzhou.chief", number, "approve", say("opinion", "同意上报。"))
    page = office.page("suzhou.chief")
    page.get_by_label("办理情况").fill("已于今日报省厅。")
    page.get_by_role("button", name="反馈").click()
    expect(page.locator("main")).to_contain_text("已反馈，发出督办的人会收到通知")
    assert beat() == []

    told = office.news("jiangsu.supervisor")
    assert "演suzhou.chief 反馈了督办" in told
    assert "演suzhou.chief 写明苏州市公安局 审核的时限为什么超期" in told
    page = office.open("jiangsu.supervisor", number)
    assert clocks(page)["苏州市公安局 审核"][0] == "超 12 日办结"
    assert "经办人国庆后病休。" in clocks(page)["苏州市公安局 审核"][1]
    assert clocks(page)["苏州市公安局 督办反馈"][0] == "超 1 日办结"
    # The city's days: eight as above and 15, 16, 19, 20, 21, 22 October; every calendar day has its agency.
    assert held(page) == [
        ("昆山市公安局", "9月28日 — 9月28日", "0", "0"),
        ("苏州市公安局", "9月28日 — 10月22日", "14", "24"),
        ("江苏省公安厅", "10月22日 — 现在", "0", "0"),
    ]
    expect(page.locator("#custody tfoot")).to_contain_text("我方 24 日")
    page.goto("/board/")
    expect(page.locator("main")).to_contain_text("没有超期的案件")
    expect(page.locator("main")).to_contain_text("2 个时限到头，1 个超期")


@pytest.mark.slow
def test_the_laws_clock_stands_still_for_a_supplement_and_runs_out(office):
    # IMLAP-7: 45 days from registration on Monday 2 March, that day not counted: Thursday 16 April.
    office.at("2026-03-02 10:00")
    number = register(office.page("guohe.desk"))
    page = office.take("guohe.desk", number, "check_form", lambda form: form.locator("[value=complete]").check())
    print(clocks(page))
    print(status(page))
    print(office.at("2026-03-12 10:00"))
    page = office.open("guohe.chief", number)
    page = office.act("guohe.chief", number, "16", "暂停", {"理由": "等泰方补充译文。"}, {"为什么暂停": "foreign_side"})
    print(clocks(page))
    page = office.take("guohe.desk", number, "request_supplement", say("opinion", "请补充译文。"))
    print(clocks(page))
    print(office.at("2026-04-08 10:00"))
    print(office.at("2026-04-09 10:00"))
    page = office.take("guohe.desk", number, "record_supplement", say("opinion", "译文已到。"))
    print(clocks(page))
    print(office.at("2026-05-04 09:00"))
    print(office.news("guohe.chief"))
    print(office.at("2026-05-15 09:00"))
    print(office.news("guohe.chief"))
    page = office.open("guohe.chief", number)
    print(clocks(page))
    print(status(page))


@pytest.mark.slow
def test_abroad_it_is_acknowledged_late_chased_twice_and_answered_after_all(office, story):
    # Sent on Monday 2 March: the acknowledgement is due after 15 days, on 17 March, the answer after 90, on Sunday
    # 31 May, so on Monday 1 June.
    office.at("2026-03-02 10:00")
    number = story.cleared("jiangsu", title=TITLE).number
    page = office.take("guohe.desk", number, "dispatch", counterpart)
    print(clocks(page))
    print(office.at("2026-03-17 17:00"))
    print(office.news("guohe.desk"))
    office.at("2026-03-18 09:00")
    page = office.take("guohe.desk", number, "record_acknowledgement", say("their_reference", "RTP/2026/118"))
    print(clocks(page))
    print(office.at("2026-06-01 17:00"))
    print(office.news("guohe.desk"))
    print(office.at("2026-06-02 10:00"))
    page = office.take("guohe.desk", number, "record_chase", say("opinion", "致电泰方。"))
    print(clocks(page))
    print(office.at("2026-07-02 17:00"))
    print(office.news("guohe.desk"))
    print(office.at("2026-07-03 10:00"))
    page = office.take("guohe.desk", number, "record_chase", say("opinion", "再次致电泰方。"))
    print(clocks(page))
    print(office.at("2026-07-20 10:00"))
    page = office.take("guohe.desk", number, "record_reply", reply("final", ("executed", ""), ("executed", "")))
    print(clocks(page))
    page = office.take("guohe.desk", number, "relay")
    page = office.take("jiangsu.officer", number, "accept", lambda form: form.locator("[name=usefulness][value=useful]").check())
    print(status(page))
    print(clocks(page), held(page))
    print(office.at("2026-09-01 10:00"))

"""Weeks and months go by in real Chromium: clocks warn, run out and rise, in the calendar of 2026, and everyone sees it.

Every date below is worked out by hand. The State Council's notice for 2026: off are 4–6 April, 1–5 May and 1–7 October;
worked are Saturday 9 May and Saturday 10 October.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from cases.sweep import ACKNOWLEDGEMENT_OVERDUE, CHASE_DUE, ESCALATION, OVERDUE, WARNING
from tests.journeys.desk import Desk, check, counterpart, reply, say
from tests.travelling import CHINA, Traveller, beat, travelling

pytestmark = pytest.mark.browser
THAI, TITLE = "泰国皇家警察总署", "跨境刷单返利诈骗案"
LAW, LAW_NAME = "competent_authority_processing", "主管机关处理请求或者执行结果（公安部国际合作局）"


class Office(Desk):
    """The cast's desks while the time goes by."""

    def __init__(self, browse, enter, travel: Traveller) -> None:
        super().__init__(browse, enter)
        self.travel, self.inside = travel, set[str]()

    def at(self, moment: str) -> list[tuple[str, str]]:
        """It is `moment`, the worker has gone its round; whoever was logged in has to log in anew. Gives what rang."""
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

    def act(
        self, login: str, number: str, clock: str, label: str, texts: dict[str, str], codes: dict[str, str]
    ) -> Page:
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
    """The clocks on a case page by name, of two with one name the one that runs: how it stands, and all that is said of
    it, folded away or not."""
    rows = page.locator("#clocks .clock").evaluate_all(
        "rows => rows.map(row => ['.row > span', '.row > .push', null].map("
        "  part => (part ? row.querySelector(part) : row).textContent.replace(/\\s+/g, ' ').trim()))"
    )
    return {name: (mark, said) for name, mark, said in reversed(rows)}


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
    # 45 days from registration on Monday 2 March, that day not counted: Thursday 16 April. The decision has ten working
    # days, until 16 March, and warns three working days before: 13, 12, 11 March.
    office.at("2026-03-02 10:00")
    number = register(office.page("guohe.desk"))
    page = office.take("guohe.desk", number, "check_form", check("result", "complete"))
    mark, said = clocks(page)[LAW_NAME]
    assert mark == "剩 45 日"
    assert "起算，当日不计，45 日，2026年4月16日到期。" in said

    assert office.at("2026-03-12 10:00") == [(WARNING, "decision")]
    why = {"理由": "等泰方补充译文。"}
    page = office.act("guohe.chief", number, LAW_NAME, "暂停", why, {"为什么暂停": "foreign_side"})
    assert clocks(page)[LAW_NAME][0] == "暂停"
    office.take("guohe.desk", number, "request_supplement", say("opinion", "请补充译文。"))
    # Ten days before 16 April it would have warned; the supplement comes 28 days after the pause began.
    assert office.at("2026-04-09 10:00") == []
    assert clocks(office.open("guohe.desk", number))[LAW_NAME][0] == "暂停，已停 28 日"
    page = office.take("guohe.desk", number, "record_supplement", say("opinion", "译文已到。"))
    # So 28 days after 16 April: Thursday 14 May.
    mark, said = clocks(page)[LAW_NAME]
    assert mark == "剩 35 日"
    assert "45 日，暂停共 28 日，顺延，2026年5月14日到期。" in said
    assert "暂停，等外方补充或者确认" in said

    # It warns ten days before, in the holiday. The decision had ten working days from 9 April: until the 23rd.
    late = [(OVERDUE, "decision"), (ESCALATION, "decision")]
    assert office.at("2026-05-04 09:00") == [*late, (WARNING, LAW)]
    assert "主管机关处理请求或者执行结果临近期限，5月14日 23:59到期" in office.news("guohe.chief")
    # Over with the end of the 14th; it rises the day after.
    assert office.at("2026-05-15 09:00") == [(OVERDUE, LAW), (ESCALATION, LAW)]
    assert "主管机关处理请求或者执行结果逾期，应在5月14日 23:59前办完" in office.news("guohe.chief")
    page = office.open("guohe.chief", number)
    act = page.locator("#act-decide")
    if act.get_attribute("open") is None:
        act.locator("summary").first.click()
    check("decision", "execute")(act)
    act.locator("button.btn--wide").click()
    expect(page.locator(".notice--error")).to_contain_text("已经超过，还没有写明原因")
    office.explain("guohe.chief", number, LAW_NAME, "补充译文来得迟。", "部领导")
    office.take("guohe.chief", number, "decide", check("decision", "execute"))
    page = office.take("guohe.desk", number, "assign", check("execute_here", "1"))
    mark, said = clocks(page)[LAW_NAME]
    assert mark == "超 1 日办结"
    assert "写明超期原因，5月15日告知部领导" in said
    assert "补充译文来得迟。" in said
    # Worked: 3–6 and 9–12 March; then 10, 13–17, 20–24, 27–30 April, 6–8 May, Saturday the 9th and 11–15 May.
    assert held(page) == [
        ("公安部国际合作局", "3月2日 — 3月12日", "8", "10"),
        (THAI, "3月12日 — 4月9日", "—", "28"),
        ("公安部国际合作局", "4月9日 — 现在", "24", "36"),
    ]


@pytest.mark.slow
def test_abroad_it_is_acknowledged_late_chased_twice_and_answered_after_all(office, story):
    # Sent on Monday 2 March. The acknowledgement is due in 15 days, on Tuesday the 17th, the answer in 90, on Sunday
    # 31 May and so on Monday 1 June.
    office.at("2026-03-02 10:00")
    number = story.cleared("jiangsu", title=TITLE).number
    page = office.take("guohe.desk", number, "dispatch", counterpart)
    assert "2026年3月17日 17:00到期。" in clocks(page)["等外方确认收到"][1]
    assert "2026年6月1日 17:00到期。" in clocks(page)["预期答复"][1]

    assert office.at("2026-03-17 16:59") == [(WARNING, "acknowledgement")]
    assert office.at("2026-03-17 17:00") == [(ACKNOWLEDGEMENT_OVERDUE, "acknowledgement")]
    assert "外方到3月17日 17:00还没有确认收到" in office.news("guohe.desk")
    assert office.at("2026-03-18 09:00") == []
    page = office.take("guohe.desk", number, "record_acknowledgement", say("their_reference", "RTP/2026/118"))
    assert clocks(page)["等外方确认收到"][0] == "超 1 日办结"

    assert office.at("2026-06-01 17:00") == [(CHASE_DUE, "expected_reply")]
    assert "外方到6月1日 17:00还没有答复，该催办" in office.news("guohe.desk")
    assert office.at("2026-06-02 10:00") == []
    page = office.take("guohe.desk", number, "record_chase", say("opinion", "致电泰方。"))
    assert clocks(page)["预期答复"][0] == "超 1 日"
    # Again after 30 days: on Thursday 2 July. Meanwhile, seven days after the 1st, the missing answer has risen.
    assert "2026年7月2日 17:00到期。" in clocks(page)["再次催办外方"][1]
    assert office.at("2026-07-02 17:00") == [(ESCALATION, "expected_reply"), (CHASE_DUE, "chase")]
    told = office.news("guohe.desk")
    assert "外方到7月2日 17:00还没有答复，该催办" in told
    assert "外方到6月1日 17:00还没有答复，已提级" in told
    assert office.at("2026-07-03 10:00") == []
    page = office.take("guohe.desk", number, "record_chase", say("opinion", "再次致电泰方。"))
    # Thirty days from 3 July are over on Sunday 2 August: on Monday the 3rd.
    assert "2026年8月3日 17:00到期。" in clocks(page)["再次催办外方"][1]

    # The answer comes on 20 July, 49 days after 1 June, and nobody is reminded of anything any more.
    assert office.at("2026-07-20 10:00") == []
    assert "演guohe.desk 催办外方" in office.news("jiangsu.officer")
    page = office.take("guohe.desk", number, "record_reply", reply("final", ("executed", ""), ("executed", "")))
    assert clocks(page)["预期答复"][0] == "超 49 日办结"
    office.take("guohe.desk", number, "relay")
    page = office.take("jiangsu.officer", number, "accept", check("usefulness", "useful"))
    expect(page.locator(".lede")).to_contain_text("于 7月20日 周一签收办结，我方用时 0 日、外方 140 日")
    # 29 days of March, 30, 31 and 30 of the next three, and 20 of July.
    assert (THAI, "3月2日 — 7月20日", "—", "140") in held(page)
    expect(page.locator("main")).to_contain_text("外方 75 日没有消息")  # from 18 March to 1 June
    assert office.at("2026-09-01 10:00") == []

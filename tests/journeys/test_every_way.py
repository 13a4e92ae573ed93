"""The other ways of a request in real Chromium: from abroad, at the border, past a tier, beside custody, back and forth."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import Desk, counterpart, reply, say, status, to

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browse, enter) -> Desk:
    return Desk(browse, enter)


def register(desk: Desk) -> str:
    """From the button on the workbench: a wrong try that loses nothing, then the right one. Gives the number."""
    page = desk.page("guohe.desk")
    page.goto("/")
    page.locator("main a.btn--primary", has_text="登记来函").click()
    page.locator("[name=country]").select_option("TH")
    page.locator("[name=title]").fill("泰国请求调取银行记录")
    page.locator("[name=items-0-description]").fill("查明开户人。")
    page.locator("[value=add_item]").click()
    page.locator("[name=items-1-description]").fill("冻结账户。")
    page.locator("form#register .btn--primary").click()
    expect(page.locator(".notice--error")).to_contain_text("选择请求类型")
    assert page.locator("[name=title]").input_value() == "泰国请求调取银行记录"
    page.locator("[name=request_type]").select_option("mla_evidence_in")
    page.locator("[name=their_reference]").fill("RTP-2026-77")
    page.locator("[name=received_via]").select_option("police_liaison")
    page.locator("form#register .btn--primary").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    number = re.search(r"GJHZ-\d{4}-\d+-\d{6}", page.content())
    assert number
    return number[0]


def decide(form) -> None:
    form.locator("[name=decision][value=execute]").check()
    form.locator("select[name$=-decision]").nth(1).select_option("refuse")
    form.locator("select[name$=-ground]").nth(1).select_option("no_dual_criminality")
    form.locator("[name=conditions]").fill("限于所述用途。")


def result(form) -> None:
    form.locator("select[name$=-outcome]").first.select_option("executed")
    form.locator("[name$=-note]").first.fill("开户人是演示甲。")


@pytest.mark.slow
def test_a_foreign_request_down_to_the_county_and_back(desk):
    number = register(desk)
    page = desk.take("guohe.desk", number, "check_form", lambda form: form.locator("[value=complete]").check())
    assert "审查决定" in page.locator(".lede").inner_text()
    desk.take("guohe.chief", number, "decide", decide)
    for place, below in (("guohe", "jiangsu"), ("jiangsu", "suzhou"), ("suzhou", "kunshan")):
        desk.take(f"{place}.desk", number, "assign", to(below))
    desk.take("kunshan.desk", number, "assign", lambda form: form.locator("[name=execute_here]").check())
    page = desk.open("kunshan.officer", number)
    task = page.locator("#task").inner_text()
    assert "限于所述用途。" in task
    assert "要执行的 1 项" in task
    desk.take("kunshan.officer", number, "submit_result", result)
    for place in ("kunshan", "suzhou", "jiangsu", "guohe"):
        desk.take(f"{place}.chief", number, "approve")
    desk.take("guohe.desk", number, "reply", counterpart)
    page = desk.take("guohe.desk", number, "close", lambda form: form.locator("[value=acknowledged]").check())
    items = page.locator("#items").inner_text()
    assert "已执行" in items
    assert "不构成双重犯罪" in items
    assert "已办结" in status(page)


@pytest.mark.slow
def test_at_the_border_the_province_decides_and_the_origin_speaks(desk):
    number = desk.file("ruili.officer", "MM", "边境执法会晤", "border_area_police_cooperation", matter="meeting")
    for place in ("ruili", "dehong", "yunnan"):
        desk.take(f"{place}.chief", number, "approve")

    def send(form) -> None:
        form.locator("select[name=channel]").select_option("agreed")
        form.locator("[name=counterpart-name]").fill("缅甸警方")

    page = desk.take("ruili.desk", number, "dispatch", send)
    assert "还没有确认" in status(page)
    desk.take("guohe.desk", number, "acknowledge_filing")
    page = desk.take("ruili.desk", number, "record_reply", reply("final", ("executed", ""), ("executed", "")))
    assert "确认收到" in status(page)
    page = desk.take(
        "ruili.officer", number, "accept", lambda form: form.locator("[name=usefulness][value=useful]").check()
    )
    assert "已办结" in status(page)


@pytest.mark.slow
def test_an_urgent_request_passes_over_the_city_which_makes_up_its_papers(desk, story):
    number = story.submitted(urgency="urgent").number

    def skip(form) -> None:
        form.locator("[name=skip]").check()
        form.locator("[name=reason]").fill("资金正在转移。")

    page = desk.take("kunshan.chief", number, "approve", skip)
    assert "江苏省公安厅" in page.locator(".lede").inner_text()
    page = desk.page("suzhou.chief")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("补办审核手续")
    page = desk.take("suzhou.chief", number, "confirm_skip", say("answer", "已知悉，同意上报。"))
    assert "已知悉，同意上报。" in page.locator("#parallel").inner_text()


@pytest.mark.slow
def test_others_are_asked_for_an_opinion_beside_the_route(desk, story):
    number = story.step("kunshan.chief", story.submitted(), "approve").number

    def invite(form) -> None:
        form.locator("[name=agencies]").fill("北京市公安局")
        form.locator("[name=bodies][value=court]").check()
        form.locator("[name=question]").fill("请提供该账户的线索。")

    desk.take("suzhou.desk", number, "invite", invite)
    page = desk.page("beijing.chief")
    page.goto("/")
    expect(page.locator("main")).to_contain_text("请提供该账户的线索。")
    desk.take("beijing.chief", number, "answer_assignment", say("answer", "没有线索。"))

    def court(form) -> None:
        form.locator("[name=body][value=court]").check()
        form.locator("[name=answer]").fill("没有意见。")

    page = desk.take("suzhou.desk", number, "record_opinion", court)
    told = page.locator("#parallel").inner_text()
    assert "没有线索。" in told
    assert "没有意见。" in told


@pytest.mark.slow
def test_a_question_comes_home_and_its_answer_climbs(desk, story):
    number = story.dispatched("jiangsu").number
    desk.take("guohe.desk", number, "record_query", say("opinion", "账户做什么用？"))
    desk.take("jiangsu.officer", number, "answer_query", say("opinion", "用于收款。"))
    for place in ("jiangsu", "guohe"):
        page = desk.take(f"{place}.chief", number, "approve")
    assert "泰国皇家警察总署" in page.locator(".lede").inner_text()
    assert "对询问的答复" in page.locator("#crossings").inner_text()


@pytest.mark.slow
def test_silence_is_closed_and_a_late_answer_still_comes_home(desk, story):
    number = story.dispatched("jiangsu").number
    desk.take("guohe.desk", number, "record_chase", say("opinion", "电话催办两次。"))
    desk.take("jiangsu.chief", number, "close_unanswered", say("opinion", "催办后没有答复。"))

    def late(form) -> None:
        form.locator("select[name$=-outcome]").first.select_option("executed")

    page = desk.take("guohe.desk", number, "record_late_reply", late)
    assert "已执行" in page.locator("#items").inner_text()


@pytest.mark.slow
def test_a_recall_is_asked_for_and_recorded(desk, story):
    number = story.dispatched("jiangsu").number
    desk.take("jiangsu.chief", number, "request_recall", say("opinion", "嫌疑人已归案。"))
    page = desk.open("guohe.desk", number)
    expect(page.locator(".notice--warn")).to_contain_text("已请求撤回")
    page = desk.take("guohe.desk", number, "record_recall")
    assert "已撤回" in status(page)

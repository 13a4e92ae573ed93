"""What may go another way, in real Chromium: liaison authorities, a second sending, foreign requests that are not whole,
not now or not at all, several executors, a neighbour, a supplement, an agency under another one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from agencies import outbox
from cases.models import Case
from tests.cast import PLACES
from tests.conftest import django_connected_as
from tests.journeys.desk import Desk, addressee, check, counterpart, say, status

pytestmark = [pytest.mark.browser, pytest.mark.slow]
THAI, TOP = "泰国皇家警察总署", "公安部国际合作局"


@pytest.fixture
def desk(browse, enter) -> Desk:
    return Desk(browse, enter)


def lede(page: Page) -> str:
    return page.locator(".lede").inner_text()


def channel(code: str):
    return lambda form: form.locator("select[name=channel]").select_option(code)


def decision(kind: str, ground: str = ""):
    """The decision on a foreign request, with its ground, under whichever law it is folded away."""

    def fill(form) -> None:
        form.locator(f"[name=decision][value={kind}]").check()
        if ground:
            box = form.locator(f"[name=grounds][value={ground}]")
            if not box.is_visible():
                law = form.page.locator(f"[name=grounds][value={ground}]")
                form.locator("details.grounds").filter(has=law).locator("summary").click()
            box.check()

    return fill


def lacking(form) -> None:
    """The first thing that the law asks for, and in words."""
    form.locator("[name=missing]").first.check()
    form.locator("[name=opinion]").fill("没有译文。")


def shared(form) -> None:
    for place in ("jiangsu", "yunnan"):
        form.locator(f"[name=agencies][value='{PLACES[place]}']").check()


def result(form) -> None:
    for n in range(2):
        form.locator("select[name$=-outcome]").nth(n).select_option("executed")


def test_a_request_to_the_liaison_authority_and_back_and_out(desk, story):
    number = story.cleared("jiangsu").number
    page = desk.take("guohe.desk", number, "hand_to_liaison", channel("moj"))
    assert "司法部" in lede(page)
    page = desk.take("guohe.desk", number, "liaison_returned", say("opinion", "请求书格式不符。"))
    assert TOP in lede(page)
    assert "请求书格式不符。" in status(page)
    desk.take("guohe.chief", number, "approve")
    desk.take("guohe.desk", number, "hand_to_liaison", channel("moj"))
    page = desk.take("guohe.desk", number, "liaison_sent", addressee)
    assert THAI in lede(page)
    custody = page.locator("#custody").inner_text()
    assert custody.count("司法部") == 2


def test_our_answer_through_the_liaison_authority(desk, story):
    number = story.result_cleared().number
    page = desk.take("guohe.desk", number, "hand_to_liaison", channel("mfa"))
    assert "外交部" in lede(page)
    desk.take("guohe.desk", number, "liaison_returned", say("opinion", "缺少公函。"))
    desk.take("guohe.chief", number, "approve")
    desk.take("guohe.desk", number, "hand_to_liaison", channel("mfa"))
    page = desk.take("guohe.desk", number, "liaison_sent", addressee)
    expect(page.locator("#crossings tbody tr")).to_have_count(2)
    expect(page.locator("#crossings tbody tr").first).to_contain_text(f"{THAI} 外事处")
    page = desk.take("guohe.desk", number, "close", check("because", "acknowledged"))
    assert "已办结" in status(page)


def test_sent_once_more_by_another_channel(desk, story):
    number = story.dispatched("jiangsu").number

    def again(form) -> None:
        counterpart(form, "interpol")
        form.locator("[name=counterpart-name]").fill("国际刑警组织泰国国家中心局")
        form.locator("[name=opinion]").fill("第一次没有送达。")

    page = desk.take("guohe.desk", number, "redispatch", again)
    assert "国际刑警组织泰国国家中心局" in lede(page)
    assert "第一次没有送达。" in status(page)
    sent = page.locator("#crossings tbody tr").all_inner_texts()
    assert len(sent) == 2
    assert "国际刑警组织泰国国家中心局" in sent[0]
    assert THAI in sent[1]


def test_a_foreign_request_supplemented_postponed_resumed_and_refused(desk, story):
    number = story.checked().number
    page = desk.take("guohe.desk", number, "request_supplement", lacking)
    assert THAI in lede(page)
    assert "没有译文。" in status(page)
    desk.take("guohe.desk", number, "record_supplement", say("opinion", "译文已到。"))
    page = desk.take("guohe.chief", number, "decide", decision("postpone", "postpone_domestic_case"))
    assert "推迟" in lede(page)
    page = desk.take("guohe.chief", number, "resume", say("opinion", "国内案件已审结。"))
    assert "审查决定" in lede(page)
    page = desk.take("guohe.chief", number, "decide", decision("refuse", "political_offence"))
    assert "决定拒绝" in lede(page)
    assert page.locator("#items").inner_text().count("政治犯罪") == 2
    expect(page.locator("#crossings tbody tr")).to_have_count(4)  # the request, asked and supplemented, the refusal


def test_a_foreign_request_that_does_not_conform_goes_back(desk, story):
    number = story.registered().number

    def back(form) -> None:
        form.locator("[value=returned]").check()
        lacking(form)

    page = desk.take("guohe.desk", number, "check_form", back)
    assert "退回请求方" in lede(page)
    assert "没有译文。" in status(page)
    assert THAI in page.locator("#crossings tbody tr").first.inner_text()
    expect(page.locator("details[name=act]")).to_have_count(0)


def test_several_executors_and_what_they_bring_is_put_together(desk, story):
    number = story.decided().number
    page = desk.take("guohe.desk", number, "assign", shared)
    assert page.locator("#parallel").inner_text().count("还没有答复") >= 2
    desk.take("jiangsu.chief", number, "answer_assignment", say("answer", "已调取。"))
    page = desk.open("guohe.officer", number)
    act = page.locator("#act-submit_result")
    if act.get_attribute("open") is None:
        act.locator("summary").first.click()
    result(act)
    act.locator("button.btn--wide").click()
    expect(page.locator(".notice--error").first).to_be_visible()
    assert act.locator("select[name$=-outcome]").first.input_value() == "executed"
    desk.take("yunnan.chief", number, "answer_assignment", say("answer", "查无账户。"))
    page = desk.take("guohe.officer", number, "submit_result", result)
    told = page.locator("#parallel").inner_text()
    assert "已调取。" in told
    assert "查无账户。" in told
    assert "已执行" in page.locator("#items").inner_text()


def test_a_neighbours_request_is_registered_at_the_border_and_decided_by_the_province(desk, story, see):
    page = desk.page("ruili.desk")
    page.goto("/cases/register/")
    page.locator("[name=country]").select_option("MM")
    page.locator("[name=request_type]").select_option("border_area_police_cooperation")
    page.locator("[name=border_matter][value=intelligence]").check()
    page.locator("[name=requesting_authority]").fill("缅甸警方")
    page.locator("[name=received_via]").select_option("agreed")
    page.locator("[name=title]").fill("缅方通报越境线索")
    page.locator("[name=items-0-description]").fill("核查越境人员。")
    page.locator("form#register .btn--primary").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    found = re.search(r"GJHZ-\d{4}-\d+-\d{6}", page.content())
    assert found
    number = found[0]
    page = desk.take("ruili.desk", number, "check_form", check("result", "complete"))
    assert "云南省公安厅" in lede(page)
    desk.take("yunnan.chief", number, "decide", decision("execute"))
    page = desk.take("guohe.desk", number, "acknowledge_filing")
    assert "确认收到" in status(page)
    with see("ruili.desk"):
        case = Case.objects.get(number=number)
    for place, below in (("yunnan", "dehong"), ("dehong", "ruili")):
        story.step(f"{place}.desk", case, "assign", agency=PLACES[below])
    story.step("ruili.desk", case, "assign", execute_here=True)
    story.step("ruili.officer", case, "submit_result", items=story.outcomes(case, "ruili"))
    for place in ("ruili", "dehong", "yunnan"):
        story.step(f"{place}.chief", case, "approve")

    def answer(form) -> None:
        form.locator("select[name=channel]").select_option("agreed")
        form.locator("[name=counterpart-name]").fill("缅甸警方")

    desk.take("ruili.desk", number, "reply", answer)
    page = desk.take("ruili.desk", number, "close", check("because", "acknowledged"))
    assert "已办结" in status(page)


def test_a_supplementary_request_names_the_first(desk, story):
    first = story.dispatched("jiangsu").number
    page = desk.open("jiangsu.officer", first)
    page.get_by_role("button", name="补充请求").locator("visible=true").first.click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/edit/"))
    assert first in page.locator("main").inner_text()
    page.locator("[name=title]").fill("补充调取一个账户")
    page.locator("[name=items-0-description]").fill("调取新发现的账户。")
    found = set(re.findall(r"GJHZ-\d{4}-\d+-\d{6}", page.content())) - {first}
    assert len(found) == 1
    (number,) = found
    page.locator("button[data-submit]").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    assert first in page.locator("main").inner_text()
    page = desk.open("guohe.desk", first)
    expect(page.locator("main")).to_contain_text("已有补充请求")
    page.get_by_role("link", name=number).first.click()
    page.wait_for_load_state()
    assert "补充调取一个账户" in page.locator("h1").inner_text()


def drain() -> None:
    """What the worker does between two looks at the page."""
    with django_connected_as("worker"):
        outbox.drain()


def test_a_city_is_moved_under_another_province_and_its_cases_go_there(desk, story):
    number = story.step("kunshan.chief", story.submitted(), "approve").number
    admin = desk.page("sysadmin")
    admin.goto("/agencies/320500000000/")
    admin.get_by_role("link", name="合并或划转").click()
    admin.get_by_label("划转：换一个上级机关").check()
    admin.get_by_label("并入或划归的机关").fill("云南省公安厅")
    admin.get_by_label("理由和批准文件").fill("苏编发〔2026〕8号")
    admin.get_by_role("button", name="提出并统计").click()
    expect(admin.get_by_text("正在统计会动到的案件")).to_be_visible()
    drain()
    guard = desk.page("secadmin")
    guard.goto("/notices/")
    guard.get_by_role("link", name="等你确认").click()
    guard.get_by_role("button", name="确认并执行").click()
    expect(guard.get_by_text("正在执行，整项调整一次完成")).to_be_visible()
    drain()
    expect(guard.get_by_text("执行完毕")).to_be_visible()
    page = desk.take("suzhou.chief", number, "approve")
    assert "云南省公安厅" in lede(page)
    page = desk.open("yunnan.chief", number)
    expect(page.locator("#act-approve")).to_be_visible()

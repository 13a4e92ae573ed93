"""Whole stories in real Chromium: up the tiers, abroad, back down, accepted; returned and corrected; two tiers; English."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import Desk, counterpart, reply, status
from tests.language import wrong_words

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browse, enter) -> Desk:
    return Desk(browse, enter)


def test_four_tiers_up_abroad_and_back_down(desk):
    number = desk.file("kunshan.officer")
    for place in ("kunshan", "suzhou", "jiangsu", "guohe"):
        desk.take(f"{place}.chief", number, "approve", lambda form: form.locator("[name=opinion]").fill("同意上报。"))
    desk.take("guohe.desk", number, "dispatch", counterpart)
    desk.take(
        "guohe.desk",
        number,
        "record_acknowledgement",
        lambda form: form.locator("[name=their_reference]").fill("RTP/2026/118"),
    )
    desk.take("guohe.desk", number, "record_reply", reply("interim", ("executed", ""), ("", "")))
    page = desk.open("kunshan.officer", number)
    expect(page.locator("#items")).to_contain_text("已执行")
    assert "泰国皇家警察总署" in page.locator(".lede").inner_text()
    desk.take("guohe.desk", number, "record_reply", reply("final", ("executed", ""), ("refused", "retention_expired")))
    for place in ("guohe", "jiangsu", "suzhou"):
        desk.take(f"{place}.desk", number, "relay")
    page = desk.take(
        "kunshan.officer", number, "accept", lambda form: form.locator("[name=usefulness][value=partly]").check()
    )
    text = status(page)
    assert "已办结" in text
    assert "拒绝" in page.locator("#items").inner_text()
    custody = page.locator("#custody").inner_text()
    for holder in ("昆山市公安局", "苏州市公安局", "江苏省公安厅", "公安部国际合作局", "泰国皇家警察总署"):
        assert holder in custody


@pytest.mark.slow
def test_returned_and_corrected_goes_straight_back(desk):
    number = desk.file("kunshan.officer")
    for place in ("kunshan", "suzhou"):
        desk.take(f"{place}.chief", number, "approve")

    def reasons(form) -> None:
        form.locator("[name=reasons][value=items_unclear]").check()
        form.locator("[name=opinion]").fill("第 2 项写清起止日期。")

    desk.take("jiangsu.chief", number, "return_for_correction", reasons)
    page = desk.open("kunshan.officer", number)
    assert "第 2 项写清起止日期。" in status(page)
    page.locator('a[href$="/edit/"]').first.click()
    page.wait_for_load_state()
    assert "第 2 项写清起止日期。" in status(page)
    page.locator("[name=items-1-description]").fill("调取 2026年3月至6月的交易明细。")
    page.locator("button[data-submit]").click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    page = desk.take("kunshan.chief", number, "approve")
    assert "江苏省公安厅" in page.locator(".lede").inner_text()
    page = desk.open("jiangsu.chief", number)
    assert "审核中" in status(page) or "审核" in page.locator(".lede").inner_text()


@pytest.mark.slow
def test_beijing_has_two_tiers(desk):
    number = desk.file("chaoyang.officer")
    assert "-110105-" in number
    for place in ("chaoyang", "beijing"):
        desk.take(f"{place}.chief", number, "approve")
    page = desk.take("guohe.chief", number, "approve")
    stops = page.locator(".route__stop").all_inner_texts()
    assert len([stop for stop in stops if "公安局" in stop or "国合局" in stop or "合作局" in stop]) == 3


@pytest.mark.slow
def test_one_life_in_english(browse, enter, live, story):
    case = story.dispatched()
    page = browse(language="en-GB")
    page.context.add_cookies([{"name": "coopdesk_language", "value": "en", "url": live}])
    enter(page, "guohe.desk")
    for address in ("/", "/cases/", f"/cases/{case.pk}/", "/notices/", "/agencies/", "/account/"):
        page.goto(address)
        assert wrong_words(page.content(), "en") == [], address
    page.goto(f"/cases/{case.pk}/")
    act = page.locator("#act-record_reply")
    act.locator("summary").first.click()
    reply("final", ("executed", ""), ("partly", ""))(act)
    act.locator("button.btn--wide").click()
    page.wait_for_load_state()
    assert "Answered" in status(page)


def test_a_conflict_shows_what_changed_and_keeps_what_was_typed(desk, story):
    case = story.submitted()
    number = case.number
    page = desk.open("kunshan.chief", number)
    act = page.locator("#act-return_for_correction")
    act.locator("summary").first.click()
    act.locator("[name=reasons][value=facts_unclear]").check()
    act.locator("[name=opinion]").fill("案情没有写清楚时间。")
    story.step("kunshan.desk", case, "recommend", opinion="建议退回。")
    act.locator("button.btn--wide").click()
    page.wait_for_load_state()
    assert "案情没有写清楚时间。" in page.locator("main textarea").first.input_value()
    assert wrong_words(page.content(), "zh-hans") == []
    page.get_by_role("button", name="仍然").first.click()
    page.wait_for_load_state()
    assert "已退回" in page.locator(".lede").inner_text()


def test_the_request_can_be_written_without_script(browse, enter):
    page = enter(browse(script=False), "kunshan.officer")
    page.goto("/cases/new/?country=TH")
    page.locator("[name=request_type][value=police_cooperation_out]").first.click()
    page.wait_for_url(re.compile("/edit/"))
    page.locator("[name=title]").fill("没有脚本也能写")
    page.locator('button[value="save"]').first.click()
    page.wait_for_load_state()
    assert page.locator("[name=title]").input_value() == "没有脚本也能写"
    page.locator("button[data-submit]").click(force=True)
    page.wait_for_load_state()
    assert page.locator("[name=title]").input_value() == "没有脚本也能写"
    assert "写明案情" in status(page)

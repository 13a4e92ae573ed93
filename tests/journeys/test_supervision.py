"""督办 in real Chromium: a supervisor chooses two cases and orders, the county answers, the supervisor closes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_two_cases_are_ordered_answered_and_closed(browse, enter, story):
    first, second = story.submitted(), story.submitted()
    above = enter(browse(), "suzhou.supervisor")
    above.goto("/")
    for case in (first, second):
        above.locator(f'input[name=case][value="{case.pk}"]').check()
    above.locator("#bulk").get_by_role("button", name="督办").click()
    above.get_by_label("要办什么").fill("三日内报送。")
    above.get_by_role("button", name="预览").click()
    expect(above.locator("main")).to_contain_text("现在还什么都没有改")
    above.get_by_role("button", name="确认督办").click()
    expect(above.locator("h1")).to_contain_text("已办 2 件")

    below = enter(browse(width=390, height=844), "kunshan.officer")
    below.goto("/")
    below.get_by_role("link", name="有 2 件督办等本机关反馈").click()
    expect(below.locator("tbody tr")).to_have_count(2)
    below.goto(f"/cases/{first.pk}/")
    below.get_by_label("办理情况").fill("已补齐，今日报送。")
    below.get_by_role("button", name="反馈").click()
    expect(below.locator("main")).to_contain_text("已反馈，发出督办的人会收到通知")

    above.keyboard.press("g")
    above.keyboard.press("s")
    above.wait_for_url("**/supervisions/")
    above.get_by_role("link", name="已反馈，待办结").click()
    expect(above.locator("tbody tr")).to_have_count(1)
    above.keyboard.press("j")
    above.keyboard.press("Enter")
    expect(above.locator("main")).to_contain_text("已补齐，今日报送。")
    above.get_by_label("办结意见").fill("同意。")
    above.get_by_role("button", name="办结").click()
    expect(above.locator("main")).to_contain_text("已办结。")
    with above.expect_download() as download:
        above.get_by_role("link", name="督办通知书").click()
    assert download.value.suggested_filename.startswith("督办通知书_")

"""A case on paper and in the archive, in real Chromium: printed from the menu, archived, taken out, disposed of by two."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.keeping import Keeper

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_papers_come_from_the_print_menu(browse, enter, story):
    case = story.submitted(mark="work_secret")
    story.step("kunshan.chief", case, "approve", opinion="同意上报。")
    page = enter(browse(), "kunshan.chief")
    page.goto(f"/cases/{case.pk}/")
    menu = page.locator("#print-menu")
    menu.locator("summary").click()
    for label, words in (("审批表", "同意上报。"), ("卷宗封面", "立卷单位"), ("流转清单", "苏州市公安局")):
        with page.expect_download() as download:
            menu.get_by_role("link", name=label).click()
        assert download.value.suggested_filename == f"{label}_{case.number}.pdf"
        text = PdfReader(io.BytesIO(download.value.path().read_bytes())).pages[0].extract_text()
        assert words in text
        assert "工作秘密" in text


def test_a_case_is_archived_and_taken_out_again(browse, enter, story):
    case = story.closed()
    page = enter(browse(width=390, height=844), "kunshan.chief")
    page.goto(f"/cases/{case.pk}/")
    card = page.locator("#archive")
    card.locator("details.act > summary").click()
    card.get_by_role("button", name="归档").click()
    page.wait_for_load_state()
    expect(page.locator("#archive")).to_contain_text("保管到")
    expect(page.locator("#act-reopen")).to_have_count(0)
    page.locator("#archive summary", has_text="取消归档").click()
    page.locator("#archive").get_by_role("button", name="取消归档").click()
    page.wait_for_load_state()
    expect(page.locator("#archive")).to_contain_text("还没有归档")
    expect(page.locator("#act-reopen")).to_have_count(1)


def test_one_proposes_and_another_confirms_the_disposal(browse, enter, story, cast):
    keeper = Keeper(cast, story)
    gone, kept = keeper.due(), keeper.due()
    ours = enter(browse(), "kunshan.chief")
    ours.goto("/")
    ours.locator(".more > summary").click()
    ours.get_by_role("link", name="归档").first.click()
    ours.get_by_role("link", name="保管期满").click()
    for case in (gone, kept):
        ours.locator(f"#case-{case.pk}").check()
    ours.get_by_role("button", name="提请销毁选中的案件").click()
    expect(ours.locator("main")).to_contain_text("已提请销毁 2 件")
    theirs = enter(browse(), "guohe.chief")
    theirs.goto("/archive/?view=proposed")
    theirs.locator(f"#case-{kept.pk}").check()
    theirs.get_by_role("button", name="选中的继续保管").click()
    expect(theirs.get_by_role("alert")).to_contain_text("写明为什么继续保管")
    expect(theirs.locator(f"#case-{kept.pk}")).to_be_checked()
    theirs.locator("#reason").fill("涉及未结的资产追缴。")
    theirs.get_by_role("button", name="选中的继续保管").click()
    expect(theirs.locator("main")).to_contain_text("1 件继续保管")
    theirs.locator(f"#case-{gone.pk}").check()
    theirs.get_by_role("button", name="确认销毁选中的案件").click()
    expect(theirs.locator("main")).to_contain_text("已销毁 1 件的内容")
    ours.goto(f"/cases/{gone.pk}/")
    expect(ours.locator("h1")).to_contain_text("内容已销毁")
    expect(ours.locator("#timeline")).to_contain_text("确认销毁")
    ours.goto(f"/cases/{kept.pk}/")
    expect(ours.locator("#archive")).to_contain_text("涉及未结的资产追缴。")

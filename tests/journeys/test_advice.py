"""渠道建议 in a browser: the panel follows the form, another channel asks for a reason, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_panel_follows_the_form_and_keeps_the_choice(browse, enter, story):
    case = story.draft()
    page = enter(browse(width=1280, height=800, language="zh-CN"), "kunshan.officer")
    page.goto(f"/cases/{case.pk}/edit/")
    page.locator("#f-urgency").select_option("urgent")
    in_full = page.locator("#advice .card__head a")
    expect(in_full).to_have_attribute("href", re.compile("urgency=urgent"))
    page.locator("#f-title").fill("改过的标题")
    page.get_by_label("外交途径").check()
    page.get_by_role("button", name="记下渠道").click()
    expect(page.locator("#f-reason-error")).to_contain_text("不走它，写明理由")
    expect(page.locator("#f-title")).to_have_value("改过的标题")
    page.locator("#f-reason").fill("对方大使馆要求。")
    page.get_by_role("button", name="记下渠道").click()
    expect(page.locator("#advice")).to_contain_text("记下：外交途径")
    page.locator("#advice .card__head a").click()
    expect(page.locator("h1")).to_have_text("渠道建议")
    expect(page.locator("section.card h2").first).to_contain_text("国际刑警组织渠道")

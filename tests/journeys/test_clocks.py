"""A clock stands still and goes on, in the browser, at the desk and on the phone, and says so in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.language import wrong_words


@pytest.mark.parametrize("width, language", [(1280, "zh-hans"), pytest.param(390, "en", marks=pytest.mark.slow)])
def test_pause_and_resume(browse, enter, story, real_db, live, width, language):
    case = story.submitted()
    page = enter(browse(width=width), "kunshan.chief")
    page.context.add_cookies([{"name": "coopdesk_language", "value": language, "url": live}])
    page.goto(f"/cases/{case.pk}/")
    clock = page.locator("#clocks .clock").first
    act = clock.locator("details[name=clock-act]")
    act.locator("summary").click()
    act.locator("[name=category]").select_option("foreign_side")
    act.locator("button").click()
    # Refused with everything that was typed; the focus is on what is wrong.
    expect(page.locator("[role=alert]")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not wrong_words(page.content(), language)
    expect(page.locator("[name=category]")).to_have_value("foreign_side")
    page.locator("[name=reason]").fill("等泰方确认。")
    page.locator("[name=from]").fill("")
    page.locator("main form button").click()
    clock = page.locator("#clocks .clock").first
    expect(clock.locator(".due[data-due=pause]")).to_be_visible()
    clock.locator(".clock__more summary").first.click()
    expect(clock).to_contain_text("等泰方确认。")
    assert not wrong_words(page.content(), language)
    act = clock.locator("details[name=clock-act]")
    act.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    act.locator("[name=at]").fill("")
    act.locator("button").click()
    expect(page.locator("#clocks .clock").first.locator(".due[data-due=pause]")).to_have_count(0)

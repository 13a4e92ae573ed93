"""The written parts of a ledger in a browser: its owner, an officer who proposes, a reader on a phone."""

from __future__ import annotations

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ledgers import last_reviewed, look_after, publish_text, submit_text

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = "/countries/TH/sections/habits/"


def sound(page: Page) -> None:
    """Nothing serious for axe, nothing wider than the window."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_owner_writes_is_overtaken_and_carries_on(browse, enter, cast):
    look_after(cast)
    publish_text(cast, "【演示】先打电话。\n再发函。")
    last_reviewed(cast, date(2024, 1, 5))
    desk, chief = enter(browse(), "guohe.desk"), enter(browse(), "guohe.chief")
    desk.goto("/")
    desk.get_by_role("link", name="国别台账等你办的").click()
    expect(desk.locator("[data-due=late]").first).to_contain_text("个月前复核")
    sound(desk)
    desk.get_by_role("link", name="泰国 习惯与文化").click()
    desk.get_by_role("button", name="复核过，仍然有效").click()
    expect(desk.locator(".notice--ok")).to_contain_text("已记为复核过")

    desk.get_by_role("link", name="修改文字").click()
    desk.locator("[name=text_zh]").fill("【演示】先打电话。\n三天后再发函。")
    stayed: list[str] = []
    desk.once("dialog", lambda asked: (stayed.append(asked.type), asked.dismiss()))
    desk.get_by_role("link", name="不写了").click()
    expect(desk.locator("[name=text_zh]")).to_have_value("【演示】先打电话。\n三天后再发函。")
    assert stayed == ["beforeunload"]

    # Meanwhile the approver's version is published by the owner himself, in another window.
    submit_text(cast, "【演示】先发邮件。\n再发函。", "guohe.chief", 1)
    other = desk.context.new_page()
    other.goto(f"{HERE}versions/2/")
    sound(other)
    other.get_by_role("button", name="发布").click()
    expect(other.locator(".notice--ok")).to_contain_text("已发布")

    desk.get_by_role("button", name="送复核").click()
    expect(desk.locator("[role=alert]")).to_contain_text("发布了第 2 版")
    expect(desk.locator(".diff ins").first).to_be_visible()
    expect(desk.locator("[name=text_zh]")).to_have_value("【演示】先打电话。\n三天后再发函。")
    sound(desk)
    desk.locator("[name=text_zh]").fill("【演示】先发邮件。\n三天后再发函。")
    desk.get_by_role("button", name="在第 2 版上接着写").click()
    expect(desk.locator(".notice--ok")).to_contain_text("草稿已保存")
    desk.get_by_role("button", name="送复核").click()
    expect(desk.locator(".notice--ok")).to_contain_text("已送复核")

    chief.goto("/")
    chief.get_by_role("link", name="国别台账等你办的").click()
    chief.get_by_role("link", name="泰国 习惯与文化 第 3 版").click()
    sound(chief)
    chief.get_by_role("button", name="发布").click()
    expect(chief.locator("main")).to_contain_text("三天后再发函")
    chief.get_by_role("link", name="两版对照").click()
    sound(chief)


def test_a_lesson_from_a_case_is_proposed_and_answered(browse, enter, cast, story):
    look_after(cast, "guohe.desk", section="lessons")
    case = story.submitted()
    page = enter(browse(), "kunshan.officer")
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("link", name="提一条经验教训").click()
    expect(page.locator("[name=case_number]")).to_have_value(case.number)
    expect(page.locator("[name=text]")).to_have_value("")
    page.locator("[name=text]").fill("【演示】先核对账户再发函。")
    page.locator("[name=source]").fill("【演示】办案经过")
    sound(page)
    page.get_by_role("button", name="送公安部国际合作局").click()
    expect(page.locator("main")).to_contain_text(case.number)
    proposal = page.url

    desk = enter(browse(), "guohe.desk")
    desk.goto("/countries/mine/")
    desk.get_by_role("link", name="先核对账户再发函").click()
    expect(desk.locator("main")).to_contain_text(case.number)  # the ministry sees what was submitted
    desk.get_by_role("link", name="按建议录入").click()
    assert case.number not in desk.content()
    desk.locator("[name=name_zh]").fill("【演示】先核对账户")
    desk.get_by_role("button", name="记入台账").click()
    expect(desk.locator("#lessons")).to_contain_text("【演示】先核对账户")
    assert case.number not in desk.content()
    page.goto(proposal)
    expect(page.locator("main")).to_contain_text("已采纳")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_reader_sees_the_text_its_sources_and_its_age(browse, enter, live, cast, language):
    publish_text(cast)
    look_after(cast)
    last_reviewed(cast, date(2024, 1, 5))
    page = browse(width=390, height=844)
    page.context.add_cookies([{"name": "coopdesk_language", "value": language, "url": live}])
    enter(page, "kunshan.officer")
    page.goto("/countries/TH/")
    part = page.locator("#habits")
    expect(part).to_contain_text("【演示】先打电话。")
    expect(part).to_contain_text("【演示】2026年10月会谈纪要")
    expect(part.locator("[data-due=late]")).to_be_visible()
    sound(page)
    part.locator(f"a[href='{HERE}']").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator(f"a[href='{HERE}write/']").count() == 0
    sound(page)

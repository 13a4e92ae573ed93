"""代办 in real Chromium: lent from the account, used from the header, read as "B 代 A", taken back; the administrator ends one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def lend(page: Page, delegate: str, *, days: int = 9) -> Page:
    """From the account: 请人代办 beside the appointment, the form, back on the account."""
    page.goto("/account/")
    page.locator("#posts a", has_text="请人代办").click()
    page.locator("select[name=delegate]").select_option(delegate)
    page.locator("[name=ends_on]").fill((timezone.localdate() + timedelta(days=days)).isoformat())
    page.locator("[name=reason]").fill("去北京开会")
    page.get_by_role("button", name="请他代办").click()
    return page


def switch(page: Page, words: str) -> None:
    """Another identity, from the header."""
    page.goto("/")
    page.locator("details.identity > summary").click()
    page.locator("details.identity button.post", has_text=words).click()
    page.wait_for_load_state()


def end(page: Page, words: str) -> None:
    page.locator("main tr", has_text="演kunshan.desk 代 演kunshan.chief").locator("summary").click()
    expect(page.locator("form.pop:visible")).to_contain_text("代办人的下一次操作")
    page.get_by_role("button", name=words).click()
    page.wait_for_load_state()


@pytest.mark.slow
def test_a_role_is_lent_used_and_taken_back(browse, enter, story):
    case = story.submitted()
    chief, desk = enter(browse(), "kunshan.chief"), enter(browse(), "kunshan.desk")
    refused = lend(chief, "kunshan.desk", days=45)
    expect(refused.get_by_role("alert")).to_contain_text("代办最多 30 天")
    expect(refused.locator("[name=reason]")).to_have_value("去北京开会")
    refused.locator("[name=ends_on]").fill((timezone.localdate() + timedelta(days=9)).isoformat())
    refused.get_by_role("button", name="请他代办").click()
    expect(chief.locator("#delegations")).to_contain_text("代办中")

    switch(desk, "代 演kunshan.chief")
    expect(desk.locator("details.identity > summary")).to_contain_text("审批人")
    desk.goto(f"/cases/{case.pk}/")
    desk.locator("#act-approve button.btn--wide").click()
    expect(desk.locator(".notice--ok, [role=status]").first).to_be_visible()
    expect(desk.locator("#timeline")).to_contain_text("演kunshan.desk 代 演kunshan.chief")

    chief.goto("/account/")
    end(chief, "现在结束")
    expect(chief.locator("#delegations")).to_contain_text("已收回")
    desk.goto("/")
    expect(desk.locator("details.identity > summary")).to_contain_text("国合联络员")
    desk.locator("details.identity > summary").click()
    expect(desk.locator("details.identity button.post")).to_have_count(0)


@pytest.mark.slow
def test_the_security_administrator_ends_it(browse, enter):
    lend(enter(browse(), "kunshan.chief"), "kunshan.desk")
    admin = enter(browse(), "secadmin")
    admin.locator(".more > summary").click()
    admin.locator(".more a", has_text="代办").click()
    expect(admin.locator("main")).to_contain_text("现在有 1 项代办在办")
    end(admin, "现在结束")
    expect(admin.locator("main")).to_contain_text("没有代办")

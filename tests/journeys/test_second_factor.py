"""A second factor, enrolled and used: an authenticator app with its recovery codes, and a passkey. In real Chromium."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from agencies.models import AuditEvent
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser
WORKBENCH = re.compile(r"//[^/]+/$")


def code_of(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def leave(page: Page) -> None:
    page.goto("/account/logout/")
    page.locator("main button", has_text="退出登录").click()
    page.wait_for_url("**/account/login/")


def give(page: Page, login: str) -> None:
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def kinds() -> list[str]:
    return list(AuditEvent.objects.filter(kind__startswith="session.").order_by("pk").values_list("kind", flat=True))


def test_an_authenticator_app_and_its_recovery_codes(browse, enter, settings):
    page = enter(browse(), "kunshan.officer")
    page.goto("/account/")
    page.get_by_role("link", name="添加第二因素").click()
    page.get_by_role("link", name="启用验证器").click()
    expect(page.get_by_alt_text(re.compile("二维码"))).to_be_visible()
    page.get_by_text("不能扫码").click()
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="启用验证器").click()
    expect(page.get_by_text("验证码不对")).to_have_count(2)
    page.get_by_label("验证码").fill(code_of(secret))
    page.get_by_role("button", name="启用验证器").click()
    expect(page.get_by_role("heading", name="备用码")).to_be_visible()
    codes = page.locator("#codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="已经收好").click()
    expect(page.get_by_text("已启用")).to_be_visible()

    leave(page)
    give(page, "ＫＵＮＳＨＡＮ.officer")
    expect(page.get_by_role("heading", name="第二步验证")).to_be_visible()
    page.get_by_label("验证码").fill("123456")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("验证码不对，或者已经用过。")).to_be_visible()
    page.get_by_label("验证码").fill(code := code_of(secret))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(WORKBENCH)

    leave(page)
    give(page, "kunshan.officer")
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("验证码不对，或者已经用过。")).to_be_visible()
    page.get_by_label("验证码").fill(codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(WORKBENCH)
    page.goto("/account/factors/")
    expect(page.get_by_text("还剩 9 个")).to_be_visible()
    assert kinds().count("session.mfa_enrol") == 2, "the app and the recovery codes"


def test_a_passkey(browse, enter):
    page = enter(browse(), "kunshan.officer")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/factors/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill("办公室电脑")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_role("heading", name="备用码")).to_be_visible()
    page.get_by_role("link", name="已经收好").click()
    expect(page.get_by_text("办公室电脑")).to_be_visible()
    expect(page.get_by_text("可单独登录")).to_be_visible()

    leave(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(WORKBENCH)
    page.goto("/account/")
    expect(page.get_by_text("kunshan.officer").first).to_be_visible()

    leave(page)
    give(page, "kunshan.officer")
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url(WORKBENCH)
    used = AuditEvent.objects.filter(kind="session.login").order_by("pk").values_list("facts", flat=True)
    assert [facts["methods"] for facts in used] == [["password"], ["webauthn"], ["password", "webauthn"]]


def test_no_passkey_at_hand_is_said_in_words(browse):
    page = browse()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.goto("/account/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('no')) }")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("没有用通行密钥登录成")).to_be_visible()


def test_where_a_second_factor_is_required(browse, enter, settings):
    settings.REQUIRE_MFA = True
    page = enter(browse(), "kunshan.officer")
    expect(page.get_by_text("先添加一种第二因素")).to_be_visible()
    page.goto("/agencies/")
    expect(page.get_by_role("heading", name="第二因素", exact=True)).to_be_visible()
    page.get_by_role("link", name="启用验证器").click()
    page.get_by_text("不能扫码").click()
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("验证码").fill(code_of(secret))
    page.get_by_role("button", name="启用验证器").click()
    expect(page.get_by_role("heading", name="备用码")).to_be_visible()
    page.goto("/agencies/")
    expect(page.get_by_role("heading", name="机关", exact=True)).to_be_visible()
    page.goto("/account/factors/authenticator/remove/")
    expect(page.get_by_text("这是最后一种第二因素")).to_be_visible()


def test_without_script_the_password_still_opens(browse):
    page = browse(script=False)
    page.goto("/account/login/")
    expect(page.get_by_role("button", name="用通行密钥登录")).to_be_hidden()
    give(page, "kunshan.officer")
    page.wait_for_url(WORKBENCH)

"""In real Chromium: a merger from the question to the work that goes on; an officer who hands over and leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from agencies import outbox
from agencies.commands import accounts, appointments
from agencies.models import Officer
from agencies.roles import Role
from tests.cast import PASSWORD
from tests.conftest import django_connected_as

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def drain() -> None:
    """What the worker does between two looks at the page."""
    with django_connected_as("worker"):
        outbox.drain()


def test_a_merger(live, browse, enter, story, cast):
    case, draft = story.submitted(), story.draft()
    admin = enter(browse(), "sysadmin")
    admin.goto("/agencies/320583000000/")
    admin.get_by_role("link", name="合并或划转").click()
    admin.get_by_label("合并：并入另一个机关").check()
    admin.get_by_label("并入或划归的机关").fill("苏州市公安局")
    admin.get_by_label("理由和批准文件").fill("苏编发〔2026〕8号")
    admin.get_by_role("button", name="提出并统计").click()
    expect(admin.get_by_text("正在统计会动到的案件")).to_be_visible()
    drain()
    expect(admin.get_by_text("在手的案件，由对方接办")).to_be_visible()  # the page asked again by itself
    expect(admin.get_by_role("button", name="确认并执行")).to_have_count(0)

    guard = enter(browse(width=390, height=844), "secadmin")
    guard.goto("/notices/")
    guard.get_by_role("link", name="等你确认").click()
    guard.get_by_role("button", name="确认并执行").click()
    expect(guard.get_by_text("正在执行，整项调整一次完成")).to_be_visible()
    drain()
    expect(guard.get_by_text("执行完毕")).to_be_visible()
    assert case.number not in guard.content()

    chief = enter(browse(), "kunshan.chief")
    expect(chief.locator("header.top")).to_contain_text("苏州市公安局")
    chief.goto(f"/cases/{case.pk}/")
    expect(chief.locator(".route")).to_contain_text("昆山市公安局")
    expect(chief.locator("#timeline")).to_contain_text("苏编发〔2026〕8号")
    if chief.locator("#act-approve").get_attribute("open") is None:
        chief.locator("#act-approve summary").click()
    chief.locator("#act-approve button.btn--wide").click()
    expect(chief.locator(".notice--ok, [role=status]").first).to_be_visible()
    expect(chief.locator("main")).to_contain_text("江苏省公安厅")

    officer = enter(browse(), "kunshan.officer")
    officer.goto(f"/cases/{draft.pk}/edit/")
    expect(officer.locator("[name=title]")).to_have_value(draft.title)


def test_an_officer_hands_over_and_leaves(live, browse, enter, story, cast):
    drafts = [story.draft(title="甲案"), story.draft(title="乙案")]
    new = accounts.NewOfficer("kunshan.second", "接手人")
    second, _password = accounts.create_officer(actor=cast.actor("sysadmin"), new=new)
    second.set_password(PASSWORD)
    Officer.objects.filter(pk=second.pk).update(must_change_password=False, password=second.password)
    place = cast.agency("kunshan")
    appointments.grant(actor=cast.actor("secadmin"), officer_id=second.pk, agency_id=place.pk, role=Role.DRAFTER)

    guard = enter(browse(), "secadmin")
    guard.goto(f"/officers/{cast.officer('kunshan.officer').pk}/")
    guard.locator("#posts details summary").first.click()
    expect(guard.get_by_text("承办 2 件、经办 0 件")).to_be_visible()

    officer = enter(browse(), "kunshan.officer")
    officer.goto("/account/")
    officer.get_by_role("link", name="交接我的工作").click()
    officer.locator(f'[name="to-drafter-{drafts[1].pk}"]').select_option("keep")
    officer.get_by_label("接手的人").select_option("kunshan.second")
    officer.get_by_role("button", name="交接").first.click()
    expect(officer.get_by_text("已交接 1 件")).to_be_visible()

    guard.get_by_role("button", name="现在结束").first.click()
    drain()
    chief = enter(browse(width=390, height=844), "kunshan.chief")
    chief.goto("/notices/")
    chief.get_by_role("link", name="有人离任").click()
    expect(chief.get_by_text("承办人已不在任")).to_be_visible()
    chief.get_by_role("link", name="交接", exact=True).first.click()
    chief.get_by_label("接手的人").select_option("kunshan.second")
    chief.get_by_role("button", name="交接").first.click()
    expect(chief.get_by_text("没有未了的工作")).to_be_visible()

    heir = enter(browse(), "kunshan.second")
    heir.goto("/")
    for case in drafts:
        expect(heir.locator("main")).to_contain_text(case.title)

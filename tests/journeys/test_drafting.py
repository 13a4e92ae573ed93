"""Drafting in real Chromium: what is typed is safe, with script and without, offline, logged out, and against others."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from agencies.scope import acting
from cases import drafts
from tests import samples
from tests.browsing import stored

pytestmark = pytest.mark.browser
STATUS = "[data-autosave-status]"


@pytest.fixture
def case(real_db, story):
    return story.draft(title="", purpose="", subjects=[], items=[])


@pytest.fixture
def page(browse, enter, case) -> Page:
    page = enter(browse(), "kunshan.officer")
    page.goto(f"/cases/{case.pk}/edit/")
    return page


def saved(page: Page) -> None:
    expect(page.locator(STATUS)).to_contain_text("已自动保存")


def test_typing_is_saved_and_the_gaps_close(page, cast, case):
    submit = page.locator("[data-submit]")
    assert submit.get_attribute("aria-disabled") == "true"
    page.locator("#f-title").fill("写着的标题")
    saved(page)
    expect(page.locator("#gaps li")).to_have_count(3)
    page.locator("#f-purpose").fill("证明资金去向。")
    page.locator("[data-add-row='#subject-row']").click()
    page.locator("[name=subjects-0-name]").fill("张示例")
    page.locator("[name=subjects-0-nationality]").fill("泰国")
    page.locator("[data-add-row='#item-row']").click()
    page.locator("[name=items-0-description]").fill("查明开户人。")
    expect(page.locator("#gaps li")).to_have_count(0)
    expect(page.locator("#gaps-sum")).to_contain_text("可以报送")
    assert submit.get_attribute("aria-disabled") is None
    content = stored(cast, case)
    assert content["subjects"][0]["nationality"] == "TH"
    page.reload()
    assert page.locator("#f-title").input_value() == "写着的标题"
    page.locator("#f-summary").fill("写完马上报送。")
    submit.click()
    page.wait_for_url(f"**/cases/{case.pk}/")
    assert stored(cast, case)["summary"] == "写完马上报送。"


def test_what_is_typed_right_before_leaving_by_a_link_is_there_again(page, cast, case):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#f-summary").fill("最后几个字")
    page.locator("header a[href='/']").first.click()
    page.wait_for_url(lambda url: "/edit/" not in url)
    assert stored(cast, case)["summary"] == "最后几个字"
    page.go_back()
    assert page.locator("#f-summary").input_value() == "最后几个字"
    # Another form of the page leads away too.
    page.locator("#f-purpose").fill("找之前写的")
    page.locator("[role=search] input:visible").fill("GJHZ")
    page.locator("[role=search] input:visible").press("Enter")
    page.wait_for_url(lambda url: "/edit/" not in url)
    assert stored(cast, case)["purpose"] == "找之前写的"
    assert asked == []


def test_a_page_that_goes_without_a_click_sends_its_last_words(page, cast, case):
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#f-summary").fill("直接关掉")
    page.goto("about:blank")
    page.wait_for_timeout(1000)
    assert stored(cast, case)["summary"] == "直接关掉"


def test_the_browser_asks_only_while_something_is_not_saved(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("window.whole = fetch; window.fetch = () => Promise.reject(new Error('offline')); 0")
    page.locator("#f-title").fill("断线时写的")
    page.locator("header a[href='/']").first.click()
    expect(page.locator(STATUS)).to_contain_text("还没存上")
    for _tenth in range(50):
        if asked:
            break
        page.wait_for_timeout(100)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/edit/")
    page.evaluate("window.fetch = window.whole; 0")
    saved(page)
    page.locator("header a[href='/']").first.click()
    page.wait_for_url(lambda url: "/edit/" not in url)
    assert asked == ["beforeunload"]


def test_a_field_that_cannot_be_read_says_so_itself_and_the_others_are_saved(page, cast, case):
    for n, name in enumerate(("张示例", "李示例")):
        page.locator("[data-add-row='#subject-row']").click()
        page.locator(f"[name=subjects-{n}-name]").fill(name)
    page.locator("[name=subjects-1-birth_date]").fill("1990年5月1日")
    date = page.locator("[name=subjects-0-birth_date]")
    date.fill("昨天")
    wrong = page.locator("#f-subjects-0-birth_date-error")
    expect(wrong).to_contain_text("1990-01-31")
    assert date.get_attribute("aria-invalid") == "true"
    expect(page.locator("#gaps a[href='#f-subjects-0-birth_date']")).to_be_visible()
    assert page.locator("[data-submit]").get_attribute("aria-disabled") == "true"
    assert [(row["name"], row["birth_date"]) for row in stored(cast, case)["subjects"]] == [
        ("张示例", None),
        ("李示例", "1990-05-01"),
    ]
    page.reload()
    assert date.input_value() == "昨天"
    expect(wrong).to_be_visible()
    date.fill("1990.1.31")
    expect(wrong).to_have_count(0)
    assert stored(cast, case)["subjects"][0]["birth_date"] == "1990-01-31"


def test_the_heading_follows_the_title(page, case):
    kind = page.locator("h1").inner_text()
    assert "泰国" in kind
    page.locator("#f-title").fill("写着的标题")
    expect(page.locator("h1")).to_have_text("写着的标题")
    assert page.locator("[data-kind]").inner_text() == kind
    page.locator("#f-title").fill("")
    expect(page.locator("h1")).to_have_text(kind)
    expect(page.locator("[data-kind]")).to_be_hidden()


def test_a_row_is_taken_off_and_enter_saves(page, cast, case):
    for n, words in enumerate(("第一项", "第二项")):
        page.locator("[data-add-row='#item-row']").click()
        page.locator(f"[name=items-{n}-description]").fill(words)
    page.locator("#b-matters [data-remove-row]").first.click()
    page.locator("#f-title").fill("按回车")
    page.locator("#f-title").press("Enter")
    expect(page.locator(STATUS)).to_contain_text("已保存")
    assert [row["description"] for row in stored(cast, case)["items"]] == ["第二项"]
    assert stored(cast, case)["title"] == "按回车"


def test_a_broken_line_keeps_the_text_and_tries_again(page, cast, case):
    page.evaluate("window.whole = fetch; window.fetch = () => Promise.reject(new Error('offline')); 0")
    page.locator("#f-title").fill("断线时写的")
    expect(page.locator(STATUS)).to_contain_text("还没存上")
    page.evaluate("window.fetch = window.whole; 0")
    saved(page)
    assert stored(cast, case)["title"] == "断线时写的"


def test_a_lost_answer_is_no_conflict(page, cast, case):
    page.evaluate(
        "window.whole = fetch; window.fetch = (...a) => whole(...a).then(() => Promise.reject(new Error('lost'))); 0"
    )
    page.locator("#f-title").fill("答复丢了")
    expect(page.locator(STATUS)).to_contain_text("还没存上")
    page.evaluate("window.fetch = window.whole; 0")
    page.locator("#f-purpose").fill("接着写")
    saved(page)
    assert stored(cast, case)["purpose"] == "接着写"


def test_logged_out_while_typing_and_in_again_on_another_page(page, enter, cast, case):
    page.context.clear_cookies(name="coopdesk_session")
    page.locator("#f-title").fill("会话结束后写的")
    expect(page.locator(STATUS)).to_contain_text("登录已过期")
    enter(page.context.new_page(), "kunshan.officer")
    page.locator("#f-purpose").fill("登录以后接着写")
    saved(page)
    assert stored(cast, case)["title"] == "会话结束后写的"


def test_somebody_elses_save_is_shown_beside_ones_own(page, cast, case):
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        drafts.save_draft(actor=actor, case_id=case.pk, content={"title": "别处写的标题"})
    page.locator("#f-title").fill("这里写的标题")
    expect(page.locator(STATUS)).to_contain_text("别处改过")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#conflict-title")).to_be_visible()
    assert "别处写的标题" in page.locator(".diff").inner_text()
    assert page.locator("#f-title").input_value() == "这里写的标题"
    assert stored(cast, case)["title"] == "别处写的标题"
    page.get_by_role("button", name="用我写的保存").click()
    expect(page.locator(STATUS)).to_contain_text("已保存")
    assert stored(cast, case)["title"] == "这里写的标题"


def test_files_are_sent_with_the_page_and_downloaded(page, cast, case):
    page.locator("#f-title").fill("和文件一起")
    page.locator("#file").set_input_files([{"name": "报告.pdf", "mimeType": "application/pdf", "buffer": samples.PDF}])
    page.locator("[name=action][value=attach]").click()
    link = page.locator(".files a", has_text="报告.pdf")
    expect(link).to_be_visible()
    assert page.locator("#f-title").input_value() == "和文件一起"
    with page.expect_download() as got:
        link.click()
    assert got.value.suggested_filename == "报告.pdf"
    page.locator("[name=action][value^=remove_file]").click()
    expect(link).to_have_count(0)


def test_everything_works_without_script(browse, enter, cast, real_db):
    page = enter(browse(script=False), "kunshan.officer")
    page.goto("/cases/new/")
    page.locator("main input[type=search]").fill("taiguo")
    page.get_by_role("button", name="查找", exact=True).click()
    page.locator("main a", has_text="泰国").click()
    page.locator("[name=request_type][value=mla_evidence_out]").click()
    page.locator("#f-title").fill("没有脚本")
    page.locator("#f-summary").fill("案情。")
    page.locator("#f-purpose").fill("目的。")
    page.locator("[value=add_item]").click()
    page.locator("[name=items-0-description]").fill("事项。")
    page.locator("[data-submit]").click()
    expect(page.locator(".notice--error")).to_contain_text("至少写一名涉案人员")
    page.locator("[value=add_subject]").click()
    page.locator("[name=subjects-0-name]").fill("张示例")
    page.locator("[name=subjects-0-birth_date]").fill("昨天")
    page.locator("[data-submit]").click()
    expect(page.locator(".notice--error")).to_contain_text("出生日期")
    assert page.locator("[name=subjects-0-birth_date]").input_value() == "昨天"
    page.locator("[name=subjects-0-birth_date]").fill("1990-01-31")
    page.locator("[data-submit]").click()
    expect(page.locator("h1")).to_contain_text("没有脚本")
    expect(page.locator(".lede")).to_contain_text("审核")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", ["/cases/{pk}/edit/", "/cases/{pk}/edit/?step=type", "/cases/new/"])
def test_the_step_at_hand_is_whole_on_a_phone(browse, enter, cast, story, language, path):
    member = cast.officer("kunshan.officer")
    member.language = language
    member.save(update_fields=["language"])
    page = enter(browse(width=390, height=844), "kunshan.officer")
    page.goto(path.format(pk=story.draft().pk))
    strip = page.locator("main .steps")
    left, right = strip.evaluate("e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]")
    step = strip.locator("[aria-current]").bounding_box()
    assert left <= step["x"]
    assert step["x"] + step["width"] <= right
    assert strip.evaluate("e => e.scrollWidth <= e.clientWidth")

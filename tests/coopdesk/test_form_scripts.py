"""What forms.js does for someone who types, loses the network, clicks twice or sends files, on the real pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import chromium, open_page, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SAVED = re.compile(r"^已自动保存 ")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def drafting(real_db, story):
    """The drafting page of 昆山's draft, open in a browser; gives (page, case)."""
    case = story.draft()
    with serving() as address, chromium() as browser:
        page = open_page(browser, address, "kunshan.officer")
        page.goto(f"{address}/cases/{case.pk}/edit/")
        yield page, case


def test_what_is_typed_is_saved_and_the_page_says_when(drafting):
    page, _case = drafting
    page.get_by_label("标题").fill("“6·7”跨境刷单返利诈骗案")
    expect(page.locator("[data-autosave-status]")).to_have_text(SAVED, timeout=10_000)
    page.reload()
    expect(page.get_by_label("标题")).to_have_value("“6·7”跨境刷单返利诈骗案")


def test_without_network_it_says_so_keeps_the_text_and_saves_later(drafting):
    page, _case = drafting
    page.route("**/autosave/", lambda route: route.abort())
    page.get_by_label("标题").fill("断网时写的标题")
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_text("还没存上，正在重试；写的内容都在", timeout=10_000)
    assert page.evaluate("[...savers.values()].some((saver) => saver.unsaved)")
    page.unroute("**/autosave/")
    expect(status).to_have_text(SAVED, timeout=15_000)
    page.reload()
    expect(page.get_by_label("标题")).to_have_value("断网时写的标题")


def test_a_form_is_sent_once_however_often_it_is_clicked(drafting):
    page, _case = drafting
    posts = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.evaluate(
        """() => { const button = document.querySelector('button[value=save]');
        button.click(); button.click(); document.getElementById('draft').requestSubmit(button); }"""
    )
    page.wait_for_load_state("networkidle")
    assert len(posts) == 1


def test_chosen_files_are_listed_and_too_big_ones_are_left_out(drafting):
    page, _case = drafting
    page.locator("[data-files]").evaluate("box => (box.dataset.limit = 100)")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "小.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "大.pdf", "mimeType": "application/pdf", "buffer": PDF * 9},
        ]
    )
    expect(page.locator(".upload__list li")).to_have_text(["小.pdf 1 kB", re.compile("^大.pdf .*超过上限，不会上传$")])
    assert page.locator("input[type=file]").evaluate("input => input.files.length") == 1


def test_files_travel_with_progress_and_the_page_shows_them(drafting):
    page, _case = drafting
    page.locator("input[type=file]").set_input_files(
        {"name": "立案决定书.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="立案决定书.pdf")).to_be_visible(timeout=10_000)


def test_rows_are_added_and_taken_away_and_saved(drafting):
    page, _case = drafting
    page.get_by_role("button", name="加一项").click()
    page.keyboard.type("查明资金去向。")
    expect(page.locator("[data-autosave-status]")).to_have_text(SAVED, timeout=10_000)
    page.reload()
    assert "查明资金去向。" in page.locator("textarea").evaluate_all("fields => fields.map((f) => f.value)")


def test_ctrl_enter_presses_the_primary_button(drafting):
    page, _case = drafting
    page.get_by_label("标题").focus()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".lede")).to_contain_text("审核")

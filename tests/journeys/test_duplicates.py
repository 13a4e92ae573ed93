"""The duplicate warning while somebody types, and the report that reaches the desk above."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from agencies import outbox
from tests.conftest import django_connected_as

WARNING = "#duplicates"


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_it_comes_and_goes_with_what_is_typed(browse, enter, story, real_db, width):
    other, case = story.submitted(), story.draft(subjects=[])
    page = enter(browse(width=width), "kunshan.officer")
    page.goto(f"/cases/{case.pk}/edit/")
    expect(page.locator(WARNING)).to_be_hidden()
    page.locator("[data-add-row='#subject-row']").click()
    page.locator("[name=subjects-0-name]").fill("李示例")
    page.locator("[name=subjects-0-document_number]").fill("zz 9000001")
    link = page.locator(f"{WARNING} a", has_text=other.number)
    expect(link).to_be_visible()
    expect(page.locator(WARNING)).to_contain_text("证件号码相同")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("[name=subjects-0-document_number]").fill("ZZ9000002")
    expect(page.locator(WARNING)).to_be_hidden()
    page.locator("[name=subjects-0-document_number]").fill("ZZ9000001")
    expect(link).to_be_visible()
    page.reload()
    link.click()
    expect(page.locator("h1")).to_contain_text("跨境刷单返利诈骗案")


def test_the_desk_above_reads_both_numbers_and_opens_what_it_may_see(browse, enter, story, real_db):
    one, two = story.submitted("kunshan"), story.draft("ruili")
    with django_connected_as("worker"):
        outbox.drain()
    page = enter(browse(language="en-GB"), "guohe.desk")
    page.goto("/notices/")
    row = page.locator("tr", has_text=two.number)
    expect(row).to_contain_text(one.number)
    expect(row.locator("a", has_text=two.number)).to_have_count(0)
    row.locator("a", has_text=one.number).click()
    expect(page.locator("h1")).to_contain_text("跨境刷单返利诈骗案")
    page.goto("/notices/")
    expect(page.locator("tr[data-new]", has_text=two.number)).to_have_count(0)

"""The living component page in real Chromium: accessible, calm at every width, in both languages, light and dark."""

import itertools

import pytest

from tests.browser import DESK, PHONE, chromium, complaints, open_page, scrolls_sideways, serving
from tests.language import wrong_words

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.slow
def test_it_is_accessible_and_fits_in_every_variant(real_db):
    found = {}
    with serving() as address, chromium() as browser:
        for size, dark, language in itertools.product((DESK, PHONE), (False, True), ("zh-hans", "en")):
            page = open_page(browser, address, "kunshan.officer", size=size, dark=dark, language=language)
            page.goto(f"{address}/components/")
            problems = complaints(page) + wrong_words(page.content(), language) + page.said
            if scrolls_sideways(page):
                problems.append("scrolls sideways")
            if problems:
                found[size, "dark" if dark else "light", language] = problems
            page.context.close()
    assert found == {}


def test_the_keyboard_moves_through_rows_and_rooms(real_db):
    with serving() as address, chromium() as browser:
        page = open_page(browser, address, "kunshan.officer")
        page.goto(f"{address}/components/")
        rows = page.locator(".table--rows tbody tr")
        page.keyboard.press("k")
        assert rows.nth(0).get_attribute("aria-current") == "true"
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert rows.nth(2).get_attribute("aria-current") == "true"
        assert page.evaluate("document.activeElement.classList.contains('ttl')")
        page.keyboard.press("?")
        assert page.locator("#shortcuts").is_visible()
        page.keyboard.press("Escape")
        assert page.locator("#shortcuts").is_hidden()
        page.keyboard.press("/")
        page.keyboard.type("gw?")
        assert page.locator(".top__tools > .find input").input_value() == "gw?"
        page.keyboard.press("Escape")
        page.keyboard.press("g")
        page.keyboard.press("w")
        page.wait_for_url(f"{address}/")


def test_single_keys_can_be_turned_off(real_db):
    with serving() as address, chromium() as browser:
        page = open_page(browser, address, "kunshan.officer")
        page.goto(f"{address}/components/")
        page.evaluate("document.body.dataset.keys = 'off'")
        page.keyboard.press("?")
        assert page.locator("#shortcuts").is_hidden()


def test_a_popover_closes_by_escape_and_by_a_click_beside_it(real_db):
    with serving() as address, chromium() as browser:
        page = open_page(browser, address, "kunshan.officer", size=PHONE)
        page.goto(f"{address}/components/")
        identity = page.locator("details.identity")
        identity.locator("summary").click()
        assert identity.get_attribute("open") is not None
        page.keyboard.press("Escape")
        assert identity.get_attribute("open") is None
        identity.locator("summary").click()
        page.mouse.click(20, 300)
        assert identity.get_attribute("open") is None

"""Request types in real Chromium: accessible and calm at every width, in both languages, written without losing a word."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import DESK, PHONE, chromium, complaints, open_page, scrolls_sideways, serving
from tests.cast import Cast
from tests.language import wrong_words

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PAGES = (
    reverse("law-type-list"),
    f"{reverse('law-type-list')}?q=no-such-word",
    reverse("law-statutes"),
    f"{reverse('law-statutes')}?q=IMLA-14",
    reverse("law-type", args=["extradition_in"]),
    reverse("law-type", args=["mla_freeze_out"]),
    reverse("law-type-versions", args=["police_cooperation_out"]),
    reverse("law-type-edit", args=["police_cooperation_out"]),
)


def test_a_version_is_written_and_every_page_fits_in_both_languages(real_db: None) -> None:
    Cast()
    found = {}
    with serving() as server, chromium() as browser:
        for size, language in ((DESK, "zh-hans"), (PHONE, "en")):
            page = open_page(browser, server, "guohe.desk", size=size, language=language)
            if size == DESK:
                _write(page, f"{server}{PAGES[-1]}")
            for address in PAGES:
                page.goto(f"{server}{address}")
                problems = complaints(page) + wrong_words(page.content(), language) + page.said  # type: ignore[attr-defined]
                if problems or scrolls_sideways(page):
                    found[address, language] = problems or ["scrolls sideways"]
            page.context.close()
    assert found == {}


def _write(page: object, address: str) -> None:
    """The desk adds a content, looks at what changes, and saves."""
    page.goto(address)  # type: ignore[attr-defined]
    page.locator("#required_contents details").last.locator("summary").click()  # type: ignore[attr-defined]
    line = page.locator("#required_contents details").last  # type: ignore[attr-defined]
    line.get_by_label("强度").select_option("as_needed")
    line.get_by_label("内容").fill("【演示】数据保留期")
    line.get_by_label("条款").fill("MPSR-380")
    page.get_by_label("出处").fill("【演示】公报2026年第9号")  # type: ignore[attr-defined]
    page.get_by_role("button", name="看看改了什么").last.click()  # type: ignore[attr-defined]
    page.get_by_text("还没有保存").wait_for()  # type: ignore[attr-defined]
    page.get_by_role("button", name="保存").click()  # type: ignore[attr-defined]
    page.get_by_text("已保存第 2 版").wait_for()  # type: ignore[attr-defined]

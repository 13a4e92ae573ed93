"""条约法律 in real Chromium: accessible and calm at every width, in both languages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import DESK, PHONE, chromium, complaints, open_page, scrolls_sideways, serving
from tests.cast import Cast
from tests.language import wrong_words

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGES = (
    f"{reverse('instrument-list')}?country=TH",
    f"{reverse('instrument-matrix')}?region=亚洲",
    f"{reverse('instrument-matrix')}?view=conventions&region=大洋洲",
    f"{reverse('instrument-timeline')}?country=TH",
    reverse("instrument-detail", args=["EXTRADITION-TH"]),
    f"{reverse('instrument-detail', args=['UNTOC'])}?region=大洋洲",
    reverse("instrument-detail", args=["IMLA"]),
    reverse("instrument-party", args=["UNTOC", "TH"]),
    reverse("instrument-value", args=["EXTRADITION-TH", "adopted_place"]),
    reverse("instrument-new"),
)


@pytest.mark.slow
def test_the_pages_fit_and_are_accessible_in_both_languages(real_db: None) -> None:
    Cast()
    found = {}
    with serving() as server, chromium() as browser:
        for size, language in ((DESK, "zh-hans"), (PHONE, "en")):
            page = open_page(browser, server, "guohe.desk", size=size, language=language)
            for address in PAGES:
                page.goto(f"{server}{address}")
                problems = complaints(page) + wrong_words(page.content(), language) + page.said  # type: ignore[attr-defined]
                if problems or scrolls_sideways(page):
                    found[address, language] = problems or ["scrolls sideways"]
            page.context.close()
    assert found == {}

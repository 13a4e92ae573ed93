"""法定期限 in real Chromium: accessible and calm at every width, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tests.browser import DESK, PHONE, chromium, complaints, open_page, scrolls_sideways, serving
from tests.cast import Cast
from tests.language import wrong_words
from tests.ledgers import done
from tests.treaties.test_overrides import ARREST, FIRST, new
from treaties.commands import end_override, set_override

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LIST, NEW = reverse("time-limit-list"), reverse("time-limit-override")


@pytest.mark.slow
def test_the_pages_fit_and_are_accessible_in_both_languages(real_db: None) -> None:
    cast = Cast()
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new(valid_from=date(2025, 1, 1)))
    done(end_override, actor=cast.actor("guohe.desk"), override_id=row.pk, valid_to=FIRST, reason="条约修订。")
    done(set_override, actor=cast.actor("guohe.desk"), new=new(confidence="sourced"))
    addresses = (LIST, f"{LIST}?country=TH&type={ARREST}", NEW, reverse("time-limit-override-end", args=[row.pk]))
    found = {}
    with serving() as server, chromium() as browser:
        for size, language in ((DESK, "zh-hans"), (PHONE, "en")):
            page = open_page(browser, server, "guohe.desk", size=size, language=language)
            for address in addresses:
                page.goto(f"{server}{address}")
                problems = complaints(page) + wrong_words(page.content(), language) + page.said  # type: ignore[attr-defined]
                if problems or scrolls_sideways(page):
                    found[address, language] = problems or ["scrolls sideways"]
            page.context.close()
    assert found == {}

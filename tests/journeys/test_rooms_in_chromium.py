"""The main navigation in real Chromium: no room is cut off, what does not fit is under 更多."""

from __future__ import annotations

import pytest

from tests.browser import chromium, open_page, serving
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SIZES = {"wide": (1440, 800), "desk": (1280, 800), "small": (1024, 768)}
CUT_OFF = "nav => nav.scrollWidth > nav.clientWidth"


def test_every_room_of_a_supervisor_is_in_reach(real_db: None) -> None:
    Cast()
    with serving() as server, chromium() as browser:
        for language in ("en", "zh-hans"):
            page = open_page(browser, server, "guohe.supervisor", size=SIZES["desk"], language=language)
            for name, size in SIZES.items():
                page.set_viewport_size({"width": size[0], "height": size[1]})
                page.goto(f"{server}/limits/")
                assert not page.locator(".top .nav").evaluate(CUT_OFF), (language, name)
                if page.locator(".more > summary").is_visible():
                    page.locator(".more > summary").click()
                shown = page.locator(".top .nav > a:visible, .more a:visible")
                assert shown.count() == page.locator(".top .nav > a").count(), (language, name)
            page.context.close()

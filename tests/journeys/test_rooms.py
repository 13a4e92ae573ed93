"""The main navigation in real Chromium: no room is cut off, what does not fit is under 更多."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
SIZES = {"hall": (1920, 1080), "wide": (1440, 800), "desk": (1280, 800), "small": (1024, 768)}
# Widths are rounded, each for itself.
CUT_OFF = "nav => nav.scrollWidth > nav.clientWidth + 1"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_room_of_a_supervisor_is_in_reach(browse, enter, live, cast, language):
    page = browse()
    page.context.add_cookies([{"name": "coopdesk_language", "value": language, "url": live}])
    enter(page, "guohe.supervisor")
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/limits/")
        assert not page.locator(".top .nav").evaluate(CUT_OFF), width
        if page.locator(".more > summary").is_visible():
            page.locator(".more > summary").click()
        shown = page.locator(".top .nav > a:visible, .more a:visible")
        assert shown.count() == page.locator(".top .nav > a").count(), width

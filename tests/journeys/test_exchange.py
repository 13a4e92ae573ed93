"""台账交换 in a browser: a file is chosen, looked at line by line, and what is ticked stands on the country's page."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browsing import log_in
from tests.exchanging import a_treaty, capital, piece, told, trust_another, value

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def file(settings, tmp_path: Path, cast, real_db) -> Path:
    """A file of a network that we trust: another capital, an older police, a treaty that we have not."""
    trust_another(settings, tmp_path)

    def change(body):
        capital()(body)
        a_treaty(body)
        piece(body, "entry", "police")["values"]["text_en"] = value("【演示】", as_of="2020")

    path = tmp_path / "ledger-TH.json"
    path.write_bytes(told(log_in(cast, "guohe.desk"), change))
    return path


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
def test_from_the_file_to_the_page(browse, enter, file: Path, width: int, height: int) -> None:
    page = enter(browse(width=width, height=height), "guohe.desk")
    page.goto("/countries/exchange/")
    assert not serious(page)
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="打开对照").click()
    page.wait_for_selector("input[name=seen]", state="attached")
    assert not serious(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.get_by_label("首都").is_checked()
    page.get_by_label("首都").check()
    page.get_by_role("button", name="采用选中的").click()
    page.wait_for_url("**/countries/TH/")
    said = page.locator("main").inner_text()
    assert "已采用 4 项" in page.locator("body").inner_text()
    assert "【演示】新都" in said
    assert "【演示】警务合作协定" in said

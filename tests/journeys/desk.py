"""What officers do in the browser: file a request, open a case, take a step. Every action goes through what they see."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.cast import PLACES

POLICE = "police_cooperation_out"


class Desk:
    """What an officer does in the browser. Every action goes through what he sees."""

    def __init__(self, browse, enter) -> None:
        self.browse, self.enter = browse, enter
        self.pages: dict[str, Page] = {}
        self.known: dict[str, str] = {}

    def page(self, login: str, **options) -> Page:
        if login not in self.pages:
            self.pages[login] = self.enter(self.browse(**options), login)
        return self.pages[login]

    def open(self, login: str, number: str) -> Page:
        """The case, by its whole number in the search field, which leads straight to it; from then on by its address."""
        page = self.page(login)
        if number in self.known:
            page.goto(self.known[number])
            return page
        page.goto("/")
        page.get_by_role("searchbox").first.fill(number)
        page.get_by_role("searchbox").first.press("Enter")
        page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
        expect(page.locator("body")).to_contain_text(number)
        self.known[number] = page.url
        return page

    def take(self, login: str, number: str, step: str, fill=lambda form: None) -> Page:
        """Open the case, unfold the step, fill its form, press its button."""
        page = self.open(login, number)
        act = page.locator(f"#act-{step}")
        if act.get_attribute("open") is None:
            act.locator("summary").first.click()
        fill(act)
        act.locator("button.btn--wide").click()
        page.wait_for_load_state()
        expect(page.locator(".notice--ok, [role=status]").first).to_be_visible()
        return page

    def file(
        self, login: str, country: str = "TH", title: str = "跨境刷单返利诈骗案", kind: str = POLICE, matter: str = ""
    ) -> str:
        """A new request, from the button on the workbench to 报送; gives its number."""
        page = self.page(login)
        page.goto("/")
        page.locator("main a.btn--primary", has_text="新建请求").click()
        page.locator(f'a[href*="country={country}"], [name=country][value={country}]').first.click()
        page.wait_for_load_state()
        page.locator(f"[name=request_type][value={kind}]").first.click()
        page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/edit/"))
        page.locator("[name=title]").fill(title)
        page.locator("[name=summary]").fill("2026年6月7日立案。资金流入泰国账户。")
        if page.locator("[name=subjects-0-name]").count() == 0:
            page.locator('[value="add_subject"]').click()
        page.locator("[name=subjects-0-name]").fill("索姆德莫")
        for n, words in enumerate(("查明开户人身份。", "调取交易明细。")):
            if page.locator(f"[name=items-{n}-description]").count() == 0:
                page.locator('[value="add_item"]').click()
            page.locator(f"[name=items-{n}-description]").fill(words)
        page.locator("[name=purpose]").fill("证明资金去向，用于指控诈骗罪。")
        if matter:
            page.locator(f"[name=border_matter][value={matter}]").check()
        number = re.search(r"GJHZ-\d{4}-\d+-\d{6}", page.content())
        assert number
        page.locator("button[data-submit]").click()
        page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
        return number[0]


def status(page: Page) -> str:
    return page.locator("main").inner_text()


def addressee(form) -> None:
    form.locator("[name=counterpart-name]").fill("泰国皇家警察总署")
    form.locator("[name=counterpart-unit]").fill("外事处")


def counterpart(form, channel: str = "police_liaison") -> None:
    form.locator("select[name=channel]").select_option(channel)
    addressee(form)


def say(name: str, words: str):
    """Write into one field of a step."""
    return lambda form: form.locator(f"[name={name}]").fill(words)


def check(name: str, value: str):
    """Choose one of several, or tick it."""
    return lambda form: form.locator(f"[name={name}][value='{value}']").check()


def to(place: str):
    """Choose the agency below."""
    return lambda form: form.locator("select[name=agency]").select_option(PLACES[place])


def reply(kind: str, *outcomes: tuple[str, str]):
    """Fill the reply: (outcome, ground) for each item, '' leaves it."""

    def fill(form) -> None:
        form.locator(f"[name=kind][value={kind}]").check()
        for n, (outcome, ground) in enumerate(outcomes):
            form.locator("select[name$=-outcome]").nth(n).select_option(outcome)
            if ground:
                form.locator("select[name$=-ground]").nth(n).select_option(ground)
            if outcome:
                form.locator("[name$=-note]").nth(n).fill("见附件。")

    return fill

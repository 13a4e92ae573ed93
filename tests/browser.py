"""A real Chromium against the real application: the current database (a `real_db`), static files, CSP and all.

with serving() as address, chromium() as browser:
    page = open_page(browser, address, "kunshan.officer")
    page.goto(f"{address}/components/")
    assert not complaints(page)
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from agencies.models import Officer

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE = (1280, 800), (390, 844)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests look at pages, not at access logs."""


@contextmanager
def serving() -> Iterator[str]:
    """The application on a free port of the loopback; gives its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        connections.close_all()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of the distribution. The database may be used while it runs, though Playwright keeps an event loop in
    this thread: Django then has connections of its own for that loop, which are closed before the loop ends.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            try:
                yield browser
            finally:
                connections.close_all()
                browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def open_page(
    browser: Browser,
    address: str,
    login: str = "",
    *,
    size: tuple[int, int] = DESK,
    dark: bool = False,
    language: str = "zh-hans",
) -> Page:
    """A page of a fresh browser profile, logged in as `login` when given. What the console says is in `page.said`."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", locale="zh-CN"
    )
    cookies = {settings.LANGUAGE_COOKIE_NAME: language}
    if login:
        client = Client()
        client.force_login(Officer.objects.get(police_number=login))
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.said = said  # type: ignore[attr-defined]
    return page


def complaints(page: Page) -> list[str]:
    """What axe finds serious or critical on the page, one line for each rule and its first element."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} ({len(rule['nodes'])}): {rule['nodes'][0]['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
    ]


def scrolls_sideways(page: Page) -> bool:
    """Is the page wider than its window?"""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide

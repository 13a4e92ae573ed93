"""Journeys: a real server on a database of its own, and real Chromium. Nothing a page does wrong goes unnoticed.

`live` is the address of the server, `browse` opens a page (`browse(width=390)`), `enter` logs a member of the cast in.
A test fails when the browser logged an error on the way: a script that broke, a file that was missing, anything that
the content security policy refused.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests.cast import PASSWORD

# Playwright keeps an event loop in this thread; the ORM is used beside it, not from it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no news."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Beside the event loop Django no longer finds the connection of the tests before, which would stay open.
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def live(real_db: str) -> Iterator[str]:
    """The address of a server on this test's database. The host is `localhost`: passkeys want a name."""
    server = _Server(("localhost", 0), _Quiet)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def browse(chromium: Browser, live: str) -> Iterator[Callable[..., Page]]:
    """`browse()` gives a page in a browser of its own; `wrong` of a page lists what the browser complained about."""
    contexts, wrong = [], []

    def opened(*, width: int = 1280, height: int = 800, language: str = "zh-CN", script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live,
            viewport={"width": width, "height": height},
            locale=language,
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not [words for words in wrong if "the server responded with a status of 4" not in words]


@pytest.fixture
def enter() -> Callable[..., Page]:
    """`enter(page, "kunshan.officer")`: log in by the form; returns the page at its first page."""

    def entered(page: Page, login: str, password: str = PASSWORD) -> Page:
        page.goto("/account/login/")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/account/login/" not in url)
        return page

    return entered

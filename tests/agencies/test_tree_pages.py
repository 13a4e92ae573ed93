"""The pages of the tree: open to every role, people to administrators only."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Cast

pytestmark = pytest.mark.django_db
KUNSHAN = "320583000000"


def client_of(cast: Cast, login: str) -> Client:
    client = Client()
    client.force_login(cast.officer(login), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("login", ["kunshan.officer", "ruili.chief", "sysadmin", "secadmin", "auditor"])
def test_everyone_may_browse(cast: Cast, login: str) -> None:
    client = client_of(cast, login)
    page = client.get(reverse("agency-list")).content.decode()
    assert "公安部国际合作局" in page
    assert "江苏省公安厅" in page
    assert "昆山市公安局</a>" not in page
    page = client.get(reverse("agency-detail", args=["320500000000"])).content.decode()
    assert reverse("agency-detail", args=[KUNSHAN]) in page


def test_a_stranger_must_log_in() -> None:
    for url in (reverse("agency-list"), reverse("agency-search"), reverse("agency-detail", args=[KUNSHAN])):
        assert Client().get(url).status_code == 302


@pytest.mark.parametrize("typed", ["昆山", "kunshan", "320583"])
def test_search_page_and_fragment(cast: Cast, typed: str) -> None:
    client = client_of(cast, "kunshan.officer")
    page = client.get(reverse("agency-list"), {"q": typed}).content.decode()
    assert "昆山市公安局</a>" in page
    fragment = client.get(reverse("agency-search"), {"q": typed}, headers={"accept": "text/html"}).content.decode()
    assert "昆山市公安局</a>" in fragment
    assert "<html" not in fragment


def test_search_for_a_picker(cast: Cast) -> None:
    client = client_of(cast, "sysadmin")
    answer = client.get(reverse("agency-search"), {"q": "kssgaj"}, headers={"accept": "application/json"})
    assert answer.json()["agencies"][0] == {"code": KUNSHAN, "name": "昆山市公安局", "short_name": "昆山市局"}


def test_many_and_none(cast: Cast) -> None:
    client = client_of(cast, "kunshan.officer")
    assert "只列出前 50 个" in client.get(reverse("agency-list"), {"q": "公安局"}).content.decode()
    assert "没有找到这样的机关" in client.get(reverse("agency-list"), {"q": "不存在"}).content.decode()


def test_route_and_facts(cast: Cast) -> None:
    page = client_of(cast, "kunshan.officer").get(reverse("agency-detail", args=[KUNSHAN])).content.decode()
    assert page.count("route__stop") == 4
    assert "再经 3 个机关" in page
    assert "待核实" in page


def test_people_are_for_administrators(cast: Cast) -> None:
    url = reverse("agency-detail", args=[KUNSHAN])
    for login in ("sysadmin", "secadmin"):
        assert "kunshan.desk" in client_of(cast, login).get(url).content.decode()
    for login in ("kunshan.chief", "guohe.chief", "auditor"):
        assert "kunshan.desk" not in client_of(cast, login).get(url).content.decode()


@pytest.mark.parametrize("code", ["nonsense", "000000000001", "x" * 500, "昆山"])
def test_an_unknown_code_is_not_found(cast: Cast, code: str) -> None:
    assert client_of(cast, "sysadmin").get(reverse("agency-detail", args=[code])).status_code == 404


@pytest.mark.parametrize("typed, status", [("\x00", 400), ("x" * 101, 400), (b"\xed\xa0\x80", 200)])
def test_bad_searches_are_refused_kindly(cast: Cast, typed: str | bytes, status: int) -> None:
    client = client_of(cast, "sysadmin")
    for name in ("agency-list", "agency-search"):
        assert client.get(reverse(name), {"q": typed}).status_code == status


def test_query_count_does_not_grow_with_rows(cast: Cast) -> None:
    client = client_of(cast, "sysadmin")
    client.get(reverse("agency-list"))
    counts = set()
    for code in (KUNSHAN, "320500000000", "130000000000"):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("agency-detail", args=[code]))
        counts.add(len(queries))
    assert len(counts) == 1

"""The shell around every page: rooms by role, who acts, notices, theme, keys, language, and errors in one shape."""

import re
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.utils import translation

from agencies.commands import appointments
from agencies.errors import GuardFailed, NotPermitted, Reason, StaleVersion, WrongStatus
from agencies.models import AuditEvent, Notice, Officer
from coopdesk.errors import render_error, server_error
from tests.language import wrong_words

pytestmark = pytest.mark.django_db

PAGE = "/components/"
NAV = re.compile(r'<nav class="nav".*?</nav>', re.DOTALL)


@pytest.fixture
def page_of(client, cast):
    """The component page as the officer sees it."""

    def fetch(login: str) -> str:
        client.force_login(cast.officer(login))
        answer = client.get(PAGE)
        assert answer.status_code == 200
        return answer.content.decode()

    return fetch


@pytest.mark.parametrize(
    "login, rooms",
    [
        ("kunshan.officer", ["工作台", "案件", "国别台账", "条约法律", "渠道建议", "督办", "归档", "时限", "机关"]),
        (
            "guohe.supervisor",
            [
                "工作台",
                "案件",
                "国别台账",
                "条约法律",
                "渠道建议",
                "督办看板",
                "督办",
                "归档",
                "时限",
                "机关",
                "无人办理",
            ],
        ),
        ("sysadmin", ["国别台账", "条约法律", "时限", "机关", "民警与任职", "机构调整"]),
        ("secadmin", ["国别台账", "条约法律", "时限", "机关", "民警与任职", "代办", "机构调整", "接口客户端"]),
        ("auditor", ["国别台账", "条约法律", "时限", "机关", "审计日志"]),
    ],
)
def test_each_role_sees_its_rooms(page_of, login, rooms):
    nav = NAV.search(page_of(login)).group()
    assert re.findall(r">([^<]+)</a>", nav) == rooms


def test_only_case_workers_get_the_search_of_cases(page_of):
    assert 'name="q"' in page_of("kunshan.chief")
    assert 'name="q"' not in page_of("auditor")


def test_the_bell_counts_unread_notices(page_of, cast, see):
    officer = cast.officer("kunshan.officer")
    with see("kunshan.officer"):
        event = AuditEvent.objects.create(kind="case.read", subject="case:x", actor="system", facts={})
        Notice.objects.create(officer=officer, event=event, kind="case.read", subject="case:x")
    assert "通知，1 条未读" in page_of("kunshan.officer")
    assert "条未读" not in page_of("kunshan.chief")


def test_an_officer_with_several_appointments_picks_one_in_the_header(page_of, cast):
    assert 'name="appointment"' not in page_of("kunshan.officer")
    appointments.grant(
        actor=cast.actor("secadmin"),
        officer_id=cast.officer("kunshan.officer").pk,
        agency_id=cast.agency("kunshan").pk,
        role="desk",
    )
    page = page_of("kunshan.officer")
    assert page.count('name="appointment"') == 2
    assert page.count('name="appointment" value="') == 2


@pytest.mark.parametrize(
    "theme, link",
    [
        ("auto", 'css/dark.css" media="(prefers-color-scheme: dark)"'),
        ("dark", 'css/dark.css" media="screen"'),
        ("light", ""),
    ],
)
def test_the_theme_is_the_officers(page_of, cast, theme, link):
    Officer.objects.filter(pk=cast.officer("kunshan.officer").pk).update(theme=theme)
    page = page_of("kunshan.officer")
    assert (link in page) if link else ("dark.css" not in page)


def test_single_keys_are_the_officers(page_of, cast):
    assert 'data-keys="off"' not in page_of("kunshan.officer")
    Officer.objects.filter(pk=cast.officer("kunshan.officer").pk).update(single_key_shortcuts=False)
    assert 'data-keys="off"' in page_of("kunshan.officer")


def test_the_language_switch_needs_no_log_in_and_comes_back(client):
    answer = client.post("/language/", {"language": "en", "next": "/account/login/"})
    assert (answer.status_code, answer.url) == (302, "/account/login/")
    assert '<html lang="en">' in client.get("/account/login/").content.decode()


def test_no_page_carries_inline_style_or_script(page_of):
    page = page_of("kunshan.officer")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", page)


@pytest.mark.parametrize(
    "error, heading",
    [
        (NotPermitted(), "这一步你现在不能做"),
        (WrongStatus(), "案件刚刚有变动，这一步没有办成"),
        (StaleVersion(), "案件刚刚有变动，这一步没有办成"),
        (GuardFailed(reasons=[Reason("title_missing", "写明标题。", "/title")]), "这一步还不能办"),
    ],
)
def test_errors_share_one_shape_in_both_languages(error, heading):
    request = RequestFactory().get("/cases/x/")
    request.request_id = "01a7-4c2e"
    page = render_error(request, error).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert "01a7-4c2e" in page
    assert all(str(reason.words) in page for reason in error.reasons)
    error.reasons = []
    with translation.override("en"):
        assert wrong_words(render_error(request, error).content.decode(), "en") == []


def test_a_broken_database_still_gives_the_error_page(cast):
    request = RequestFactory().get("/")
    request.request_id, request.user = "01a7-4c2e", cast.officer("kunshan.officer")

    def refuse(*_arguments):
        raise OperationalError("the connection is closed")

    with connection.execute_wrapper(refuse):
        page = server_error(request).content.decode()
    assert "系统出了问题，这一步没有保存" in page


def test_an_unknown_address_keeps_the_rooms_in_reach(client, cast):
    client.force_login(cast.officer("kunshan.officer"))
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "工作台</a>" in NAV.search(answer.content.decode()).group()


def test_an_absent_and_a_hidden_case_look_the_same(client, cast, story):
    hidden = story.draft("ruili").pk
    client.force_login(cast.officer("kunshan.officer"))
    pages = [client.get(f"/cases/{pk}/").content.decode().replace(str(pk), "") for pk in (hidden, uuid4())]
    volatile = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|name=\"csrfmiddlewaretoken\" value=\"\w+|\d{4}-\d\d-\d\dT[^\"]+")
    assert volatile.sub("", pages[0]) == volatile.sub("", pages[1])

"""The inbox: worded from the event and the case, read by opening the case, silent about cases out of sight."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import AuditEvent, Notice
from agencies.scope import acting
from cases import notes
from cases.notices import notify
from cases.queries import inbox
from tests.language import wrong_words

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def page(client, cast):
    def get(login: str, path: str = "/notices/"):
        client.force_login(cast.officer(login), backend=BACKEND)
        return client.get(path)

    return get


@pytest.fixture
def deliver(see):
    """Run the reactions of all events so far, as somebody who sees the case (the worker sees every one)."""

    def run(login: str = "kunshan.chief"):
        with see(login):
            for event in AuditEvent.objects.filter(kind__startswith="case.").order_by("pk"):
                notify(event, {})
            for event in AuditEvent.objects.filter(kind="note.add").order_by("pk"):
                notify(event, {})

    return run


def said(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_notice_says_who_did_what_to_which_case(page, story, deliver):
    case = story.submitted()
    deliver()
    words = said(page("kunshan.chief"))
    assert "演kunshan.officer 报送审批" in words
    assert case.number in words
    assert "1 条未读" in words


def test_opening_the_case_marks_its_notices_read(page, story, deliver, cast):
    case, other = story.submitted(), story.submitted()
    deliver()
    chief = cast.officer("kunshan.chief")
    assert inbox.unread_count(cast.officer("kunshan.chief").pk) == 2
    page("kunshan.chief", f"/cases/{case.pk}/")
    left = Notice.objects.filter(officer=chief, read_at=None)
    assert [notice.subject for notice in left] == [f"case:{other.pk}"]


def test_reading_the_inbox_marks_nothing_and_the_button_marks_all(page, story, deliver, client, cast):
    story.submitted()
    story.submitted()
    deliver()
    actor = cast.actor("kunshan.chief")
    page("kunshan.chief")
    assert inbox.unread_count(actor.officer_id) == 2
    assert client.post("/notices/read/").status_code == 302
    assert inbox.unread_count(actor.officer_id) == 0
    assert "没有未读的通知" in said(page("kunshan.chief"))


def test_a_case_out_of_sight_is_named_by_nothing(page, story, deliver, cast):
    case = story.submitted(title="不能说的标题")
    deliver()
    chief = cast.officer("kunshan.chief")
    post = chief.appointments.get()
    post.agency = cast.agency("ruili")
    post.save()
    words = said(page("kunshan.chief"))
    assert "不在你的查看范围内" in words
    assert case.number not in words
    assert "不能说的标题" not in words
    assert "报送审批" not in words
    assert "kunshan.officer" not in words


def test_a_passed_over_tier_is_pointed_to_the_comparison(page, story, deliver, cast):
    case = story.submitted()
    story.step("kunshan.chief", case, "approve")
    story.step("suzhou.chief", case, "approve")
    story.step("jiangsu.chief", case, "return_for_correction", reasons=["facts_unclear"])
    story.step("kunshan.officer", case, "submit")
    story.step("kunshan.chief", case, "approve")
    deliver("jiangsu.chief")
    response = page("suzhou.desk")
    assert f'href="/cases/{case.pk}/revisions/2/"' in response.content.decode()
    assert "直接报回" in said(response)
    page("suzhou.desk", f"/cases/{case.pk}/revisions/2/")
    assert inbox.unread_count(cast.officer("suzhou.desk").pk) == 0


def test_a_mention_says_so(page, story, deliver, cast):
    case = story.submitted()
    with acting(cast.actor("kunshan.desk")):
        notes.add_note(
            actor=cast.actor("kunshan.desk"), case_id=case.pk, text="请看 @kunshan.officer", audience="route"
        )
    deliver()
    assert "演kunshan.desk 在备注里提到你" in said(page("kunshan.officer"))


def test_paging_misses_nothing(page, story, deliver, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    wanted = {story.submitted().number for _ in range(5)}
    deliver()
    seen, url = [], "/notices/"
    while url:
        response = page("kunshan.chief", url)
        seen += re.findall(r"GJHZ-[\d-]+", response.content.decode())
        found = re.search(r'href="(\?before=[^"]+)"', response.content.decode())
        url = f"/notices/{found[1]}" if found else ""
    assert len(seen) == 5
    assert set(seen) == wanted


@pytest.mark.parametrize("before", ["x", "9", "bnVsbA", "WyIyMDI2IiwgIjEiXQ", "WyJ4IiwgInkiXQ"])
def test_a_bad_place_is_refused(page, before):
    assert page("kunshan.chief", f"/notices/?before={before}").status_code == 400


def test_the_number_of_queries_does_not_grow_with_notices(page, story, deliver):
    story.submitted()
    deliver()

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page("kunshan.chief")
        return len(caught)

    queries()
    one = queries()
    for _ in range(5):
        story.submitted()
    deliver()
    assert queries() == one


@pytest.mark.parametrize("login", ["sysadmin", "auditor", "ruili.officer"])
def test_an_empty_inbox_says_when_it_fills(page, login):
    assert "还没有通知" in said(page(login))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_languages_are_whole(page, story, deliver, client, language):
    for status in ("in_review", "returned", "cleared", "dispatched", "answered", "delivered", "closed", "declined"):
        story.at(status)
    deliver()
    client.cookies["coopdesk_language"] = language
    for login in ("kunshan.officer", "kunshan.chief", "guohe.desk", "suzhou.desk"):
        assert wrong_words(page(login).content.decode(), language) == []

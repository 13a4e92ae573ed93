"""A new request from an old one: one of it, with what was left behind said, and nothing told to those who may not know."""

from __future__ import annotations

import re

import pytest
from django.core.files.base import ContentFile

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import files
from cases.models import Case
from tests import samples
from tests.browsing import edit_url, log_in

pytestmark = pytest.mark.django_db


def read(client, url: str) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(url).content.decode()).split())


def copied(client, case: Case) -> str:
    """Press 复制为新请求 on the page of the case; gives the address of the draft."""
    page = client.get(f"/cases/{case.pk}/").content.decode()
    token = re.search(r'/copy/">.*?name="token" value="(\w+)"', page)[1]
    answers = [client.post(f"/cases/{case.pk}/copy/", {"token": token}) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]  # a double click makes one draft
    return answers[0]["Location"]


@pytest.mark.parametrize("status", ["draft", "in_review", "closed", "withdrawn", "declined"])
def test_a_drafter_copies_a_case_into_a_new_draft(cast, story, see, status):
    case = story.at(status, title="原来的标题")
    client = log_in(cast, "kunshan.officer")
    url = copied(client, case)
    with see("kunshan.officer"):
        copy = Case.objects.exclude(pk=case.pk).get()
        assert (copy.status, copy.title, copy.country.code) == ("draft", "原来的标题", "TH")
        assert copy.number != case.number
        assert copy.items.count() == 2
        assert copy.subjects.get().document_number == "ZZ9000001"
    assert url == edit_url(copy)
    assert "未复制" not in read(client, url)


@pytest.mark.parametrize("login, status", [("kunshan.desk", 403), ("kunshan.chief", 403), ("ruili.officer", 404)])
def test_nobody_else_copies_it(cast, story, login, status):
    case = story.at("declined")
    answer = log_in(cast, login).post(f"/cases/{case.pk}/copy/", {"token": "a" * 22})
    assert answer.status_code == status


def test_a_form_without_a_token_makes_no_copy(cast, story):
    answer = log_in(cast, "kunshan.officer").post(f"/cases/{story.draft().pk}/copy/")
    assert answer.status_code == 400


def test_a_copy_says_what_was_left_behind(cast, story):
    case = story.draft()
    officer = cast.actor("kunshan.officer")
    with acting(officer):
        files.attach(actor=officer, case_id=case.pk, name="立案.pdf", content=ContentFile(samples.PDF))
    case = story.step("kunshan.officer", case, "submit")
    client = log_in(cast, "kunshan.officer")
    told = read(client, copied(client, case))
    assert "附件未复制 ：原案有 1 份文件" in told
    assert case.number in told
    assert "证件号码和出生日期未复制" not in told
    # From another agency's case what is sensitive stays behind too.
    story.step("kunshan.chief", case, "approve")
    client = log_in(cast, "suzhou.officer")
    assert "证件号码和出生日期未复制" in read(client, copied(client, case))


def test_whoever_sees_the_source_learns_nothing_of_the_copy(cast, story):
    case = story.step("kunshan.chief", story.submitted(), "approve")
    reader = log_in(cast, "kunshan.officer")
    before = read(reader, f"/cases/{case.pk}/?timeline=all")
    copied(log_in(cast, "suzhou.officer"), case)
    after = read(reader, f"/cases/{case.pk}/?timeline=all")
    for words in ("演suzhou.officer", "复制了", "有一处变动"):
        assert after.count(words) == before.count(words)
    events = reader.get(f"/api/v1/cases/{case.pk}/events/")
    assert "case.copy" not in events.content.decode()
    assert AuditEvent.objects.get(kind="case.copy").subject == f"case:{case.pk}"  # the auditor knows

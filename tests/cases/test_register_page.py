"""登记来函: who may, what the form offers, every error at its field with everything typed, once and no more."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import AuditEvent
from cases.models import Case
from tests import samples
from tests.browsing import log_in
from tests.language import wrong_words

pytestmark = pytest.mark.django_db
URL = "/cases/register/"


def form(client: Client, **changes: str) -> dict:
    """The form as the page gives it, filled in."""
    token = re.search(r'name="token" value="(\w+)"', client.get(URL).content.decode())
    assert token
    return {
        "token": token[1],
        "action": "register",
        "country": "TH",
        "request_type": "mla_evidence_in",
        "their_reference": "RTP-2026-77",
        "requesting_authority": "泰国皇家警察总署",
        "received_on": "2026年1月5日",
        "received_via": "police_liaison",
        "title": "调取银行记录",
        "urgency": "normal",
        "mark": "internal",
        "summary": "泰方侦办洗钱案。",
        "items-0-description": "查明开户人。",
        "items-1-description": "调取交易明细。",
        "subjects-0-kind": "person",
        "subjects-0-name": "索姆德莫",
        "subjects-0-nationality": "泰国",
        **changes,
    }


def registered(see, desk: str = "guohe.desk") -> list[Case]:
    with see(desk):
        return list(Case.objects.select_related("country", "request_type", "received_via", "origin"))


def test_the_desk_registers_what_came_and_goes_on_to_the_check(cast, see):
    client = log_in(cast, "guohe.desk")
    sent = form(client, file=SimpleUploadedFile("来函.pdf", samples.PDF))
    answers = [client.post(URL, sent)]
    answers.append(client.post(URL, sent | {"file": SimpleUploadedFile("来函.pdf", samples.PDF)}))
    (case,) = registered(see)
    assert [answer["Location"] for answer in answers] == [f"/cases/{case.pk}/"] * 2, "a double click registers one"
    assert (case.direction, case.status, str(case.received_on)) == ("incoming", "received", "2026-01-05")
    assert (case.their_reference, case.received_via.code, case.origin.is_terminal) == (
        "RTP-2026-77",
        "police_liaison",
        True,
    )
    page = client.get(f"/cases/{case.pk}/").content.decode()
    for words in ("RTP-2026-77", "泰国皇家警察总署", "2026年1月5日", "来函.pdf", "形式审查", "已登记。"):
        assert words in page, words
    with see("guohe.desk"):
        assert case.items.count() == 2
        assert case.subjects.get().nationality == "TH"


def test_every_fault_is_said_at_once_and_nothing_typed_is_lost(cast, see):
    client = log_in(cast, "guohe.desk")
    wrong = {
        "country": "",
        "request_type": "",
        "received_on": "2099-01-01",
        "title": "",
        "subjects-0-nationality": "没有这个国家",
        "items-0-description": "",
        "items-1-description": "",
    }
    answer = client.post(URL, form(client, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 400
    for place in ("country", "request_type", "received_on", "title", "items", "subjects-0-nationality"):
        assert f'href="#f-{place}"' in page, place
        assert f'id="f-{place}"' in page, place
    for typed in ("RTP-2026-77", "泰国皇家警察总署", "泰方侦办洗钱案。", "索姆德莫", "没有这个国家", "2099-01-01"):
        assert typed in page, typed
    assert not registered(see)


def test_rows_are_added_and_taken_off_without_script(cast):
    client = log_in(cast, "guohe.desk")
    more = client.post(URL, form(client, action="add_item")).content.decode()
    assert "items-2-description" in more
    assert "调取交易明细。" in more
    less = client.post(URL, form(client, action="remove_item:0")).content.decode()
    assert "查明开户人。" not in less
    assert "调取交易明细。" in less


def test_a_file_that_is_refused_registers_nothing(cast, see):
    client = log_in(cast, "guohe.desk")
    bad = SimpleUploadedFile("来函.exe", samples.EXE)
    answer = client.post(URL, form(client, file=bad))
    assert answer.status_code == 422
    assert "调取银行记录" in answer.content.decode()
    assert not registered(see)


def test_what_bears_a_secrecy_marking_is_refused_and_recorded(cast, see):
    client = log_in(cast, "guohe.desk")
    answer = client.post(URL, form(client, summary="机密★10年 泰方侦办洗钱案。"))
    assert answer.status_code == 400
    assert not registered(see)
    assert AuditEvent.objects.filter(kind="case.secret_refused").exists()


def test_whose_session_has_ended_gets_his_text_back(cast):
    client = log_in(cast, "guohe.desk")
    sent = form(client)
    answer = Client().post(URL, sent)
    page = answer.content.decode()
    assert answer.status_code == 401
    for typed in ("RTP-2026-77", "泰方侦办洗钱案。", "查明开户人。", sent["token"]):
        assert typed in page, typed


def test_border_agencies_register_their_neighbours_border_matters_alone(cast, see):
    client = log_in(cast, "ruili.desk")
    page = client.get(URL).content.decode()
    assert 'value="MM"' in page
    assert 'value="TH"' not in page
    assert "mla_evidence_in" not in page
    matter = {"country": "MM", "request_type": "border_area_police_cooperation"}
    refused = client.post(URL, form(client, **matter))
    assert refused.status_code == 422
    assert 'href="#f-border_matter"' in refused.content.decode()
    client.post(URL, form(client, **matter, border_matter="meeting"))
    (case,) = registered(see, "ruili.desk")
    assert (case.border_matter, case.origin.name) == ("meeting", cast.agency("ruili").name)
    assert "执法会晤" in client.get(f"/cases/{case.pk}/").content.decode()


@pytest.mark.parametrize("login", ["kunshan.desk", "guohe.chief", "guohe.officer", "ruili.officer"])
def test_nobody_else_registers(cast, login):
    client = log_in(cast, login)
    assert client.get(URL).status_code == 403
    assert client.post(URL, {}).status_code == 403
    assert URL not in client.get("/").content.decode()


@pytest.mark.parametrize("login", ["guohe.desk", "ruili.desk"])
def test_the_way_there_stands_on_the_workbench_and_on_the_list(cast, login):
    client = log_in(cast, login)
    assert URL in client.get("/").content.decode()
    assert URL in client.get("/cases/").content.decode()


def test_the_page_is_whole_in_english(cast):
    client = log_in(cast, "guohe.desk")
    client.cookies["coopdesk_language"] = "en"
    assert not wrong_words(client.get(URL).content.decode(), "en")

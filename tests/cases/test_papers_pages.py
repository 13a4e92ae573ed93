"""Files and notes through the pages: what is sent with a file, what a refusal keeps, who finds nothing."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import files
from tests import samples
from tests.browsing import draft_form, edit_url, log_in

pytestmark = pytest.mark.django_db
ABSENT = "01a00000-0000-7000-8000-000000000000"


@pytest.fixture
def officer(cast) -> Client:
    return log_in(cast, "kunshan.officer")


def attach(cast, case, name="报告.pdf", content=samples.PDF, login="kunshan.officer"):
    actor = cast.actor(login)
    with acting(actor):
        return files.attach(actor=actor, case_id=case.pk, name=name, content=io.BytesIO(content))


def address(case, file):
    return reverse("case-file", args=[case.pk, file.pk])


def names(cast, case, login="kunshan.officer"):
    with acting(cast.actor(login)):
        return [file.name for file in files.files_of(case)]


def send(client, case, *uploads):
    sent = [SimpleUploadedFile(name, content) for name, content in uploads]
    return client.post(reverse("case-file-add", args=[case.pk]), {"file": sent})


# --- Download --------------------------------------------------------------------------------------------------------


def test_a_file_is_sent_as_an_attachment_that_no_browser_runs(officer, cast, story):
    case = story.draft()
    response = officer.get(address(case, attach(cast, case, "报告 \u202e终稿.pdf")))
    assert b"".join(response.streaming_content) == samples.PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert "%E6%8A%A5%E5%91%8A" in response["Content-Disposition"]
    assert "%E2%80%AE" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" in response["Cache-Control"]
    assert AuditEvent.objects.filter(kind="case.download", subject=f"case:{case.pk}").count() == 1


def test_a_damaged_file_is_not_sent_and_the_record_stays(officer, cast, story):
    case = story.draft()
    file = attach(cast, case, "a.txt", b"whole before")
    key = f"{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}"
    default_storage.delete(key)
    default_storage.save(key, io.BytesIO(b"changed since"))
    response = officer.get(address(case, file))
    assert response.status_code == 409
    assert "changed since" not in response.content.decode()
    assert AuditEvent.objects.filter(kind="case.file_damaged").exists()


@pytest.mark.parametrize("login", ["ruili.officer", "suzhou.chief", "auditor", "sysadmin"])
def test_hidden_files_are_absent_files(cast, story, login):
    case = story.draft()
    file = attach(cast, case)
    client = log_in(cast, login)
    hidden = client.get(address(case, file))
    absent = client.get(reverse("case-file", args=[ABSENT, ABSENT]))
    assert hidden.status_code == absent.status_code == 404
    for name, ids in (("case-file-remove", [case.pk, file.pk]), ("case-file-add", [case.pk])):
        assert client.post(reverse(name, args=ids), {}).status_code == 404
    assert names(cast, case) == ["报告.pdf"]


def test_a_file_of_another_case_is_absent(officer, cast, story):
    file = attach(cast, story.draft())
    assert officer.get(reverse("case-file", args=[story.draft().pk, file.pk])).status_code == 404


# --- Upload and removal ------------------------------------------------------------------------------------------------


def test_the_desk_attaches_on_the_case_page(cast, story):
    case = story.submitted()
    response = send(log_in(cast, "kunshan.desk"), case, ("核对.xlsx", samples.XLSX), ("说明.txt", "好".encode()))
    assert response.status_code == 302
    assert names(cast, case) == ["核对.xlsx", "说明.txt"]


def test_what_is_refused_is_named_and_the_rest_is_kept(cast, story):
    case = story.submitted()
    response = send(log_in(cast, "kunshan.desk"), case, ("好.pdf", samples.PDF), ("坏.svg", samples.SVG))
    assert response.status_code == 422
    assert "坏.svg" in response.content.decode()
    assert names(cast, case) == ["好.pdf"]


def test_a_marked_file_name_is_refused_and_recorded(cast, story):
    case = story.submitted()
    response = send(log_in(cast, "kunshan.desk"), case, ("机密★10年.pdf", samples.PDF))
    assert response.status_code == 422
    assert "机要渠道" in response.content.decode()
    assert AuditEvent.objects.get(kind="case.secret_refused").facts == {"places": ["/file"]}


def test_choosing_nothing_is_said(cast, story):
    response = log_in(cast, "kunshan.desk").post(reverse("case-file-add", args=[story.submitted().pk]), {})
    assert response.status_code == 422
    assert "先选择文件" in response.content.decode()


def test_too_big_a_file_is_dropped_on_the_way_and_the_text_stays(officer, cast, story, settings):
    settings.ATTACHMENT_LIMIT = 200_000
    case = story.draft()
    big = SimpleUploadedFile("大.txt", b"a" * 300_000)
    response = officer.post(edit_url(case), {**draft_form(case, action="attach", title="还在"), "file": big})
    text = response.content.decode()
    assert response.status_code == 413
    assert "大.txt" in text
    assert 'value="还在"' in text
    assert names(cast, case) == []


def test_a_body_that_nobody_could_mean_is_refused_before_it_is_read(officer, story, settings):
    settings.UPLOAD_BODY_LIMIT = 1000
    case = story.draft()
    big = SimpleUploadedFile("大.txt", b"a" * 5000)
    response = officer.post(edit_url(case), {**draft_form(case, action="attach"), "file": big})
    assert response.status_code == 413
    assert "内容还在" in response.content.decode()


def test_removing_on_the_drafting_page_and_on_the_case_page(officer, cast, story):
    case = story.draft()
    first, second = attach(cast, case), attach(cast, case, "第二份.pdf")
    assert officer.post(edit_url(case), draft_form(case, action=f"remove_file:{first.pk}")).status_code == 302
    assert names(cast, case) == ["第二份.pdf"]
    assert officer.post(reverse("case-file-remove", args=[case.pk, second.pk])).status_code == 302
    assert names(cast, case) == []
    assert officer.post(edit_url(case), draft_form(case, action=f"remove_file:{first.pk}")).status_code == 404
    assert officer.post(edit_url(case), draft_form(case, action="remove_file:\x00")).status_code == 400


def test_the_approver_cannot_attach(cast, story):
    response = send(log_in(cast, "kunshan.chief"), story.submitted(), ("好.pdf", samples.PDF))
    assert response.status_code == 403


# --- Notes ------------------------------------------------------------------------------------------------------------


def note(client, case, text, audience="agency", **more):
    return client.post(reverse("case-note-add", args=[case.pk]), {"text": text, "audience": audience}, **more)


def test_a_note_is_saved_and_shown(officer, story):
    case = story.submitted()
    response = note(officer, case, "请 @kunshan.chief 看。", follow=True)
    text = response.content.decode()
    assert response.status_code == 200
    assert "请 " in text
    assert "@kunshan.chief" in text
    notes_part = text[text.index('id="notes"') : text.index('id="timeline"')]  # where the browser scrolls to
    assert text.count("只有本机关能看到") == notes_part.count("只有本机关能看到") == 1
    assert "@kunshan.chief" in notes_part
    assert officer.get(reverse("case-detail", args=[case.pk])).content.decode().count("只有本机关能看到") == 0


def test_the_count_of_notes_is_of_those_one_reads(officer, cast, story):
    case = story.submitted()
    story.step("kunshan.chief", case, "approve")
    assert note(log_in(cast, "suzhou.desk"), case, "市局内部的话").status_code == 302
    note(officer, case, "沿线的话", "route")
    for login, n in (("kunshan.officer", 1), ("suzhou.desk", 2)):
        html = log_in(cast, login).get(reverse("case-detail", args=[case.pk])).content.decode()
        part = html[html.index('id="notes"') : html.index('id="timeline"')]
        assert part.count("<li>") == n
        assert f">{n}</span>" in part[: part.index("</h2>") + 60]


def test_the_writer_is_told_whom_the_note_did_not_reach(officer, story):
    case = story.submitted()
    text = note(officer, case, "@ruili.chief @nobody.here", "route", follow=True).content.decode()
    assert "@ruili.chief、@nobody.here 看不到这件案件" in text


@pytest.mark.parametrize(
    ("text", "audience"),
    [("", "agency"), ("长" * 4001, "agency"), ("话", "everyone"), ("a\x00b", "route"), ("绝密★\n话", "route")],
)
def test_a_refused_note_comes_back_as_it_was_typed(officer, story, text, audience):
    response = note(officer, story.submitted(), text, audience)
    assert response.status_code == 400
    assert text.replace("\x00", "") in response.content.decode().replace("\x00", "")


@pytest.mark.parametrize("login", ["ruili.officer", "suzhou.desk", "auditor", "secadmin"])
def test_nobody_writes_on_a_hidden_case(cast, story, login):
    assert note(log_in(cast, login), story.draft(), "话").status_code == 404

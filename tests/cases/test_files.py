"""Files on a case through the commands: who may, what is kept, what is given out. The pages are in test_papers_pages.py."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.core.files.storage import default_storage

from agencies.errors import NotHolder, NotPermitted, NotVisible, TooLarge, WrongStatus
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import files
from tests import samples

pytestmark = pytest.mark.django_db


def attach(cast, login, case, name="报告.pdf", content=samples.PDF):
    actor = cast.actor(login)
    with acting(actor):
        return files.attach(actor=actor, case_id=case.pk, name=name, content=io.BytesIO(content))


def open_file(cast, login, case, file):
    actor = cast.actor(login)
    with acting(actor):
        return files.open_file(actor=actor, case_id=case.pk, file_id=file.pk)


def names(cast, login, case):
    with acting(cast.actor(login)):
        return [row.name for row in files.files_of(case)]


def test_a_file_lies_under_its_hash_and_comes_back_the_same(cast, story):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case)
    sha256 = hashlib.sha256(samples.PDF).hexdigest()
    assert (file.sha256, file.size, file.media_type) == (sha256, len(samples.PDF), "application/pdf")
    assert default_storage.exists(f"{sha256[:2]}/{sha256[2:4]}/{sha256}")
    opened = open_file(cast, "kunshan.chief", case, file)
    assert opened.stream is not None
    assert opened.stream.read() == samples.PDF


def test_the_same_bytes_are_kept_once(cast, story):
    first = attach(cast, "kunshan.officer", story.draft())
    second = attach(cast, "ruili.officer", story.draft("ruili"), name="别的名字.pdf")
    assert first.sha256 == second.sha256
    folder = f"{first.sha256[:2]}/{first.sha256[2:4]}"
    assert default_storage.listdir(folder)[1] == [first.sha256]


@pytest.mark.parametrize("name", samples.BAD)
def test_what_is_refused_leaves_nothing(cast, story, name):
    content, code = samples.BAD[name]
    case = story.draft()
    with pytest.raises(files.FileRefused) as refusal:
        attach(cast, "kunshan.officer", case, name, content)
    assert [reason.code for reason in refusal.value.reasons] == [code]
    assert names(cast, "kunshan.officer", case) == []


def test_over_the_limit_is_too_large(cast, story, settings):
    settings.ATTACHMENT_LIMIT = 1000
    attach(cast, "kunshan.officer", story.draft(), "a.txt", b"a" * 1000)
    with pytest.raises(TooLarge):
        attach(cast, "kunshan.officer", story.draft(), "a.txt", b"a" * 1001)


# --- Who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "login"),
    [
        ("draft", "kunshan.officer"),
        ("returned", "kunshan.officer"),
        ("in_review", "kunshan.desk"),
        ("answered", "guohe.desk"),
        ("delivered", "kunshan.desk"),
        ("delivered", "guohe.desk"),
    ],
)
def test_who_may_attach_in_which_status(cast, story, status, login):
    assert attach(cast, login, story.at(status)).agency_id == cast.actor(login).agency_id


@pytest.mark.parametrize(
    ("status", "login", "error"),
    [
        ("draft", "kunshan.desk", NotPermitted),
        ("draft", "kunshan.chief", NotPermitted),
        ("draft", "suzhou.desk", NotVisible),
        ("in_review", "kunshan.officer", WrongStatus),
        ("in_review", "kunshan.chief", NotPermitted),
        ("in_review", "guohe.desk", NotHolder),
        ("in_review", "ruili.desk", NotVisible),
        ("cleared", "guohe.desk", WrongStatus),  # what goes abroad is what the last approval saw
        ("dispatched", "kunshan.desk", NotHolder),
        ("dispatched", "guohe.desk", NotHolder),
        ("closed", "kunshan.desk", WrongStatus),
        ("closed", "guohe.desk", WrongStatus),
        ("withdrawn", "kunshan.officer", WrongStatus),
        ("draft", "auditor", NotVisible),
    ],
)
def test_who_may_not(cast, story, status, login, error):
    with pytest.raises(error):
        attach(cast, login, story.at(status))


def test_files_of_the_last_desk_belong_to_the_latest_reply(cast, story):
    case = story.dispatched()
    case = story.reply(case, "interim", "executed")
    first = attach(cast, "guohe.desk", case)
    case = story.reply(case, "final", "executed")
    second = attach(cast, "guohe.desk", case, "最终答复.pdf")
    with acting(cast.actor("guohe.desk")):
        assert (first.transmission.kind, second.transmission.kind) == ("interim", "final")
    assert names(cast, "kunshan.officer", case) == ["报告.pdf", "最终答复.pdf"]


def test_taken_off_a_draft_is_hidden_not_deleted(cast, story):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case)
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        files.remove(actor=actor, case_id=case.pk, file_id=file.pk)
    assert names(cast, "kunshan.officer", case) == []
    with pytest.raises(NotVisible):
        open_file(cast, "kunshan.officer", case, file)
    with acting(actor):
        file.refresh_from_db()
    assert file.removed_at is not None


def test_what_was_submitted_cannot_be_taken_off(cast, story):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case)
    story.step("kunshan.officer", case, "submit")
    actor = cast.actor("kunshan.officer")
    with acting(actor), pytest.raises(WrongStatus):
        files.remove(actor=actor, case_id=case.pk, file_id=file.pk)


@pytest.mark.parametrize("login", ["ruili.officer", "suzhou.chief", "auditor"])
def test_files_of_a_hidden_case_are_hidden(cast, story, login):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case)
    with pytest.raises(NotVisible):
        open_file(cast, login, case, file)


def test_a_file_is_found_only_under_its_own_case(cast, story):
    case, other = story.draft(), story.draft()
    file = attach(cast, "kunshan.officer", case)
    with pytest.raises(NotVisible):
        open_file(cast, "kunshan.officer", other, file)


# --- Trust ---------------------------------------------------------------------------------------------------------


def test_attaching_and_reading_are_recorded_without_names(cast, story):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case, "张示例.pdf")
    open_file(cast, "kunshan.chief", case, file)
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind__in=["case.file", "case.download"])
    assert [event.kind for event in events.order_by("pk")] == ["case.file", "case.download"]
    assert all(event.facts["file"] == str(file.pk) for event in events)
    assert "张示例" not in str([event.facts for event in events])


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_a_damaged_file_is_refused_and_recorded(cast, story, harm):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case, "a.txt", f"content {harm}".encode())
    key = f"{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}"
    default_storage.delete(key)
    if harm != "gone":
        default_storage.save(key, io.BytesIO(b"Content flip" if harm == "flip" else b"con"))
    assert open_file(cast, "kunshan.officer", case, file).stream is None
    assert AuditEvent.objects.get(kind="case.file_damaged").facts["file"] == str(file.pk)
    assert not AuditEvent.objects.filter(kind="case.download").exists()


def test_uploading_the_same_file_again_mends_a_damaged_one(cast, story):
    case = story.draft()
    file = attach(cast, "kunshan.officer", case, "a.txt", b"to be mended")
    key = f"{file.sha256[:2]}/{file.sha256[2:4]}/{file.sha256}"
    default_storage.delete(key)
    default_storage.save(key, io.BytesIO(b"to be"))
    attach(cast, "kunshan.officer", case, "a.txt", b"to be mended")
    opened = open_file(cast, "kunshan.officer", case, file)
    assert opened.stream is not None

"""A state secret that somebody tries to enter is refused and recorded, once, at every door, without its words."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from agencies.models import AuditEvent
from tests import samples
from tests.api.conftest import content
from tests.browsing import draft_form, edit_url, log_in

pytestmark = pytest.mark.django_db
WORDS = "机密★10年 泄漏的内容"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    options = {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"default": {**settings.STORAGES["default"], "OPTIONS": options}}


def upload():
    return SimpleUploadedFile(f"{WORDS}.pdf", samples.PDF)


def web(path):
    return lambda cast, case, **fields: log_in(cast, "kunshan.officer").post(
        reverse(path[0], args=[case.pk, *path[1:]]), fields
    )


def by_form(cast, _caller, case):
    return log_in(cast, "kunshan.officer").post(edit_url(case), draft_form(case, summary=WORDS))


def by_autosave(cast, _caller, case):
    url = reverse("case-autosave", args=[case.pk])
    return log_in(cast, "kunshan.officer").post(url, draft_form(case, **{"items-0-description": WORDS}))


def by_note(cast, _caller, case):
    return web(["case-note-add"])(cast, case, text=WORDS)


def by_step(cast, _caller, case):
    return web(["case-step", "submit"])(cast, case, opinion=WORDS, version=case.version)


def by_file(cast, _caller, case):
    return web(["case-file-add"])(cast, case, file=[upload()])


def by_api_change(_cast, caller, case):
    return caller("kunshan.officer").patch(f"cases/{case.pk}/", {"title": WORDS}, If_Match=f'"{case.version}"')


def by_api_mark(_cast, caller, case):
    return caller("kunshan.officer").patch(f"cases/{case.pk}/", {"mark": "top_secret"}, If_Match=f'"{case.version}"')


def by_api_step(_cast, caller, case):
    return caller("kunshan.officer").step(case, "submit", opinion=WORDS)


def by_api_file(_cast, caller, case):
    body = encode_multipart(BOUNDARY, {"file": upload()})
    return caller("kunshan.officer").post(f"cases/{case.pk}/files/", body, Content_Type=MULTIPART_CONTENT)


@pytest.mark.parametrize(
    ("door", "status", "place"),
    [
        (by_form, 400, "/summary"),
        (by_autosave, 200, "/items/0/description"),
        (by_note, 400, "/text"),
        (by_step, 400, "/opinion"),
        (by_file, 422, "/file"),
        (by_api_change, 400, "/title"),
        (by_api_mark, 400, "/mark"),
        (by_api_step, 400, "/opinion"),
        (by_api_file, 422, "/file"),
    ],
)
def test_each_door_records_it_once(cast, caller, story, door, status, place):
    case = story.draft()
    assert door(cast, caller, case).status_code == status
    event = AuditEvent.objects.get(kind="case.secret_refused")
    assert (event.subject, event.facts) == (f"case:{case.pk}", {"places": [place]})
    assert event.officer == cast.officer("kunshan.officer")
    assert event.request_id
    assert "泄漏" not in str(list(AuditEvent.objects.values_list("facts", "subject", "actor")))


def test_a_machine_and_a_case_that_is_none_yet(machine):
    answer = machine.post("cases/", content(title=WORDS, summary=WORDS, responsible_officer="kunshan.officer"))
    assert answer.status_code == 400
    event = AuditEvent.objects.get(kind="case.secret_refused")
    assert event.actor == event.subject
    assert event.actor.startswith("service:")
    assert event.facts == {"places": ["/summary", "/title"]}


def test_other_faults_and_other_requests_record_nothing(cast, caller, story):
    case = story.draft()
    who = caller("kunshan.officer")
    assert who.patch(f"cases/{case.pk}/", {"title": "x" * 201}, If_Match='"1"').status_code == 400
    assert who.patch(f"cases/{case.pk}/", {"title": "侵犯商业秘密案"}, If_Match='"1"').status_code == 200
    assert not AuditEvent.objects.filter(kind="case.secret_refused").exists()

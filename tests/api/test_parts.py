"""The nested doors of a case: legs, items, deadlines, events and files."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from agencies.scope import acting
from cases.notes import add_note
from tests.api.conftest import pointers, problem
from tests.api.test_cases import ADMINS, same_but_for_the_request_id

pytestmark = pytest.mark.django_db
PARTS = ["legs", "items", "deadlines", "events", "files", "duplicates"]
TEXT = "材料。".encode()
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path)}},
    }


def upload(who, case, name="材料.txt", data=TEXT, field="file", **headers):
    body = encode_multipart(BOUNDARY, {field: SimpleUploadedFile(name, data)})
    return who.post(f"cases/{case.pk}/files/", body, Content_Type=MULTIPART_CONTENT, **headers)


@pytest.mark.parametrize("part", PARTS)
class TestEveryPart:
    def test_401(self, nobody, story, part):
        problem(nobody.get(f"cases/{story.draft().pk}/{part}/"), 401)

    @pytest.mark.parametrize("login", ADMINS)
    def test_403(self, caller, story, part, login):
        problem(caller(login).get(f"cases/{story.draft().pk}/{part}/"), 403)

    def test_hidden_is_absent(self, caller, story, part):
        who = caller("ruili.officer")
        hidden, absent = (who.get(f"cases/{pk}/{part}/") for pk in (story.submitted().pk, uuid.uuid4()))
        problem(hidden, 404, "not_found")
        assert same_but_for_the_request_id(hidden, absent)

    def test_unknown_parameters(self, caller, story, part):
        answer = caller("kunshan.officer").get(f"cases/{story.draft().pk}/{part}/", wanted="x")
        assert pointers(problem(answer, 400)) == {"/wanted"}

    def test_other_methods(self, caller, story, part):
        who, path = caller("kunshan.officer"), f"cases/{story.draft().pk}/{part}/"
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PURGE"):
            answer = who.send(method, path, {})
            problem(answer, 405)
            assert "GET" in answer.headers["Allow"]

    def test_success(self, caller, story, part):
        case = story.submitted()
        body = caller("suzhou.desk" if part == "x" else "kunshan.chief").get(f"cases/{case.pk}/{part}/").json()
        assert set(body) == {"results", "next", "next_cursor"}
        assert (body["results"] == []) == (part in ("files", "duplicates"))


def test_duplicates_in_sight_are_named_and_hidden_ones_are_not(caller, story):
    case, other = story.draft(), story.submitted()
    story.draft("ruili")
    rows = caller("kunshan.officer").get(f"cases/{case.pk}/duplicates/").json()["results"]
    assert rows == [{"id": str(other.pk), "number": other.number, "status": "in_review", "why": "same_document"}]


def test_custody_has_neither_gap_nor_overlap(caller, story):
    case = story.answered()
    legs = caller("guohe.desk").get(f"cases/{case.pk}/legs/").json()["results"]
    assert [leg["closed_at"] for leg in legs[:-1]] == [leg["opened_at"] for leg in legs[1:]]
    assert legs[-1]["closed_at"] is None
    foreign = next(leg for leg in legs if leg["side"] == "foreign")
    assert foreign["agency"] == {"code": "TH", "name": "泰国皇家警察总署"}


class TestEvents:
    def test_pages(self, caller, story):
        case = story.cleared()
        who, path = caller("guohe.desk"), f"cases/{case.pk}/events/"
        whole = who.get(path).json()["results"]
        first = who.get(path, page_size=2).json()
        second = who.get(first["next"]).json()
        assert first["results"] + second["results"] == whole[: len(first["results"] + second["results"])]
        assert len(whole) == 6

    def test_reading_is_not_told(self, caller, story):
        case = story.submitted()
        who = caller("kunshan.chief")
        who.get(f"cases/{case.pk}/")
        kinds = [event["kind"] for event in who.get(f"cases/{case.pk}/events/").json()["results"]]
        assert kinds == ["case.create", "case.submit"]

    def test_notes_to_an_agency_stay_there(self, caller, story, cast):
        case = story.step("kunshan.chief", story.submitted(), "approve")
        actor = cast.actor("suzhou.desk")
        with acting(actor):
            add_note(actor=actor, case_id=case.pk, text="内部意见", audience="agency")
            add_note(actor=actor, case_id=case.pk, text="沿线意见", audience="route")
        path = f"cases/{case.pk}/events/"
        ours = caller("suzhou.chief").get(path).content.decode()
        theirs = caller("kunshan.officer").get(path)
        assert "内部意见" in ours
        assert "内部意见" not in theirs.content.decode()
        assert [e["text"] for e in theirs.json()["results"] if e["kind"] == "note.add"] == ["沿线意见"]

    @pytest.mark.parametrize("cursor", ["x", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ", "WyItMSJd", "W10", ""])
    def test_bad_cursors(self, caller, story, cursor):
        answer = caller("kunshan.officer").get(f"cases/{story.draft().pk}/events/", cursor=cursor)
        assert pointers(problem(answer, 400)) == {"/cursor"}


class TestFiles:
    def test_401(self, nobody, story):
        problem(upload(nobody, story.draft()), 401)

    def test_403(self, caller, story):
        problem(upload(caller("kunshan.chief"), story.draft()), 403, "not_permitted")

    def test_404(self, caller, story):
        case = story.draft()
        problem(upload(caller("ruili.officer"), case), 404)
        who = caller("kunshan.officer")
        row = upload(who, case).json()
        other = story.draft()
        problem(who.get(f"cases/{other.pk}/files/{row['id']}/"), 404)
        hidden = caller("ruili.officer").get(f"cases/{case.pk}/files/{row['id']}/")
        absent = caller("ruili.officer").get(f"cases/{uuid.uuid4()}/files/{uuid.uuid4()}/")
        assert same_but_for_the_request_id(hidden, absent)

    def test_frozen_once_submitted(self, caller, story):
        problem(upload(caller("kunshan.officer"), story.submitted()), 409, "wrong_status")

    def test_invalid(self, caller, story):
        case, who = story.draft(), caller("kunshan.officer")
        assert problem(upload(who, case, "a.html", b"<script>"), 422, "file_refused")
        assert pointers(problem(upload(who, case, field="paper"), 400)) == {"/paper", "/file"}
        problem(who.post(f"cases/{case.pk}/files/", {"file": "x"}), 415, "unsupported_media_type")
        problem(upload(who, case, Idempotency_Key=None), 400, "idempotency_key_missing")
        problem(who.post(f"cases/{case.pk}/files/", b"junk", Content_Type="multipart/form-data"), 400)

    def test_too_large(self, caller, story, settings):
        settings.ATTACHMENT_LIMIT = 1000
        problem(upload(caller("kunshan.officer"), story.draft(), data=b"x" * 2000), 413, "too_large")

    def test_success(self, caller, story):
        case, who = story.draft(), caller("kunshan.officer")
        answer = upload(who, case, "查询函.pdf", PDF)
        assert answer.status_code == 201, answer.content
        row = answer.json()
        assert (row["name"], row["media_type"], row["size"]) == ("查询函.pdf", "application/pdf", len(PDF))
        assert who.get(f"cases/{case.pk}/files/").json()["results"] == [row]
        got = who.get(answer.headers["Location"], headers={"Accept": "application/pdf"})
        assert b"".join(got.streaming_content) == PDF
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]

    def test_a_machine_uploads_for_its_agency(self, machine, story):
        row = upload(machine, story.draft()).json()
        assert row["uploaded_by"] is None
        assert row["agency"]["code"] == "320583000000"

    def test_a_retry_stores_once_and_other_bytes_are_another_request(self, caller, story):
        case, who = story.draft(), caller("kunshan.officer")
        first = upload(who, case, Idempotency_Key="k")
        again = upload(who, case, Idempotency_Key="k")
        assert again.content == first.content
        assert again.headers["Idempotency-Replayed"] == "true"
        problem(upload(who, case, data=b"other", Idempotency_Key="k"), 422, "idempotency_key_reused")
        assert len(who.get(f"cases/{case.pk}/files/").json()["results"]) == 1

    def test_damaged_content_is_not_given_out(self, caller, story, tmp_path):
        from agencies.models import AuditEvent

        case, who = story.draft(), caller("kunshan.officer")
        row = upload(who, case).json()
        stored = next(path for path in tmp_path.rglob("*") if path.is_file())
        stored.chmod(0o600)
        stored.write_bytes(b"changed")
        problem(who.get(f"cases/{case.pk}/files/{row['id']}/"), 409, "file_damaged")
        assert AuditEvent.objects.filter(kind="case.file_damaged").exists()

"""What holds for the archive against every database role, and what happens to files after a commit."""

from __future__ import annotations

import io

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from agencies import outbox
from agencies.models import Appointment, Officer
from agencies.scope import acting
from cases import files
from cases.models import Attachment, Note
from tests import samples
from tests.conftest import connected_as, django_connected_as
from tests.keeping import Keeper


@pytest.fixture
def keeper(cast, story) -> Keeper:
    return Keeper(cast, story)


def test_loading_the_schedule_again_changes_nothing(real_db):
    out = io.StringIO()
    with django_connected_as("migrate"):
        call_command("load_limits", stdout=out)
    assert "0 created, 0 changed, 3 unchanged" in out.getvalue()


@pytest.mark.parametrize("role", ["worker", "migrate"])
def test_no_role_deletes_what_belongs_to_a_case_that_ended(real_db, story, role):
    case = story.closed(subjects=[{"kind": "person", "name": "张示例"}])
    with acting(story.cast.actor("kunshan.desk")):
        author, agency = story.cast.officer("kunshan.desk"), story.cast.agency("kunshan")
        Note.objects.create(case=case, author=author, agency=agency, audience="route", text="话")
        Attachment.objects.create(case=case, agency=agency, name="a", media_type="b", size=1, sha256="0" * 64)
    with connected_as(role) as raw:
        if role == "migrate":
            raw.execute("SET ROLE coopdesk_owner")
        for table in ("subject", "requestitem", "attachment", "note", "revision", "leg", "deadline", "involvement"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is kept"):
                raw.execute(f"DELETE FROM cases_{table} WHERE case_id = %s", [case.pk])


def test_no_role_deletes_a_case(real_db, story):
    case = story.draft()
    with connected_as("worker") as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("DELETE FROM cases_case WHERE id = %s", [case.pk])


def test_the_files_go_after_the_commit_but_not_those_of_another_case(real_db, keeper, story, cast):
    case, other, actor = story.draft(), story.draft(), cast.actor("kunshan.officer")
    with acting(actor):
        alone = files.attach(actor=actor, case_id=case.pk, name="一.pdf", content=io.BytesIO(samples.PDF + b"% alone"))
        files.attach(actor=actor, case_id=case.pk, name="二.pdf", content=io.BytesIO(samples.PDF + b"% shared"))
        shared = files.attach(
            actor=actor, case_id=other.pk, name="三.pdf", content=io.BytesIO(samples.PDF + b"% shared")
        )
    case = story.step("kunshan.officer", case, "discard")
    keeper.due(case=case)
    keeper.propose(case)
    second = Officer.objects.create(police_number="kunshan.second", name="演第二")
    Appointment.objects.create(officer=second, agency=cast.agency("kunshan"), role="approver")
    # What never left its origin is decided there, by somebody else.
    keeper.confirm(case, login="kunshan.second")
    assert default_storage.exists(files._key(alone.sha256))
    with django_connected_as("worker"):
        outbox.drain()
    assert not default_storage.exists(files._key(alone.sha256))
    assert default_storage.exists(files._key(shared.sha256))

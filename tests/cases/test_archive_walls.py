"""What holds for the archive against every database role, and what happens to files after a commit."""

from __future__ import annotations

import io

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from agencies import outbox
from agencies.errors import GuardFailed
from agencies.models import Appointment, Officer
from agencies.scope import acting
from cases import archive, blobs, files
from cases.models import Attachment, Case, Disposal, Leg, Note, RequestItem, RetentionPeriod
from tests import samples
from tests.conftest import connected_as, django_connected_as
from tests.delegating import lend, lent_identity
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
    assert default_storage.exists(blobs.key_of(alone.sha256))
    with django_connected_as("worker"):
        outbox.drain()
    assert not default_storage.exists(blobs.key_of(alone.sha256))
    assert default_storage.exists(blobs.key_of(shared.sha256))


# --- The rules of the archive, without the commands -------------------------------------------------------------------


@pytest.mark.django_db
def test_the_last_day_is_the_schedules(story, cast):
    case = story.closed()
    with (
        acting(cast.actor("kunshan.chief")),
        pytest.raises(IntegrityError, match="is kept until"),
        transaction.atomic(),
    ):
        Case.objects.filter(pk=case.pk).update(
            archived_at=timezone.now(),
            retention=RetentionPeriod.objects.get(code="years_10"),
            retain_until="2020-01-01",
        )


@pytest.mark.django_db
def test_a_proposal_begins_undecided_and_names_who_proposes(keeper, cast):
    case = keeper.due()
    actor, other = cast.actor("kunshan.chief"), cast.officer("guohe.chief")
    whole = {"case": case, "proposed_from_id": actor.agency_id, "proposed_at": timezone.now()}
    decided = {"decision": "confirmed", "decided_by": other, "decided_at": timezone.now()}
    with acting(actor):
        with pytest.raises(DatabaseError), transaction.atomic():
            Disposal.objects.create(**whole, **decided, proposed_by_id=actor.officer_id)
        with pytest.raises(DatabaseError), transaction.atomic():
            Disposal.objects.create(**whole, proposed_by=other)


@pytest.mark.django_db
def test_nothing_leaves_an_archived_case_by_the_back_door(keeper, story, cast):
    case, live = keeper.archived(), story.draft()
    with acting(cast.actor("kunshan.officer")):
        for change in ({"case": live, "position": 100}, {"description": "改过"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                RequestItem.objects.filter(case=case).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Leg.objects.filter(case=case).update(holder_name="改过")


@pytest.mark.django_db
def test_two_persons_also_by_delegation(keeper, story, cast):
    """Whoever proposed does not decide in another's name, nor does he for whom it was proposed."""
    case = keeper.due("guohe")
    keeper.propose(case, login="guohe.chief")
    lend(cast, "guohe.chief", "guohe.desk")
    actor = lent_identity(cast, "guohe.desk")
    with acting(actor), pytest.raises(GuardFailed) as error:
        archive.decide_disposal(actor=actor, case_ids=[case.pk], confirm=True)
    assert {reason.code for reason in error.value.reasons} == {"same_person"}


@pytest.mark.django_db
def test_no_shorter_than_the_schedule(keeper, story):
    with pytest.raises(GuardFailed) as error:
        keeper.archived(period="years_10")
    assert {reason.code for reason in error.value.reasons} == {"too_short"}
    assert keeper.archived(story.closed(), period="permanent").retain_until is None

"""Nobody approves what he drafted or recommended, in any version; the database refuses it too."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.errors import FourEyes
from agencies.models import Appointment
from agencies.officers import actor_for
from agencies.roles import Role
from agencies.scope import acting
from cases import content_input, drafts
from cases.commands import take_step
from cases.hands import remember
from cases.models import Involvement

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_hats(cast):
    """`two_hats("kunshan.officer", "approver")`: the same person under a second appointment."""

    def give(login, role, place="kunshan"):
        officer = cast.officer(login)
        post = Appointment.objects.create(officer=officer, agency=cast.agency(place), role=role)
        return actor_for(post)

    return give


def try_step(actor, case, step, **data):
    with acting(actor):
        return take_step(actor=actor, case_id=case.pk, step=step, data=data)


def test_the_drafter_may_not_approve_under_another_appointment(story, two_hats):
    case = story.submitted()
    with pytest.raises(FourEyes):
        try_step(two_hats("kunshan.officer", Role.APPROVER), case, "approve")


def test_who_recommended_may_not_approve(story, two_hats):
    case = story.step("kunshan.desk", story.submitted(), "recommend", opinion="建议同意。")
    with pytest.raises(FourEyes):
        try_step(two_hats("kunshan.desk", Role.APPROVER), case, "approve")


def test_an_editor_of_any_version_may_not_approve(story, cast, two_hats):
    case = story.step("kunshan.chief", story.submitted(), "return_for_correction", reasons=["facts_unclear"])
    editor = two_hats("kunshan.desk", Role.DRAFTER)
    with acting(editor):
        drafts.save_draft(actor=editor, case_id=case.pk, content=content_input.parse({"title": "改过的标题"}))
    case = story.step("kunshan.officer", case, "submit")
    with pytest.raises(FourEyes):
        try_step(two_hats("kunshan.desk", Role.APPROVER), case, "approve")


def test_who_approved_may_not_draft_the_correction(story, two_hats):
    case = story.step("kunshan.chief", story.submitted(), "approve")
    case = story.step("suzhou.desk", case, "return_for_correction", reasons=["facts_unclear"])
    approver = two_hats("kunshan.chief", Role.DRAFTER)
    with pytest.raises(FourEyes), acting(approver):
        drafts.save_draft(actor=approver, case_id=case.pk, content=content_input.parse({"title": "改"}))


def test_one_approver_may_approve_at_two_tiers(story, two_hats):
    """Two approvals are not two different hands: an officer moved up may approve again."""
    case = story.step("kunshan.chief", story.submitted(), "approve")
    try_step(two_hats("kunshan.chief", Role.APPROVER, "suzhou"), case, "approve")


@pytest.mark.parametrize(
    "first, second", [("drafted", "approved"), ("recommended", "approved"), ("approved", "drafted")]
)
def test_the_database_refuses_both_hands_of_one_officer(story, cast, first, second):
    case = story.submitted()
    officer, agency = cast.officer("suzhou.desk"), cast.agency("suzhou")
    common = {"officer_id": officer.pk, "agency_id": agency.pk, "at": case.created_at}
    with acting(cast.actor("suzhou.desk")):
        remember(case, kind=first, **common)
        with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
            remember(case, kind=second, **common)
        assert Involvement.objects.filter(officer=officer).count() == 1


def test_the_rule_holds_for_raw_sql(story, cast):
    case = story.submitted()
    refused = pytest.raises(IntegrityError, match="four_eyes")
    with acting(cast.actor("kunshan.officer")), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_involvement (case_id, officer_id, agency_id, kind, content_version, at)"
            " VALUES (%s, %s, %s, 'approved', 1, now())",
            [case.pk, cast.officer("kunshan.officer").pk, cast.agency("kunshan").pk],
        )

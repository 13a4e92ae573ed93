"""Departures that the holder of a case does not show: parallel work, registrars, the drafter's own turn."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agencies.commands import appointments
from agencies.errors import GuardFailed
from agencies.models import AuditEvent
from agencies.roles import Role
from agencies.scope import acting
from cases import departures, handover
from cases.models import Case
from tests.browsing import log_in
from tests.cases.test_departures import drain, end, look, row, told
from tests.cast import PLACES


@pytest.fixture
def asked(story, real_db) -> Case:
    """A case on which 德宏 was asked for an opinion."""
    return story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="？")


def waiting(cast, login: str) -> list[departures.Waiting]:
    actor = cast.actor(login)
    with acting(actor):
        return departures.waiting_for(actor)


class TestParallelWork:
    def test_while_an_approver_is_there_nothing_waits(self, asked):
        assert look() == 0

    def test_without_one_it_is_found_and_listed(self, asked, cast):
        end(cast, "dehong.chief")
        assert look() == 1
        assert told("departure.waiting") == ["dehong.desk", "dehong.supervisor"]
        [one] = waiting(cast, "dehong.desk")
        assert (one.case.pk, one.where, one.role) == (asked.pk, "德宏傣族景颇族自治州公安局", Role.APPROVER)
        page = log_in(cast, "dehong.desk").get(reverse("unattended-list")).content.decode()
        assert asked.number in page
        assert "会办意见" in page

    def test_the_last_approvers_departure_counts_it(self, asked, cast):
        end(cast, "dehong.chief")
        drain()
        assert AuditEvent.objects.get(kind="departure.left").facts["unanswered"] == 1
        assert told("departure.left") == ["dehong.desk", "dehong.supervisor"]


class TestRegistrars:
    @pytest.fixture
    def colleague(self, cast, real_db) -> str:
        """A second desk officer at the terminal desk."""
        place = {"officer_id": cast.officer("guohe.officer").pk, "agency_id": cast.agency("guohe").pk}
        appointments.grant(actor=cast.actor("secadmin"), role=Role.DESK, **place)
        return "guohe.officer"

    def leavers(self, cast) -> list[tuple[str, int]]:
        actor = cast.actor("guohe.chief")
        with acting(actor):
            return [(officer.police_number, n) for officer, n in departures.leavers(actor)]

    def test_who_is_on_the_desk_has_not_left(self, story, cast, real_db):
        story.registered()
        assert self.leavers(cast) == []

    def test_who_left_the_desk_has(self, story, cast, colleague):
        story.registered()
        end(cast, "guohe.desk")
        assert self.leavers(cast) == [("guohe.desk", 1)]

    def test_a_desk_officer_takes_over_and_a_mere_drafter_does_not(self, story, cast, colleague):
        case = story.registered()
        actor = cast.actor("guohe.chief")
        officer = cast.officer("guohe.desk")
        plan = {f"drafter-{case.pk}": "guohe.supervisor"}
        with acting(actor), pytest.raises(GuardFailed) as refused:
            handover.hand_over(actor=actor, officer_id=officer.pk, plan=plan)
        assert "国合联络员" in str(refused.value.reasons[0].words)
        with acting(actor):
            assert handover.hand_over(actor=actor, officer_id=officer.pk, plan={f"drafter-{case.pk}": colleague}) == 1
        assert row(case).drafter == cast.officer(colleague)


@pytest.mark.parametrize("make", ["queried", "delivered"])
def test_the_drafters_turn_after_he_left(story, cast, real_db, make):
    case = getattr(story, make)()
    place = {"officer_id": cast.officer("kunshan.supervisor").pk, "agency_id": cast.agency("kunshan").pk}
    appointments.grant(actor=cast.actor("secadmin"), role=Role.DRAFTER, **place)
    end(cast, "kunshan.officer")
    assert look() == 1
    [one] = waiting(cast, "kunshan.desk")
    assert (one.case.pk, one.why) == (case.pk, departures.DRAFTER_GONE)

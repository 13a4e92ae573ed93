"""Whom a step tells, by the real outbox: whose turn it is, who asked, who waits, whose work is over."""

from __future__ import annotations

import pytest

from agencies import outbox
from agencies.commands import accounts, appointments
from agencies.models import Appointment, Notice
from agencies.roles import Role
from cases.models import Case
from tests.cast import PLACES
from tests.conftest import django_connected_as


@pytest.fixture
def told(real_db):
    """`told("case.approve", case)`: who has a notice of it, by login; `since` forgets what was told so far."""

    def ask(kind: str, case: Case) -> list[str]:
        with django_connected_as("worker"):
            outbox.drain()
        rows = Notice.objects.filter(kind=kind, subject=f"case:{case.pk}")
        return sorted({*rows.values_list("officer__police_number", flat=True)})

    return ask


class TestAbroad:
    @pytest.mark.parametrize(
        "decision",
        [
            {"decision": "refuse", "grounds": ["political_offence"]},
            {"decision": "transfer", "opinion": "移送国家监察机关。"},
        ],
    )
    def test_the_front_desk_learns_that_a_foreign_request_has_ended(self, story, told, decision):
        case = story.step("guohe.chief", story.checked(), "decide", **decision)
        assert told("case.decide", case) == ["guohe.desk"]

    def test_so_do_its_colleagues_when_it_is_sent_back(self, story, cast, told):
        place = {"officer_id": cast.officer("guohe.officer").pk, "agency_id": cast.agency("guohe").pk}
        appointments.grant(actor=cast.actor("secadmin"), role=Role.DESK, **place)
        case = story.registered()
        story.step("guohe.desk", case, "check_form", result="returned", opinion="不符合协议。")
        assert told("case.check_form", case) == ["guohe.officer"]

    def test_the_terminal_desk_learns_of_the_filing_of_a_border_matter(self, story, told):
        case = story.border_cleared()
        assert told("case.approve", case) == ["dehong.chief", "guohe.desk", "ruili.desk", "yunnan.chief"]

    def test_also_of_a_neighbours(self, story, told):
        more = {"country": "MM", "request_type": "border_area_police_cooperation", "border_matter": "meeting"}
        case = story.registered("ruili", received_via="agreed", **more)
        story.step("ruili.desk", case, "check_form", result="complete")
        story.step("yunnan.chief", case, "decide", decision="execute")
        assert told("case.decide", case) == ["guohe.desk", "yunnan.desk"]


class TestParallelWork:
    def test_an_answer_is_told_to_who_asked_for_it(self, story, told):
        case = story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="？")
        case = story.step("kunshan.chief", case, "approve")
        case = story.step("suzhou.desk", case, "invite", agencies=[PLACES["beijing"]], question="？")
        story.step("beijing.chief", case, "answer_assignment", answer="没有。")
        assert told("case.answer_assignment", case) == ["suzhou.desk"]

    def test_an_opinion_that_is_not_needed_any_more(self, story, told):
        case = story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="？")
        story.step("kunshan.chief", case, "withdraw", opinion="不再需要。")
        assert "dehong.chief" in told("case.withdraw", case)

    def test_a_share_that_was_taken_back(self, story, told):
        case = story.step("guohe.desk", story.decided(), "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]])
        story.step("yunnan.chief", case, "answer_assignment", answer="已执行。")
        story.step("guohe.chief", case, "return_assignment", opinion="重新交办。")
        assert told("case.return_assignment", case) == ["guohe.desk", "jiangsu.chief"]


class TestADrafterWhoIsGone:
    @pytest.fixture
    def second(self, cast, real_db) -> str:
        """A second drafter of Kunshan's."""
        new = accounts.NewOfficer("kunshan.second", "接手人")
        officer, _password = accounts.create_officer(actor=cast.actor("sysadmin"), new=new)
        place = {"officer_id": officer.pk, "agency_id": cast.agency("kunshan").pk}
        appointments.grant(actor=cast.actor("secadmin"), role=Role.DRAFTER, **place)
        return officer.police_number

    def test_his_turn_is_the_agencys(self, story, cast, second, told):
        case = story.submitted()
        post = Appointment.objects.current().get(officer__police_number="kunshan.officer")
        appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)
        story.step("kunshan.desk", case, "return_for_correction", reasons=["facts_unclear"])
        assert {second, "kunshan.chief"} <= set(told("case.return_for_correction", case))

    def test_while_he_is_there_it_is_his(self, story, second, told):
        case = story.submitted()
        story.step("kunshan.desk", case, "return_for_correction", reasons=["facts_unclear"])
        assert told("case.return_for_correction", case) == ["kunshan.officer"]

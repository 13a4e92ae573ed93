"""Who leaves hands over; what is left finds somebody; what waits for nobody is found. Real commands, roles and outbox."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agencies import outbox
from agencies.commands import accounts, appointments
from agencies.errors import GuardFailed, NotPermitted, NotVisible
from agencies.leaving import Left, left_by
from agencies.models import Appointment, AuditEvent, Notice, Officer
from agencies.roles import Role
from agencies.scope import acting
from cases import departures, handover, tasks
from cases.commands import take_step
from cases.models import Case, Involvement, Leg, OpenQueue
from tests.conftest import django_connected_as


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


def look() -> int:
    with django_connected_as("worker"):
        found = tasks.look_for_the_unattended()
        outbox.drain()
        return found


def row(case: Case) -> Case:
    with django_connected_as("worker"):
        return Case.objects.get(pk=case.pk)


def handler_of(case: Case) -> Officer | None:
    with django_connected_as("worker"):
        return Leg.objects.select_related("handler").get(case=case, closed_at=None).handler


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("officer__police_number", flat=True))


@pytest.fixture
def second(real_db, cast) -> Officer:
    """A second drafter of Kunshan's."""
    officer, _password = accounts.create_officer(
        actor=cast.actor("sysadmin"), new=accounts.NewOfficer("kunshan.second", "接手人")
    )
    Officer.objects.filter(pk=officer.pk).update(must_change_password=False)
    appointments.grant(
        actor=cast.actor("secadmin"), officer_id=officer.pk, agency_id=cast.agency("kunshan").pk, role=Role.DRAFTER
    )
    return officer


@pytest.fixture
def give(cast, second):
    def given(login, plan, of="kunshan.officer"):
        actor = cast.actor(login)
        with acting(actor):
            return handover.hand_over(actor=actor, officer_id=cast.officer(of).pk, plan=plan)

    return given


def end(cast, login: str) -> None:
    post = Appointment.objects.current().get(officer__police_number=login)
    appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)


class TestHandover:
    @pytest.mark.parametrize("login", ["kunshan.officer", "kunshan.chief", "kunshan.desk"])
    def test_drafts_and_assigned_work_go_to_a_successor(self, story, cast, give, second, login):
        draft, held = story.draft(), story.submitted()
        story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
        plan = {f"drafter-{draft.pk}": second.police_number, f"drafter-{held.pk}": second.police_number}
        assert give(login, plan | {f"handler-{held.pk}": "kunshan.desk"}) == 3
        assert row(draft).drafter == row(held).drafter == second
        assert handler_of(held) == cast.officer("kunshan.desk")
        drain()
        assert set(told("case.hand_over")) == {"kunshan.second", "kunshan.desk"} - {login}
        with acting(cast.actor("kunshan.chief")):
            assert OpenQueue.objects.get(case=held, is_holder=True).handler == cast.officer("kunshan.desk")

    def test_the_successor_goes_on_with_the_draft(self, story, cast, give, second):
        draft = story.draft()
        give("kunshan.officer", {f"drafter-{draft.pk}": second.police_number})
        actor = cast.actor("kunshan.second")
        with acting(actor):
            assert take_step(actor=actor, case_id=draft.pk, step="submit").status == "in_review"

    def test_a_work_secret_becomes_visible_to_the_successor(self, story, cast, give, second):
        draft = story.draft(mark="work_secret")
        with acting(cast.actor("kunshan.second")):
            assert not Case.objects.exists()
        give("kunshan.officer", {f"drafter-{draft.pk}": second.police_number})
        with acting(cast.actor("kunshan.second")):
            assert Case.objects.get() == draft

    def test_who_approved_cannot_become_drafter_and_nothing_is_half_done(self, story, cast, give):
        approved, draft = story.step("kunshan.chief", story.submitted(), "approve"), story.draft()
        appointments.grant(
            actor=cast.actor("secadmin"),
            officer_id=cast.officer("kunshan.chief").pk,
            agency_id=cast.agency("kunshan").pk,
            role=Role.DRAFTER,
        )
        with pytest.raises(GuardFailed) as refused:
            give("kunshan.officer", {f"drafter-{case.pk}": "kunshan.chief" for case in (draft, approved)})
        [reason] = refused.value.reasons
        assert reason.code == "four_eyes"
        assert approved.number in str(reason.words)
        assert row(draft).drafter == row(approved).drafter == cast.officer("kunshan.officer")

    def test_the_successor_counts_as_drafter(self, story, cast, give, second):
        case = story.submitted()
        give("kunshan.officer", {f"drafter-{case.pk}": second.police_number})
        with acting(cast.actor("kunshan.chief")):
            assert Involvement.objects.filter(case=case, officer=second, kind="drafted").exists()

    @pytest.mark.parametrize("successor", ["kunshan.chief", "suzhou.officer", "nobody", "kunshan.officer", ""])
    def test_only_a_drafter_in_office_there_takes_a_draft(self, story, give, successor):
        draft = story.draft()
        with pytest.raises(GuardFailed) as refused:
            give("kunshan.officer", {f"drafter-{draft.pk}": successor})
        assert [reason.code for reason in refused.value.reasons] == ["successor_unknown"]

    def test_an_assigned_case_may_go_back_to_the_agency(self, story, give):
        held = story.submitted()
        story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
        assert give("kunshan.officer", {f"handler-{held.pk}": ""}) == 1
        assert handler_of(held) is None

    @pytest.mark.parametrize(
        "login, refusal",
        [
            ("kunshan.supervisor", NotPermitted),
            ("secadmin", NotPermitted),
            ("sysadmin", NotPermitted),
            ("suzhou.officer", NotPermitted),
            ("suzhou.chief", NotVisible),
            ("ruili.desk", NotVisible),
        ],
    )
    def test_nobody_else_hands_it_over(self, story, cast, give, second, login, refusal):
        draft = story.draft()
        with pytest.raises(refusal):
            give(login, {f"drafter-{draft.pk}": second.police_number})

    def test_what_is_not_in_hand_any_more_is_said(self, story, give, second):
        draft = story.draft()
        plan = {f"drafter-{draft.pk}": second.police_number}
        give("kunshan.officer", plan)
        with pytest.raises(GuardFailed) as refused:
            give("kunshan.officer", plan)
        assert [reason.code for reason in refused.value.reasons] == ["not_in_hand"]


class TestDeparture:
    def test_the_security_administrator_sees_two_numbers(self, story, cast, client, real_db):
        story.draft(), story.step("kunshan.chief", story.submitted(), "assign_handler", handler="kunshan.officer")
        with acting(cast.actor("secadmin")):
            assert left_by(cast.officer("kunshan.officer").pk, cast.agency("kunshan").pk) == Left(2, 1)
            assert not Case.objects.exists()
        client.force_login(cast.officer("secadmin"))
        page = client.get(reverse("officer-detail", args=[cast.officer("kunshan.officer").pk])).content.decode()
        assert "承办 2 件、经办 1 件" in page
        assert "跨境刷单" not in page

    def test_an_end_gives_assigned_work_back_and_tells_the_agency(self, real_db, story, cast):
        draft, held = story.draft(), story.submitted()
        story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
        end(cast, "kunshan.officer")
        drain()
        assert handler_of(held) is None
        assert row(draft).drafter == cast.officer("kunshan.officer")
        event = AuditEvent.objects.get(kind="departure.left")
        assert (event.facts["drafted"], event.facts["handled"]) == (2, 1)
        assert told("departure.left") == ["kunshan.chief", "kunshan.desk", "kunshan.supervisor"]
        assert AuditEvent.objects.filter(kind="case.release", subject=f"case:{held.pk}").exists()

    def test_a_second_post_at_the_agency_keeps_the_work(self, real_db, story, cast):
        held = story.submitted()
        story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
        places = {"agency_id": cast.agency("kunshan").pk, "officer_id": cast.officer("kunshan.officer").pk}
        appointments.grant(actor=cast.actor("secadmin"), role=Role.DESK, **places)
        post = Appointment.objects.get(officer__police_number="kunshan.officer", role=Role.DRAFTER)
        appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)
        drain()
        assert handler_of(held) == cast.officer("kunshan.officer")

    def test_an_account_switched_off_is_a_departure(self, real_db, story, cast):
        held = story.submitted()
        story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
        accounts.deactivate(actor=cast.actor("sysadmin"), officer_id=cast.officer("kunshan.officer").pk)
        drain()
        assert handler_of(held) is None
        assert told("departure.left") == ["kunshan.chief", "kunshan.desk", "kunshan.supervisor"]

    def test_what_was_left_is_handed_over_by_the_approver(self, story, cast, give, second, client):
        draft = story.draft()
        end(cast, "kunshan.officer")
        client.force_login(cast.officer("kunshan.chief"))
        page = client.get(reverse("unattended-list")).content.decode()
        assert reverse("handover-of", args=[cast.officer("kunshan.officer").pk]) in page
        assert draft.number in page
        assert give("kunshan.chief", {f"drafter-{draft.pk}": second.police_number}) == 1
        assert draft.number not in client.get(reverse("unattended-list")).content.decode()


class TestDailyCheck:
    def test_nothing_waits_while_everybody_is_there(self, real_db, story):
        story.draft(), story.submitted(), story.dispatched(), story.closed()
        assert look() == 0
        assert not AuditEvent.objects.filter(kind="departure.waiting").exists()

    def test_a_role_that_nobody_has(self, real_db, story, cast):
        case = story.submitted()
        end(cast, "kunshan.chief")
        assert look() == 1
        assert told("departure.waiting") == ["kunshan.desk", "kunshan.supervisor"]
        with acting(cast.actor("kunshan.desk")):
            [one] = departures.waiting_for(cast.actor("kunshan.desk"))
        assert (one.case.pk, one.why, one.role) == (case.pk, departures.NOBODY, Role.APPROVER)

    def test_a_draft_whose_drafter_is_gone(self, real_db, story, cast, second):
        draft = story.draft()
        end(cast, "kunshan.officer")
        assert look() == 1
        with acting(cast.actor("kunshan.desk")):
            [one] = departures.waiting_for(cast.actor("kunshan.desk"))
        assert (one.case.pk, one.why) == (draft.pk, departures.DRAFTER_GONE)

    def test_an_appointment_that_ran_out_gives_its_work_back(self, real_db, story, cast):
        """No event says so: the check finds it."""
        held = story.submitted()
        story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
        with django_connected_as("worker"):
            Appointment.objects.filter(officer__police_number="kunshan.officer").update(
                starts_at="2026-01-01T00:00Z", ends_at="2026-01-02T00:00Z"
            )
        look()
        assert handler_of(held) is None

    def test_the_agency_above_is_told_when_nobody_is_left_and_draft_contents_stay_hidden(self, real_db, story, cast):
        draft, held = story.draft(), story.submitted()
        for part in ("officer", "desk", "chief", "supervisor"):
            end(cast, f"kunshan.{part}")
        assert look() == 2
        assert told("departure.waiting") == ["suzhou.chief", "suzhou.desk", "suzhou.supervisor"]
        with acting(cast.actor("suzhou.chief")):
            seen = [one.case.pk for one in departures.waiting_for(cast.actor("suzhou.chief"))]
        assert seen == [held.pk]
        assert draft.pk not in seen

    def test_once_a_day(self, real_db, story, cast):
        story.submitted()
        end(cast, "kunshan.chief")
        look(), look()
        assert AuditEvent.objects.filter(kind="departure.waiting").count() == 1

    def test_what_is_abroad_waits_for_no_officer(self, real_db, story, cast):
        story.dispatched()
        end(cast, "guohe.desk")
        assert look() == 0

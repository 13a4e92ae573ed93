"""Opinions asked of others (会办): beside custody, with a clock; the invited see the case but not the route's words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from agencies.errors import DomainError, GuardFailed, Malformed
from agencies.models import Agency
from agencies.scope import acting
from cases import notes, policies
from cases.models import Assignment, Case, Deadline, Note, OpenQueue
from cases.queries.api_events import page
from cases.queries.dossier import dossier
from cases.queries.timeline import Silence, timeline
from tests.cast import PLACES
from tests.conftest import django_connected_as

ASKED = "此人在你处有无案底？"
SECRET = "沿线意见：暂缓。"
SHARED = "给各家都看的说明。"


def tell_all(cast, case):
    """A note for those on the route and those invited."""
    actor = cast.actor("kunshan.desk")
    with acting(actor):
        notes.add_note(actor=actor, case_id=case.pk, text=SHARED, audience="shared")


@pytest.fixture
def refused(story):
    """The codes and the pointers of the reasons against a step."""

    def attempt(login, case, step, **data):
        with pytest.raises((GuardFailed, Malformed)) as error:
            story.step(login, case, step, **data)
        return {(reason.code, reason.pointer) for reason in error.value.reasons}

    return attempt


@pytest.fixture
def invited(story, cast):
    """A case at 昆山 on which 德宏 was asked, after somebody of the route had said something; then a note for all."""
    case = story.step("kunshan.desk", story.submitted(), "recommend", opinion=SECRET)
    case = story.step("kunshan.desk", case, "invite", agencies=[PLACES["dehong"]], question=ASKED)
    tell_all(cast, case)
    return case


@pytest.mark.django_db
class TestAsking:
    def test_beside_custody_with_a_clock(self, story, see, invited):
        assert (invited.status, story.holder(invited)) == ("in_review", "昆山市公安局")
        with see("kunshan.desk"):
            row = Assignment.objects.get(case=invited)
            assert (row.kind, row.state, row.text, row.assigned_by.code) == (
                "opinion",
                "open",
                ASKED,
                PLACES["kunshan"],
            )
            assert Deadline.objects.get(assignment=row).amount == 10

    def test_by_a_day_that_was_named(self, story, see):
        day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
        agencies = [PLACES["dehong"], PLACES["beijing"]]
        case = story.step("kunshan.desk", story.submitted(), "invite", agencies=agencies, question="？", due_on=day)
        with see("kunshan.desk"):
            clocks = Deadline.objects.filter(case=case, kind="opinion")
            assert [clock.due_at.date().isoformat() for clock in clocks] == [day, day]

    @pytest.mark.parametrize(
        "data, wanted",
        [
            ({"question": "？"}, {("nobody_invited", "/agencies")}),
            ({"agencies": [PLACES["dehong"]]}, {("required", "/question")}),
            ({"agencies": [PLACES["kunshan"]], "question": "？"}, {("invited_oneself", "/agencies/0")}),
            ({"agencies": ["无此机关"], "question": "？"}, {("unknown_agency", "/agencies/0")}),
            ({"bodies": ["congress"], "question": "？"}, {("unknown_code", "/bodies/0")}),
            (
                {"agencies": [PLACES["dehong"]], "question": "？", "due_on": "2020-01-01"},
                {("due_day_past", "/due_on")},
            ),
            ({"agencies": PLACES["dehong"], "question": "？"}, {("not_a_list", "/agencies")}),
        ],
    )
    def test_what_an_invitation_must_say(self, story, refused, data, wanted):
        assert refused("kunshan.desk", story.submitted(), "invite", **data) == wanted

    def test_nobody_is_asked_twice_at_once(self, story, refused, invited):
        got = refused("kunshan.desk", invited, "invite", agencies=[PLACES["dehong"]], question="再问。")
        assert got == {("invited_already", "/agencies/0")}
        story.step("dehong.chief", invited, "answer_assignment", answer="没有。")
        story.step("kunshan.desk", invited, "invite", agencies=[PLACES["dehong"]], question="再问。")

    def test_nor_one_that_was_dissolved(self, story, refused, cast):
        Agency.objects.filter(code=PLACES["dehong"]).update(is_active=False)
        got = refused("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="？")
        assert got == {("invited_inactive", "/agencies/0")}

    def test_overdue_it_does_not_block(self, story, see, invited):
        with see("kunshan.desk"):
            at = datetime.now(UTC) - timedelta(days=30)
            Deadline.objects.filter(case=invited, kind="opinion").update(started_at=at, due_at=at)
        case = story.step("kunshan.chief", invited, "approve")
        assert story.holder(case) == "苏州市公安局"
        story.step("dehong.chief", case, "answer_assignment", answer="晚了，没有案底。")

    def test_it_lapses_with_the_case(self, story, see, invited):
        case = story.step("kunshan.chief", invited, "withdraw", opinion="不再需要。")
        with see("kunshan.desk"):
            assert Assignment.objects.get(case=case).state == "lapsed"
            assert not Deadline.objects.filter(case=case, met_at=None, cancelled_at=None).exists()


@pytest.mark.django_db
class TestExternalBodies:
    def test_their_opinion_is_recorded_by_the_desk(self, story, see, refused):
        case = story.checked()
        case = story.step("guohe.desk", case, "invite", bodies=["court", "moj"], question="是否同意执行？")
        assert refused("guohe.desk", case, "record_opinion", body="customs", answer="同意。") == {
            ("body_not_asked", "/body")
        }
        case = story.step("guohe.desk", case, "record_opinion", body="court", answer="同意。")
        with see("guohe.desk"):
            found = dict(Assignment.objects.filter(case=case).values_list("external_body", "state"))
            assert found == {"court": "done", "moj": "open"}
            assert Assignment.objects.get(case=case, external_body="court").answer == "同意。"
        got = refused("guohe.desk", case, "invite", bodies=["moj"], question="再问。")
        assert got == {("invited_already", "/bodies/0")}

    def test_nobody_was_asked(self, story):
        with pytest.raises(DomainError) as error:
            story.step("guohe.desk", story.checked(), "record_opinion", body="court", answer="同意。")
        assert error.value.code == "wrong_status"


@pytest.mark.django_db
class TestWhatTheInvitedSee:
    """The case and the shared notes, not what the route says among itself."""

    def test_they_see_the_case_and_their_leaders_do_not(self, story, see, invited, cast):
        assert len(invited.invited) == 1
        for login, sees in (("dehong.desk", True), ("dehong.chief", True), ("yunnan.chief", False)):
            with see(login):
                assert Case.objects.filter(pk=invited.pk).exists() is sees
                assert policies.visible_to(cast.actor(login)).filter(pk=invited.pk).exists() is sees

    def test_the_database_keeps_the_words_of_the_route(self, see, invited):
        """The second wall alone: plain SQL."""
        for login, wanted in (("dehong.chief", {SHARED}), ("suzhou.chief", {ASKED, SECRET, SHARED})):
            with see(login), connection.cursor() as cursor:
                cursor.execute("SELECT text FROM cases_note WHERE case_id = %s", [invited.pk])
                assert {text for (text,) in cursor.fetchall()} == wanted

    def test_so_do_the_timeline_and_the_events_of_the_api(self, cast, invited, story):
        story.step("dehong.chief", invited, "answer_assignment", answer="没有案底。")
        for login, hidden in (("dehong.chief", True), ("kunshan.chief", False)):
            actor = cast.actor(login)
            with acting(actor):
                case = policies.get_visible(actor, invited.pk)
                lines = timeline(dossier(actor, case.pk, case=case), whole=True).lines
                told = {line.note.text for line in lines if not isinstance(line, Silence) and line.note}
                sent = {event["text"] for event in page(actor, case, size=50)}
            for words in (told, sent):
                assert (SECRET not in words) is hidden, login
                assert {SHARED, "没有案底。"} <= words, login
                assert (ASKED not in words) is hidden, login  # his own question stands in what he was given to do

    def test_they_have_it_to_do_until_they_answer(self, story, see, invited):
        def rows():
            with see("dehong.chief"):
                return list(OpenQueue.objects.filter(case=invited).values_list("agency__code", "is_holder"))

        assert (PLACES["dehong"], True) in rows()
        story.step("dehong.chief", invited, "answer_assignment", answer="没有。")
        assert (PLACES["dehong"], False) in rows()

    def test_an_invited_agency_that_becomes_a_party_reads_everything(self, story, see):
        case = story.step("guohe.desk", story.decided(), "invite", agencies=[PLACES["yunnan"]], question=ASKED)
        assert len(case.invited) == 1
        case = story.step("guohe.desk", case, "assign", agency=PLACES["yunnan"], opinion=SECRET)
        assert case.invited == []
        with see("yunnan.chief"):
            assert Note.objects.filter(case=case, text=SECRET).exists()

    def test_who_is_on_the_route_already_loses_nothing(self, story, see):
        case = story.submitted()
        case = story.step("kunshan.desk", case, "recommend", opinion=SECRET)
        case = story.step("kunshan.desk", case, "invite", agencies=[PLACES["suzhou"]], question=ASKED)
        assert case.invited == []
        with see("suzhou.chief"):
            assert Note.objects.filter(case=case, text=SECRET).exists()


def test_the_query_keeps_the_words_of_the_route_too(real_db, story, cast):
    """The first wall alone: as the worker, whom row-level security lets read everything."""
    case = story.step("kunshan.desk", story.submitted(), "recommend", opinion=SECRET)
    case = story.step("kunshan.desk", case, "invite", agencies=[PLACES["dehong"]], question=ASKED)
    tell_all(cast, case)
    with django_connected_as("worker"):
        for login, wanted in (("dehong.chief", {SHARED}), ("suzhou.chief", {ASKED, SECRET, SHARED})):
            actor = cast.actor(login)
            rows = Note.objects.filter(policies.readable_notes(actor, case), case=case)
            assert set(rows.values_list("text", flat=True)) == wanted


@pytest.mark.django_db
class TestWhatTheInvitedDoNotLearn:
    def test_other_invitations(self, story, see, cast, invited):
        """Neither whom else was asked, nor what, nor until when: on the page, by the API, in the database."""
        case = story.step(
            "kunshan.desk", invited, "invite", agencies=[PLACES["ruili"]], bodies=["court"], question="另问。"
        )
        actor = cast.actor("dehong.chief")
        with acting(actor):
            told = dossier(actor, case.pk)
            assert [row.agency.code for row in told.assignments] == [PLACES["dehong"]]
            lines = [line for line in timeline(told, whole=True).lines if not isinstance(line, Silence)]
            asked = [(agency.code, line.bodies) for line in lines for agency in line.asked]
            assert asked == [(PLACES["dehong"], ())]
            assert Assignment.objects.filter(case=case).count() == 1  # the wall alone
        with see("suzhou.chief"):
            assert Assignment.objects.filter(case=case).count() == 3

    def test_they_write_to_their_agency_or_to_all(self, cast, invited):
        actor = cast.actor("dehong.chief")
        with acting(actor), pytest.raises(Malformed):
            notes.add_note(actor=actor, case_id=invited.pk, text="写给沿线。", audience="route")

    def test_a_work_secret_stays_on_its_route(self, story, refused):
        case = story.submitted(mark="work_secret")
        case = story.step("kunshan.chief", case, "assign_handler", handler="kunshan.desk")
        got = refused("kunshan.desk", case, "invite", agencies=[PLACES["dehong"]], question=ASKED)
        assert got == {("invited_to_a_secret", "/agencies/0")}

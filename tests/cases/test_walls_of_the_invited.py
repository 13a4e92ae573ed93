"""What those invited for an opinion (会办) learn of clocks, supervision and each other: their own agency's part alone."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import pytest
from django.db import connection

from agencies import audit
from agencies.actors import SYSTEM
from agencies.moments import clock
from agencies.scope import acting
from cases import clock_seats, deadlines, policies, sweep
from cases.clocks import life
from cases.models import Case, Deadline
from cases.queries import api_events
from cases.queries.deadlines import Wanted
from cases.queries.deadlines import page as all_clocks
from cases.queries.dossier import clocks_of, dossier
from cases.queries.timeline import Silence, timeline
from cases.supervision.sight import in_sight
from tests.browsing import log_in
from tests.cast import PLACES, Cast
from tests.conftest import connected_as, django_connected_as
from tests.stories import Story
from tests.supervising import Overseer

WHY, MORE, LATE = "泰方要求先不声张。", "等泰文译文。", "法院未及时退卷。"
CHILDREN = ("deadlinepause", "deadlineextension", "deadlineexplanation", "supervision")


@pytest.fixture
def case(story: Story, cast: Cast) -> Case:
    """A case of 昆山 on which 德宏, 瑞丽 and a court were asked; its own clock was extended, paused and explained, and it was
    ordered."""
    made = story.submitted()
    question = {"question": "有无线索？"}
    story.step("kunshan.desk", made, "invite", agencies=[PLACES["dehong"]], **question)
    made = story.step("kunshan.desk", made, "invite", agencies=[PLACES["ruili"]], bodies=["court"], **question)
    _act(cast, "suzhou.chief", "extend", made, "review", {"amount": 2, "reason": MORE})
    _act(cast, "kunshan.chief", "pause", made, "review", {"category": "foreign_side", "reason": WHY})
    Overseer(cast).order("suzhou.supervisor", made)
    actor = cast.actor("kunshan.chief")
    with acting(actor):
        late, now = made.deadlines.get(kind="review"), clock()
        life.explain(late, actor, text=LATE, told_to="苏州市公安局", told_on=now.date(), now=now)
    return made


def _act(cast: Cast, login: str, name: str, case: Case, kind: str, data: Mapping[str, object], *, of: str = "") -> None:
    """`of` is whose clock it is, when not the actor's own."""
    actor = cast.actor(login)
    with acting(actor):
        found = case.deadlines.filter(kind=kind, agency_id=cast.agency(of or login.partition(".")[0]).pk).first()
        found = found or case.deadlines.get(kind=kind)
        getattr(deadlines, name)(actor=actor, case_id=case.pk, deadline_id=found.pk, data=data)


def _ring(case: Case) -> None:
    """What the sweep writes, once for each clock of the case."""
    for row in Deadline.objects.filter(case=case):
        facts = {"deadline": str(row.pk), "kind": row.kind, "agency": row.agency_id, "due": str(row.due_at)}
        audit.record(actor=SYSTEM, kind=sweep.WARNING, subject=f"case:{case.pk}", facts=facts)


@pytest.mark.django_db
class TestDoors:
    def test_of_clocks_they_read_their_own_alone(self, cast: Cast, case: Case) -> None:
        pages = {login: log_in(cast, login).get(f"/cases/{case.pk}/") for login in ("dehong.chief", "suzhou.chief")}
        invited, route = (pages[login].content.decode() for login in ("dehong.chief", "suzhou.chief"))
        for words in (WHY, MORE, LATE):
            assert words in route
            assert words not in invited
        actor = cast.actor("dehong.chief")
        with acting(actor):
            assert {row.agency.code for row in clocks_of(actor, case) if row.agency} == {PLACES["dehong"]}
            listed = all_clocks(actor, Wanted(), case.created_at, size=50)
            assert [row["agency"]["code"] for row in listed] == [PLACES["dehong"]]

    def test_they_know_when_the_case_is_due(self, cast: Cast, story: Story) -> None:
        case = story.step(
            "kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="有无线索？"
        )
        due = set()
        for login in ("dehong.chief", "kunshan.chief"):
            actor = cast.actor(login)
            with acting(actor):
                running = dossier(actor, case.pk).deadline
                due.add(running and running.due_at)
        assert len(due) == 1
        assert None not in due

    def test_of_events_what_concerns_their_agency_alone(self, cast: Cast, case: Case, story: Story) -> None:
        story.step("ruili.chief", case, "answer_assignment", answer="没有。")
        story.step("dehong.chief", case, "answer_assignment", answer="没有。")
        with acting(cast.actor("kunshan.chief")):
            _ring(case)
        about = ("deadline.warning", "case.invite", "case.answer_assignment")
        hidden = {"case.pause_deadline", "case.extend_deadline", "case.supervise"}
        for login, times in (("dehong.chief", 1), ("suzhou.chief", 2)):
            actor = cast.actor(login)
            with acting(actor):
                lines = timeline(dossier(actor, case.pk), whole=True).lines
                told = [line.event.kind for line in lines if not isinstance(line, Silence)]
                sent = [event["kind"] for event in api_events.page(actor, case, size=99)]
            for kinds in (told, sent):
                assert hidden.isdisjoint(kinds) is (times == 1), login
                for kind in about:
                    assert (kinds.count(kind) == 1) is (times == 1), (login, kind)
                    assert kinds.count(kind) >= times, (login, kind)
            assert sorted(told) == sorted(sent)


@pytest.mark.django_db
def test_the_second_wall_alone(cast: Cast, case: Case) -> None:
    for login, sees in (("dehong.chief", False), ("suzhou.chief", True), ("kunshan.officer", True)):
        with acting(cast.actor(login)), connection.cursor() as cursor:
            for table in CHILDREN:
                cursor.execute(f"SELECT count(*) FROM cases_{table}")
                assert cursor.fetchone() == (int(sees),), (login, table)


@pytest.mark.django_db
def test_their_own_clock_is_theirs(cast: Cast, case: Case) -> None:
    data = {"category": "foreign_side", "reason": "等协查。"}
    _act(cast, "kunshan.chief", "pause", case, "opinion", data, of="dehong")
    _act(cast, "kunshan.chief", "resume", case, "opinion", {}, of="dehong")
    for login, pauses in (("dehong.chief", 1), ("ruili.chief", 0), ("suzhou.chief", 2)):
        with acting(cast.actor(login)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_deadlinepause")
            assert cursor.fetchone() == (pauses,), login


def test_the_first_wall_alone(real_db: str, cast: Cast, case: Case) -> None:
    with django_connected_as("worker"):
        for login, sees in (("dehong.chief", False), ("suzhou.chief", True)):
            actor = cast.actor(login)
            found = Case.objects.get(pk=case.pk)
            assert policies.reads_route(actor, found) is sees
            clocks = Deadline.objects.filter(clock_seats.readable(actor), case=found)
            assert clocks.filter(pauses__isnull=False).exists() is sees
            assert in_sight(actor).filter(case=found).exists() is sees


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE cases_deadlinepause SET reason = ''",
        "UPDATE cases_deadlinepause SET from_at = now()",
        "UPDATE cases_deadlineextension SET reason = ''",
        "UPDATE cases_deadlineexplanation SET text = ''",
        "DELETE FROM cases_deadlinepause",
        "DELETE FROM agencies_outboxmessage",
        "DELETE FROM agencies_notice",
    ],
)
def test_what_was_said_stays_said(real_db: str, act: str) -> None:
    with connected_as("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(act.encode())

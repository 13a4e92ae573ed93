"""The clock of what one agency asked of another: the asker alone stops it, lets it go on and gives it more time."""

from __future__ import annotations

import pytest

from agencies.errors import NotHolder, NotPermitted
from agencies.scope import acting
from cases import deadlines
from cases.models import Case, Deadline
from tests.cases.test_who_is_told import told
from tests.cast import PLACES
from tests.supervising import Overseer

__all__ = ["told"]
ACTS = {
    "pause": {"category": "other_organ", "reason": "等检察院意见。"},
    "resume": {},
    "extend": {"amount": 1, "reason": "等译文。"},
}


@pytest.fixture
def overseer(cast) -> Overseer:
    return Overseer(cast)


@pytest.fixture
def act(cast):
    """`act("jiangsu.supervisor", "pause", case, "supervision")`: on the running clock of this kind (at this place)."""

    def run(login: str, name: str, case: Case, kind: str, place: str = "") -> Deadline:
        actor = cast.actor(login)
        with acting(actor):
            running = case.deadlines.filter(kind=kind, met_at=None, cancelled_at=None)
            clock = running.get(agency=cast.agency(place)) if place else running.get()
            return getattr(deadlines, name)(actor=actor, case_id=case.pk, deadline_id=clock.pk, data=ACTS[name])

    return run


@pytest.fixture
def ordered(story, overseer) -> Case:
    """A case of 昆山 on which 江苏 ordered it to report; 苏州 is in between."""
    case = story.submitted()
    overseer.order("jiangsu.supervisor", case)
    return case


@pytest.fixture
def invited(story) -> Case:
    """A case of 昆山 on which it asked 德宏 for an opinion."""
    return story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="请提意见。")


@pytest.mark.django_db
class TestOrders:
    @pytest.mark.parametrize("name", ACTS)
    @pytest.mark.parametrize(
        "login, error",
        [
            ("kunshan.desk", NotPermitted),
            ("kunshan.chief", NotPermitted),
            ("kunshan.supervisor", NotHolder),
            ("suzhou.chief", NotPermitted),
            ("suzhou.supervisor", NotHolder),
            ("jiangsu.chief", NotPermitted),
            ("guohe.supervisor", NotHolder),
        ],
    )
    def test_neither_the_ordered_nor_those_in_between_time_it(self, ordered, act, name, login, error):
        with pytest.raises(error, match="发出督办"):
            act(login, name, ordered, "supervision")

    def test_the_issuer_does(self, ordered, act):
        assert act("jiangsu.supervisor", "pause", ordered, "supervision").paused_at is not None
        assert act("jiangsu.supervisor", "resume", ordered, "supervision").paused_at is None
        assert act("jiangsu.supervisor", "extend", ordered, "supervision").extended_by == 1

    def test_so_does_the_one_to_whom_it_was_raised(self, story, overseer, act):
        case = story.submitted()
        overseer.escalate("suzhou.supervisor", overseer.order("suzhou.supervisor", case))
        act("jiangsu.supervisor", "pause", case, "supervision")
        act("suzhou.supervisor", "resume", case, "supervision")
        with pytest.raises(NotHolder):
            act("guohe.supervisor", "extend", case, "supervision")
        act("jiangsu.supervisor", "extend", case, "supervision")


@pytest.mark.django_db
class TestParallelWork:
    @pytest.mark.parametrize("name", ACTS)
    @pytest.mark.parametrize("login", ["dehong.chief", "suzhou.chief", "guohe.chief"])
    def test_neither_the_asked_nor_those_above_time_it(self, invited, act, name, login):
        with pytest.raises(NotHolder, match="交办的机关"):
            act(login, name, invited, "opinion")

    def test_the_asker_does(self, invited, act):
        act("kunshan.desk", "pause", invited, "opinion")
        act("kunshan.chief", "resume", invited, "opinion")
        assert act("kunshan.chief", "extend", invited, "opinion").extended_by == 1

    def test_a_supervisor_of_the_askers_does_not(self, invited, act):
        with pytest.raises(NotPermitted):
            act("kunshan.supervisor", "extend", invited, "opinion")

    def test_a_share_is_the_assigners_and_the_laws_clock_on_it_the_executors(self, story, act):
        case = story.step("guohe.desk", story.decided(), "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]])
        with pytest.raises(NotHolder, match="交办的机关"):
            act("jiangsu.chief", "pause", case, "share", "jiangsu")
        act("guohe.chief", "pause", case, "share", "jiangsu")
        act("jiangsu.chief", "pause", case, "execution_evidence", "jiangsu")
        with pytest.raises(NotHolder):
            act("guohe.chief", "pause", case, "execution_evidence", "yunnan")


class TestWhoIsTold:
    def test_the_ordered_and_whoever_else_watches(self, real_db, story, overseer, act, told):
        case = story.submitted()
        overseer.escalate("suzhou.supervisor", overseer.order("suzhou.supervisor", case))
        act("jiangsu.supervisor", "pause", case, "supervision")
        assert told("case.pause_deadline", case) == ["kunshan.chief", "kunshan.desk", "suzhou.supervisor"]

    def test_the_asked_and_the_askers(self, real_db, invited, act, told):
        act("kunshan.chief", "extend", invited, "opinion")
        assert told("case.extend_deadline", invited) == ["dehong.chief", "dehong.desk", "kunshan.desk"]

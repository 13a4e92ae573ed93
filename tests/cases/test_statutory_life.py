"""Clocks of the law through their life: what is late is explained before the work goes on, and recorded periods."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agencies.errors import Conflict, GuardFailed, NotHolder, NotPermitted
from agencies.scope import acting
from cases import deadlines
from cases.clocks.states import state_of
from cases.models import ClockState
from countries.calendars import SHANGHAI
from tests.cases.test_who_is_told import told

__all__ = ["told"]
MONDAY = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
LATE = MONDAY + timedelta(days=100)
WHY = {"text": "银行迟迟不交。", "told_to": "公安部国际合作局", "told_on": "2026-06-10"}


@pytest.fixture
def act(cast):
    def run(login, name, case, kind, data, at=None):
        actor = cast.actor(login)
        with acting(actor):
            clock = case.deadlines.filter(kind=kind).latest("started_at")
            return getattr(deadlines, name)(actor=actor, case_id=case.pk, deadline_id=clock.pk, data=data, at=at)

    return run


def refusal(story, login, case, step, **data) -> list[str]:
    with pytest.raises(GuardFailed) as refused:
        story.step(login, case, step, **data)
    return [reason.code for reason in refused.value.reasons]


def kinds_late(cast, case, login, at) -> set[str]:
    with acting(cast.actor(login)):
        clocks = [clock for clock in case.deadlines.exclude(article="") if clock.running]
        return {clock.kind for clock in clocks if state_of(clock, at) is ClockState.BREACHED}


@pytest.mark.django_db
class TestExplainedBeforeItGoesOn:
    def test_a_late_result(self, story, cast, act):
        story.moment = MONDAY
        case = story.in_execution("jiangsu")
        story.moment = LATE
        late = kinds_late(cast, case, "jiangsu.officer", LATE)
        assert late == {"execution_evidence", "case_organ_processing"}
        rows = story.outcomes(case, "jiangsu")
        codes = refusal(story, "jiangsu.officer", case, "submit_result", items=rows)
        assert codes == ["late_not_explained"] * 2
        act("jiangsu.officer", "explain", case, "execution_evidence", WHY, LATE)
        assert refusal(story, "jiangsu.officer", case, "submit_result", items=rows) == ["late_not_explained"]
        act("jiangsu.chief", "explain", case, "case_organ_processing", WHY, LATE)
        story.step("jiangsu.officer", case, "submit_result", items=rows)

    def test_a_late_decision_and_assignment(self, story, act):
        story.moment = MONDAY
        case = story.checked()
        story.moment = LATE
        assert refusal(story, "guohe.chief", case, "decide", decision="execute") == ["late_not_explained"]
        act("guohe.desk", "explain", case, "competent_authority_processing", WHY, LATE)
        case = story.step("guohe.chief", case, "decide", decision="execute")
        story.step("guohe.desk", case, "assign", execute_here=True)

    def test_a_late_reply(self, story, act, cast):
        story.moment = MONDAY
        case = story.result_cleared()
        story.moment = LATE
        reply = {"channel": "police_liaison", "counterpart": {"name": "泰国皇家警察总署"}}
        late = kinds_late(cast, case, "guohe.desk", LATE)
        assert refusal(story, "guohe.desk", case, "reply", **reply) == ["late_not_explained"] * len(late)
        for kind in late:
            act("guohe.desk", "explain", case, kind, WHY, LATE)
        story.step("guohe.desk", case, "reply", **reply)

    def test_what_stands_still_is_not_late(self, story, act):
        story.moment = MONDAY
        case = story.checked()
        pause = {"category": "other_organ", "reason": "等外交部意见。", "from": "2026-03-10"}
        act("guohe.chief", "pause", case, "competent_authority_processing", pause, MONDAY + timedelta(days=2))
        story.moment = LATE
        case = story.step("guohe.chief", case, "decide", decision="execute")

    def test_others_lateness_holds_nobody_up(self, story, cast):
        """The ministry's clock is met with its assignment; what it was late with it has explained then."""
        story.moment = MONDAY
        case = story.in_execution("jiangsu")
        story.moment = MONDAY + timedelta(days=1)
        story.step("jiangsu.officer", case, "submit_result", items=story.outcomes(case, "jiangsu"))


@pytest.mark.django_db
class TestSeats:
    def test_the_desk_does_not_stop_the_laws_clock(self, story, act):
        case = story.checked()
        pause = {"category": "other_organ", "reason": "等外交部意见。"}
        with pytest.raises(NotPermitted, match="审批人"):
            act("guohe.desk", "pause", case, "competent_authority_processing", pause)
        act("guohe.chief", "pause", case, "competent_authority_processing", pause)

    def test_what_is_late_stays_late(self, story, act):
        story.moment = MONDAY
        case = story.checked()
        pause = {"category": "other_organ", "reason": "等外交部意见。", "from": "2026-03-10"}
        with pytest.raises(Conflict, match="已经超期的法定期限不能再暂停"):
            act("guohe.chief", "pause", case, "competent_authority_processing", pause, LATE)

    def test_no_extension_that_the_law_does_not_know(self, story, act):
        case = story.checked()
        with pytest.raises(GuardFailed) as refused:
            act("guohe.supervisor", "extend", case, "competent_authority_processing", {"amount": 1, "reason": "忙。"})
        assert [reason.code for reason in refused.value.reasons] == ["not_extendable"]


@pytest.mark.django_db
class TestRecorded:
    def record(self, cast, login, case, limit, at="2026-03-09T10:00", now=None):
        actor = cast.actor(login)
        with acting(actor):
            return deadlines.record_trigger(actor=actor, case_id=case.pk, data={"limit": limit, "at": at}, at=now)

    def test_a_provisional_arrest_is_extended_by_fifteen_days_once(self, story, cast, act):
        """EXT-31.2: thirty days, fifteen more; no holiday moves it, whoever is held."""
        story.moment = MONDAY
        case = story.decided(request_type="extradition_provisional_arrest_in")
        clock = self.record(cast, "guohe.desk", case, "formal_request_after_detention", now=MONDAY)
        assert (str(clock.due_at.astimezone(SHANGHAI).date()), clock.agency) == ("2026-04-08", None)
        more = {"amount": 15, "reason": "经该国请求。"}
        at = MONDAY + timedelta(days=20)
        clock = act("guohe.supervisor", "extend", case, clock.kind, more, at)
        assert str(clock.due_at.astimezone(SHANGHAI).date()) == "2026-04-23"
        assert str(clock.extended_from.astimezone(SHANGHAI).date()) == "2026-04-08"
        with pytest.raises(GuardFailed):
            act("guohe.supervisor", "extend", case, clock.kind, {"amount": 1, "reason": "再等。"}, at)

    def test_a_freezing_is_renewed_as_often_as_needed_before_it_lapses(self, story, cast, act):
        story.moment = MONDAY
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        clock = self.record(cast, "jiangsu.desk", case, "freeze_funds", now=MONDAY)
        with pytest.raises(GuardFailed):
            act("guohe.chief", "extend", case, "freeze_funds", {"amount": 7, "reason": "续冻。"}, MONDAY)
        for due in ("2027-03-09", "2027-09-09"):
            clock = act("guohe.supervisor", "extend", case, "freeze_funds", {"amount": 6, "reason": "续冻。"}, MONDAY)
            assert str(clock.due_at.astimezone(SHANGHAI).date()) == due
        over = clock.due_at + timedelta(days=1)
        with pytest.raises(Conflict, match="不能再延长"):
            act("guohe.supervisor", "extend", case, "freeze_funds", {"amount": 6, "reason": "续冻。"}, over)

    def test_it_ends_when_an_officer_says_so(self, story, cast, act):
        story.moment = MONDAY
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        self.record(cast, "jiangsu.desk", case, "freeze_funds", now=MONDAY)
        for at, code in (("2026-03-01", "before_start"), ("2027-01-01", "in_future")):
            with pytest.raises(GuardFailed) as refused:
                act("jiangsu.desk", "finish", case, "freeze_funds", {"at": at}, LATE)
            assert [reason.code for reason in refused.value.reasons] == [code]
        clock = act("jiangsu.desk", "finish", case, "freeze_funds", {"at": "2026-04-01"}, LATE)
        assert state_of(clock, LATE) is ClockState.MET
        with pytest.raises(Conflict, match="随办理自动结束"):
            act("jiangsu.desk", "finish", case, "execution", {}, LATE)
        again = self.record(cast, "jiangsu.desk", case, "freeze_funds", now=LATE)
        assert again.pk != clock.pk

    @pytest.mark.parametrize(
        "login, error", [("jiangsu.supervisor", NotPermitted), ("guohe.desk", NotHolder), ("guohe.chief", NotHolder)]
    )
    def test_by_those_who_have_the_case_in_hand(self, story, cast, login, error):
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        with pytest.raises(error):
            self.record(cast, login, case, "freeze_funds")

    @pytest.mark.parametrize("outgoing", [True, False])
    def test_what_is_not_ours_to_do_by_those_who_face_the_other_side(self, story, cast, outgoing):
        """The clock alarms the desk that faces the other side: nobody below starts it."""
        at = "2026-11-02"
        case = story.submitted() if outgoing else story.in_execution("jiangsu", request_type="mla_freeze_in")
        below = ("kunshan.officer", "kunshan.chief") if outgoing else ("jiangsu.officer", "jiangsu.chief")
        for login in below:
            with pytest.raises(NotHolder, match=r"由.*登记"):
                self.record(cast, login, case, "unclaimed", at=at)
        assert self.record(cast, "guohe.desk", case, "unclaimed", at=at).agency is None

    @pytest.mark.parametrize("at", ["0001-01-01", "0001-01-01T00:00Z", "1999-12-31T23:59", "2021-03-08"])
    def test_not_more_than_five_years_before_the_case(self, story, cast, at):
        story.moment = MONDAY
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        with pytest.raises(GuardFailed) as refused:
            self.record(cast, "jiangsu.desk", case, "freeze_funds", at=at, now=MONDAY)
        assert [(reason.code, reason.pointer) for reason in refused.value.reasons] == [("too_early", "/at")]
        self.record(cast, "jiangsu.desk", case, "freeze_funds", at="2021-03-10", now=MONDAY)

    @pytest.mark.parametrize("limit", ["competent_authority_processing", "hc_serve_copy", "nonsense"])
    def test_only_what_is_recorded_for_this_type(self, story, cast, limit):
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        with pytest.raises(GuardFailed) as refused:
            self.record(cast, "jiangsu.desk", case, limit, at="2099-01-01")
        assert {reason.pointer for reason in refused.value.reasons} == {"/limit", "/at"}


class TestWhoIsTold:
    def test_the_explanation_goes_up_level_by_level(self, story, act, told):
        story.moment = MONDAY
        case = story.in_execution("jiangsu", "suzhou")
        act("suzhou.officer", "explain", case, "case_organ_processing", WHY, LATE)
        above = ["guohe.chief", "guohe.supervisor", "jiangsu.chief", "jiangsu.supervisor"]
        assert told("case.explain_deadline", case) == [*above, "suzhou.chief", "suzhou.desk"]

    def test_the_agency_above_learns_that_the_laws_clock_stands_still(self, story, act, told):
        case = story.in_execution("jiangsu", "suzhou")
        above = ["jiangsu.chief", "jiangsu.supervisor", "suzhou.desk"]
        act("suzhou.chief", "pause", case, "case_organ_processing", {"category": "court", "reason": "法院调卷。"})
        assert told("case.pause_deadline", case) == above
        act("suzhou.chief", "resume", case, "case_organ_processing", {})
        assert told("case.resume_deadline", case) == above

    def test_the_rest_is_for_those_whose_clock_it_is(self, story, act, told):
        story.moment = None
        case = story.submitted()
        act("suzhou.chief", "extend", case, "review", {"amount": 1, "reason": "等译文。"})
        assert told("case.extend_deadline", case) == ["kunshan.chief", "kunshan.desk"]
        act("kunshan.chief", "pause", case, "review", {"category": "other", "reason": "等。"})
        assert told("case.pause_deadline", case) == ["kunshan.desk"]

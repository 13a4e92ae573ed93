"""The law's clocks on a foreign request: which run, from when, and what ends them (IMLAP-7, MPSR-379)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agencies.errors import GuardFailed, Malformed
from agencies.scope import acting
from cases import deadlines
from cases.models import Deadline
from tests.cast import PLACES
from tests.ledgers import done
from tests.treaties.test_overrides import new
from treaties.commands import set_override

pytestmark = pytest.mark.django_db


@pytest.fixture
def clocks(see):
    """The clocks of the law on a case: (key, agency code, amount, unit) of those that run."""

    def running(case, **of):
        with see("guohe.desk"):
            rows = Deadline.objects.filter(case=case, met_at=None, cancelled_at=None, **of).exclude(article="")
            return sorted((row.kind, row.agency.code if row.agency else "", row.amount, row.unit) for row in rows)

    return running


class TestMinistry:
    def test_45_days_from_registration_until_it_is_assigned(self, story, clocks):
        case = story.registered()
        assert clocks(case) == [("competent_authority_processing", PLACES["guohe"], 45, "calendar_day")]
        case = story.step("guohe.desk", case, "check_form", result="complete")
        case = story.step("guohe.chief", case, "decide", decision="execute")
        assert len(clocks(case)) == 1
        case = story.step("guohe.desk", case, "assign", agency=PLACES["jiangsu"])
        assert clocks(case) == []

    @pytest.mark.parametrize(
        "request_type, urgency, key, days",
        [
            ("mla_evidence_in", "urgent", "competent_authority_processing_priority", 30),
            ("mla_evidence_in", "most_urgent", "competent_authority_processing_priority", 30),
            ("mla_freeze_in", "urgent", "competent_authority_processing_priority", 30),
            ("mla_freeze_in", "most_urgent", "competent_authority_processing_urgent", 15),
        ],
    )
    def test_priority_takes_the_place_of_it(self, story, clocks, request_type, urgency, key, days):
        case = story.registered(request_type=request_type, urgency=urgency)
        assert clocks(case) == [(key, PLACES["guohe"], days, "calendar_day")]

    def test_a_refusal_ends_it(self, story, clocks):
        case = story.step("guohe.chief", story.checked(), "decide", decision="refuse", grounds=["political_offence"])
        assert clocks(case) == []

    def test_again_45_days_from_the_result_until_the_reply(self, story, clocks):
        case = story.result("jiangsu")
        assert clocks(case) == []
        case = story.step("jiangsu.chief", case, "approve")
        assert clocks(case) == [("competent_authority_processing", PLACES["guohe"], 45, "calendar_day")]
        case = story.step("guohe.chief", case, "approve")
        assert len(clocks(case)) == 1
        case = story.step(
            "guohe.desk", case, "reply", channel="police_liaison", counterpart={"name": "泰国皇家警察总署"}
        )
        assert clocks(case) == []

    def test_the_liaison_authority_has_its_own(self, story, clocks):
        case = story.step("guohe.desk", story.result_cleared("jiangsu"), "hand_to_liaison", channel="moj")
        assert clocks(case) == [("liaison_processing", "", 45, "calendar_day")]


class TestExecutor:
    def test_evidence_has_two_which_reach_the_same_work(self, story, clocks):
        case = story.in_execution("jiangsu", "suzhou")
        assert clocks(case) == [
            ("case_organ_processing", PLACES["suzhou"], 90, "calendar_day"),
            ("execution_evidence", PLACES["suzhou"], 3, "month"),
        ]
        assert len(clocks(case, overlap="execution")) == 2

    def test_service_has_ten_days(self, story, clocks):
        case = story.in_execution("jiangsu", request_type="mla_service_in")
        assert ("execution_service", PLACES["jiangsu"], 10, "calendar_day") in clocks(case)

    def test_police_cooperation_rests_on_one_article_alone(self, story, clocks):
        case = story.in_execution("jiangsu", request_type="police_cooperation_in")
        assert clocks(case) == [("execution_evidence", PLACES["jiangsu"], 3, "month")]

    def test_a_result_sent_back_was_none_and_its_review_not_counted(self, story, clocks, see):
        story.moment = datetime(2026, 3, 2, 2, tzinfo=UTC)
        case = story.result("jiangsu")

        def dues():
            with see("guohe.desk"):
                return dict(Deadline.objects.filter(case=case, overlap="execution").values_list("kind", "due_at"))

        before = dues()
        story.moment += timedelta(days=10)
        case = story.step("jiangsu.chief", case, "return_for_correction", reasons=["facts_unclear"])
        assert [row[0] for row in clocks(case)] == ["case_organ_processing", "execution_evidence"]
        moved = {kind: due - before[kind] for kind, due in dues().items()}
        assert moved["execution_evidence"] == timedelta(days=10)

    def test_an_execution_given_back_is_called_off(self, story, clocks, see):
        case = story.step("jiangsu.chief", story.in_execution("jiangsu"), "return_assignment", opinion="不在本省。")
        assert clocks(case) == []
        with see("guohe.desk"):
            states = Deadline.objects.filter(case=case, overlap="execution").values_list("met_at", flat=True)
            assert list(states) == [None, None]

    def test_each_of_several_executors_has_its_own(self, story, clocks):
        places = [PLACES["jiangsu"], PLACES["yunnan"]]
        case = story.step("guohe.desk", story.decided(), "assign", agencies=places)
        held = [row[1] for row in clocks(case) if row[0] == "case_organ_processing"]
        assert held == sorted(places)
        case = story.step("jiangsu.chief", case, "answer_assignment", answer="查清。")
        assert {row[1] for row in clocks(case)} == {PLACES["yunnan"]}


def test_ours_has_none(story, clocks):
    assert clocks(story.answered()) == []


def test_late_work_of_a_share_is_explained_first(story):
    story.moment = datetime(2026, 1, 5, 2, tzinfo=UTC)
    case = story.step("guohe.desk", story.decided(), "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]])
    story.moment += timedelta(days=120)
    with pytest.raises(GuardFailed) as error:
        story.step("jiangsu.chief", case, "answer_assignment", answer="查清。")
    assert {reason.code for reason in error.value.reasons} == {"late_not_explained"}


def test_a_period_named_for_a_far_year_is_a_slip(story):
    with pytest.raises(Malformed) as error:
        story.registered(wanted_by="2200-01-01")
    assert [reason.pointer for reason in error.value.reasons] == ["/wanted_by"]


def test_what_was_asked_of_the_requester_lets_the_clock_go_on(story, cast, see):
    case = story.step("guohe.desk", story.checked(), "request_supplement", opinion="请补充译文。")
    chief = cast.actor("guohe.chief")
    with acting(chief):
        clock = Deadline.objects.get(case=case, kind="competent_authority_processing")
        data = {"category": "foreign_side", "reason": "等补充材料。"}
        deadlines.pause(actor=chief, case_id=case.pk, deadline_id=clock.pk, data=data)
    story.step("guohe.desk", case, "record_supplement", opinion="译文。")
    with see("guohe.desk"):
        assert Deadline.objects.get(pk=clock.pk).paused_at is None


class TestPostponement:
    """While the ministry waits for what stands in the way of executing, its clock stands still on the decision's grounds."""

    KEY = "competent_authority_processing"

    @pytest.fixture
    def postponed(self, story):
        story.moment = datetime(2026, 3, 2, 2, tzinfo=UTC)
        case = story.checked()
        story.moment += timedelta(days=3)
        return story.step("guohe.chief", case, "decide", decision="postpone", grounds=["postpone_domestic_case"])

    @pytest.fixture
    def clock(self, see):
        def read(case):
            with see("guohe.desk"):
                return Deadline.objects.prefetch_related("pauses").get(case=case, kind=self.KEY)

        return read

    def test_it_stands_still_and_says_why(self, story, postponed, clock, cast):
        found = clock(postponed)
        (pause,) = found.pauses.all()
        assert found.paused_at == pause.from_at == story.moment
        assert found.next_alarm_at is None
        assert (pause.category, pause.reason) == ("postponed", "可能妨碍我方正在办理的案件（IMLA-16.2）")
        assert pause.officer_id == cast.officer("guohe.chief").pk

    def test_taken_up_again_it_moves_by_what_it_waited(self, story, postponed, clock, cast):
        before = clock(postponed).due_at
        story.moment += timedelta(days=20)
        case = story.step("guohe.chief", postponed, "resume", opinion="国内案件已审结。")
        found = clock(case)
        (pause,) = found.pauses.all()
        assert (found.paused_at, found.due_at - before) == (None, timedelta(days=20))
        assert (pause.to_at, pause.ended_by_id) == (story.moment, cast.officer("guohe.chief").pk)
        assert found.next_alarm_at is not None

    def test_what_an_officer_stopped_for_another_reason_he_lets_go_on(self, story, clock, cast):
        case, chief = story.checked(), cast.actor("guohe.chief")
        with acting(chief):
            data = {"category": "court", "reason": "等法院裁定。"}
            deadlines.pause(actor=chief, case_id=case.pk, deadline_id=clock(case).pk, data=data)
        case = story.step("guohe.chief", case, "decide", decision="postpone", grounds=["postpone_domestic_case"])
        case = story.step("guohe.chief", case, "resume", opinion="国内案件已审结。")
        found = clock(case)
        assert found.paused_at is not None
        assert [pause.category for pause in found.pauses.all()] == ["court"]

    def test_what_is_late_stays_late(self, story, clock, cast):
        story.moment = datetime(2026, 3, 2, 2, tzinfo=UTC)
        case, chief = story.checked(), cast.actor("guohe.chief")
        story.moment += timedelta(days=60)
        with acting(chief):
            told = {"text": "等另案。", "told_to": "部领导", "told_on": "2026-05-01"}
            deadlines.explain(actor=chief, case_id=case.pk, deadline_id=clock(case).pk, data=told, at=story.moment)
        case = story.step("guohe.chief", case, "decide", decision="postpone", grounds=["postpone_domestic_case"])
        assert (clock(case).paused_at, list(clock(case).pauses.all())) == (None, [])
        case = story.step("guohe.chief", case, "resume", opinion="国内案件已审结。")
        assert clock(case).paused_at is None

    def test_postponed_for_good_and_then_refused(self, story, postponed, clock):
        story.moment += timedelta(days=100)
        case = story.step("guohe.chief", postponed, "resume", opinion="另案已审结。")
        case = story.step("guohe.chief", case, "decide", decision="refuse", grounds=["political_offence"])
        found = clock(case)
        assert found.met_at is not None
        assert found.met_at <= found.due_at


class TestAlarms:
    """How long before the end it warns, and after it rises: data, the treaty's own, or the default of its length."""

    @staticmethod
    def alarms(see, case, key):
        with see("guohe.desk"):
            rows = Deadline.objects.filter(case=case, kind=key)
            return rows.values_list("amount", "unit", "warn_before", "escalate_after").get()

    def test_as_the_table_says(self, story, see):
        case = story.in_execution("jiangsu")
        assert self.alarms(see, case, "competent_authority_processing") == (45, "calendar_day", 10, 1)
        assert self.alarms(see, case, "execution_evidence") == (3, "month", 10, 1)

    def test_a_day_that_the_request_names_warns_by_its_distance(self, story, see):
        story.moment = datetime(2026, 3, 2, 2, tzinfo=UTC)
        case = story.in_execution("jiangsu", wanted_by="2026-03-22")
        assert self.alarms(see, case, "by_request") == (20, "calendar_day", 5, 1)

    @pytest.mark.parametrize("own, alarms", [({}, (5, 1)), ({"warn_before": 7, "escalate_after": 2}, (7, 2))])
    def test_a_treatys_period(self, story, see, cast, own, alarms):
        override = new(scope="", key="competent_authority_processing", amount=30, valid_from=date(2026, 1, 1), **own)
        done(set_override, actor=cast.actor("guohe.desk"), new=override)
        case = story.registered()
        assert self.alarms(see, case, "competent_authority_processing") == (30, "calendar_day", *alarms)

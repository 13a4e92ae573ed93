"""催办 and 督办 through the commands: who, to whom, the clock of the feedback, and what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.errors import GuardFailed, Malformed, NotPermitted, NotVisible, WrongStatus
from agencies.models import Agency
from agencies.oversight import overseen_by, overseer_of, oversees
from agencies.scope import acting
from cases.clocks import running
from cases.models import Deadline, Supervision
from cases.supervision import issuing
from cases.supervision.sight import in_sight
from tests.cast import PARTS, PLACES
from tests.keeping import left_running
from tests.supervising import Overseer, trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def overseer(cast) -> Overseer:
    return Overseer(cast)


# --- Who, and to whom -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("part", PARTS)
def test_who_may_order_kunshan_which_drafts_nothing_but_reviews(cast, story, overseer, place, part):
    """Supervisors of the agencies above it on the tree, and nobody else; whoever sees nothing is told nothing."""
    case = story.submitted()
    refusal: type[Exception] | None = NotVisible
    if part != "supervisor":
        refusal = NotPermitted
    elif place in ("suzhou", "jiangsu", "guohe"):
        refusal = None
    elif place == "kunshan":
        refusal = GuardFailed
    if refusal is None:
        one = overseer.order(f"{place}.supervisor", case)
        assert (one.agency.code, one.state) == (PLACES["kunshan"], "open")
        return
    with pytest.raises(refusal):
        overseer.order(f"{place}.{part}", case)
    assert overseer.rows(case) == 0
    assert trail(case) == []


def test_the_terminal_desk_stands_above_every_province(cast):
    guohe, jiangsu, kunshan = cast.agency("guohe"), cast.agency("jiangsu"), cast.agency("kunshan")
    ministry = Agency.objects.get(code="000000000000")
    assert oversees(guohe, jiangsu)
    assert oversees(guohe, kunshan)
    assert not oversees(guohe, ministry)
    assert not oversees(kunshan, guohe)
    assert not oversees(guohe, guohe)
    assert overseer_of(kunshan) == cast.agency("suzhou")
    assert overseer_of(jiangsu) == guohe
    assert overseer_of(guohe) is None
    assert kunshan in overseen_by(cast.agency("suzhou"))
    assert {jiangsu, kunshan} <= set(overseen_by(guohe))
    assert not {guohe, ministry} & set(overseen_by(guohe))


def test_a_named_agency_must_be_below_and_have_something_to_do(story, overseer):
    case = story.submitted()
    for agency, code in (("yunnan", "not_below"), ("suzhou", "not_below"), ("kunshan", "")):
        if not code:
            assert overseer.order("suzhou.supervisor", case, agency=agency)
            continue
        with pytest.raises(GuardFailed) as refused:
            overseer.order("suzhou.supervisor", case, agency=agency)
        assert refused.value.reasons[0].code == code
    with pytest.raises(GuardFailed) as refused:
        overseer.remind("jiangsu.supervisor", case, agency="suzhou")
    assert refused.value.reasons[0].code == "not_involved"


def test_open_parallel_work_is_something_to_do(story, overseer):
    case = story.step("guohe.desk", story.cleared(), "invite", agencies=[PLACES["yunnan"]], question="请提意见。")
    one = overseer.remind("guohe.supervisor", case)
    assert one.agency.code == PLACES["yunnan"]


def test_an_ended_case_has_nobody_to_remind(story, overseer):
    with pytest.raises(GuardFailed, match="已结束"):
        overseer.remind("suzhou.supervisor", story.closed())


def test_nor_is_there_anybody_to_order_while_a_period_outlasts_the_case(story, cast, overseer):
    case = story.closed()
    with acting(cast.actor("kunshan.officer")):
        left_running(case)
    with pytest.raises(GuardFailed, match="已结束"):
        overseer.order("suzhou.supervisor", case)
    with pytest.raises(GuardFailed, match="已结束"):
        overseer.order("suzhou.supervisor", case, agency="kunshan")


@pytest.mark.parametrize(
    "raw, pointer",
    [
        ({}, "/kind"),
        ({"kind": "nudge"}, "/kind"),
        ({"kind": "order"}, "/text"),
        ({"kind": "order", "text": "x" * 2001}, "/text"),
        ({"kind": "order", "text": "办", "due_on": "soon"}, "/due_on"),
        ({"kind": "reminder", "due_on": "2030-01-01"}, "/due_on"),
        ({"kind": "reminder", "agency": "123"}, "/agency"),
        ({"kind": "reminder", "loud": "1"}, "/loud"),
    ],
)
def test_broken_input_is_refused_in_words(raw, pointer):
    with pytest.raises(Malformed) as refused:
        issuing.parse(raw)
    assert pointer in [reason.pointer for reason in refused.value.reasons]


@pytest.mark.parametrize("days, code", [(0, "due_day_past"), (-1, "due_day_past"), (400, "due_day_far")])
def test_the_day_lies_ahead(story, overseer, days, code):
    case = story.submitted()
    day = timezone.localdate() + timedelta(days=days)
    with pytest.raises(GuardFailed) as refused:
        overseer.order("suzhou.supervisor", case, due_on=day.isoformat())
    assert refused.value.reasons[0].code == code
    assert overseer.rows(case) == 0


# --- Numbers and clocks -----------------------------------------------------------------------------------------------


def test_numbers_run_by_issuer_kind_and_year(story, overseer):
    first, second = story.submitted(), story.submitted()
    numbers = [
        overseer.order("suzhou.supervisor", first).number,
        overseer.order("suzhou.supervisor", second).number,
        overseer.remind("suzhou.supervisor", second).number,
        overseer.order("jiangsu.supervisor", second).number,
    ]
    year = timezone.localdate().year
    assert [re.sub(r"^\d+", "", one) for one in numbers] == [
        f"督〔{year}〕1号",
        f"督〔{year}〕2号",
        f"催〔{year}〕1号",
        f"督〔{year}〕1号",
    ]
    assert len(set(numbers)) == 4


def test_a_refused_one_leaves_no_gap(cast, story, overseer):
    case, ended = story.submitted(), story.at("withdrawn")
    actor = cast.actor("suzhou.supervisor")
    wording = issuing.parse({"kind": "order", "text": "报送。"})
    with acting(actor), pytest.raises(GuardFailed) as refused:
        issuing.issue_all(actor=actor, case_ids=[case.pk, ended.pk], wording=wording)
    assert [reason.pointer for reason in refused.value.reasons] == ["/cases/1"]
    assert overseer.rows(case) == 0
    assert overseer.order("suzhou.supervisor", case).number.endswith("〕1号")


def test_the_feedback_has_a_clock_of_its_own_by_the_internal_limit(story, overseer):
    case = story.submitted()
    clock = overseer.clock(overseer.order("suzhou.supervisor", case))
    assert (clock.kind, clock.amount, clock.unit, clock.agency_id) == (
        "supervision",
        5,
        "working_day",
        Agency.objects.get(code=PLACES["kunshan"]).pk,
    )
    assert clock.running


def test_or_until_the_named_day(story, overseer):
    day = timezone.localdate() + timedelta(days=9)
    clock = overseer.clock(overseer.order("suzhou.supervisor", story.submitted(), due_on=day.isoformat()))
    assert timezone.localtime(clock.due_at).date() == day


def test_a_reminder_has_no_clock_and_takes_no_feedback(cast, story, overseer):
    one = overseer.remind("suzhou.supervisor", story.submitted())
    with acting(cast.actor("suzhou.supervisor")):
        assert not Deadline.objects.filter(supervision=one).exists()
    with pytest.raises(WrongStatus, match="催办不要反馈"):
        overseer.answer("kunshan.officer", one)


@pytest.mark.parametrize("late", [False, True])
def test_feedback_meets_the_clock_in_time_or_late(cast, story, overseer, late):
    one = overseer.order("suzhou.supervisor", story.submitted())
    if late:
        with acting(cast.actor("suzhou.supervisor")):
            clock = Deadline.objects.get(supervision=one)
            clock.started_at -= timedelta(days=60)
            running.recount(clock, timezone.now())
    answered = overseer.answer("kunshan.officer", one, "已补正，今日报送。")
    clock = overseer.clock(one)
    assert answered.state == "answered"
    assert clock.met_at == answered.feedback_at
    assert (clock.met_at > clock.due_at) is late
    assert clock.next_alarm_at is None


# --- What becomes of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_who_answers(story, overseer, part):
    one = overseer.order("suzhou.supervisor", story.submitted())
    for place in ("suzhou", "jiangsu", "ruili"):
        with pytest.raises(NotVisible if place == "ruili" else NotPermitted):
            overseer.answer(f"{place}.{part}", one)
    if part == "supervisor":
        with pytest.raises(NotPermitted):
            overseer.answer(f"kunshan.{part}", one)
    else:
        assert overseer.answer(f"kunshan.{part}", one).feedback == "已报送。"
        with pytest.raises(WrongStatus, match="已经反馈过"):
            overseer.answer(f"kunshan.{part}", one)


def test_an_order_is_closed_after_its_feedback_with_a_note(story, overseer):
    case = story.submitted()
    one = overseer.order("suzhou.supervisor", case)
    overseer.answer("kunshan.desk", one)
    with pytest.raises(Malformed):
        overseer.close("suzhou.supervisor", one, note=" ")
    for login in ("kunshan.supervisor", "jiangsu.supervisor", "suzhou.chief"):
        with pytest.raises(NotPermitted):
            overseer.close(login, one)
    assert overseer.close("suzhou.supervisor", one).state == "closed"
    with pytest.raises(WrongStatus, match="已办结"):
        overseer.close("suzhou.supervisor", one)
    assert trail(case) == ["case.supervise", "case.supervision_answer", "case.supervision_close"]


def test_a_waiting_order_is_withdrawn_with_a_reason_by_whoever_has_it(story, overseer):
    case = story.submitted()
    one, raised = overseer.order("suzhou.supervisor", case), overseer.order("suzhou.supervisor", case)
    with pytest.raises(Malformed) as refused:
        overseer.close("suzhou.supervisor", one, note=" ")
    assert refused.value.reasons[0].words == "写明撤销的理由。"
    assert overseer.close("suzhou.supervisor", one, note="发错了。").closing_note == "发错了。"
    assert overseer.clock(one).cancelled_at is not None
    with pytest.raises(WrongStatus):
        overseer.answer("kunshan.officer", one)
    with pytest.raises(Malformed):
        overseer.escalate("suzhou.supervisor", raised, " ")
    overseer.escalate("suzhou.supervisor", raised)
    with pytest.raises(NotPermitted, match="江苏省公安厅"):
        overseer.close("suzhou.supervisor", raised)
    assert overseer.close("jiangsu.supervisor", raised).state == "closed"


def test_a_case_held_above_says_who_holds_it(story, overseer):
    away = story.step("kunshan.chief", story.submitted(), "approve")
    with pytest.raises(GuardFailed, match="由苏州市公安局办理"):
        overseer.order("suzhou.supervisor", away)


def test_a_reminder_is_closed_without_feedback(story, overseer):
    one = overseer.remind("suzhou.supervisor", story.submitted())
    assert overseer.close("suzhou.supervisor", one, note="").state == "closed"


def test_an_order_climbs_to_the_top_and_no_further(cast, story, overseer):
    case = story.submitted()
    one = overseer.order("suzhou.supervisor", case)
    assert overseer.escalate("suzhou.supervisor", one, "两次催办没有结果。").escalated_to == cast.agency("jiangsu")
    with pytest.raises(NotPermitted, match="江苏省公安厅"):
        overseer.escalate("suzhou.supervisor", one)
    assert overseer.escalate("jiangsu.supervisor", one).escalated_to == cast.agency("guohe")
    with pytest.raises(GuardFailed):
        overseer.escalate("guohe.supervisor", one)
    assert overseer.answer("kunshan.chief", one).state == "answered"
    assert overseer.close("guohe.supervisor", one).state == "closed"
    assert trail(case).count("case.supervision_escalate") == 2


def test_a_reminder_is_not_raised(story, overseer):
    one = overseer.remind("suzhou.supervisor", story.submitted())
    with pytest.raises(WrongStatus, match="改为督办"):
        overseer.escalate("suzhou.supervisor", one)


def test_a_reminder_goes_with_the_case_and_an_order_stays(story, overseer):
    case = story.submitted()
    reminder, order = overseer.remind("suzhou.supervisor", case), overseer.order("suzhou.supervisor", case)
    story.step("kunshan.chief", case, "approve")
    reminder, order = overseer.fresh(reminder), overseer.fresh(order)
    assert (reminder.state, reminder.closed_by_id) == ("closed", None)
    assert order.state == "open"
    assert overseer.answer("kunshan.officer", order).state == "answered"


def test_everything_lapses_when_the_case_ends(story, overseer):
    case = story.submitted()
    order = overseer.order("suzhou.supervisor", case)
    story.step("kunshan.chief", case, "decline", opinion="不符合条件。")
    assert overseer.fresh(order).state == "closed"
    clock = overseer.clock(order)
    assert clock.cancelled_at is not None
    assert clock.met_at is None
    with pytest.raises(WrongStatus):
        overseer.answer("kunshan.officer", order)


# --- Who sees it ------------------------------------------------------------------------------------------------------


def test_those_merely_invited_see_what_concerns_them_alone(cast, story, overseer):
    case = story.step("guohe.desk", story.cleared(), "invite", agencies=[PLACES["yunnan"]], question="请提意见。")
    story.step("guohe.desk", case, "dispatch", channel="police_liaison", counterpart={"name": "警察总署"})
    other = story.submitted("ruili")
    theirs = overseer.order("guohe.supervisor", case, agency="yunnan")
    elsewhere = overseer.order("dehong.supervisor", other)
    actor = cast.actor("yunnan.officer")
    with acting(actor):
        assert set(in_sight(actor)) == {theirs, elsewhere}
    stranger = cast.actor("kunshan.officer")
    with acting(stranger):
        assert list(in_sight(stranger)) == [theirs]
        assert list(Supervision.objects.all()) == [theirs]  # the second wall says the same of the cases


def test_a_route_order_is_not_for_the_invited(cast, story, overseer):
    case = story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["ruili"]], question="请提意见。")
    one = overseer.order("suzhou.supervisor", case)
    actor = cast.actor("ruili.chief")
    with acting(actor):
        assert one not in in_sight(actor)
    with pytest.raises(NotVisible):
        overseer.answer("ruili.chief", one)

"""Requests from abroad, by the commands: registered, checked, decided, assigned down, carried out, answered, closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from agencies.errors import FourEyes, GuardFailed, Malformed, NotHolder, NotPermitted, WrongStatus
from agencies.models import Appointment
from agencies.officers import actor_for
from agencies.roles import Role
from agencies.scope import acting
from cases import content_input
from cases.commands import take_step
from cases.models import Assignment, Case, Deadline, Involvement, Leg, RequestItem, Transmission
from cases.registration import register_case
from tests.cast import PLACES
from tests.stories import COUNTERPART, FOREIGN
from treaties.queries import contents_of

pytestmark = pytest.mark.django_db
SOON = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()


@pytest.fixture
def refused(story):
    """The codes and the pointers of the reasons against a step."""

    def attempt(login, case, step, **data):
        with pytest.raises((GuardFailed, Malformed)) as error:
            story.step(login, case, step, **data)
        return {(reason.code, reason.pointer) for reason in error.value.reasons}

    return attempt


class Look:
    """What there is about a case, in the eyes of a login."""

    def __init__(self, see, case, login):
        self.see, self.case, self.login = see, case, login

    def _rows(self, rows, *columns):
        with self.see(self.login):
            return list(rows.filter(case=self.case).values_list(*columns, flat=len(columns) == 1))

    def legs(self):
        return self._rows(Leg.objects.order_by("seq"), "phase", "holder_name")

    def crossings(self):
        return self._rows(Transmission.objects.order_by("at"), "way", "kind", "counterpart_name")

    def clocks(self):
        return self._rows(Deadline.objects.filter(met_at=None, cancelled_at=None, article=""), "kind", "amount")

    def hands(self):
        return self._rows(Involvement.objects.order_by("at"), "officer__police_number", "kind")

    def shares(self):
        return dict(self._rows(Assignment.objects.all(), "agency__code", "state"))

    def items(self):
        return self._rows(RequestItem.objects.order_by("position"), "decision", "outcome", "ground__code")

    def ids(self):
        return [str(pk) for pk in self._rows(RequestItem.objects.order_by("position"), "pk")]

    def unbroken(self):
        """Custody without gap or overlap; is it still somebody's?"""
        legs = self._rows(Leg.objects.order_by("seq"), "opened_at", "closed_at")
        assert all(a[1] == b[0] for a, b in pairwise(legs))
        return legs[-1][1] is None


@pytest.fixture
def look(see):
    """`look(case).legs()`: as the supervisor of the last desk sees it, or another login."""
    return lambda case, login="guohe.supervisor": Look(see, case, login)


def scope(cast, *places):
    with acting(cast.actor("guohe.supervisor")):
        return sorted({pk for place in places for pk in cast.agency(place).ancestors})


class TestRegister:
    def register(self, cast, login, **changes):
        actor = cast.actor(login)
        with acting(actor):
            return register_case(actor=actor, content=content_input.parse({**FOREIGN, **changes}))

    def test_the_last_desk_registers(self, story, cast, look):
        case = story.registered()
        assert (case.status, case.direction, case.number[:5]) == ("received", "incoming", "GJHZ-")
        assert look(case).legs() == [("check", "公安部国际合作局")]
        assert look(case).crossings() == [("in", "request", "泰国皇家警察总署")]
        assert look(case).clocks() == [("check", 5)]
        assert look(case).hands() == [("guohe.desk", "drafted")]
        assert case.scope == scope(cast, "guohe")
        assert (case.received_on, case.their_reference) == (date(2026, 1, 5), "RTP-2026-77")

    def test_without_a_channel_nothing_is_said_to_have_crossed(self, story, look):
        assert look(story.registered(received_via=None)).crossings() == []

    @pytest.mark.parametrize("login", ["guohe.officer", "guohe.chief", "guohe.supervisor", "kunshan.desk", "auditor"])
    def test_nobody_else_does(self, cast, login):
        with pytest.raises(NotPermitted):
            self.register(cast, login)

    @pytest.mark.parametrize("name, empty", [(n, None) for n in ("title", "received_on")] + [("items", [])])
    def test_what_is_missing_is_named(self, cast, name, empty):
        with pytest.raises(Malformed) as error:
            self.register(cast, "guohe.desk", **{name: empty})
        assert [(r.code, r.pointer) for r in error.value.reasons] == [("required", f"/{name}")]
        assert Case.objects.count() == 0

    def test_not_from_tomorrow(self, cast):
        tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
        with pytest.raises(Malformed) as error:
            self.register(cast, "guohe.desk", received_on=tomorrow)
        assert [r.code for r in error.value.reasons] == ["day_ahead"]

    def test_not_one_of_ours(self, cast):
        with pytest.raises(Malformed) as error:
            self.register(cast, "guohe.desk", request_type="mla_evidence_out")
        assert [r.code for r in error.value.reasons] == ["direction_contradicts_type"]

    def test_who_registered_does_not_decide(self, story, cast):
        case, officer = story.checked(), cast.officer("guohe.desk")
        post = Appointment.objects.create(officer=officer, agency=cast.agency("guohe"), role=Role.APPROVER)
        actor = actor_for(post)
        with pytest.raises(FourEyes), acting(actor):
            take_step(actor=actor, case_id=case.pk, step="decide", data={"decision": "execute"})


class TestCheck:
    def test_complete(self, story, look):
        case = story.checked()
        assert case.status == "in_review"
        assert look(case).legs()[-1] == ("decision", "公安部国际合作局")
        assert look(case).clocks() == [("decision", 10)]

    def test_returned_by_the_way_it_came_with_what_is_missing(self, story, look, see):
        case = story.registered()
        with see("guohe.desk"):
            key = contents_of(case.request_type)[0].key
        case = story.step("guohe.desk", case, "check_form", result="returned", missing=[key])
        assert (case.status, bool(case.ended_at)) == ("returned_to_requester", True)
        assert look(case).crossings()[-1] == ("out", "returned", "泰国皇家警察总署")
        assert look(case).clocks() == []
        assert look(case).unbroken() is False

    @pytest.mark.parametrize(
        "data, wanted",
        [
            ({"result": "returned"}, {("reason_missing", "/missing")}),
            ({"result": "returned", "missing": ["no_such"]}, {("content_unknown", "/missing/0")}),
            ({"result": "maybe"}, {("unknown_code", "/result")}),
            ({}, {("required", "/result")}),
        ],
    )
    def test_what_a_check_must_say(self, story, refused, data, wanted):
        assert refused("guohe.desk", story.registered(), "check_form", **data) == wanted

    def test_nothing_incomplete_passes(self, story, see, refused):
        case = story.registered()
        with see("guohe.desk"):
            key = contents_of(case.request_type)[0].key
        got = refused("guohe.desk", case, "check_form", result="complete", missing=[key])
        assert got == {("complete_but_missing", "/missing")}


@pytest.mark.parametrize("status", ["received", "in_review"])
def test_a_supplement_and_back(story, look, refused, status):
    case = story.incoming_at(status)
    assert refused("guohe.desk", case, "request_supplement") == {("reason_missing", "/opinion")}
    case = story.step("guohe.desk", case, "request_supplement", opinion="请补充译文。")
    assert case.status == "awaiting_supplement"
    assert look(case).legs()[-1] == ("supplement", "泰国皇家警察总署")
    assert look(case).clocks() == []
    case = story.step("guohe.desk", case, "record_supplement", opinion="译文已到。")
    assert case.status == "in_review"
    assert look(case).legs()[-1] == ("decision", "公安部国际合作局")
    assert look(case).crossings()[-2:] == [
        ("out", "supplement", "泰国皇家警察总署"),
        ("in", "supplement", "泰国皇家警察总署"),
    ]
    assert look(case).unbroken()


class TestDecide:
    def decide(self, story, case, decision, **data):
        return story.step("guohe.chief", case, "decide", decision=decision, **data)

    def test_execute_under_conditions(self, story, look):
        case = self.decide(story, story.checked(), "execute", conditions=["限于本案使用。"])
        assert (case.status, case.conditions) == ("to_assign", ["限于本案使用。"])
        assert look(case).items() == [("execute", "waiting", None)] * 2
        assert look(case).hands() == [("guohe.desk", "drafted"), ("guohe.chief", "approved")]
        assert look(case).clocks() == [("assignment", 5)]

    def test_part_by_part(self, story, look):
        case = story.checked()
        _first, second = look(case).ids()
        rows = [{"id": second, "decision": "refuse", "ground": "political_offence"}]
        case = self.decide(story, case, "execute", items=rows)
        assert case.status == "to_assign"
        assert look(case).items() == [("execute", "waiting", None), ("refuse", "refused", "political_offence")]

    def test_a_refused_part_without_its_own_ground_takes_the_one_of_the_whole(self, story, look):
        case = story.checked()
        rows = [{"id": look(case).ids()[0], "decision": "refuse"}]
        case = self.decide(story, case, "execute", items=rows, grounds=["political_offence"])
        assert look(case).items()[0] == ("refuse", "refused", "political_offence")

    def test_every_refused_part_has_a_ground(self, story, look, refused):
        """Also when another part has one."""
        case = story.checked(items=[{"description": f"事项{n}。"} for n in range(3)])
        first, second, _third = look(case).ids()
        rows = [
            {"id": first, "decision": "refuse", "ground": "political_offence"},
            {"id": second, "decision": "refuse"},
        ]
        got = refused("guohe.chief", case, "decide", decision="execute", items=rows)
        assert got == {("grounds_missing", "/grounds")}

    def test_refused_with_the_grounds_sent(self, story, look):
        case = self.decide(story, story.checked(), "refuse", grounds=["political_offence"])
        assert case.status == "refused"
        assert look(case).items() == [("refuse", "refused", "political_offence")] * 2
        assert look(case).crossings()[-1][:2] == ("out", "refusal")
        assert look(case).unbroken() is False

    def test_postponed_and_resumed(self, story, look):
        case = self.decide(story, story.checked(), "postpone", grounds=["postpone_domestic_case"])
        assert case.status == "postponed"
        assert look(case).legs()[-1] == ("postponed", "公安部国际合作局")
        case = story.step("guohe.chief", case, "resume", opinion="国内案件已审结。")
        assert case.status == "in_review"
        assert self.decide(story, case, "execute").status == "to_assign"
        assert look(case).unbroken()

    def test_transferred(self, story, look, refused):
        case = story.checked()
        got = refused("guohe.chief", case, "decide", decision="transfer")
        assert got == {("recipient_missing", "/opinion")}
        assert self.decide(story, case, "transfer", opinion="移送国家监察机关。").status == "transferred"
        assert look(case).unbroken() is False

    @pytest.mark.parametrize(
        "data, wanted",
        [
            ({"decision": "refuse"}, {("grounds_missing", "/grounds")}),
            ({"decision": "postpone"}, {("grounds_missing", "/grounds")}),
            (
                {"decision": "refuse", "grounds": ["postpone_domestic_case"]},
                {("ground_for_another_decision", "/grounds/0")},
            ),
            (
                {"decision": "postpone", "grounds": ["political_offence"]},
                {("ground_for_another_decision", "/grounds/0")},
            ),
            # Of the law of extradition, not of assistance.
            ({"decision": "postpone", "grounds": ["postpone_surrender"]}, {("ground_does_not_apply", "/grounds/0")}),
            ({"decision": "refuse", "grounds": ["no_such"]}, {("unknown_code", "/grounds/0")}),
            (
                {"decision": "refuse", "grounds": ["political_offence"], "conditions": ["限用。"]},
                {("conditions_without_execution", "/conditions")},
            ),
            ({"decision": "later"}, {("unknown_code", "/decision")}),
        ],
    )
    def test_what_contradicts_itself_is_refused(self, story, refused, data, wanted):
        assert refused("guohe.chief", story.checked(), "decide", **data) == wanted

    def test_parts_do_not_contradict_the_whole(self, story, look, refused):
        case = story.checked()
        every = [{"id": pk, "decision": "refuse", "ground": "political_offence"} for pk in look(case).ids()]
        assert refused("guohe.chief", case, "decide", decision="execute", items=every) == {
            ("nothing_left_to_execute", "/decision")
        }
        got = refused("guohe.chief", case, "decide", decision="refuse", grounds=["political_offence"], items=every[:1])
        assert got == {("parts_contradict", "/items")}

    def test_a_part_of_another_request(self, story, look, refused):
        other = look(story.checked()).ids()[0]
        rows = [{"id": other, "decision": "execute"}]
        got = refused("guohe.chief", story.checked(), "decide", decision="execute", items=rows)
        assert ("item_unknown", "/items/0/id") in got


class TestAssign:
    def test_down_one_tier_at_a_time(self, story, cast, look):
        case = story.in_execution("jiangsu", "suzhou", "kunshan")
        assert look(case).legs()[2:] == [
            ("assignment", "公安部国际合作局"),
            ("assignment", "江苏省公安厅"),
            ("assignment", "苏州市公安局"),
            ("assignment", "昆山市公安局"),
            ("execution", "昆山市公安局"),
        ]
        assert case.scope == scope(cast, "kunshan", "guohe")
        assert look(case).clocks() == [("execution", 30)]
        assert look(case, "kunshan.officer").unbroken()

    @pytest.mark.parametrize("place", ["suzhou", "kunshan", "guohe", "ruili"])
    def test_never_past_a_tier_or_sideways(self, story, refused, place):
        got = refused("guohe.desk", story.decided(), "assign", agency=PLACES[place])
        assert got == {("not_next_below", "/agency")}

    @pytest.mark.parametrize(
        "data, wanted",
        [
            ({}, {("assign_one_way", "/agency")}),
            ({"agency": PLACES["jiangsu"], "execute_here": True}, {("assign_one_way", "/execute_here")}),
            ({"agency": "nowhere"}, {("unknown_agency", "/agency")}),
            ({"execute_here": "yes"}, {("not_a_flag", "/execute_here")}),
            ({"execute_here": True, "due_on": SOON}, {("due_without_share", "/due_on")}),
            ({"agencies": [PLACES["jiangsu"]], "due_on": "2020-01-01"}, {("due_day_past", "/due_on")}),
            ({"agencies": [PLACES["jiangsu"]], "due_on": "9999-12-31"}, {("due_day_far", "/due_on")}),
        ],
    )
    def test_one_way_of_three(self, story, refused, data, wanted):
        assert refused("guohe.desk", story.decided(), "assign", **data) == wanted

    def test_back_up_with_a_reason(self, story, look):
        case = story.step("guohe.desk", story.decided(), "assign", agency=PLACES["jiangsu"])
        case = story.step("jiangsu.desk", case, "assign", agency=PLACES["suzhou"])
        case = story.step("suzhou.chief", case, "return_assignment", opinion="账户不在本市。")
        assert (case.status, story.holder(case)) == ("to_assign", "江苏省公安厅")
        case = story.step("jiangsu.chief", case, "return_assignment", opinion="账户不在本省。")
        assert (case.status, story.holder(case)) == ("to_assign", "公安部国际合作局")
        assert look(case, "suzhou.desk").unbroken()  # who once held it goes on seeing it

    def test_back_from_execution(self, story):
        case = story.step("kunshan.chief", story.in_execution("jiangsu", "suzhou", "kunshan"), "return_assignment",
                          opinion="查无此户。")  # fmt: skip
        assert (case.status, story.holder(case)) == ("to_assign", "苏州市公安局")

    def test_nothing_is_above_the_first(self, story):
        with pytest.raises(WrongStatus):
            story.step("guohe.chief", story.decided(), "return_assignment", opinion="退。")

    def test_where_nobody_is_in_office_nothing_is_sent(self, story, refused):
        got = refused("guohe.desk", story.decided(), "assign", agency="330000000000")
        assert got == {("not_next_below", "/agency")}

    def test_the_first_takes_an_execution_back_to_share_it_anew(self, story):
        case = story.step("guohe.chief", story.in_execution(), "return_assignment", opinion="改由两省分别执行。")
        assert (case.status, story.holder(case)) == ("to_assign", "公安部国际合作局")
        case = story.step("guohe.desk", case, "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]])
        assert case.status == "in_execution"

    def test_another_executor_starts_over(self, story):
        """What the first one was to correct does not let the next one's result pass over a tier."""
        case = story.result("jiangsu", "suzhou", "kunshan")
        for place in ("kunshan", "suzhou", "jiangsu"):
            case = story.step(f"{place}.chief", case, "approve")
        case = story.step("guohe.chief", case, "return_for_correction", reasons=["facts_unclear"])
        case = story.step("kunshan.chief", case, "return_assignment", opinion="不归本机关。")
        case = story.step("suzhou.desk", case, "assign", execute_here=True)
        outcomes = [{"id": pk, "outcome": "executed"} for pk in _ids(story, case)]
        case = story.step("suzhou.officer", case, "submit_result", items=outcomes)
        case = story.step("suzhou.chief", case, "approve")
        assert story.holder(case) == "江苏省公安厅"


def _ids(story, case):
    with acting(story.cast.actor("guohe.supervisor")):
        return [str(pk) for pk in case.items.values_list("pk", flat=True)]


class TestShares:
    """Several executors at once: the assigner keeps custody until all are in."""

    @pytest.fixture
    def case(self, story):
        return story.step("guohe.desk", story.decided(), "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]],
                          due_on=SOON, opinion="各查本省账户。")  # fmt: skip

    def test_each_is_a_party_and_has_its_clock(self, story, cast, look, see, case):
        assert (case.status, story.holder(case)) == ("in_execution", "公安部国际合作局")
        assert look(case).shares() == {PLACES["jiangsu"]: "open", PLACES["yunnan"]: "open"}
        assert case.scope == scope(cast, "guohe", "jiangsu", "yunnan")
        assert case.invited == []
        with see("guohe.supervisor"):
            clocks = Deadline.objects.filter(case=case, kind="share", met_at=None)
            assert {(clock.due_at.date().isoformat(), clock.unit) for clock in clocks} == {(SOON, "calendar_day")}

    def test_the_result_waits_for_all(self, story, refused, look, case):
        items = [{"id": pk, "outcome": "executed"} for pk in look(case).ids()]
        story.step("jiangsu.chief", case, "answer_assignment", answer="已调取。")
        assert refused("guohe.officer", case, "submit_result", items=items) == {("shares_open", "")}
        story.step("yunnan.chief", case, "answer_assignment", answer="查无账户。")
        assert look(case).clocks() == [("execution", 30)]
        case = story.step("guohe.officer", case, "submit_result", items=items)
        assert case.status == "result_review"

    def test_returned_they_lapse(self, story, look):
        case = story.step("guohe.desk", story.decided(), "assign", agency=PLACES["jiangsu"])
        case = story.step("jiangsu.desk", case, "assign", agencies=[PLACES["suzhou"]])
        case = story.step("jiangsu.chief", case, "return_assignment", opinion="不在本省。")
        assert look(case).shares() == {PLACES["suzhou"]: "lapsed"}
        assert look(case).clocks() == [("assignment", 5)]
        with pytest.raises(NotHolder):
            story.step("suzhou.chief", case, "answer_assignment", answer="晚了。")


class TestResult:
    ROAD = ("jiangsu", "suzhou", "kunshan")

    def test_every_part_has_an_outcome(self, story, refused, look):
        case = story.in_execution(*self.ROAD)
        assert refused("kunshan.officer", case, "submit_result") == {("item_without_outcome", "/items")}
        one = [{"id": look(case).ids()[0], "outcome": "partly", "note": "只查到一户。"}]
        assert refused("kunshan.officer", case, "submit_result", items=one) == {("item_without_outcome", "/items")}

    def test_a_refused_part_is_not_carried_out(self, story, look, refused):
        case = story.checked()
        first, second = look(case).ids()
        rows = [{"id": second, "decision": "refuse", "ground": "political_offence"}]
        case = story.step("guohe.chief", case, "decide", decision="execute", items=rows)
        case = story.step("guohe.desk", case, "assign", execute_here=True)
        both = [{"id": pk, "outcome": "executed"} for pk in (first, second)]
        assert refused("guohe.officer", case, "submit_result", items=both) == {("item_was_refused", "/items/1/id")}
        assert story.step("guohe.officer", case, "submit_result", items=both[:1]).status == "result_review"

    def test_up_tier_by_tier(self, story, look):
        case = story.result(*self.ROAD)
        assert story.holder(case) == "昆山市公安局"
        for place, above in (("kunshan", "苏州市公安局"), ("suzhou", "江苏省公安厅"), ("jiangsu", "公安部国际合作局")):
            case = story.step(f"{place}.chief", case, "approve")
            assert (case.status, story.holder(case)) == ("result_review", above)
        case = story.step("guohe.chief", case, "approve")
        assert (case.status, story.holder(case)) == ("cleared", "公安部国际合作局")
        assert look(case).hands() == [
            ("guohe.desk", "drafted"),
            ("guohe.chief", "approved"),  # the decision; the same hand of the same version counts once
            ("kunshan.officer", "drafted"),
            *[(f"{place}.chief", "approved") for place in ("kunshan", "suzhou", "jiangsu")],
        ]

    def test_corrected_it_goes_straight_back(self, story):
        case = story.result(*self.ROAD)
        for place in ("kunshan", "suzhou"):
            case = story.step(f"{place}.chief", case, "approve")
        case = story.step("jiangsu.chief", case, "return_for_correction", reasons=["facts_unclear"])
        assert (case.status, story.holder(case)) == ("in_execution", "昆山市公安局")
        outcomes = [{"id": pk, "outcome": "partly"} for pk in _ids(story, case)]
        case = story.step("kunshan.officer", case, "submit_result", items=outcomes)
        case = story.step("kunshan.chief", case, "approve")
        assert story.holder(case) == "江苏省公安厅"

    def test_results_do_not_pass_over_a_tier(self, story, refused):
        got = refused("kunshan.chief", story.result(*self.ROAD, urgency="urgent"), "approve", skip=True, reason="急。")
        assert got == {("skip_not_here", "/skip")}


class TestAnswer:
    def test_reply_and_close(self, story, look, see):
        case = story.replied("jiangsu")
        assert case.status == "replied"
        assert look(case).legs()[-1] == ("replied", COUNTERPART["name"])
        assert look(case).crossings()[-1] == ("out", "reply", COUNTERPART["name"])
        case = story.step("guohe.desk", case, "close", because="acknowledged")
        assert case.status == "closed"
        assert look(case).unbroken() is False
        with see("guohe.desk"):
            assert case.receipts.count() == 1

    def test_closed_when_the_wait_is_over(self, story, see, refused):
        case, past = story.replied(), datetime.now(UTC) - timedelta(days=1)
        assert refused("guohe.desk", case, "close", because="waited") == {("wait_not_over", "/because")}
        with see("guohe.desk"):
            case.deadlines.filter(kind="replied").update(started_at=past - timedelta(days=40), due_at=past)
        case = story.step("guohe.desk", case, "close", because="waited")
        with see("guohe.desk"):
            assert (case.status, case.receipts.count()) == ("closed", 0)

    def test_through_the_liaison_authority(self, story, look, refused):
        case = story.result_cleared("jiangsu")
        sending = {"channel": "mfa", "counterpart": COUNTERPART}
        assert refused("guohe.desk", case, "reply", **sending) == {("channel_goes_via", "/channel")}
        got = refused("guohe.desk", case, "hand_to_liaison", channel="police_liaison")
        assert got == {("channel_is_direct", "/channel")}
        case = story.step("guohe.desk", case, "hand_to_liaison", channel="mfa")
        assert look(case).legs()[-1] == ("liaison", "外交部")
        assert look(case).clocks() == [("liaison", 10)]
        case = story.step("guohe.desk", case, "liaison_sent", counterpart=COUNTERPART)
        assert case.status == "replied"
        assert look(case).crossings()[-1] == ("out", "reply", COUNTERPART["name"])

    def test_the_liaison_authority_sends_it_back(self, story):
        case = story.step("guohe.desk", story.result_cleared("jiangsu"), "hand_to_liaison", channel="moj")
        case = story.step("guohe.desk", case, "liaison_returned", opinion="格式不符。")
        assert (case.status, story.holder(case)) == ("result_review", "公安部国际合作局")
        case = story.step("guohe.chief", case, "return_for_correction", reasons=["facts_unclear"])
        assert (case.status, story.holder(case)) == ("in_execution", "江苏省公安厅")

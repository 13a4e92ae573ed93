"""The ways beside the straight one: the border, past the city, opinions of others, and what happens abroad."""

from __future__ import annotations

from itertools import pairwise

import pytest

from agencies.errors import DomainError, GuardFailed, Malformed, NotVisible
from agencies.scope import acting
from cases import content_input, drafts
from cases.models import Assignment, Case, Deadline, Transmission
from cases.registration import register_case
from tests.cast import PLACES
from tests.stories import BORDER, COUNTERPART, FOREIGN

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(story):
    """The codes and the pointers of the reasons against a step."""

    def attempt(login, case, step, **data):
        with pytest.raises((GuardFailed, Malformed)) as error:
            story.step(login, case, step, **data)
        return {(reason.code, reason.pointer) for reason in error.value.reasons}

    return attempt


@pytest.fixture
def code_of(story):
    """The error's code when a login tries a step."""

    def attempt(login, case, step, **data):
        with pytest.raises(DomainError) as error:
            story.step(login, case, step, **data)
        return error.value.code

    return attempt


@pytest.fixture
def crossings(see):
    def read(case, login="guohe.supervisor"):
        with see(login):
            return list(Transmission.objects.filter(case=case).order_by("at").values_list("way", "kind"))

    return read


@pytest.fixture
def told(see):
    """The last event of a kind, as the trail keeps it."""

    def read(case, kind):
        from agencies.models import AuditEvent

        return AuditEvent.objects.filter(subject=f"case:{case.pk}", kind=f"case.{kind}").latest("id").facts

    return read


class TestBorder:
    """MPSR-376."""

    def test_out_and_home_by_the_origins_own_desk(self, story, crossings, code_of, see):
        case = story.border_cleared()
        assert (case.status, story.holder(case)) == ("cleared", "瑞丽市公安局")
        assert crossings(case) == [("up", "filing")]
        sending = {"channel": "agreed", "counterpart": {"name": "缅甸警方"}}
        assert code_of("guohe.desk", case, "dispatch", **sending) == "not_holder"
        case = story.step("ruili.desk", case, "dispatch", **sending)  # nobody waited for the filing
        assert (case.status, story.holder(case)) == ("dispatched", "缅甸警方")
        with see("ruili.desk"):
            items = [{"id": str(pk), "outcome": "executed"} for pk in case.items.values_list("pk", flat=True)]
        case = story.step("ruili.desk", case, "record_reply", kind="final", items=items)
        assert (case.status, story.holder(case)) == ("delivered", "瑞丽市公安局")
        case = story.step("ruili.officer", case, "accept", usefulness="useful")
        assert case.status == "closed"
        with see("guohe.supervisor"):
            legs = list(case.legs.order_by("seq"))
        assert all(a.closed_at == b.opened_at for a, b in pairwise(legs))

    def test_the_filing_is_acknowledged_once_even_after_the_end(self, story, see, code_of):
        case = story.border_dispatched()
        case = story.step("guohe.desk", case, "acknowledge_filing")
        assert case.status == "dispatched"
        with see("guohe.desk"):
            assert case.receipts.count() == 1
        assert code_of("guohe.desk", case, "acknowledge_filing") == "wrong_status"

    @pytest.mark.parametrize(
        "origin, changes, wanted",
        [
            ("kunshan", {}, {"border_not_border_agency"}),
            ("ruili", {"country": "TH"}, {"border_not_neighbour"}),
            ("ruili", {"request_type": "police_cooperation_out"}, {"border_outside_matters"}),
            (
                "kunshan",
                {"country": "TH", "request_type": "police_cooperation_out"},
                {"border_not_border_agency", "border_outside_matters"},
            ),
        ],
    )
    def test_what_falls_outside_is_named(self, story, origin, changes, wanted):
        case = story.border_draft(origin, **changes)
        with pytest.raises(GuardFailed) as error:
            story.step(f"{origin}.officer", case, "submit")
        assert {reason.code for reason in error.value.reasons} == wanted
        assert all(str(reason.words).endswith("请清空边境事项，逐级报送公安部批准。") for reason in error.value.reasons)

    def test_never_through_a_liaison_authority(self, story, code_of):
        assert code_of("ruili.desk", story.border_cleared(), "hand_to_liaison", channel="moj") == "wrong_status"

    def test_a_neighbours_request(self, story, crossings):
        changes = {"country": "MM", "request_type": "border_area_police_cooperation", "border_matter": "intelligence"}
        case = story.registered("ruili", **changes, received_via="agreed")
        assert story.holder(case, "ruili.desk") == "瑞丽市公安局"
        case = story.step("ruili.desk", case, "check_form", result="complete")
        assert story.holder(case) == "云南省公安厅"
        case = story.step("yunnan.chief", case, "decide", decision="execute")
        assert crossings(case)[-1] == ("up", "filing")
        case = story.step("yunnan.desk", case, "assign", agency=PLACES["dehong"])
        case = story.step("dehong.desk", case, "assign", agency=PLACES["ruili"])
        case = story.step("ruili.desk", case, "assign", execute_here=True)
        case = story.step("ruili.officer", case, "submit_result", items=story.outcomes(case, "ruili"))
        for place in ("ruili", "dehong", "yunnan"):
            case = story.step(f"{place}.chief", case, "approve")
        assert (case.status, story.holder(case)) == ("cleared", "瑞丽市公安局")
        sending = {"channel": "agreed", "counterpart": {"name": "缅甸警方"}}
        case = story.step("ruili.desk", case, "reply", **sending)
        assert story.step("ruili.desk", case, "close", because="acknowledged").status == "closed"

    @pytest.mark.parametrize(
        "desk, changes, wanted",
        [
            ("ruili", {}, {"border_matter_missing"}),
            ("ruili", {**BORDER, "country": "TH"}, {"border_not_neighbour"}),
            ("guohe", BORDER, {"border_not_border_agency"}),
            ("ruili", {**BORDER, "request_type": "mla_evidence_in"}, {"border_outside_matters"}),
        ],
    )
    def test_who_registers_what(self, cast, desk, changes, wanted):
        actor = cast.actor(f"{desk}.desk")
        with pytest.raises(GuardFailed) as error, acting(actor):
            register_case(actor=actor, content=content_input.parse({**FOREIGN, **changes}))
        assert {reason.code for reason in error.value.reasons} == wanted
        assert Case.objects.count() == 0


class TestSkip:
    def test_past_the_city_with_notice_and_papers_to_complete(self, story, see, told):
        case = story.submitted(urgency="most_urgent")
        case = story.step("kunshan.chief", case, "approve", skip=True, reason="嫌疑人今晚出境。")
        assert story.holder(case) == "江苏省公安厅"
        with see("suzhou.chief"):
            assert told(case, "approve")["passed_over"] == [_pk("suzhou")]
            assignment = Assignment.objects.get(case=case)
            assert (assignment.kind, assignment.text) == ("completion", "嫌疑人今晚出境。")
            assert list(Deadline.objects.filter(assignment=assignment).values_list("amount", flat=True)) == [5]
        case = story.step("jiangsu.chief", case, "approve")
        case = story.step("suzhou.chief", case, "confirm_skip", answer="已知悉，同意。")
        assert (case.status, story.holder(case)) == ("in_review", "公安部国际合作局")
        with see("suzhou.chief"):
            assert Assignment.objects.get(case=case).state == "done"
            assert not Deadline.objects.filter(case=case, kind="completion", met_at=None).exists()

    def test_the_skipped_city_learns_of_it(self, story, cast, see):
        case = story.step("kunshan.chief", story.submitted(urgency="urgent"), "approve", skip=True, reason="急。")
        assert _pk_in(cast, "suzhou") in case.scope
        with see("suzhou.officer"):
            assert Case.objects.filter(pk=case.pk).exists()

    @pytest.mark.parametrize(
        "origin, urgency, data, wanted",
        [
            ("kunshan", "normal", {"reason": "急。"}, {("skip_not_urgent", "/skip")}),
            ("kunshan", "urgent", {}, {("skip_without_reason", "/reason")}),
            ("suzhou", "most_urgent", {"reason": "急。"}, {("skip_not_city", "/skip")}),  # the next is the province
            ("chaoyang", "most_urgent", {"reason": "急。"}, {("skip_not_city", "/skip")}),  # the municipality is one
            ("jiangsu", "most_urgent", {"reason": "急。"}, {("skip_not_city", "/skip")}),  # the ministry
            ("kunshan", "normal", {}, {("skip_not_urgent", "/skip"), ("skip_without_reason", "/reason")}),
        ],
    )
    def test_nothing_else_is_passed_over(self, story, refused, origin, urgency, data, wanted):
        case = story.submitted(origin, urgency=urgency)
        assert refused(f"{origin}.chief", case, "approve", skip=True, **data) == wanted
        assert story.fresh(case).status == "in_review"

    def test_a_corrected_case_goes_straight_anyway(self, story, refused):
        case = story.submitted(urgency="urgent")
        for place in ("kunshan", "suzhou"):
            case = story.step(f"{place}.chief", case, "approve")
        case = story.step("jiangsu.chief", case, "return_for_correction", reasons=["facts_unclear"])
        case = story.step("kunshan.officer", case, "submit")
        assert refused("kunshan.chief", case, "approve", skip=True, reason="急。") == {("skip_not_city", "/skip")}


def _pk(place):
    from agencies.models import Agency

    return Agency.objects.get(code=PLACES[place]).pk


def _pk_in(cast, place):
    with acting(cast.actor("guohe.supervisor")):
        return cast.agency(place).pk


class TestQueries:
    def test_an_answer_climbs_and_goes_out(self, story, crossings):
        case = story.queried()
        assert (case.status, story.holder(case)) == ("query_open", "昆山市公安局")
        case = story.step("kunshan.officer", case, "answer_query", opinion="该账户用于收取赃款。")
        for place in ("kunshan", "suzhou", "jiangsu"):
            case = story.step(f"{place}.chief", case, "approve")
            assert case.status == "query_open"
        case = story.step("guohe.chief", case, "approve")
        assert (case.status, story.holder(case)) == ("dispatched", COUNTERPART["name"])
        assert crossings(case) == [("out", "request"), ("in", "query"), ("out", "answer")]
        with acting(story.cast.actor("guohe.supervisor")):
            legs = list(case.legs.order_by("seq"))
        assert all(a.closed_at == b.opened_at for a, b in pairwise(legs))

    def test_returned_it_goes_straight_back_to_who_asked(self, story):
        case = story.step("kunshan.officer", story.queried(), "answer_query", opinion="用途不详。")
        for place in ("kunshan", "suzhou"):
            case = story.step(f"{place}.chief", case, "approve")
        case = story.step("jiangsu.desk", case, "return_for_correction", reasons=["facts_unclear"])
        assert (case.status, story.holder(case)) == ("query_open", "昆山市公安局")
        case = story.step("kunshan.officer", case, "answer_query", opinion="用于收取赃款。")
        case = story.step("kunshan.chief", case, "approve")
        assert story.holder(case) == "江苏省公安厅"

    def test_only_the_writer_answers_and_only_once(self, story, code_of):
        case = story.queried()
        assert code_of("kunshan.chief", case, "approve") == "wrong_status"
        case = story.step("kunshan.officer", case, "answer_query", opinion="答。")
        assert code_of("kunshan.officer", case, "answer_query", opinion="再答。") == "wrong_status"


class TestAbroad:
    def test_through_a_liaison_authority(self, story, crossings):
        case = story.with_liaison(channel="mfa")
        assert (case.status, story.holder(case)) == ("with_liaison", "外交部")
        assert crossings(case) == []
        case = story.step("guohe.desk", case, "liaison_sent", counterpart=COUNTERPART)
        assert case.status == "dispatched"
        with acting(story.cast.actor("guohe.desk")):
            sent = Transmission.objects.get(case=case)
        assert (sent.way, sent.kind, sent.channel.code) == ("out", "request", "mfa")

    def test_returned_by_it(self, story):
        case = story.step("guohe.desk", story.with_liaison(), "liaison_returned", opinion="缺译文。")
        assert (case.status, story.holder(case)) == ("in_review", "公安部国际合作局")
        assert story.step("guohe.chief", case, "approve").status == "cleared"

    def test_by_another_channel(self, story, crossings, refused):
        case = story.dispatched()
        sending = {"counterpart": COUNTERPART, "opinion": "未送达。"}
        assert refused("guohe.desk", case, "redispatch", channel="moj", **sending) == {("channel_goes_via", "/channel")}
        again = story.step("guohe.desk", story.dispatched(), "hand_to_liaison", channel="moj")
        assert (again.status, story.holder(again)) == ("with_liaison", "司法部")
        case = story.step("guohe.desk", case, "redispatch", channel="interpol", **sending)
        assert case.status == "dispatched"
        assert crossings(case) == [("out", "request")] * 2

    def test_asked_back(self, story, code_of, crossings):
        case = story.dispatched()
        assert code_of("guohe.desk", case, "record_recall") == "wrong_status"
        case = story.step("kunshan.chief", case, "request_recall", opinion="案件已撤销。")
        assert (case.status, case.recall_asked_at is not None) == ("dispatched", True)
        assert code_of("kunshan.chief", case, "request_recall", opinion="再请。") == "wrong_status"
        case = story.step("guohe.desk", case, "record_recall")
        assert case.status == "withdrawn"
        assert crossings(case)[-1] == ("out", "recall")

    def test_no_answer_and_a_late_one(self, story, refused, crossings, code_of, see):
        case = story.dispatched()
        assert refused("kunshan.chief", case, "close_unanswered", opinion="久未答复。") == {("not_chased", "")}
        case = story.step("guohe.desk", case, "record_chase", opinion="三次去函催办。")
        assert crossings(case)[-1] == ("out", "chase")
        case = story.step("kunshan.chief", case, "close_unanswered", opinion="久未答复。")
        assert case.status == "closed"
        with see("kunshan.officer"):
            assert set(case.items.values_list("outcome", flat=True)) == {"not_answered"}
            items = [{"id": str(pk), "outcome": "executed"} for pk in case.items.values_list("pk", flat=True)]
        assert refused("guohe.desk", case, "record_late_reply") == {("no_outcome", "/items")}
        case = story.step("guohe.desk", case, "record_late_reply", items=items)
        assert (case.status, story.holder(case)) == ("answered", "公安部国际合作局")
        for place in ("guohe", "jiangsu", "suzhou"):
            case = story.step(f"{place}.desk", case, "relay")
        case = story.step("kunshan.officer", case, "accept", usefulness="partly")
        assert code_of("guohe.desk", case, "record_late_reply", items=items) == "wrong_status"
        with see("guohe.supervisor"):
            legs = list(case.legs.order_by("seq"))
        assert all(a.closed_at == b.opened_at for a, b in pairwise(legs))

    def test_an_answered_case_has_no_late_reply(self, story, code_of, see):
        case = story.closed()
        with see("guohe.desk"):
            items = [{"id": str(pk), "outcome": "executed"} for pk in case.items.values_list("pk", flat=True)]
        assert code_of("guohe.desk", case, "record_late_reply", items=items) == "wrong_status"


class TestSupplementary:
    def draft(self, cast, login, first):
        actor = cast.actor(login)
        with acting(actor):
            raw = {"direction": "outgoing", "country": "TH", "request_type": "police_cooperation_out"}
            content = content_input.parse({**raw, "supplements": str(first)})
            return drafts.open_case(actor=actor, content=content)

    def test_a_new_case_names_the_first(self, story, cast):
        first = story.dispatched()
        case = self.draft(cast, "kunshan.officer", first.pk)
        assert (case.supplements_id, case.status) == (first.pk, "draft")
        assert case.number != first.number

    def test_a_hidden_case_is_refused_in_the_words_for_an_absent_one(self, story, cast):
        words = []
        for first in (story.dispatched().pk, "01a20b77-0f2a-73fb-bb4e-2fce14f38320"):
            with pytest.raises((GuardFailed, NotVisible)) as error:
                self.draft(cast, "chaoyang.officer", first)
            words.append([(r.code, str(r.words), r.pointer) for r in error.value.reasons])
        assert words[0] == words[1]
        assert words[0][0][0] == "supplements_unknown"


def test_a_type_begins_at_the_tier_that_the_law_names(story, refused):
    """An application for extradition comes from the province (EXT-47)."""
    assert ("type_not_opened_here", "/request_type") in refused(
        "kunshan.officer", story.draft(request_type="extradition_out"), "submit"
    )
    case = story.draft("jiangsu", request_type="extradition_out")
    assert story.step("jiangsu.officer", case, "submit").status == "in_review"

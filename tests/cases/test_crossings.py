"""What crosses a border: by which way, proved by what, with which papers; and what must be said again."""

from __future__ import annotations

import io

import pytest

from agencies.errors import DomainError, GuardFailed
from agencies.scope import acting
from cases import copies, duplicates, files
from cases.models import Assignment, Crossing, Receipt, Transmission
from cases.policies import get_visible
from cases.queries import api_events
from cases.queries.dossier import dossier
from cases.queries.timeline import Silence, timeline
from cases.web import timeline_words
from tests import samples
from tests.cast import PLACES

pytestmark = pytest.mark.django_db
UNKNOWN = {"received_via": ""}


def attach(cast, login, case):
    actor = cast.actor(login)
    with acting(actor):
        return files.attach(actor=actor, case_id=case.pk, name="材料.pdf", content=io.BytesIO(samples.PDF))


# --- By the way it came, also when nobody noted which (MPSR-377.1) ----------------------------------------------------


@pytest.mark.parametrize(
    "login, step, data, kind",
    [
        ("guohe.desk", "request_supplement", {"opinion": "请补充译文。"}, "supplement"),
        ("guohe.desk", "check_form", {"result": "returned", "opinion": "不符合协议。"}, "returned"),
    ],
)
def test_a_letter_of_unknown_channel_is_answered_too(story, see, login, step, data, kind):
    case = story.step(login, story.registered(**UNKNOWN), step, **data)
    with see("guohe.desk"):
        sent = Transmission.objects.get(case=case)
    assert (sent.way, sent.kind, sent.channel_id) == ("out", kind, None)


def test_so_is_a_refusal(story, see):
    case = story.checked(**UNKNOWN)
    story.step("guohe.chief", case, "decide", decision="refuse", grounds=["political_offence"])
    with see("guohe.desk"):
        assert Transmission.objects.get(case=case).kind == Crossing.REFUSAL


def test_what_is_missing_is_said_on_the_page_and_by_the_api(story, cast):
    missing = ["applicable_law"]
    case = story.step("guohe.desk", story.registered(), "check_form", result="returned", missing=missing)
    actor = cast.actor("guohe.desk")
    with acting(actor):
        told = dossier(actor, case.pk)
        known = timeline_words.codes(case.request_type)
        lines = [line for line in timeline(told).lines if not isinstance(line, Silence)]
        assert "缺少：本案适用的法律规定" in str(timeline_words.line(lines[0], known))
        assert api_events.page(actor, case, size=50)[-1]["missing"] == missing


# --- Proofs -----------------------------------------------------------------------------------------------------------


def test_an_acknowledgement_proves_the_request_and_not_the_chase_after_it(story, see):
    case = story.step("guohe.desk", story.dispatched(), "record_chase", opinion="催问。")
    story.step("guohe.desk", case, "record_acknowledgement", their_reference="R-1")
    with see("guohe.desk"):
        assert Receipt.objects.get(case=case).transmission.kind == Crossing.REQUEST


# --- Papers -----------------------------------------------------------------------------------------------------------


def test_papers_come_with_the_answer_to_a_query_until_others_look_at_it(story, cast):
    case = story.queried()
    attach(cast, "kunshan.officer", case)
    case = story.step("kunshan.officer", case, "answer_query", opinion="用于支付。")
    attach(cast, "kunshan.officer", case)
    case = story.step("kunshan.chief", case, "approve")
    with pytest.raises(DomainError):
        attach(cast, "kunshan.officer", case)


def test_papers_come_with_a_supplement_also_where_the_province_decides(story, cast):
    neighbour = {"country": "MM", "request_type": "border_area_police_cooperation", "border_matter": "intelligence"}
    case = story.step("ruili.desk", story.registered("ruili", **neighbour), "request_supplement", opinion="请补充。")
    case = story.step("ruili.desk", case, "record_supplement", opinion="补来名单。")
    attach(cast, "ruili.desk", case)
    case = story.step("yunnan.chief", case, "decide", decision="execute")
    with pytest.raises(DomainError):
        attach(cast, "ruili.desk", case)


# --- What must be said again ------------------------------------------------------------------------------------------


def test_another_executor_answers_for_every_item_himself(story):
    case = story.result("jiangsu", "suzhou")
    case = story.step("suzhou.chief", case, "approve")
    case = story.step("jiangsu.chief", case, "return_for_correction", reasons=["facts_unclear"])
    case = story.step("suzhou.chief", case, "return_assignment", opinion="账户不在本市。")
    case = story.step("jiangsu.desk", case, "assign", execute_here=True)
    with pytest.raises(GuardFailed) as error:
        story.step("jiangsu.officer", case, "submit_result")
    assert [reason.code for reason in error.value.reasons] == ["item_without_outcome"] * 2


def test_two_things_asked_are_answered_one_by_one(story, see):
    case = story.step("guohe.desk", story.decided(), "invite", agencies=[PLACES["jiangsu"]], question="有无异议？")
    case = story.step("guohe.desk", case, "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]])
    case = story.step("jiangsu.chief", case, "answer_assignment", answer="无异议。")
    with see("guohe.desk"):
        mine = Assignment.objects.filter(case=case, agency__code=PLACES["jiangsu"])
        assert dict(mine.values_list("kind", "answer")) == {"opinion": "无异议。", "share": ""}


def test_a_supplement_is_no_duplicate_of_what_it_adds_to(story, cast):
    first, actor = story.dispatched(), cast.actor("kunshan.officer")
    with acting(actor):
        added = copies.copy_case(actor=actor, case_id=first.pk, supplements=True)
        plain = copies.copy_case(actor=actor, case_id=first.pk)
        found = {match.case_id for match in duplicates.shown_to(actor, get_visible(actor, added.pk))}
    assert found == {plain.pk}

"""Every way a request travels, as the people on it read it: the page opens in each status, says who has it and what
comes next, and offers the steps of the table."""

from __future__ import annotations

import re

import pytest

from agencies.scope import acting
from cases.queries.dossier import dossier
from cases.queries.stations import stations
from cases.web import done_words, onward_words, sentences, timeline_words
from cases.workflow import TRANSITIONS
from tests.browsing import log_in
from tests.stories import COUNTERPART

pytestmark = pytest.mark.django_db
READERS = ("guohe.desk", "guohe.chief", "kunshan.officer", "kunshan.desk", "kunshan.chief", "jiangsu.chief")
INCOMING = (
    "received",
    "in_review",
    "awaiting_supplement",
    "returned_to_requester",
    "to_assign",
    "postponed",
    "refused",
    "transferred",
    "in_execution",
    "result_review",
    "cleared",
    "with_liaison",
    "replied",
    "closed",
)


def variants(story):
    """One case in each stretch that no plain request of ours goes through."""
    yield story.with_liaison()
    yield story.queried()
    yield story.step("kunshan.officer", story.queried(), "answer_query", opinion="用于支付。")
    yield story.step("guohe.desk", story.dispatched(), "record_chase", opinion="已去电催办。")
    yield story.step("kunshan.chief", story.dispatched(), "request_recall", opinion="已另行取得。")
    yield story.border_cleared()
    yield story.border_dispatched()
    skipped = story.submitted(urgency="urgent")
    yield story.step("kunshan.chief", skipped, "approve", skip=True, reason="嫌疑人即将离境。")
    invited = story.cleared()
    yield story.step(
        "guohe.desk", invited, "invite", agencies=["云南省公安厅"], bodies=["court"], question="有无异议？"
    )


@pytest.mark.parametrize("status", INCOMING)
def test_a_foreign_request_reads_well_in_every_status(story, cast, status):
    case = story.incoming_at(status)
    assert case.status == status
    for login in READERS:
        page = log_in(cast, login).get(f"/cases/{case.pk}/")
        assert page.status_code in (200, 404), (login, status)
        if page.status_code == 200:
            _reads_well(page.content.decode())


def test_every_variant_of_ours_reads_well(story, cast):
    for case in variants(story):
        for login in ("guohe.desk", f"{'ruili' if case.border_matter else 'kunshan'}.chief"):
            page = log_in(cast, login).get(f"/cases/{case.pk}/")
            assert page.status_code == 200
            _reads_well(page.content.decode())


def _reads_well(page: str) -> None:
    assert "None" not in page
    assert "{holder}" not in page
    assert "案件有一处变动" not in page, "an event without words"


def test_the_way_ahead_of_a_foreign_request_leads_up_and_out(story, cast):
    case = story.in_execution("jiangsu", "suzhou", "kunshan")
    with acting(cast.actor("guohe.desk")):
        stops = stations(dossier(cast.actor("guohe.desk"), case.pk))
    names = [(stop.name, stop.state.value) for stop in stops]
    assert names == [
        ("公安部国际合作局", "done"),
        ("江苏省公安厅", "done"),
        ("苏州市公安局", "done"),
        ("昆山市公安局", "now"),
        ("苏州市公安局", "next"),
        ("江苏省公安厅", "next"),
        ("公安部国际合作局", "next"),
        ("泰国", "next"),
    ]


def test_the_way_of_a_border_matter_ends_at_the_province_and_comes_back_to_the_origin(story, cast):
    case = story.step("ruili.officer", story.border_draft(), "submit")
    with acting(cast.actor("ruili.officer")):
        told = dossier(cast.actor("ruili.officer"), case.pk)
        names = [stop.name for stop in stations(told)]
        next_words = str(onward_words.onwards(told))
    assert len(names) == 6, names
    assert names[0] == names[3] == names[5]
    assert names[4] == "缅甸"
    assert "德宏" in next_words


def test_a_closed_case_says_that_nobody_answered(story, cast):
    case = story.step("guohe.desk", story.dispatched(), "record_chase", opinion="已去电催办。")
    case = story.step("kunshan.chief", case, "close_unanswered", opinion="多次催办无果。")
    with acting(cast.actor("kunshan.chief")):
        assert "外方没有答复" in str(sentences.lede(dossier(cast.actor("kunshan.chief"), case.pk)))


def test_a_decision_is_taken_on_the_page_part_by_part(story, cast):
    case = story.checked()
    chief = log_in(cast, "guohe.chief")
    page = chief.get(f"/cases/{case.pk}/").content.decode()
    assert "协助法 第十四条第三项" in page, "the grounds stand beside the decision, with their article"
    items = re.findall(r"items-([0-9a-f-]{36})-decision", page)
    form = {
        "version": case.version,
        "decision": "execute",
        f"items-{items[0]}-decision": "refuse",
        "conditions": "限于本案使用。\n不得转交第三方。",
    }
    refused = chief.post(f"/cases/{case.pk}/steps/decide/", form)
    assert refused.status_code == 422
    assert "须选理由" in refused.content.decode()
    assert "不得转交第三方。" in refused.content.decode(), "what was typed is still there"
    taken = chief.post(f"/cases/{case.pk}/steps/decide/", form | {"grounds": ["political_offence"]}, follow=True)
    assert "已决定执行" in taken.content.decode()
    after = story.fresh(case)
    assert (after.status, after.conditions) == ("to_assign", ["限于本案使用。", "不得转交第三方。"])


def test_the_desk_assigns_from_the_list_of_those_right_below(story, cast):
    case = story.decided()
    desk = log_in(cast, "guohe.desk")
    page = desk.get(f"/cases/{case.pk}/").content.decode()
    assert 'value="320000000000"' in page
    assert 'value="320500000000"' not in page
    answer = desk.post(f"/cases/{case.pk}/steps/assign/", {"version": case.version, "agency": "320500000000"})
    assert answer.status_code == 422
    assert "一次只能往下交一级" in answer.content.decode()
    desk.post(f"/cases/{case.pk}/steps/assign/", {"version": case.version, "agency": "320000000000"})
    assert story.holder(case) == "江苏省公安厅"


def test_a_reply_to_the_other_side_is_recorded_from_its_form(story, cast):
    case = story.result_cleared("jiangsu")
    form = {"version": case.version, "channel": "moj", "counterpart-name": COUNTERPART["name"]}
    desk = log_in(cast, "guohe.desk")
    refused = desk.post(f"/cases/{case.pk}/steps/reply/", form)
    assert refused.status_code == 422
    assert "转对外联系机关" in refused.content.decode()
    desk.post(f"/cases/{case.pk}/steps/reply/", form | {"channel": "interpol"})
    assert story.fresh(case).status == "replied"


def test_every_step_has_its_words():
    """A notice and a line for every row of the table."""

    lines = {*timeline_words._WORDS, *timeline_words._PLAIN}
    for _direction, name in TRANSITIONS:
        assert name in lines, name
        assert name in done_words._plain() or name in ("approve", "assign", "decide", "check_form"), name

"""Each way a request travels, by API alone and in the shapes that integrators rely on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agencies.clients import register_client
from agencies.scope import acting
from tests.api.conftest import COUNTERPART, Caller, content, new_token, pointers, problem
from tests.cast import PLACES
from tests.stories import BORDER

pytestmark = pytest.mark.django_db
SOON = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
FOREIGN = {
    "direction": "incoming",
    "request_type": "mla_evidence_in",
    "country": "TH",
    "title": "调取银行记录",
    "summary": "泰方侦办洗钱案。",
    "their_reference": "RTP-2026-77",
    "received_on": "2026-01-05",
    "items": [{"description": "查明开户人。"}, {"description": "调取交易明细。"}],
}


def go(who, case, step, **data):
    answer = who.step(case, step, **data)
    assert answer.status_code == 200, (step, answer.content)
    body = answer.json()
    assert body["version"] > case["version"]
    return body


def custody(case):
    """The phases and holders of the legs, after seeing that custody has no gap."""
    legs = case["legs"]
    assert [leg["closed_at"] for leg in legs[:-1]] == [leg["opened_at"] for leg in legs[1:]]
    return [(leg["phase"], leg["agency"]["code"]) for leg in legs]


class TestIncoming:
    def test_from_registration_to_the_end(self, caller):
        desk, chief = caller("guohe.desk"), caller("guohe.chief")
        created = desk.post("cases/", FOREIGN)
        assert created.status_code == 201, created.content
        case = created.json()
        assert (case["status"], case["their_reference"], case["received_on"]) == (
            "received",
            "RTP-2026-77",
            "2026-01-05",
        )
        assert {"check_form", "request_supplement"} <= set(case["available_steps"])
        case = go(desk, case, "check_form", result="complete", missing=[])
        first, second = (item["id"] for item in case["items"])
        case = go(
            chief,
            case,
            "decide",
            decision="execute",
            grounds=["political_offence"],
            conditions=["限于本案使用。"],
            items=[{"id": first, "decision": "execute"}, {"id": second, "decision": "refuse"}],
        )
        assert (case["status"], case["conditions"]) == ("to_assign", ["限于本案使用。"])
        assert [item["decision"] for item in case["items"]] == ["execute", "refuse"]
        assert case["items"][1]["ground"] == "political_offence"
        case = go(desk, case, "assign", agency=PLACES["jiangsu"])
        case = go(caller("jiangsu.desk"), case, "assign", execute_here=True)
        outcome = {"id": first, "outcome": "executed", "ground": "", "note": "附清单"}
        case = go(caller("jiangsu.officer"), case, "submit_result", items=[outcome])
        case = go(caller("jiangsu.chief"), case, "approve")
        case = go(chief, case, "approve")
        assert case["status"] == "cleared"
        case = go(desk, case, "reply", channel="police_liaison", counterpart=COUNTERPART)
        case = go(desk, case, "close", because="acknowledged")
        assert (case["status"], case["holder"]) == ("closed", None)
        assert [item["outcome"] for item in case["items"]] == ["executed", "refused"]
        assert custody(case) == [
            ("check", PLACES["guohe"]),
            ("decision", PLACES["guohe"]),
            ("assignment", PLACES["guohe"]),
            ("assignment", PLACES["jiangsu"]),
            ("execution", PLACES["jiangsu"]),
            ("result", PLACES["jiangsu"]),
            ("result", PLACES["guohe"]),
            ("dispatch", PLACES["guohe"]),
            ("replied", "TH"),
        ]

    def test_returned_to_the_requester(self, caller):
        desk = caller("guohe.desk")
        case = desk.post("cases/", FOREIGN).json()
        missing = desk.get("request-types/mla_evidence_in/").json()["law"]["required_contents"][0]["key"]
        case = go(desk, case, "check_form", result="returned", missing=[missing])
        assert case["status"] == "returned_to_requester"

    @pytest.mark.parametrize(
        "data, status",
        [
            ({"decision": "refuse", "grounds": ["political_offence"]}, "refused"),
            ({"decision": "postpone", "grounds": ["postpone_domestic_case"]}, "postponed"),
            ({"decision": "transfer", "opinion": "移送国家监察机关。"}, "transferred"),
        ],
    )
    def test_other_decisions(self, caller, story, data, status):
        case = story.checked()
        assert caller("guohe.chief").step(case, "decide", **data).json()["status"] == status

    def test_a_ground_of_another_law(self, caller, story):
        answer = caller("guohe.chief").step(
            story.checked(), "decide", decision="refuse", grounds=["extradition_national"]
        )
        assert pointers(problem(answer, 422, "guard_failed")) == {"/grounds/0"}

    def test_what_only_a_foreign_request_says(self, caller):
        answer = caller("kunshan.officer").post("cases/", content(their_reference="X", received_on="2026-01-05"))
        assert pointers(problem(answer, 400, "malformed")) == {"/their_reference", "/received_on"}


class TestMachine:
    @pytest.fixture
    def partner(self, cast):
        actor = cast.actor("secadmin")
        with acting(actor):
            return Caller(token=new_token(*register_client(actor=actor, agency=cast.agency("guohe"), name="来函系统")))

    def test_it_registers_for_a_desk_officer(self, partner):
        answer = partner.post("cases/", {**FOREIGN, "responsible_officer": "guohe.desk"})
        assert answer.status_code == 201, answer.content
        case = answer.json()
        assert (case["status"], case["filed_by"]) == ("received", "来函系统")
        assert case["responsible_officer"]["police_number"] == "guohe.desk"
        assert case["available_steps"] == []
        problem(partner.step(case, "check_form", result="complete"), 403, "not_permitted")

    @pytest.mark.parametrize("number", ["guohe.chief", "kunshan.desk", "nobody"])
    def test_who_is_no_desk_officer_there(self, partner, number):
        answer = partner.post("cases/", {**FOREIGN, "responsible_officer": number})
        assert pointers(problem(answer, 422, "guard_failed")) == {"/responsible_officer"}

    def test_a_machine_inland_registers_nothing(self, machine):
        answer = machine.post("cases/", {**FOREIGN, "responsible_officer": "kunshan.desk"})
        problem(answer, 403, "not_permitted")


def test_the_border_both_ways(caller):
    officer = caller("ruili.officer")
    case = officer.post("cases/", content(**BORDER)).json()
    assert case["border_matter"] == "meeting"
    case = go(officer, case, "submit")
    for place in ("ruili", "dehong", "yunnan"):
        case = go(caller(f"{place}.chief"), case, "approve")
    assert (case["status"], case["holder"]["code"]) == ("cleared", PLACES["ruili"])
    assert [(row["way"], row["kind"]) for row in case["transmissions"]] == [("up", "filing")]
    case = go(caller("guohe.desk"), case, "acknowledge_filing")
    desk = caller("ruili.desk")
    case = go(desk, case, "dispatch", channel="agreed", counterpart={"name": "缅甸警方"})
    rows = [{"id": item["id"], "outcome": "executed"} for item in case["items"]]
    case = go(desk, case, "record_reply", kind="final", items=rows)
    assert (case["status"], case["holder"]["code"]) == ("delivered", PLACES["ruili"])

    theirs = {**FOREIGN, "request_type": BORDER["request_type"], "country": "MM", "border_matter": "movement"}
    case = desk.post("cases/", theirs).json()
    assert (case["status"], case["holder"]["code"]) == ("received", PLACES["ruili"])
    problem(desk.post("cases/", FOREIGN), 422, "guard_failed")


@pytest.mark.parametrize("origin, changes", [("kunshan", {}), ("ruili", {"country": "TH"})])
def test_what_is_no_border_matter_says_so(caller, origin, changes):
    officer = caller(f"{origin}.officer")
    case = officer.post("cases/", content(**{**BORDER, **changes})).json()
    body = problem(officer.step(case, "submit"), 422, "guard_failed")
    assert pointers(body) == {"/border_matter"}


def test_past_the_city(caller, story):
    case = story.submitted(urgency="urgent")
    chief = caller("kunshan.chief")
    assert pointers(problem(chief.step(case, "approve", skip=True), 422)) == {"/reason"}
    case = chief.step(case, "approve", skip=True, reason="人即将出境。").json()
    assert case["holder"]["code"] == PLACES["jiangsu"]
    (papers,) = case["assignments"]
    assert (papers["kind"], papers["state"], papers["agency"]["code"]) == ("completion", "open", PLACES["suzhou"])
    seen = caller("suzhou.chief").get(f"cases/{case['id']}/").json()
    assert seen["available_steps"] == ["confirm_skip"]
    case = go(caller("suzhou.chief"), seen, "confirm_skip", answer="已知悉。")
    assert case["assignments"][0]["state"] == "done"
    assert pointers(problem(caller("jiangsu.chief").step(case, "approve", skip=True, reason="急。"), 422)) == {"/skip"}


def test_opinions_of_others(caller, story):
    case = story.step("kunshan.desk", story.submitted(), "recommend", opinion="沿线意见。")
    desk = caller("kunshan.desk")
    asked = {"agencies": [PLACES["dehong"]], "bodies": ["customs"], "question": "有无案底？", "due_on": SOON}
    case = desk.step(case, "invite", **asked).json()
    assert [(row["agency"] and row["agency"]["code"], row["body"]) for row in case["assignments"]] == [
        (PLACES["dehong"], None),
        (None, "customs"),
    ]
    guest = caller("dehong.chief")
    seen = guest.get(f"cases/{case['id']}/").json()
    assert seen["available_steps"] == ["answer_assignment"]
    words = [event["text"] for event in guest.get(f"cases/{case['id']}/events/").json()["results"]]
    assert [row["text"] for row in seen["assignments"]] == ["有无案底？"]
    assert not {"有无案底？", "沿线意见。"} & set(words)
    problem(caller("yunnan.chief").get(f"cases/{case['id']}/"), 404)
    case = go(guest, seen, "answer_assignment", answer="没有。")
    case = go(desk, desk.get(f"cases/{case['id']}/").json(), "record_opinion", body="customs", answer="无异议。")
    assert [(row["state"], row["answer"]) for row in case["assignments"]] == [("done", "没有。"), ("done", "无异议。")]


def test_several_executors(caller, story):
    desk, case = caller("guohe.desk"), story.decided()
    case = desk.step(case, "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]]).json()
    assert (case["status"], case["holder"]["code"]) == ("in_execution", PLACES["guohe"])
    officer, rows = caller("guohe.officer"), [{"id": item["id"], "outcome": "executed"} for item in case["items"]]
    problem(officer.step(case, "submit_result", items=rows), 422, "guard_failed")
    for place in ("jiangsu", "yunnan"):
        case = go(caller(f"{place}.chief"), case, "answer_assignment", answer="已办。")
    assert go(officer, case, "submit_result", items=rows)["status"] == "result_review"


def test_what_happens_abroad(caller, story):
    desk, chief = caller("guohe.desk"), caller("kunshan.chief")
    case = desk.get(f"cases/{story.with_liaison().pk}/").json()
    assert (case["side"], case["holder"]["code"]) == ("external", "moj")
    case = go(desk, case, "liaison_sent", counterpart=COUNTERPART)
    case = go(desk, case, "record_query", opinion="账户用途？")
    case = go(caller("kunshan.officer"), case, "answer_query", opinion="收取赃款。")
    for place in ("kunshan", "suzhou", "jiangsu", "guohe"):
        case = go(caller(f"{place}.chief"), case, "approve")
    case = go(desk, case, "redispatch", channel="interpol", counterpart=COUNTERPART, opinion="未送达。")
    problem(chief.step(case, "close_unanswered", opinion="久未答复。"), 422, "guard_failed")
    case = go(desk, case, "record_chase", opinion="去函催办。")
    case = go(chief, case, "close_unanswered", opinion="久未答复。")
    rows = [{"id": item["id"], "outcome": "executed"} for item in case["items"]]
    case = go(desk, case, "record_late_reply", items=rows)
    assert (case["status"], case["holder"]["code"]) == ("answered", PLACES["guohe"])
    assert [(row["way"], row["kind"]) for row in case["transmissions"]] == [
        ("out", "request"),
        ("in", "query"),
        ("out", "answer"),
        ("out", "request"),
        ("out", "chase"),
        ("in", "final"),
    ]
    custody(case)


def test_recall(caller, story):
    case = caller("kunshan.chief").step(story.dispatched(), "request_recall", opinion="已撤案。").json()
    assert case["recall_asked_at"]
    assert go(caller("guohe.desk"), case, "record_recall")["status"] == "withdrawn"


def test_a_supplementary_request_is_seen_with_the_first_alone(caller, story):
    first = story.dispatched()
    wanted = content(supplements=str(first.pk))
    case = caller("kunshan.officer").post("cases/", wanted).json()
    assert case["supplements"] == str(first.pk)
    hidden = caller("chaoyang.officer").post("cases/", wanted)
    absent = caller("chaoyang.officer").post("cases/", content(supplements="01a20b77-0f2a-73fb-bb4e-2fce14f38320"))
    bodies = [{**problem(answer, 422), "request_id": ""} for answer in (hidden, absent)]
    assert bodies[0] == bodies[1]
    assert pointers(bodies[0]) == {"/supplements"}

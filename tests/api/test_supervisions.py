"""`supervisions/`: issued on one case or many, answered, closed, raised; who may, what a refusal says."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.scope import acting
from cases.clocks import running
from cases.models import Deadline
from tests.api.conftest import pointers, problem
from tests.api.test_cases import ADMINS, same_but_for_the_request_id
from tests.cast import PLACES
from tests.supervising import Overseer, trail

pytestmark = pytest.mark.django_db
URL = "supervisions/"
ACTS = {"answer": {"feedback": "已报送。"}, "close": {"note": "同意。"}, "escalate": {"reason": "没有结果。"}}


@pytest.fixture
def overseer(cast) -> Overseer:
    return Overseer(cast)


def order(*cases, **more):
    return {"kind": "order", "cases": [str(case.pk) for case in cases], "text": "三日内报送。", **more}


def test_401_and_403(nobody, caller, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    problem(nobody.get(URL), 401)
    for login in ADMINS:
        problem(caller(login).get(URL), 403)
        problem(caller(login).post(URL, {}), 403)
        for act, data in ACTS.items():
            problem(caller(login).post(f"{URL}{one.pk}/{act}/", data), 403)


def test_a_machine_reads_and_decides_nothing(machine, story, overseer):
    case = story.submitted()
    one = overseer.order("suzhou.supervisor", case)
    assert [row["id"] for row in machine.get(URL).json()["results"]] == [str(one.pk)]
    problem(machine.post(URL, order(case)), 403)
    for act, data in ACTS.items():
        problem(machine.post(f"{URL}{one.pk}/{act}/", data), 403)


def test_one_order_from_issue_to_closing(caller, story):
    case, above, below = story.submitted(), caller("suzhou.supervisor"), caller("kunshan.officer")
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    answer = above.post(URL, order(case, due_on=day))
    assert answer.status_code == 201
    (body,) = answer.json()["results"]
    assert (body["state"], body["kind"], body["case"]) == ("open", "order", str(case.pk))
    assert body["agency"]["code"] == PLACES["kunshan"]
    assert body["issued_by"]["code"] == PLACES["suzhou"]
    assert body["due_at"].startswith(day)
    path = f"{URL}{body['id']}/"
    assert pointers(problem(above.post(f"{path}escalate/"), 400)) == {"/reason"}
    assert above.post(f"{path}escalate/", {"reason": "没有结果。"}).json()["escalated_to"]["code"] == PLACES["jiangsu"]
    assert pointers(problem(below.post(f"{path}answer/", {"feedback": " "}), 400)) == {"/feedback"}
    assert below.post(f"{path}answer/", {"feedback": "已报送。"}).json()["state"] == "answered"
    assert pointers(problem(above.post(f"{path}close/", {}), 400)) == {"/note"}
    assert above.post(f"{path}close/", {"note": "同意。"}).json()["closed_by"]["police_number"] == "suzhou.supervisor"
    problem(above.post(f"{path}close/", {"note": "再来。"}), 409)


def test_closing_before_the_feedback_withdraws(caller, story):
    above = caller("suzhou.supervisor")
    (body,) = above.post(URL, order(story.submitted())).json()["results"]
    path = f"{URL}{body['id']}/"
    assert pointers(problem(above.post(f"{path}close/", {}), 400)) == {"/note"}
    closed = above.post(f"{path}close/", {"note": "发错了。"}).json()
    assert (closed["state"], closed["closing_note"], closed["feedback_at"]) == ("closed", "发错了。", None)


def test_the_wrong_name_of_the_day_is_told(caller, story):
    refused = caller("suzhou.supervisor").post(URL, order(story.submitted(), due_at="2030-01-01"))
    assert "due_on" in problem(refused, 400)["errors"][0]["detail"]


def test_many_at_once_are_all_or_none(caller, story, overseer):
    first, second = story.submitted(), story.submitted()
    away = story.step("kunshan.chief", story.submitted(), "approve")
    who = caller("suzhou.supervisor")
    refused = problem(who.post(URL, order(first, away)), 422, "guard_failed")
    assert pointers(refused) == {"/cases/1"}
    assert overseer.rows(first) == 0
    rows = who.post(URL, order(first, second)).json()["results"]
    assert [row["case"] for row in rows] == [str(first.pk), str(second.pk)]
    assert len({row["batch"] for row in rows}) == 1
    assert trail(first) == trail(second) == ["case.supervise"]


def test_a_repeated_call_issues_one(caller, story, overseer):
    case, who = story.submitted(), caller("suzhou.supervisor")
    first = who.post(URL, order(case), Idempotency_Key="once")
    again = who.post(URL, order(case), Idempotency_Key="once")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json() == again.json()
    assert overseer.rows(case) == 1
    problem(who.post(URL, order(case), Idempotency_Key=None), 400, "idempotency_key_missing")


@pytest.mark.parametrize(
    "data, pointer",
    [
        ({}, "/cases"),
        ({"cases": "x"}, "/cases"),
        ({"cases": [], "kind": "reminder"}, "/cases"),
        ({"cases": ["x"]}, "/cases/0"),
        ({"cases": [None]}, "/cases/0"),
        ({"cases": [str(uuid.uuid4())], "kind": "nudge"}, "/kind"),
        ({"cases": [str(uuid.uuid4())], "kind": "order"}, "/text"),
        ({"cases": [str(uuid.uuid4())], "kind": "order", "text": 5}, "/text"),
        ({"cases": [str(uuid.uuid4())], "kind": "reminder", "due_on": "2030-01-01"}, "/due_on"),
        ({"cases": [str(uuid.uuid4())], "kind": "reminder", "agency": "999999999999"}, "/agency"),
        ({"cases": [str(uuid.uuid4())], "kind": "reminder", "loud": True}, "/loud"),
        ({"cases": [str(uuid.uuid4())] * 2, "kind": "reminder"}, "/cases"),
        ({"cases": [str(uuid.uuid4()) for _ in range(201)], "kind": "reminder"}, "/cases"),
    ],
)
def test_broken_input(caller, data, pointer):
    assert pointer in pointers(problem(caller("suzhou.supervisor").post(URL, data), 400))


def test_hidden_is_absent(caller, story, overseer):
    case = story.submitted()
    one, who = overseer.order("suzhou.supervisor", case), caller("dehong.supervisor")
    hidden, absent = (who.post(URL, order(type(case)(pk=pk))) for pk in (case.pk, uuid.uuid4()))
    problem(hidden, 404)
    assert same_but_for_the_request_id(hidden, absent)
    for act, data in ACTS.items():
        hidden, absent = (who.post(f"{URL}{pk}/{act}/", data) for pk in (one.pk, uuid.uuid4()))
        problem(hidden, 404)
        assert same_but_for_the_request_id(hidden, absent)
    assert who.get(URL).json()["results"] == []


def test_the_wrong_role_is_told_so(caller, story, overseer):
    case = story.submitted()
    one = overseer.order("suzhou.supervisor", case)
    problem(caller("suzhou.chief").post(URL, order(case)), 403, "not_permitted")
    problem(caller("kunshan.supervisor").post(f"{URL}{one.pk}/answer/", ACTS["answer"]), 403)
    problem(caller("kunshan.chief").post(f"{URL}{one.pk}/close/", ACTS["close"]), 403)
    problem(caller("jiangsu.supervisor").post(f"{URL}{one.pk}/escalate/", ACTS["escalate"]), 403)
    assert overseer.fresh(one).state == "open"


def test_the_list_is_filtered_and_paged(cast, caller, story, overseer):
    case, other = story.submitted(), story.submitted()
    late = overseer.order("suzhou.supervisor", case)
    reminder = overseer.remind("suzhou.supervisor", other)
    above = overseer.order("jiangsu.supervisor", other)
    with acting(cast.actor("suzhou.supervisor")):
        clock = Deadline.objects.get(supervision=late)
        clock.started_at -= timedelta(days=60)
        running.recount(clock, timezone.now())
    who = caller("kunshan.desk")

    def found(**params):
        return [row["id"] for row in who.get(URL, **params).json()["results"]]

    assert found() == [str(one.pk) for one in (above, reminder, late)]
    assert found(kind="reminder") == [str(reminder.pk)]
    assert found(state="overdue") == [str(late.pk)]
    assert found(case=str(other.pk)) == [str(above.pk), str(reminder.pk)]
    assert found(issued_by=PLACES["jiangsu"]) == [str(above.pk)]
    assert found(agency=PLACES["suzhou"]) == []
    page = who.get(URL, page_size=2).json()
    assert page["next"]
    assert [row["id"] for row in who.get(page["next"]).json()["results"]] == [str(late.pk)]
    for name in ("state", "kind", "agency", "issued_by", "case", "cursor", "wanted"):
        assert pointers(problem(who.get(URL, **{name: "x"}), 400)) == {f"/{name}"}


def test_the_invited_read_no_events_of_others(caller, story, overseer):
    case = story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["ruili"]], question="请提意见。")
    overseer.order("suzhou.supervisor", case)
    kinds = [
        {row["kind"] for row in caller(login).get(f"cases/{case.pk}/events/").json()["results"]}
        for login in ("kunshan.officer", "ruili.chief")
    ]
    assert ["case.supervise" in found for found in kinds] == [True, False]

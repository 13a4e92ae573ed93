"""`internal-limits/`: the same resolution and the same refusals as the page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.internal_limits import today
from cases.models import InternalLimit
from tests.api.conftest import pointers, problem

pytestmark = pytest.mark.django_db
PATH = "internal-limits/"
NEW = {
    "kind": "review",
    "urgency": "normal",
    "amount": 4,
    "unit": "working_day",
    "warn_before": 1,
    "escalate_after": 2,
    "extend_by": 4,
}


def held(answer) -> list[tuple]:
    assert answer.status_code == 200
    return [(row["kind"], row["urgency"], row["amount"], row["source"]) for row in answer.json()["results"]]


def test_which_holds_for_whom_and_when(caller):
    ministry, reader = caller("guohe.chief"), caller("kunshan.officer")
    assert len(held(reader.get(PATH))) == InternalLimit.objects.filter(set_by=None).count()
    later = (today() + timedelta(days=30)).isoformat()
    assert ministry.post(PATH, {**NEW, "tier": "county", "family": "extradition"}).status_code == 201
    assert ministry.post(PATH, {**NEW, "amount": 2, "effective_from": later}).status_code == 201
    assert caller("jiangsu.chief").post(PATH, {**NEW, "amount": 3, "note": "苏公"}).status_code == 201
    one = {"kind": "review", "urgency": "normal"}
    assert held(reader.get(PATH, **one)) == [("review", "normal", 5, "default")]
    assert held(reader.get(PATH, **one, agency="320583000000")) == [("review", "normal", 3, "province")]
    assert held(reader.get(PATH, **one, agency="320583000000", on=later)) == [("review", "normal", 2, "ministry")]
    assert held(reader.get(PATH, **one, agency="110105000000", family="extradition")) == [
        ("review", "normal", 4, "ministry")
    ]
    (row,) = reader.get(PATH, **one, agency="320583000000").json()["results"]
    assert (row["agency"], row["note"], row["basis"]) == ("320000000000", "苏公", "province.review")
    assert (row["next"]["amount"], row["next"]["effective_from"]) == (2, later)


def test_what_is_set_says_what_differs_and_a_retry_sets_nothing_more(caller, story):
    story.submitted()
    who = caller("guohe.supervisor")
    first = who.post(PATH, NEW, Idempotency_Key="once")
    assert first.status_code == 201
    assert first.json()["differing"] == {
        "total": 1,
        "more": False,
        "by_agency": [{"agency": "昆山市公安局", "count": 1}],
    }
    assert who.post(PATH, NEW, Idempotency_Key="once").json() == first.json()
    assert InternalLimit.objects.exclude(set_by=None).count() == 1
    withdrawn = who.post(PATH, {"kind": "review", "urgency": "normal", "withdrawn": True})
    assert (withdrawn.status_code, withdrawn.json()["amount"]) == (201, 4)


@pytest.mark.parametrize(
    "changes, faults",
    [
        ({"amount": "4"}, {"/amount"}),
        ({"amount": True, "kind": 7}, {"/amount", "/kind"}),
        ({"surprise": 1}, {"/surprise"}),
        ({"effective_from": "20260131"}, {"/effective_from"}),
        ({"effective_from": "2020-01-01", "amount": 0}, {"/effective_from", "/amount"}),
        ({"unit": "week"}, {"/unit"}),
    ],
)
def test_400(caller, changes, faults):
    assert pointers(problem(caller("guohe.chief").post(PATH, {**NEW, **changes}), 400)) == faults
    assert not InternalLimit.objects.exclude(set_by=None).exists()


def test_refusals(caller, machine):
    assert pointers(problem(caller("guohe.chief").post(PATH, {"kind": "review"}), 400)) == {
        "/urgency",
        *(f"/{name}" for name in NEW if name not in ("kind", "urgency")),
    }
    loose = problem(caller("jiangsu.chief").post(PATH, {**NEW, "amount": 6}), 422)
    assert "公安部对审核（普通）规定 5 个工作日，省里只能更短。" in str(loose)
    for login in ("kunshan.chief", "guohe.desk", "sysadmin"):
        problem(caller(login).post(PATH, NEW), 403)
    problem(machine.post(PATH, NEW), 403)
    wrong = {"kind": "x", "urgency": "x", "agency": "1", "on": "x", "family": "x"}
    assert pointers(problem(caller("auditor").get(PATH, **wrong), 400)) == {f"/{name}" for name in wrong}
    problem(caller("auditor").get(PATH, agency="320583000000", tier="city"), 400)

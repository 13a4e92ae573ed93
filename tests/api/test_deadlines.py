"""Clocks over the API: their shape, the list over all cases in sight, and what is done to them."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from agencies.models import AuditEvent
from cases.queries import deadlines
from countries.calendars import SHANGHAI
from tests.api.conftest import pointers, problem
from tests.cast import PLACES

pytestmark = pytest.mark.django_db
PAUSE = {"category": "foreign_side", "reason": "等泰方确认。"}
EXTEND = {"amount": 1, "reason": "等译文。"}
EXPLAIN = {"text": "等译文。", "told_to": "苏州市公安局", "told_on": "2026-03-20"}
MONDAY = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)


def running(caller, case, login="kunshan.chief"):
    rows = caller(login).get(f"cases/{case.pk}/deadlines/").json()["results"]
    return next(row for row in rows if row["state"] in ("running", "paused", "breached"))


def same_moments(row):
    """Without the noughts that one of the two writes after a whole second."""
    return {name: value.replace(".000000", "") if isinstance(value, str) else value for name, value in row.items()}


def url(case, clock, act):
    return f"cases/{case.pk}/deadlines/{clock['id']}/{act}/"


def test_a_clock_says_what_it_is(caller, story, cast):
    clock = running(caller, story.submitted())
    wanted = {"id", "kind", "basis", "unit", "amount", "started_at", "due_at", "state", "provisional"}
    assert clock.keys() >= wanted | {"paused_spans", "extended_from"}
    assert clock["basis"] == {"code": "coopdesk.default.review", "article": None, "confidence": None}
    assert (clock["kind"], clock["unit"], clock["state"]) == ("review", "working_day", "running")
    assert (clock["paused_spans"], clock["extended_from"]) == ([], None)
    law = running(caller, story.registered(), "guohe.desk")
    assert clock["agency"] == {"code": PLACES["kunshan"], "name": cast.agency("kunshan").name}
    rows = caller("guohe.desk").get(f"cases/{story.registered().pk}/deadlines/").json()["results"]
    law = next(row for row in rows if row["kind"] == "competent_authority_processing")
    assert law["basis"] == {"code": "statute.registered", "article": "IMLAP-7.2", "confidence": "secondary"}


class TestActs:
    def test_pause_and_resume(self, caller, story):
        case = story.submitted()
        who, clock = caller("kunshan.chief"), running(caller, case)
        paused = who.post(url(case, clock, "pause"), PAUSE)
        assert (paused.status_code, paused.json()["state"]) == (200, "paused")
        (span,) = paused.json()["paused_spans"]
        assert (span["to"], span["category"]) == (None, "foreign_side")
        resumed = caller("kunshan.desk").post(url(case, clock, "resume"))
        assert (resumed.status_code, resumed.json()["state"]) == (200, "running")
        assert running(caller, case) == resumed.json()

    def test_extend_keeps_the_original(self, caller, story):
        case = story.submitted()
        clock = running(caller, case)
        answer = caller("suzhou.supervisor").post(url(case, clock, "extend"), EXTEND).json()
        assert (answer["extended_from"], answer["extended_by"]) == (clock["due_at"], 1)
        assert answer["due_at"] > clock["due_at"]

    def test_explain(self, caller, story):
        story.moment = MONDAY
        case = story.submitted()
        clock = running(caller, case)
        assert clock["state"] == "breached"
        answer = caller("kunshan.officer").post(url(case, clock, "explain"), EXPLAIN)
        assert (answer.status_code, answer.json()["explanations"]) == (200, 1)

    def test_a_retry_pauses_once(self, caller, story):
        case = story.submitted()
        who, clock = caller("kunshan.chief"), running(caller, case)
        first, again = (who.post(url(case, clock, "pause"), PAUSE, Idempotency_Key="one") for _ in range(2))
        assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
        assert AuditEvent.objects.filter(kind="case.pause_deadline").count() == 1
        problem(who.post(url(case, clock, "pause"), PAUSE, Idempotency_Key=None), 400, "idempotency_key_missing")

    def test_refusals(self, caller, story, machine, nobody):
        case = story.submitted()
        clock = running(caller, case)
        who = caller("kunshan.chief")
        problem(nobody.post(url(case, clock, "pause"), PAUSE), 401)
        problem(machine.post(url(case, clock, "pause"), PAUSE), 403, "not_permitted")
        problem(caller("kunshan.officer").post(url(case, clock, "pause"), PAUSE), 403, "not_permitted")
        problem(caller("suzhou.chief").post(url(case, clock, "pause"), PAUSE), 403, "not_holder")
        problem(caller("ruili.chief").post(url(case, clock, "pause"), PAUSE), 404, "not_found")
        problem(who.post(url(case, {"id": uuid.uuid4()}, "pause"), PAUSE), 404, "not_found")
        problem(who.post(url(story.submitted(), clock, "pause"), PAUSE), 404, "not_found")
        problem(who.post(url(case, clock, "resume")), 409, "clock_state")
        problem(who.post(url(case, clock, "explain"), EXPLAIN), 409, "clock_state")
        wrong = problem(who.post(url(case, clock, "pause"), {"category": "x", "from": "soon"}), 400, "malformed")
        assert pointers(wrong) == {"/category", "/from", "/reason"}
        early = problem(who.post(url(case, clock, "pause"), {**PAUSE, "from": "2020-01-01"}), 422, "guard_failed")
        assert pointers(early) == {"/from"}
        cap = problem(caller("suzhou.chief").post(url(case, clock, "extend"), {**EXTEND, "amount": 900}), 422)
        assert [error["code"] for error in cap["errors"]] == ["past_cap"]
        assert running(caller, case) == clock

    def test_what_an_officer_starts_and_ends(self, caller, story):
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        who = caller("jiangsu.officer")
        began = {"limit": "freeze_funds", "at": "2026-03-09T10:00"}
        clock = who.post(f"cases/{case.pk}/deadlines/", began)
        assert (clock.status_code, clock.json()["due_at"][:10]) == (201, "2026-09-09")
        problem(who.post(f"cases/{case.pk}/deadlines/", began), 409, "clock_state")
        unknown = problem(who.post(f"cases/{case.pk}/deadlines/", {"limit": "nonsense", "at": "2099-01-01"}), 422)
        assert pointers(unknown) == {"/limit", "/at"}
        problem(caller("guohe.desk").post(f"cases/{case.pk}/deadlines/", began), 403, "not_holder")
        problem(caller("jiangsu.supervisor").post(f"cases/{case.pk}/deadlines/", began), 403, "not_permitted")
        done = who.post(url(case, clock.json(), "finish"), {"at": "2026-05-01"})
        assert (done.status_code, done.json()["state"]) == (200, "met")


class TestList:
    @pytest.fixture(params=[True, False], ids=["walked", "gathered"])
    def much(self, request, monkeypatch):
        monkeypatch.setattr(deadlines, "sees_much", lambda _agency: request.param)

    @pytest.fixture
    def world(self, story):
        """A case that ran late, one that is on time, one of the other road's."""
        story.moment = MONDAY
        late = story.submitted()
        story.moment = None
        return late, story.dispatched(), story.submitted("ruili")

    def test_what_is_in_sight_by_when_it_is_due(self, caller, world, much):
        late, sent, _other = world
        rows = caller("suzhou.chief").get("deadlines/").json()["results"]
        assert {row["case"]["id"] for row in rows} == {str(late.pk), str(sent.pk)}
        assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)
        whole = {row["id"]: row for row in rows}
        for case in (late, sent):
            for row in caller("suzhou.chief").get(f"cases/{case.pk}/deadlines/").json()["results"]:
                named = {**row, "case": {"id": str(case.pk), "number": case.number}}
                assert same_moments(whole.pop(row["id"])) == same_moments(named)
        assert not whole

    def test_pages(self, caller, world, much):
        who = caller("guohe.chief")
        whole = who.get("deadlines/", page_size=100).json()["results"]
        found, page = [], who.get("deadlines/", page_size=3).json()
        while True:
            found += page["results"]
            if page["next"] is None:
                break
            page = who.get(page["next"]).json()
        assert found == whole
        assert len(whole) > 6

    def test_filters(self, caller, world, much):
        late, sent, other = world
        who = caller("guohe.chief")

        def ids(**query):
            rows = who.get("deadlines/", page_size=100, **query).json()["results"]
            return {(row["case"]["id"], row["kind"], row["state"]) for row in rows}

        everything = ids()
        assert ids(state="breached") == {(str(late.pk), "review", "breached")}
        states = ("running", "paused", "met", "breached", "cancelled")
        assert set.union(*(ids(state=state) for state in states)) == everything
        assert ids(state=",".join(states)) == everything
        assert ids(kind="acknowledgement") == {(str(sent.pk), "acknowledgement", "running")}
        assert {row[0] for row in ids(agency=PLACES["yunnan"])} == {str(other.pk)}
        assert {row[0] for row in ids(due_before="2026-04-01")} == {str(late.pk)}
        assert str(late.pk) not in {row[0] for row in ids(due_after="2026-04-01")}
        assert ids(due_after="2026-04-01", due_before="2026-04-02") == set()

    def test_paused_ones_are_found(self, caller, world, much):
        _late, sent, _other = world
        who = caller("guohe.desk")
        clock = next(row for row in who.get("deadlines/", kind="acknowledgement").json()["results"])
        who.post(url(sent, clock, "pause"), PAUSE)
        (found,) = who.get("deadlines/", state="paused").json()["results"]
        assert (found["id"], found["paused_spans"][0]["category"]) == (clock["id"], "foreign_side")

    def test_those_invited_read_what_they_are_asked(self, caller, story, much):
        case = story.step(
            "kunshan.desk",
            story.submitted(),
            "invite",
            question="请研究。",
            agencies=[PLACES["yunnan"], PLACES["beijing"]],
        )
        kinds = {row["agency"]["code"] for row in caller("yunnan.chief").get("deadlines/").json()["results"]}
        assert kinds == {PLACES["yunnan"]}
        rows = caller("yunnan.chief").get(f"cases/{case.pk}/deadlines/").json()["results"]
        assert {row["agency"]["code"] for row in rows} == kinds

    def test_bad_queries(self, caller):
        who = caller("guohe.chief")
        wrong = {"state": "late", "kind": "tea", "agency": "1", "due_after": "soon", "page_size": "0"}
        for name, value in wrong.items():
            assert pointers(problem(who.get("deadlines/", **{name: value}), 400)) == {f"/{name}"}, name
        assert pointers(problem(who.get("deadlines/", wanted="x"), 400)) == {"/wanted"}
        assert pointers(problem(who.get("deadlines/", cursor="x"), 400)) == {"/cursor"}

    @pytest.mark.parametrize("login", ["sysadmin", "secadmin", "auditor"])
    def test_administrators_see_none(self, caller, login):
        problem(caller(login).get("deadlines/"), 403)

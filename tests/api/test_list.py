"""The list of cases: the hand-written statement against policies.visible_to, every filter, paging, constant queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.scope import acting
from cases import policies
from cases.queries import api_list
from tests.api.conftest import pointers, problem

pytestmark = pytest.mark.django_db
PLACES = ["kunshan", "suzhou", "jiangsu", "guohe", "ruili", "yunnan"]
PARTS = ["officer", "desk", "chief", "supervisor"]


@pytest.fixture
def world(story):
    """Cases of several origins, statuses and marks."""
    return [
        story.draft(),
        story.draft("guohe"),
        story.submitted(mark="work_secret", urgency="urgent"),
        story.submitted("ruili", country="MM"),
        story.cleared("jiangsu"),
        story.cleared("ruili", mark="work_secret"),
        story.closed("guohe", title="网络赌博案"),
        story.at("returned", urgency="most_urgent"),
    ]


@pytest.mark.parametrize("much", [False, True], ids=["narrow", "wide"])
def test_it_shows_what_the_policy_shows(world, cast, monkeypatch, much):
    monkeypatch.setattr(api_list, "sees_much", lambda _agency: much)
    for login in [f"{place}.{part}" for place in PLACES for part in PARTS] + ["auditor"]:
        actor = cast.actor(login)
        with acting(actor):
            listed = [row["id"] for row in api_list.page(actor, api_list.Wanted(), size=50)]
            assert listed == [str(pk) for pk in policies.visible_to(actor).order_by("-pk").values_list("pk", flat=True)]


def test_row_level_security_is_the_other_wall(story, cast):
    """A query that claims another agency still gets nothing."""
    story.submitted()
    thief = cast.actor("ruili.chief")
    with acting(thief):
        assert api_list.page(cast.actor("kunshan.chief"), api_list.Wanted(), size=50) == []


@pytest.mark.parametrize("much", [False, True], ids=["narrow", "wide"])
class TestFilters:
    @pytest.fixture(autouse=True)
    def _shape(self, monkeypatch, much):
        monkeypatch.setattr(api_list, "sees_much", lambda _agency: much)

    @pytest.mark.parametrize(
        "params,holds",
        [
            ({"status": "draft"}, lambda c: c.status == "draft"),
            ({"status": "in_review"}, lambda c: c.status == "in_review"),
            ({"status": "closed"}, lambda c: c.status == "closed"),
            ({"status": "closed,cleared"}, lambda c: c.status in ("closed", "cleared")),
            ({"urgency": "urgent,most_urgent"}, lambda c: c.urgency != "normal"),
            ({"direction": "outgoing"}, lambda c: True),
            ({"direction": "incoming"}, lambda c: False),
            ({"country": "MM"}, lambda c: c.country.code == "MM"),
            ({"request_type": "police_cooperation_out"}, lambda c: True),
            ({"request_type": "extradition_out"}, lambda c: False),
            ({"origin": "533102000000"}, lambda c: c.origin.code == "533102000000"),
            (
                {"holder": "000000010000"},
                lambda c: c.status == "cleared" or (c.origin.is_terminal and c.status == "draft"),
            ),
            ({"q": "网络"}, lambda c: "网络" in c.title),
            ({"q": "%"}, lambda c: False),
            ({"q": "GJHZ 赌博"}, lambda c: "赌博" in c.title),
            ({"created_from": "2000-01-01", "created_before": "2100-01-01"}, lambda c: True),
            ({"created_before": "2000-01-01"}, lambda c: False),
            ({"updated_from": "2100-01-01T00:00:00Z"}, lambda c: False),
            ({"status": "in_review", "q": "刷单", "country": "TH", "urgency": "normal"}, lambda c: False),
        ],
    )
    def test_each(self, world, caller, cast, params, holds):
        actor = cast.actor("guohe.chief")
        with acting(actor):
            wanted = [str(c.pk) for c in policies.visible_to(actor).order_by("-pk") if holds(c)]
        body = caller("guohe.chief").get("cases/", **params).json()
        assert [row["id"] for row in body["results"]] == wanted

    def test_since_the_last_change(self, caller, story):
        case = story.submitted()
        moment = (case.updated_at + timedelta(microseconds=1)).isoformat()
        assert ids(caller("kunshan.chief").get("cases/", updated_from=moment)) == []
        later = story.step("kunshan.chief", case, "approve")
        assert ids(caller("kunshan.chief").get("cases/", updated_from=moment)) == [str(later.pk)]

    @pytest.mark.parametrize(
        "name,value",
        [
            ("status", "open"),
            ("status", ""),
            ("status", "draft,," * 40),
            ("urgency", "1"),
            ("direction", "up"),
            ("country", "CN"),
            ("country", "Thailand"),
            ("request_type", "x"),
            ("origin", "1"),
            ("holder", "TH"),
            ("q", "x" * 101),
            ("created_from", "yesterday"),
            ("created_from", "2026-02-30"),
            ("created_before", "0001-01-01"),
            ("created_before", "2026-01-01T00:00:60Z"),
            ("updated_from", "2026-01-01T00:00:00 08:00"),
            ("updated_before", "9" * 400),
            ("page_size", "0"),
            ("page_size", "101"),
            ("page_size", "１"),
            ("page_size", "9" * 5000),
            ("cursor", "x"),
            ("cursor", "WyJub3QtYS11dWlkIl0"),
            ("ordering", "drafter"),
            ("scope__contains", "1"),
        ],
    )
    def test_bad_values_are_pointed_at(self, caller, name, value):
        assert pointers(problem(caller("kunshan.officer").get("cases/", **{name: value}), 400)) == {f"/{name}"}

    def test_repeated_parameters(self, caller):
        who = caller("kunshan.officer")
        answer = who.client.get("/api/v1/cases/?status=draft&status=closed")
        assert pointers(problem(answer, 400)) == {"/status"}

    def test_pages_hold_every_case_once(self, world, caller):
        who = caller("guohe.chief")
        whole = ids(who.get("cases/"))
        seen, link = [], "cases/?page_size=2"
        while link:
            body = who.client.get(link if link.startswith("http") else f"/api/v1/{link}").json()
            seen += [row["id"] for row in body["results"]]
            link = body["next"]
        assert seen == whole
        assert len(whole) > 4


@pytest.mark.parametrize("door", ["cases/", "cases/{0}/", "cases/{0}/legs/", "cases/{0}/items/", "cases/{0}/events/"])
def test_the_number_of_queries_does_not_grow(caller, story, door):
    few = story.submitted()
    who = caller("kunshan.chief")
    who.get(door.format(few.pk))  # warm: hints and calendars
    with CaptureQueriesContext(connection) as before:
        who.get(door.format(few.pk))
    rows = [{"description": f"第 {n} 项"} for n in range(20)]
    people = [{"kind": "person", "name": f"张{n}", "role": "suspect"} for n in range(20)]
    _others, many = [story.submitted(items=rows, subjects=people) for _ in range(2)]
    many = story.step("suzhou.chief", story.step("kunshan.chief", many, "approve"), "approve")
    with CaptureQueriesContext(connection) as after:
        who.get(door.format(many.pk))
    # Where no step is mine there is one question less about four eyes.
    assert len(after) <= len(before), [query["sql"] for query in after]


def test_a_machines_list_is_three_statements(machine, story):
    """One finds the account, one tells the database who acts, one gets the rows."""
    story.submitted()
    machine.get("cases/")
    with CaptureQueriesContext(connection) as queries:
        assert len(machine.get("cases/").json()["results"]) == 1
    statements = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 3, statements


def test_a_search_without_end_says_so(caller, story, monkeypatch):
    monkeypatch.setattr(api_list, "TIME_LIMIT", "1ms")
    monkeypatch.setattr(api_list, "_filters", lambda wanted, parameters: ["(SELECT true FROM pg_sleep(1))"])
    story.submitted()
    problem(caller("kunshan.officer").get("cases/", q="x"), 422, "too_broad")


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]

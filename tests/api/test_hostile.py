"""Hostile input: whatever comes, a 4xx in kind words, never a 500, and nothing half done."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import connection

from cases.models import Case
from tests.api.conftest import content, problem

pytestmark = pytest.mark.django_db
NUL, SURROGATE, LONG = "a\x00b", "\ud800", "字" * 3_500_000  # 10 MB of UTF-8
DEEP = "[" * 100_000
TEXTS = [NUL, SURROGATE, "\udfff\ud800"]


@pytest.fixture
def officer(caller):
    return caller("kunshan.officer")


@pytest.fixture(autouse=True)
def _nothing_half_done(request, django_db_setup, db, see):
    """Every refusal leaves the tables as they were."""
    yield
    with see("kunshan.officer"):
        assert Case.objects.filter(title__contains="hostile").count() == 0
        connection.check_constraints()


def refused(answer, *statuses):
    assert answer.status_code in (statuses or (400, 413, 415, 422)), (answer.status_code, answer.content[:300])
    return problem(answer, answer.status_code)


class TestBodies:
    @pytest.mark.parametrize("text", TEXTS)
    @pytest.mark.parametrize(
        "place",
        [
            lambda t: {"title": t},
            lambda t: {"summary": t},
            lambda t: {"country": t},
            lambda t: {"request_type": t},
            lambda t: {"mark": t},
            lambda t: {t: "x"},
            lambda t: {"subjects": [{"name": t}]},
            lambda t: {"subjects": [{"name": "x", t: "y"}]},
            lambda t: {"items": [{"description": t}]},
            lambda t: {"surprise": [{"deep": [t]}]},
        ],
    )
    def test_nul_and_lone_surrogates_anywhere(self, officer, place, text):
        refused(officer.post("cases/", content(**place(text))), 400)

    def test_raw_bytes_that_are_no_utf8(self, officer):
        for body in (b'{"title": "\xff\xfe"}', b'{"title": "\xed\xa0\x80"}', "标题".encode("gbk"), b"\xef\xbb\xbf{}"):
            refused(officer.post("cases/", body), 400)

    def test_ten_megabytes(self, officer):
        refused(officer.post("cases/", content(summary=LONG)), 413)
        refused(officer.post("cases/", content(summary="x" * 900_000)), 400)

    @pytest.mark.parametrize(
        "body",
        [
            DEEP,
            '{"a":' * 100_000,
            '{"title":"x","title":"y"}',
            '{"items":[{"description":"x","description":"y"}]}',
            '{"title": NaN}',
            '{"title": Infinity}',
            '{"title": 1e999}',
            '{"title": ' + "9" * 5_000 + "}",
            '{"title": 12345678901234567890123}',
            "{",
            "nonsense",
            '"text"',
            "[]",
            "null",
            "7",
            "true",
            '{"subjects": {"0": {"name": "x"}}}',
            '{"subjects": "x"}',
            '{"subjects": [1, null, []]}',
            '{"items": [[]]}',
            '{"title": ["x"]}',
            '{"title": {"x": 1}}',
            '{"title": true}',
            '{"urgency": null}',
            '{"country": ["TH"]}',
            '{"country": "ＴＨ"}',
        ],
    )
    def test_shapes(self, officer, body):
        refused(officer.post("cases/", body), 400)

    def test_too_many_rows(self, officer):
        refused(officer.post("cases/", content(items=[{"description": "x"}] * 201)), 400)
        refused(officer.post("cases/", content(subjects=[{"name": "x"}] * 10_000)), 400)

    @pytest.mark.parametrize("date", ["2026-02-30", "0000-00-00", "31/01/1990", "9" * 30, 19900131, "1990-01-31T00:00"])
    def test_dates(self, officer, date):
        refused(officer.post("cases/", content(subjects=[{"name": "x", "birth_date": date}])), 400)

    def test_brackets_in_words_are_no_nesting(self, officer):
        answer = officer.post("cases/", content(summary="[" * 500 + '\\"{{' * 50))
        assert answer.status_code == 201

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "a/b", "x"])
    def test_content_types(self, officer, kind):
        refused(officer.post("cases/", json.dumps(content()), Content_Type=kind), 415)

    @pytest.mark.parametrize("charset, status", [("gbk", 415), ('"utf-16"', 415), ("utf-8", 201), ("UTF-8", 201)])
    def test_only_utf8(self, officer, charset, status):
        body = json.dumps(content())
        answer = officer.post("cases/", body, Content_Type=f"application/json; charset={charset}")
        assert answer.status_code == status

    @pytest.mark.parametrize("host", ["a b", "[::1", "x" * 300, "evil.example:99999999"])
    def test_a_malformed_host(self, client, host):
        assert client.get("/api/v1/cases/", headers={"Host": host}).status_code == 400

    def test_every_field_of_the_model(self, officer):
        """Mass assignment: what the row has and the request may not set is unknown."""
        for field in Case._meta.get_fields():
            name = field.name
            if name in content() or name in ("subjects", "items"):
                continue
            body = refused(officer.post("cases/", content(**{name: 1})), 400)
            assert body["errors"][0]["pointer"] == f"/{name}"


class TestSteps:
    REPLY = "record_reply"

    @pytest.mark.parametrize("text", TEXTS)
    def test_nul_and_lone_surrogates(self, caller, story, text):
        case = story.dispatched()
        desk = caller("guohe.desk")
        row = {"id": str(uuid.uuid4()), "outcome": "executed", "note": text}
        for data in ({"kind": text}, {"kind": "final", "items": [row]}, {"kind": "final", "opinion": text}):
            refused(desk.step(case, self.REPLY, **data), 400)
        refused(desk.step(case, "record_acknowledgement", their_reference=text), 400)

    @pytest.mark.parametrize(
        "items",
        [
            "x",
            [None],
            [{"id": 1, "outcome": "executed"}],
            [{"id": "1", "outcome": "executed"}],
            [{"id": "{id}", "outcome": "waiting"}],
            [{"id": "{id}", "outcome": "refused"}],
            [{"id": "{id}", "outcome": "refused", "ground": "x"}],
            [{"id": "{id}", "outcome": "executed"}, {"id": "{id}", "outcome": "executed"}],
            [{"id": "{id}", "outcome": "executed", "answered_at": "2026-01-01"}],
        ],
    )
    def test_replies(self, caller, story, items, see):
        case = story.dispatched()
        with see("guohe.desk"):
            pk = str(case.items.first().pk)
        if isinstance(items, list):
            items = [{**row, "id": pk} if isinstance(row, dict) and row["id"] == "{id}" else row for row in items]
        refused(caller("guohe.desk").step(case, self.REPLY, kind="interim", items=items), 400)

    def test_the_item_of_another_case(self, caller, story, see):
        case, other = story.dispatched(), story.dispatched()
        with see("guohe.desk"):
            pk = str(other.items.first().pk)
        row = {"id": pk, "outcome": "executed"}
        refused(caller("guohe.desk").step(case, self.REPLY, kind="interim", items=[row]), 422)

    @pytest.mark.parametrize("step", ["nothing", "Approve", "approve ", "a" * 500, "../submit", "submit%00", "提交"])
    def test_unknown_steps(self, caller, story, step):
        case = story.submitted()
        answer = caller("kunshan.chief").post(f"cases/{case.pk}/steps/{step}/", {}, If_Match=f'"{case.version}"')
        problem(answer, answer.status_code)
        assert answer.status_code in (400, 404)

    def test_stale_double_and_own(self, caller, story, cast):
        case = story.draft()
        officer = caller("kunshan.officer")
        assert officer.step(case, "submit").status_code == 200
        problem(officer.step(case, "submit"), 412, "stale_version")
        problem(officer.post(f"cases/{case.pk}/steps/submit/", {}, If_Match='"2"'), 409, "wrong_status")
        problem(officer.post(f"cases/{case.pk}/steps/approve/", {}, If_Match='"2"'), 403, "not_permitted")

    def test_by_the_wrong_tier(self, caller, story):
        case = story.step("kunshan.chief", story.submitted(), "approve")
        problem(caller("kunshan.chief").step(case, "approve"), 403, "not_holder")
        problem(caller("jiangsu.chief").step(case, "approve"), 403, "not_holder")
        problem(caller("ruili.chief").step(case, "approve"), 404, "not_found")

    def test_a_handler_of_another_agency(self, caller, story):
        case = story.submitted()
        body = refused(caller("kunshan.chief").step(case, "assign_handler", handler="suzhou.desk"), 422)
        assert body["errors"][0]["pointer"] == "/handler"


class TestHeaders:
    @pytest.mark.parametrize(
        "tag", ["", " ", "7", '"7', "*", '"abc"', '"1", "2"', '"-1"', '"9999999999"', "\x00", "９"]
    )
    def test_if_match(self, officer, story, tag):
        answer = officer.patch(f"cases/{story.draft().pk}/", {"title": "x"}, If_Match=tag)
        assert answer.status_code in (400, 412, 428)
        problem(answer, answer.status_code)

    def test_a_compressing_proxy_weakens_the_tag(self, officer, story):
        assert officer.patch(f"cases/{story.draft().pk}/", {"title": "x"}, If_Match='W/"1"').status_code == 200

    @pytest.mark.parametrize("key", [None, "", " ", "a b", "x" * 129, "键", "a\x00b", "\x7f"])
    def test_idempotency_key(self, officer, key):
        problem(officer.post("cases/", content(), Idempotency_Key=key), 400, "idempotency_key_missing")

    def test_a_body_in_chunks_is_not_dropped(self, caller, story):
        """Without a length it does not arrive; the step must not be taken without its words."""
        case = story.submitted()
        chief = caller("kunshan.chief")
        answer = chief.post(
            f"cases/{case.pk}/steps/approve/", None, If_Match=f'"{case.version}"', Transfer_Encoding="chunked"
        )
        problem(answer, 411, "length_required")

    @pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
    def test_no_method_override(self, officer, name, story):
        case = story.draft()
        answer = officer.client.post(f"/api/v1/cases/{case.pk}/", headers={name: "PATCH"})
        problem(answer, 405, "method_not_allowed")
        answer = officer.client.post(f"/api/v1/cases/{case.pk}/?_method=PATCH")
        problem(answer, answer.status_code)

    @pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "x", "application/json;q=x"])
    def test_accept(self, officer, accept):
        answer = officer.get("cases/", headers={"Accept": accept})
        assert answer.status_code in (200, 406)
        assert "json" in answer.headers["Content-Type"]

    @pytest.mark.parametrize("language", ["", "*", "xx", "en;q=9", "\x00", "zh" * 4000, "en-" + "a" * 600, "../../etc"])
    def test_languages(self, officer, language):
        answer = officer.get(f"cases/{uuid.uuid4()}/", headers={"Accept-Language": language})
        problem(answer, 404)

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X" * 50])
    def test_other_methods(self, officer, method):
        assert officer.send(method, "cases/").status_code == 405


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "cases/?q=%00",
            "cases/?q=a&q=%00",
            "cases/?%00=a",
            "cases/?q=%ED%A0%80%FF" + "x" * 200,
            "cases/?status[]=draft",
            "cases/?cursor=" + "W" * 5000,
            "cases/?cursor=W1tbW1tbW1tb",
            "cases/?cursor=%FF%FE",
            "cases/?page_size=1e1",
            "cases/?page_size=-1",
            "cases/?format=xml",
            "cases/?created_from=2026-13-01",
            "cases/?updated_before=%00",
            "agencies/?parent=%00",
            "agencies/?q=" + "a" * 101,
            "agencies/?cursor=WyJcdTAwMDAiXQ",
            "agencies/?cursor=WyJcdWQ4MDAiXQ",
            "countries/?cursor=WzFd",
            "request-types/?direction=both",
            "me/?x=" + "x" * 5000,
        ],
    )
    def test_queries(self, officer, path):
        refused(officer.client.get(f"/api/v1/{path}"), 400)

    @pytest.mark.parametrize(
        "path", ["cases/%00/", "agencies/%00/", "agencies/%ED%A0%80/", "countries/../me/", "%F0%9F%98%80/"]
    )
    def test_paths(self, officer, path):
        refused(officer.client.get(f"/api/v1/{path}"), 400, 404)

    def test_search_is_for_words_not_patterns(self, officer, story):
        story.draft(title="甲_乙%丙\\丁")
        for q, found in (
            ("_乙", 1),
            ("%", 1),
            ("\\丁", 1),
            ("甲%丙", 0),
            ("甲__乙", 0),
            ("' OR 1=1 --", 0),
            ("$1 {where}", 0),
        ):
            assert len(officer.get("cases/", q=q).json()["results"]) == found, q

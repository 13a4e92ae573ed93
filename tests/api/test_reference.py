"""What every caller may look up: agencies, countries, request types, codes, who he is, and the API's description."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.api.conftest import Caller, new_token, pointers, problem

pytestmark = pytest.mark.django_db
PATHS = [
    "agencies/",
    "agencies/320583000000/",
    "countries/",
    "countries/TH/",
    "countries/TH/record/",
    "request-types/",
    "time-limits/",
    "codes/",
    "me/",
]


@pytest.mark.parametrize("path", [*PATHS, "request-types/police_cooperation_out/"])
class TestEveryList:
    def test_401(self, nobody, path):
        problem(nobody.get(path), 401)

    def test_open_to_all_roles_and_any_token(self, caller, credentials, path):
        assert caller("auditor").get(path).status_code == 200
        assert Caller(token=new_token(*credentials, scope="cases:file")).get(path).status_code == 200

    def test_405_and_unknown_parameters(self, caller, path):
        who = caller("kunshan.officer")
        problem(who.post(path, {}), 405)
        assert pointers(problem(who.get(path, surprise="x"), 400)) == {"/surprise"}

    def test_406(self, caller, path):
        problem(caller("kunshan.officer").get(path, headers={"Accept": "text/html"}), 406)


@pytest.mark.parametrize(
    "path",
    [
        "agencies/999999999999/",
        "agencies/x/",
        "countries/CN/",
        "countries/XX/",
        "countries/XX/record/",
        "request-types/x/",
    ],
)
def test_404(caller, path):
    problem(caller("kunshan.officer").get(path), 404)


class TestAgencies:
    def test_detail_has_the_route(self, caller):
        body = caller("kunshan.officer").get("agencies/320583000000/").json()
        assert [stop["code"] for stop in body["route"]] == [
            "320583000000",
            "320500000000",
            "320000000000",
            "000000010000",
        ]
        assert (body["parent"], body["tier"]) == ("320500000000", "county")

    def test_search_and_filters(self, caller):
        who = caller("kunshan.officer")
        assert "320583000000" in codes(who.get("agencies/", q="kunshan"))
        assert "320583000000" in codes(who.get("agencies/", q="昆山"))
        assert codes(who.get("agencies/", parent="110000000000", tier="county"))
        assert pointers(problem(who.get("agencies/", parent="1", tier="x"), 400)) == {"/parent", "/tier"}

    def test_every_organ_once_by_cursor(self, caller):
        who, seen = caller("kunshan.officer"), []
        answer = who.get("agencies/", page_size=100)
        while True:
            body = answer.json()
            seen += [row["code"] for row in body["results"]]
            if body["next"] is None:
                break
            answer = who.get(body["next"])
        assert len(seen) == len(set(seen)) == 3223


def test_countries_and_types(caller):
    who = caller("kunshan.officer")
    assert codes(who.get("countries/", q="泰国")) == ["TH"]
    assert who.get("countries/th/").json()["name_en"] == "Thailand"
    outgoing = codes(who.get("request-types/", direction="outgoing", page_size=100))
    assert "police_cooperation_out" in outgoing
    assert "police_cooperation_in" not in outgoing
    law = who.get("request-types/police_cooperation_out/").json()["law"]
    assert law["legal_basis"]


def test_codes_come_with_words_in_both_languages(caller):
    body = caller("kunshan.officer").get("codes/").json()
    assert set(body) >= {
        "channels",
        "return_reasons",
        "refusal_grounds",
        "roles",
        "statuses",
        "urgencies",
        "marks",
        "outcomes",
    }
    for name, rows in body.items():
        for row in rows:
            assert row["code"], name
            assert row["name_zh"], (name, row)
            assert row["name_en"], (name, row)


class TestMe:
    def test_an_officer(self, caller):
        body = caller("kunshan.officer").get("me/").json()
        assert (body["kind"], body["police_number"]) == ("officer", "kunshan.officer")
        assert body["acting"] == {
            "role": "drafter",
            "agency": {"code": "320583000000", "name": "昆山市公安局"},
            "on_behalf_of": None,
        }

    def test_an_officer_without_a_post(self, caller, cast):
        from agencies.models import Appointment

        Appointment.objects.filter(officer=cast.officer("kunshan.officer")).delete()
        who = caller("kunshan.officer")
        assert who.get("me/").json()["acting"] is None
        problem(who.get("cases/"), 403)

    def test_a_machine(self, machine):
        body = machine.get("me/").json()
        assert (body["kind"], body["police_number"], body["scopes"]) == ("service", None, ["cases:file", "cases:read"])


class TestDescription:
    def test_the_document(self, nobody):
        body = nobody.get("schema/").json()
        assert body["openapi"].startswith("3.1")
        assert "/api/v1/cases/{case_id}/steps/submit/" in body["paths"]
        for path, operations in body["paths"].items():
            for operation in operations.values():
                assert operation["summary"], path
                assert "application/problem+json" in operation["responses"]["404"]["content"]

    def test_the_document_in_english(self):
        document = Caller(language="en").get("schema/").content.decode()
        assert not [char for char in document if "\u3400" <= char <= "\u9fff"]

    def test_the_pages_load_only_our_own_files(self, nobody):
        page = nobody.client.get("/api/v1/docs/")
        assert page.status_code == 200
        text = page.content.decode()
        assert "<style" not in text
        assert "<script>" not in text
        assert settings.STATIC_URL in text


def test_unknown_addresses_are_problems(caller, nobody):
    for who in (caller("kunshan.officer"), nobody):
        problem(who.get("nothing/"), 404, "not_found")
        problem(who.get("cases"), 404, "not_found")


def codes(answer):
    return [row["code"] for row in answer.json()["results"]]

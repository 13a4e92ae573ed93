"""`cases/` and `cases/{id}/`: 401, 403, 404, wrong status, invalid, success, in that order for each operation."""

from __future__ import annotations

import uuid

import pytest

from agencies.models import Appointment
from cases.models import Case, Status
from tests.api.conftest import content, pointers, problem
from tests.stories import FOREIGN

pytestmark = pytest.mark.django_db
ADMINS = ["sysadmin", "secadmin", "auditor"]
STRANGERS = ["ruili.officer", "ruili.chief", "yunnan.supervisor", "chaoyang.desk"]


def same_but_for_the_request_id(*answers):
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    headers = [{k: v for k, v in answer.headers.items() if k != "X-Request-ID"} for answer in answers]
    return all(body == bodies[0] for body in bodies) and all(found == headers[0] for found in headers)


class TestList:
    def test_401(self, nobody):
        answer = nobody.get("cases/")
        problem(answer, 401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("login", ADMINS)
    def test_403_for_who_does_no_case_work(self, caller, login):
        problem(caller(login).get("cases/"), 403, "not_permitted")

    def test_success(self, caller, story):
        old, new = story.submitted(), story.draft()
        body = caller("kunshan.officer").get("cases/").json()
        assert [row["id"] for row in body["results"]] == [str(new.pk), str(old.pk)]
        assert body["next"] is None
        row = body["results"][1]
        assert (row["number"], row["status"], row["version"]) == (old.number, "in_review", old.version)
        assert row["holder"] == row["origin"] == {"code": "320583000000", "name": "昆山市公安局"}
        assert row["due_at"] is not None

    @pytest.mark.parametrize("login", STRANGERS)
    def test_strangers_see_nothing(self, caller, story, login):
        story.submitted()
        assert caller(login).get("cases/").json()["results"] == []

    def test_head_and_options(self, caller):
        officer = caller("kunshan.officer")
        head = officer.client.head("/api/v1/cases/")
        assert (head.status_code, head.content) == (200, b"")
        options = officer.client.options("/api/v1/cases/")
        assert options.status_code == 204
        assert options.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
        assert options.headers["Cache-Control"] == "no-store"


class TestCreate:
    def test_401(self, nobody):
        problem(nobody.post("cases/", content()), 401)

    @pytest.mark.parametrize("login", [*ADMINS, "kunshan.chief", "kunshan.desk", "kunshan.supervisor"])
    def test_403_for_all_but_drafters(self, caller, login):
        problem(caller(login).post("cases/", content()), 403, "not_permitted")

    def test_invalid_says_every_fault_at_once(self, caller):
        bad = content(
            country="CN",
            request_type="none",
            urgency="now",
            title="x" * 201,
            surprise=1,
            subjects=[{"kind": "person", "name": ""}],
            items=[{"description": "x", "outcome": "executed"}],
        )
        body = problem(caller("kunshan.officer").post("cases/", bad), 400, "malformed")
        assert pointers(body) >= {
            "/country",
            "/request_type",
            "/urgency",
            "/title",
            "/surprise",
            "/subjects/0/name",
            "/items/0/outcome",
        }

    @pytest.mark.parametrize("name", ["direction", "country", "request_type"])
    def test_what_must_be_there(self, caller, name):
        for missing in ({k: v for k, v in content().items() if k != name}, content(**{name: None})):
            body = problem(caller("kunshan.officer").post("cases/", missing), 400, "malformed")
            assert f"/{name}" in pointers(body)

    def test_the_type_goes_the_other_way(self, caller):
        body = problem(
            caller("kunshan.officer").post("cases/", content(request_type="police_cooperation_in")), 400, "malformed"
        )
        assert body["errors"][0]["code"] == "direction_contradicts_type"

    def test_foreign_requests_are_registered_by_the_last_desk(self, caller):
        wanted = {**FOREIGN, "received_on": ""}
        problem(caller("kunshan.officer").post("cases/", wanted), 403, "not_permitted")
        assert pointers(problem(caller("guohe.desk").post("cases/", wanted), 400, "malformed")) == {"/received_on"}
        assert caller("guohe.desk").post("cases/", FOREIGN).json()["status"] == "received"

    def test_success(self, caller, see):
        answer = caller("kunshan.officer").post("cases/", content())
        assert answer.status_code == 201
        body = answer.json()
        assert set(body) >= {"id", "number", "status", "version", "holder", "available_steps", "legs", "deadlines"}
        assert body["number"].startswith("GJHZ-")
        assert answer.headers["ETag"] == '"1"'
        assert answer.headers["Location"] == f"http://testserver/api/v1/cases/{body['id']}/"
        assert body["available_steps"] == ["submit", "discard"]
        with see("kunshan.officer"):
            assert Case.objects.get(pk=body["id"]).title == content()["title"]

    def test_what_is_missing_waits_until_submit(self, caller):
        bare = {name: content()[name] for name in ("direction", "country", "request_type")}
        officer = caller("kunshan.officer")
        case = officer.post("cases/", bare).json()
        body = problem(officer.step(case, "submit"), 422, "guard_failed")
        assert pointers(body) == {"/title", "/summary", "/purpose", "/subjects", "/items"}


class TestDetail:
    def test_401(self, nobody, story):
        problem(nobody.get(f"cases/{story.draft().pk}/"), 401)

    @pytest.mark.parametrize("login", ADMINS)
    def test_403(self, caller, story, login):
        problem(caller(login).get(f"cases/{story.draft().pk}/"), 403)
        problem(caller(login).get(f"cases/{uuid.uuid4()}/"), 403)

    @pytest.mark.parametrize("login", [*STRANGERS, "suzhou.desk"])
    def test_hidden_is_absent(self, caller, story, login):
        who = caller(login)
        hidden, absent = who.get(f"cases/{story.draft().pk}/"), who.get(f"cases/{uuid.uuid4()}/")
        problem(hidden, 404, "not_found")
        assert same_but_for_the_request_id(hidden, absent)

    @pytest.mark.parametrize("case_id", ["1", "nope", "01a20b77-0f2a-73fb-bb4e-2fce14f3832", "%00", "..%2f"])
    def test_bad_ids_are_absent(self, caller, case_id):
        answer = caller("kunshan.officer").get(f"cases/{case_id}/")
        assert answer.status_code in (400, 404)
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_success_is_recorded(self, caller, story):
        from agencies.models import AuditEvent

        case = story.submitted()
        answer = caller("kunshan.chief").get(f"cases/{case.pk}/")
        assert answer.headers["ETag"] == f'"{case.version}"'
        assert answer.json()["available_steps"] == [
            "approve",
            "return_for_correction",
            "decline",
            "withdraw",
            "assign_handler",
        ]
        event = AuditEvent.objects.get(kind="case.read")
        assert event.subject == f"case:{case.pk}"

    def test_document_numbers_are_masked_everywhere(self, caller, story):
        case = story.submitted(mark="public")
        for path in (f"cases/{case.pk}/", "cases/", f"cases/{case.pk}/events/"):
            assert "ZZ9000001" not in caller("kunshan.officer").get(path).content.decode()

    def test_work_secrets_open_to_their_handlers_alone(self, caller, story):
        case = story.draft(mark="work_secret")
        assert caller("kunshan.officer").get(f"cases/{case.pk}/").status_code == 200
        assert caller("kunshan.chief").get(f"cases/{case.pk}/").status_code == 200
        problem(caller("kunshan.desk").get(f"cases/{case.pk}/"), 404)
        assert caller("kunshan.desk").get("cases/").json()["results"] == []


class TestPatch:
    CHANGE = {"title": "改过的标题"}

    def test_the_type_goes_the_other_way(self, caller, story):
        change = {"request_type": "police_cooperation_in"}
        path = f"cases/{story.draft().pk}/"
        body = problem(caller("kunshan.officer").patch(path, change, If_Match='"1"'), 400, "malformed")
        assert body["errors"][0]["code"] == "direction_contradicts_type"

    def test_another_drafter_may_mark_it_a_work_secret_and_goes_on_seeing_it(self, caller, story, cast):
        case = story.draft()
        Appointment.objects.filter(officer=cast.officer("kunshan.desk")).update(role="drafter")
        colleague = caller("kunshan.desk")
        answer = colleague.patch(f"cases/{case.pk}/", {"mark": "work_secret"}, If_Match='"1"')
        assert answer.status_code == 200
        assert colleague.get(f"cases/{case.pk}/").json()["mark"] == "work_secret"

    def test_401(self, nobody, story):
        problem(nobody.patch(f"cases/{story.draft().pk}/", self.CHANGE, If_Match='"1"'), 401)

    @pytest.mark.parametrize("login", ["kunshan.chief", "kunshan.desk", "auditor"])
    def test_403(self, caller, story, login):
        problem(caller(login).patch(f"cases/{story.draft().pk}/", self.CHANGE, If_Match='"1"'), 403)

    def test_404(self, caller, story):
        who = caller("ruili.officer")
        hidden = who.patch(f"cases/{story.draft().pk}/", self.CHANGE, If_Match='"1"')
        absent = who.patch(f"cases/{uuid.uuid4()}/", self.CHANGE, If_Match='"1"')
        problem(hidden, 404)
        assert same_but_for_the_request_id(hidden, absent)

    def test_frozen_once_submitted(self, caller, story):
        case = story.submitted()
        who = caller("kunshan.officer")
        answer = who.patch(f"cases/{case.pk}/", self.CHANGE, If_Match=f'"{case.version}"')
        assert problem(answer, 409, "wrong_status")["case_status"] == "in_review"

    def test_preconditions(self, caller, story):
        path = f"cases/{story.draft().pk}/"
        who = caller("kunshan.officer")
        problem(who.patch(path, self.CHANGE), 428, "precondition_required")
        problem(who.patch(path, self.CHANGE, If_Match="newest"), 400)
        assert problem(who.patch(path, self.CHANGE, If_Match='"9"'), 412, "stale_version")["current"] == 1

    def test_invalid(self, caller, story):
        who, path = caller("kunshan.officer"), f"cases/{story.draft().pk}/"
        problem(who.patch(path, None, If_Match='"1"'), 400)
        for bad in ({"status": "closed"}, {"responsible_officer": "x"}, {"title": 1}, {"version": 7}):
            assert pointers(problem(who.patch(path, bad, If_Match='"1"'), 400)) == {f"/{next(iter(bad))}"}

    def test_a_masked_number_is_not_written_back(self, caller, story):
        who, path = caller("kunshan.officer"), f"cases/{story.draft().pk}/"
        subject = who.get(path).json()["subjects"][0]
        back = {name: subject[name] for name in ("kind", "name", "role", "document_number")}
        body = problem(who.patch(path, {"subjects": [back]}, If_Match='"1"'), 400)
        assert pointers(body) == {"/subjects/0/document_number"}

    def test_success(self, caller, story):
        who, path = caller("kunshan.officer"), f"cases/{story.draft().pk}/"
        answer = who.patch(path, self.CHANGE, If_Match='"1"')
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
        assert answer.json()["title"] == "改过的标题"
        again = who.patch(path, self.CHANGE, If_Match='"2"')  # nothing differs: nothing changes
        assert again.json()["version"] == 2


class TestSteps:
    def test_401(self, nobody, story):
        problem(nobody.step(story.draft(), "submit"), 401)

    def test_403_by_role_holder_and_four_eyes(self, caller, story):
        draft, case = story.draft(), story.submitted()
        problem(caller("kunshan.desk").step(draft, "submit"), 403, "not_permitted")
        problem(caller("kunshan.officer").step(case, "approve"), 403, "not_permitted")
        case = story.step("kunshan.chief", case, "approve")
        problem(caller("kunshan.chief").step(case, "approve"), 403, "not_holder")

    def test_404(self, caller, story):
        draft = story.draft()
        officer = caller("kunshan.officer")
        unknown = officer.step(draft, "teleport")
        problem(unknown, 404)
        hidden = caller("ruili.officer").step(draft, "submit")
        absent = caller("ruili.officer").post(f"cases/{uuid.uuid4()}/steps/submit/", If_Match='"1"')
        assert same_but_for_the_request_id(hidden, absent)
        assert hidden.json()["detail"] == unknown.json()["detail"]

    def test_wrong_status(self, caller, story):
        body = problem(caller("kunshan.chief").step(story.draft(), "approve"), 409, "wrong_status")
        assert body["case_status"] == "draft"

    def test_stale_and_missing_version(self, caller, story):
        case = story.submitted()
        chief, path = caller("kunshan.chief"), f"cases/{case.pk}/steps/approve/"
        problem(chief.post(path, {}), 428, "precondition_required")
        problem(chief.post(path, {}, If_Match='"1"'), 412, "stale_version")

    def test_invalid(self, caller, story):
        case = story.submitted()
        chief = caller("kunshan.chief")
        assert pointers(problem(chief.step(case, "return_for_correction"), 400)) == {"/reasons"}
        assert pointers(problem(chief.step(case, "return_for_correction", reasons=["no"]), 400)) == {"/reasons/0"}
        assert pointers(problem(chief.step(case, "approve", status="closed"), 400)) == {"/status"}

    def test_success(self, caller, story):
        case = story.submitted()
        answer = caller("kunshan.chief").step(case, "approve", opinion="同意。")
        body = answer.json()
        assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{case.version + 1}"')
        assert body["status"] == Status.IN_REVIEW
        assert body["holder"] == {"code": "320500000000", "name": "苏州市公安局"}

    @pytest.mark.parametrize("language", ["zh-CN", "en-GB,en;q=0.9"])
    def test_every_error_is_in_the_callers_language(self, caller, nobody, story, language):
        case = story.submitted()
        who, path = caller("kunshan.officer", language=language), f"cases/{case.pk}/"
        nobody.headers["Accept-Language"] = language
        answers = [
            nobody.get("cases/"),
            who.get("nothing/"),
            who.get(f"cases/{uuid.uuid4()}/"),
            who.get("cases/", status="x"),
            who.send("PUT", "cases/"),
            who.get("cases/", headers={"Accept": "text/html"}),
            who.post("cases/", {}, Content_Type="text/plain"),
            who.post("cases/", "{"),
            who.post("cases/", {}, Idempotency_Key=None),
            who.post("cases/", {}),
            who.patch(path, {}),
            who.patch(path, {}, If_Match='"1"'),
            who.patch(path, {}, If_Match=f'"{case.version}"'),
            who.step(case, "approve"),
            who.step(case, "submit"),
        ]
        for answer in answers:
            body = problem(answer, answer.status_code)
            words = [body["title"], body["detail"], *(error["detail"] for error in body.get("errors", []))]
            for text in words:
                assert text.isascii() == language.startswith("en"), (answer.status_code, text)


class TestServiceAccounts:
    """A machine drafts, patches, submits and discards for its agency; it names who is responsible and never decides."""

    def test_every_fault_is_said_at_once(self, machine):
        body = problem(machine.post("cases/", content(title=1, country="XX")), 400, "malformed")
        assert pointers(body) == {"/title", "/country", "/responsible_officer"}

    def test_the_responsible_officer_is_named(self, machine):
        for given in ({}, {"responsible_officer": ""}, {"responsible_officer": None}):
            body = problem(machine.post("cases/", content(**given)), 422, "guard_failed")
            assert pointers(body) == {"/responsible_officer"}
        assert pointers(problem(machine.post("cases/", content(responsible_officer=7)), 400)) == {
            "/responsible_officer"
        }

    @pytest.mark.parametrize("login", ["nobody", "suzhou.officer", "kunshan.chief", "kunshan.desk", "sysadmin"])
    def test_who_is_not_a_drafter_of_the_agency_is_unknown(self, machine, login):
        body = problem(machine.post("cases/", content(responsible_officer=login)), 422, "guard_failed")
        assert pointers(body) == {"/responsible_officer"}

    def test_officers_name_nobody(self, caller):
        body = problem(
            caller("kunshan.officer").post("cases/", content(responsible_officer="kunshan.officer")), 400, "malformed"
        )
        assert pointers(body) == {"/responsible_officer"}

    def test_it_patches_submits_and_discards(self, machine):
        new = content(responsible_officer="kunshan.officer")
        case = machine.post("cases/", new).json()
        case = machine.patch(f"cases/{case['id']}/", {"title": "改"}, If_Match='"1"').json()
        assert machine.step(case, "submit").json()["status"] == "in_review"
        other = machine.post("cases/", new).json()
        assert machine.step(other, "discard").json()["status"] == "withdrawn"

    @pytest.mark.parametrize(
        "status,step,data",
        [
            ("in_review", "approve", {}),
            ("in_review", "recommend", {"opinion": "x"}),
            ("in_review", "return_for_correction", {"reasons": ["facts_unclear"]}),
            ("in_review", "withdraw", {"opinion": "x"}),
            ("delivered", "accept", {"usefulness": "useful"}),
        ],
    )
    def test_it_never_decides(self, machine, story, status, step, data):
        case = story.at(status)
        assert machine.get(f"cases/{case.pk}/").json()["available_steps"] == []
        problem(machine.step(case, step, **data), 403, "not_permitted")

    def test_the_responsible_officer_counts_as_drafter(self, machine, caller, cast):
        from agencies.models import Appointment
        from agencies.roles import Role

        case = machine.post("cases/", content(responsible_officer="kunshan.officer")).json()
        case = machine.step(case, "submit").json()
        officer = cast.officer("kunshan.officer")
        post = Appointment.objects.create(officer=officer, agency=cast.agency("kunshan"), role=Role.APPROVER)
        officer.acting_appointment = post
        officer.save()
        problem(caller("kunshan.officer").step(case, "approve"), 403, "four_eyes")

    def test_scopes(self, credentials, story):
        from tests.api.conftest import Caller, new_token

        reader = Caller(token=new_token(*credentials, scope="cases:read"))
        assert reader.get("cases/").status_code == 200
        problem(reader.post("cases/", content(responsible_officer="kunshan.officer")), 403, "insufficient_scope")
        writer = Caller(token=new_token(*credentials, scope="cases:file"))
        problem(writer.get("cases/"), 403, "insufficient_scope")

    def test_other_agencies_are_out_of_sight(self, machine, story):
        case = story.submitted("ruili")
        problem(machine.get(f"cases/{case.pk}/"), 404)
        assert machine.get("cases/").json()["results"] == []

"""`exports/`: asked for once whatever is repeated, followed, taken back, fetched."""

from __future__ import annotations

import uuid

import pytest

from cases.exports import running
from tests.api.conftest import Caller
from tests.conftest import django_connected_as

ASKED = {"kind": "cases", "format": "xlsx", "params": {"status": "in_review"}}


@pytest.fixture
def officer(cast):
    return Caller(officer=cast.officer("kunshan.officer"))


@pytest.mark.django_db
class TestAsking:
    def test_once_for_each_key(self, officer):
        first = officer.post("exports/", ASKED, Idempotency_Key="one")
        again = officer.post("exports/", ASKED, Idempotency_Key="one")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert again["Idempotency-Replayed"] == "true"
        assert first["Location"].endswith(f"/exports/{first.json()['id']}/")
        rows = officer.get("exports/").json()["results"]
        assert [(row["id"], row["state"], row["params"]) for row in rows] == [
            (first.json()["id"], "waiting", ASKED["params"])
        ]

    def test_faults_have_pointers(self, officer):
        bad = {"kind": "cases", "format": "xlsx", "params": {"status": 1, "x": "y"}, "more": 1}
        answer = officer.post("exports/", bad)
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (400, ["/more"])
        answer = officer.post("exports/", {**ASKED, "params": {"status": 1, "x": "y"}})
        assert answer.status_code == 400
        assert sorted(e["pointer"] for e in answer.json()["errors"]) == ["/params/status", "/params/x"]
        assert officer.post("exports/", {"kind": 1}).status_code == 400
        assert officer.post("exports/", ASKED, Idempotency_Key=None).status_code == 400

    def test_taken_back(self, officer):
        job = officer.post("exports/", ASKED).json()
        assert officer.get(f"exports/{job['id']}/file/").json()["code"] == "export_not_ready"
        first = officer.post(f"exports/{job['id']}/cancel/", Idempotency_Key="c")
        again = officer.post(f"exports/{job['id']}/cancel/", Idempotency_Key="c")
        assert first.json()["state"] == "cancelled"
        assert first.json() == again.json()
        assert officer.post(f"exports/{job['id']}/cancel/").status_code == 409

    def test_for_officers_and_their_own_alone(self, officer, machine, cast):
        job = officer.post("exports/", ASKED).json()
        other = Caller(officer=cast.officer("kunshan.desk"))
        assert other.get(f"exports/{job['id']}/").status_code == 404
        assert other.get(f"exports/{uuid.uuid4()}/").status_code == 404
        assert other.post(f"exports/{job['id']}/cancel/").status_code == 404
        assert other.get("exports/").json()["results"] == []
        assert machine.get("exports/").status_code == 403
        assert machine.post("exports/", ASKED).status_code == 403


def test_followed_to_the_file(real_db, officer, story):
    story.submitted()
    job = officer.post("exports/", ASKED).json()
    with django_connected_as("worker"):
        running.run_next()
    told = officer.get(f"exports/{job['id']}/").json()
    assert (told["state"], told["done"], told["total"]) == ("done", 1, 1)
    answer = officer.get(f"exports/{job['id']}/file/")
    content = b"".join(answer.streaming_content)
    assert (answer.status_code, len(content), content[:2]) == (200, told["size"], b"PK")

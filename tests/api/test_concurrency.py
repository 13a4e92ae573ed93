"""What needs real commits: two callers at once, and one wall with the other one off."""

from __future__ import annotations

import functools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from agencies.models import IdempotencyKey
from agencies.tasks import forget_answers
from cases import drafts
from cases.models import Case, Leg
from cases.queries import api_list
from tests.api.conftest import Caller, content, problem
from tests.conftest import connected_as, django_connected_as


@pytest.fixture
def together(real_db):
    """`together(f, g, …)` runs them at the same time, each on its own connection; gives what they returned."""

    def run(*acts):
        start = threading.Barrier(len(acts))

        def one(act):
            try:
                start.wait(10)
                return act()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return run


def test_the_statement_is_a_wall_of_its_own(real_db, story, cast):
    """Without row-level security (as the worker) it shows no more."""
    story.submitted(mark="work_secret")
    story.draft()
    with django_connected_as("worker"):
        assert Case.objects.count() == 2
        for login, seen in (("ruili.chief", 0), ("kunshan.desk", 1), ("kunshan.chief", 2), ("suzhou.chief", 1)):
            assert len(api_list.page(cast.actor(login), api_list.Wanted(), size=50)) == seen, login


def test_one_key_twice_at_once(together, caller, cast, monkeypatch):
    """The second call finds the first still running; a later retry gets the first one's answer."""
    real, inside = drafts.open_case, threading.Event()

    def slow(**arguments):
        case = real(**arguments)
        inside.set()
        time.sleep(1)
        return case

    monkeypatch.setattr(drafts, "open_case", slow)
    first, second = caller("kunshan.officer"), caller("kunshan.officer")

    def late():
        inside.wait(10)
        return second.post("cases/", content(), Idempotency_Key="one")

    created, refused = together(lambda: first.post("cases/", content(), Idempotency_Key="one"), late)
    assert created.status_code == 201
    problem(refused, 409, "idempotency_key_in_progress")
    assert refused.headers["Retry-After"] == "1"
    again = second.post("cases/", content(), Idempotency_Key="one")
    assert again.content == created.content
    assert len(first.get("cases/").json()["results"]) == 1


def test_double_submit(together, caller, story, see):
    """Two clicks with keys of their own: one moves the case, the other hears that it has moved."""
    case = story.draft()
    callers = [caller("kunshan.officer") for _ in range(4)]
    calls = [functools.partial(who.step, case, "submit") for who in callers]
    answers = sorted(together(*calls), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 412, 412, 412]
    with see("kunshan.officer"):
        assert Leg.objects.filter(case=case).count() == 2


def test_a_refused_step_leaves_nothing_and_its_key_free(real_db, caller, story, see):
    case = story.draft(title="")
    who = caller("kunshan.officer")
    path = f"cases/{case.pk}/steps/submit/"
    problem(who.post(path, {}, If_Match='"1"', Idempotency_Key="k"), 422, "guard_failed")
    who.patch(f"cases/{case.pk}/", {"title": "补上的标题"}, If_Match='"1"')
    answer = who.post(path, {}, If_Match='"2"', Idempotency_Key="k")
    assert answer.status_code == 200
    assert "Idempotency-Replayed" not in answer.headers


def test_who_moved_away_hears_no_old_answers(real_db, caller, cast, story):
    """The answer kept for a retry is bound to the agency: a new post does not open it."""
    from agencies.models import Appointment

    who = caller("kunshan.officer")
    created = who.post("cases/", content(), Idempotency_Key="k")
    assert created.status_code == 201
    post = Appointment.objects.get(officer__police_number="kunshan.officer")
    post.agency = cast.agency("ruili")
    post.save()
    again = who.post("cases/", content(), Idempotency_Key="k")
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again.headers
    assert again.json()["id"] != created.json()["id"]


def test_another_role_hears_no_old_answers(real_db, caller, cast):
    """An answer given to a role, also to one that was lent, is not given again under another."""
    from agencies.models import Appointment

    who = caller("kunshan.officer")
    assert who.post("cases/", content(), Idempotency_Key="k").status_code == 201
    Appointment.objects.filter(officer__police_number="kunshan.officer").update(role="approver")
    again = who.post("cases/", content(), Idempotency_Key="k")
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")


def test_answers_and_tokens_are_forgotten_in_time(real_db, caller, token_of_kunshan):
    who = caller("kunshan.officer")
    who.post("cases/", content(), Idempotency_Key="old")
    who.post("cases/", content(), Idempotency_Key="new")
    with connected_as("migrate") as owner:
        owner.execute("SET ROLE coopdesk_owner")
        owner.execute("UPDATE agencies_idempotencykey SET created_at = now() - interval '8 days' WHERE key = 'old'")
        owner.execute("UPDATE oauth2_provider_accesstoken SET expires = now() - interval '2 days'")
    with django_connected_as("worker"):
        assert forget_answers() == 2
        assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


def test_an_answer_kept_is_behind_the_second_wall(real_db, caller, see):
    """It holds words of a case: only who asked, at the agency he asked for, reads it."""
    caller("kunshan.officer").post("cases/", content(), Idempotency_Key="k")
    for login, seen in (("kunshan.officer", 1), ("kunshan.chief", 0), ("guohe.chief", 0), ("sysadmin", 0)):
        with see(login):
            assert IdempotencyKey.objects.count() == seen, login
    assert IdempotencyKey.objects.count() == 0


def test_the_transaction_ends_with_the_answer(real_db, token_of_kunshan):
    """A machine's scope does not outlive its request on the connection that the next one gets."""
    assert Caller(token=token_of_kunshan).get("cases/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('coopdesk.agency', true)")
        assert cursor.fetchone()[0] in (None, "")


@pytest.fixture
def token_of_kunshan(real_db, credentials):
    from tests.api.conftest import new_token

    return new_token(*credentials)

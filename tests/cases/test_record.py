"""Our record with a country: the weekly count beside a count by hand, who reads what, and what stays untold."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import connection
from django.urls import reverse

from agencies import turns
from agencies.scope import acting
from cases.models import CountryRecord, RecordCount
from cases.record import reading
from cases.record.cells import EVENTS
from countries.lookup import country_by_code
from tests import recording
from tests.browsing import log_in
from tests.conftest import connected_as, django_connected_as

EVERYBODY = ("kunshan.officer", "ruili.desk", "beijing.chief", "guohe.supervisor", "auditor", "sysadmin")


@pytest.fixture
def world(real_world):
    return real_world(recording.a_world)


def record(cast, login: str = "ruili.officer", code: str = "TH", **narrowed) -> reading.Record:
    actor = cast.actor(login)
    with acting(actor):
        return reading.read(country_by_code(code), actor, **narrowed)


def told(part: reading.Part) -> dict:
    return {
        "states": {state: n for state, n in part.states.items() if n},
        "answered": {day: n for day, n in part.curve.answered.items() if n},
        "censored": {day: n for day, n in part.curve.waiting.items() if n},
        "acknowledged": part.acknowledged,
        "waiting": part.waiting,
        "oldest": part.oldest,
    }


def counted(rows: list[dict]) -> dict:
    waiting = [row["days"] for row in rows if row["waiting"]]
    return {
        "states": dict(recording.counts(rows, "state")),
        "answered": dict(recording.counts([row for row in rows if row["state"] in EVENTS], "days")),
        "censored": dict(recording.counts([row for row in rows if row["state"] not in EVENTS], "days")),
        "acknowledged": sum(row["acknowledged"] for row in rows),
        "waiting": len(waiting),
        "oldest": max(waiting, default=0),
    }


def test_the_numbers_equal_a_count_by_hand_and_are_the_same_for_all(world, cast):
    found = record(cast)
    with django_connected_as("worker"):
        sent = recording.by_hand("TH", "outgoing", found.as_of)
        received = recording.by_hand("TH", "incoming", found.as_of)
    assert (found.sent.n, found.received.n) == (len(sent), len(received)) == (13, 10)
    assert told(found.sent) == counted(sent)
    assert told(found.received) == counted(received)
    assert found.sent.state("refused") == 1
    # Too few share a ground for it to be told of the whole country.
    assert found.sent.grounds == found.received.grounds == []
    # One of another type and too few for a table: the other twelve would tell of it.
    assert found.sent.types == []
    assert [(line.code, line.n) for line in found.sent.channels] == [("police_liaison", 13)]
    for login in EVERYBODY:
        assert record(cast, login) == found
    narrowed = record(cast, channel="police_liaison")
    assert (narrowed.sent.states, narrowed.sent.median) == (found.sent.states, found.sent.median)
    assert (narrowed.sent.curve, narrowed.sent.oldest) == (None, None)
    assert (narrowed.received, record(cast, kind="mla_evidence_out").sent) == (None, None)
    few = record(cast, code="MM")
    assert (few.as_of, few.sent, few.received) == (found.as_of, None, None)


def test_each_sees_his_own_of_the_open_cases(world, cast):
    def owed(login: str) -> tuple[int, int]:
        found = record(cast, login, owed=50)
        return len(found.theirs.rows), len(found.ours.rows)

    # Five of ours abroad with a secret one, and a supplement; a question of theirs and four of their requests.
    assert owed("guohe.chief") == (6, 6)
    # The drafter of the one secret, who knows nothing of the other.
    assert owed("guohe.officer") == (6, 5)
    assert owed("kunshan.officer") == (1, 0)
    assert owed("ruili.officer") == (1, 0)
    assert owed("beijing.chief") == (0, 0)
    assert record(cast, "auditor", owed=50).theirs is None
    found = record(cast, "guohe.chief", owed=50)
    for side in (found.theirs, found.ours):
        days = [row["owed_since"] for row in side.rows]
        assert days == sorted(days)
        assert len(set(days)) > 2
    first = record(cast, "guohe.chief", owed=2)
    assert (len(first.theirs.rows), first.theirs.more) == (2, 4)


class TestTheWeek:
    def test_it_is_counted_once_and_the_next_week_again(self, world, cast):
        before = record(cast)
        world.begin(1).dispatched("guohe")
        assert recording.count() is None
        assert record(cast) == before
        with connected_as("worker") as raw:
            raw.execute("UPDATE cases_recordcount SET as_of = as_of - interval '7 days'")
        assert recording.count() == 1
        after = record(cast)
        assert after.sent.n == before.sent.n + 1
        assert recording.count(anew=True) == 1
        again = record(cast)
        assert (again.sent.states, again.received.states) == (after.sent.states, after.received.states)
        with django_connected_as("worker"):
            assert CountryRecord.objects.filter(request_type="", channel="").count() == 1

    def test_before_the_first_count_there_is_nothing_and_the_page_says_so(self, real_db, cast):
        assert record(cast).as_of is None
        page = log_in(cast, "kunshan.officer").get(reverse("country-record", args=["TH"]))
        assert "数字还在汇总" in page.content.decode()

    def test_a_killed_count_leaves_the_last_one(self, world, cast, monkeypatch):
        before = record(cast)
        monkeypatch.setattr("cases.record.cells._COUNT", "SELECT 1/0")
        with pytest.raises(Exception, match="zero"):
            recording.count(anew=True)
        assert record(cast) == before

    def test_of_two_at_once_one_leaves(self, world):
        with connected_as("worker") as other, other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(hashtextextended('', %s))", [turns.Turn.RECORD.value])
            assert recording.count(anew=True) is None

    def test_a_count_that_ends_while_a_record_is_read_is_in_none_of_it(self, world, cast):
        before = record(cast)
        world.begin(1).dispatched("guohe")
        counts: list[Thread] = []

        def meanwhile(execute, sql, params, many, context):
            done = execute(sql, params, many, context)
            if "cases_countryrecord" in sql and not counts:
                counts.append(Thread(target=recording.count, kwargs={"anew": True}))
                counts[0].start()
                counts[0].join()
            return done

        with connection.execute_wrapper(meanwhile):
            assert record(cast) == before
        assert record(cast).sent.n == before.sent.n + 1


def test_the_database_takes_nothing_from_officers(world, cast):
    for table in ("countryrecord", "recordcount"):
        with connected_as("app") as raw, pytest.raises(Exception, match="permission denied"):
            raw.execute(f"DELETE FROM cases_{table}")
    with acting(cast.actor("ruili.officer")):
        assert RecordCount.objects.get().as_of is not None
        # Nothing that is too small to be shown lies in the table.
        assert not CountryRecord.objects.filter(country__code="MM").exists()

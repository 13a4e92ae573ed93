"""The sweep: with nothing to do beside one probe of its index; with 10,000 clocks just overdue beside one bare statement
that stamps the same rows and inserts the same outbox rows."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connection

from agencies import audit
from agencies.actors import SYSTEM
from bench.database import admin, named, say
from bench.django_at import django_at
from bench.figures import Figure, interleaved
from cases import sweep

DUE = 10_000
_ROUNDS = 50
_PROBE = "SELECT FROM cases_deadline WHERE next_alarm_at <= statement_timestamp() ORDER BY next_alarm_at, id LIMIT 1"
# The rows are stamped and the messages inserted, and that is all: no choice among stages, no audit events.
_BARE = """
WITH rung AS (
    UPDATE cases_deadline SET overdue_at = statement_timestamp(), next_alarm_at = NULL
    WHERE next_alarm_at <= statement_timestamp() RETURNING id
)
INSERT INTO agencies_outboxmessage (event_id, reaction, payload, attempts) SELECT %s, %s, '{}', 0 FROM rung"""
# The clocks of the measurement: on any cases, one each, none of the loaded ones.
_CLOCKS = f"""
INSERT INTO cases_deadline (case_id, agency_id, kind, rule, basis, article, confidence, strength, overlap, renewable, unit,
    amount, extended_by, extend_cap, warn_before, escalate_after, provisional, started_at, due_at, escalate_at)
SELECT id, origin_id, 'bench', 'internal', 'bench', '', '', '', '', false, 'working_day', 5, 0, 0, 1, 1, false,
    now() - interval '9 days', now() - interval '1 hour', now() + interval '1 day' FROM cases_case LIMIT {DUE}"""
_AGAIN = """
SET session_replication_role = replica;
DELETE FROM agencies_outboxmessage WHERE event_id >= {first}; DELETE FROM agencies_unsealedevent WHERE event_id > {first};
DELETE FROM agencies_auditevent WHERE id > {first};
UPDATE cases_deadline SET overdue_at = NULL, next_alarm_at = due_at WHERE kind = 'bench';
SET session_replication_role = origin;"""


def measure(_small: str, large: str) -> list[Figure]:
    """Milliseconds of a sweep; the ratios say what taking turns, choosing stages and writing the trail cost."""
    with admin(large) as owner, _worker_at(large), psycopg.connect(_url(large), autocommit=True) as bare:
        sweep.sweep()
        first = audit.record(actor=SYSTEM, kind="bench.sweep", subject="bench:1").pk
        idle = interleaved(
            {"sweep": _rounds(sweep.sweep), "probe": _rounds(lambda: bare.execute(_PROBE, prepare=True))}
        )
        say("  the idle sweep is measured")
        owner.execute(_CLOCKS)

        def again() -> None:
            owner.execute(_AGAIN.format(first=first).encode())
            for table in ("cases_deadline", "agencies_outboxmessage", "agencies_auditevent", "agencies_unsealedevent"):
                owner.execute(f"VACUUM (ANALYZE) {table}".encode())

        busy = interleaved(
            {
                "sweep": _once(again, sweep.sweep),
                "bare": _once(again, lambda: bare.execute(_BARE, [first, "notify-alarm"]).rowcount),
            }
        )
    return [
        Figure("idle sweep / one probe of its index", idle["sweep"], idle["probe"], "ms", 5, most=True),
        Figure(f"sweep of {DUE:,} overdue / bare stamp and outbox", busy["sweep"], busy["bare"], "ms", 2.5, most=True),
    ]


def _rounds(run: Callable[[], object]) -> Callable[[], float]:
    """The milliseconds of one, measured over many: it is short."""

    def measure() -> float:
        began = time.perf_counter()
        for _round in range(_ROUNDS):
            run()
        return (time.perf_counter() - began) * 1000 / _ROUNDS

    return measure


def _once(before: Callable[[], None], run: Callable[[], int]) -> Callable[[], float]:
    def measure() -> float:
        before()
        began = time.perf_counter()
        done = run()
        took = (time.perf_counter() - began) * 1000
        assert done == DUE, done
        return took

    return measure


def _url(name: str) -> str:
    return named(os.environ["WORKER_DATABASE_URL"], name)


@contextlib.contextmanager
def _worker_at(name: str) -> Iterator[None]:
    """Django's connection as the role that runs the sweep."""
    before = {part: connection.settings_dict[part] for part in ("USER", "PASSWORD")}
    url = urlsplit(_url(name))
    connection.settings_dict.update(USER=unquote(url.username or ""), PASSWORD=unquote(url.password or ""))
    try:
        with django_at(name):
            yield
    finally:
        connection.settings_dict.update(before)

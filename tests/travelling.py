"""Travelling in time: the whole product at another moment, while its rules, its sweep and its pages stay as they are.

Two clocks tell the product the time. The database's (`agencies.moments.clock`, `Now()`, the defaults of columns, the
sweep, triggers) and Python's (`timezone.now()` of pages and sessions). Here both are set on by the same stretch, and both
go on ticking:

- In the test's own database (`real_db`, dropped afterwards) `now()` and its three siblings are redefined as the real ones
  plus that stretch. They are the very functions, not some of the same name found earlier on the search path: triggers
  and security definers that fix their path, column defaults and Django's `Now()` all go by them.
- Python's are set by time-machine; the live server is a thread of this process.

The other way, moving every row back by the stretch, would leave no weekend and no holiday where they were, and each
clock that is counted anew (a pause ends, a calendar changes) would come out elsewhere than the row says. So the world
stays and the time goes on: journeys have dates of the real calendar, which a reader can check by hand.

What does not travel: the browser's own clock (no script of ours reads it) and how long Valkey keeps what it was given.
Sessions do: after a night everyone logs in again, as in life.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import time_machine

from tests.conftest import with_name

CHINA = ZoneInfo("Asia/Shanghai")
# Each with the C function behind it.
_CLOCKS = {
    "now": "now",
    "transaction_timestamp": "now",
    "statement_timestamp": "statement_timestamp",
    "clock_timestamp": "clock_timestamp",
}
# Planned anew when it is replaced, in connections that are open too: its oid is no built-in one.
_STRETCH = "CREATE OR REPLACE FUNCTION pg_catalog.travelled() RETURNS interval LANGUAGE sql STABLE AS 'SELECT interval ''{}'''"
_CLOCK = """
CREATE FUNCTION pg_catalog.real_{name}() RETURNS timestamptz LANGUAGE internal {kind} AS '{source}';
CREATE OR REPLACE FUNCTION pg_catalog.{name}() RETURNS timestamptz LANGUAGE sql {kind}
    AS 'SELECT pg_catalog.real_{name}() + pg_catalog.travelled()';"""
# The cast is older than any journey: it has been in office since.
_IN_OFFICE = "UPDATE agencies_appointment SET starts_at = '2020-01-01'"


class Traveller:
    """`travel.to("2026-10-08 09:01")`: it is then, in Shanghai; never back."""

    def __init__(self, owner: psycopg.Connection, python: time_machine.Traveller) -> None:
        self._owner, self._python = owner, python

    def to(self, moment: str) -> None:
        then = datetime.fromisoformat(moment).replace(tzinfo=CHINA)
        real = _real()
        self._owner.execute(_STRETCH.format(f"{(then - real) / timedelta(microseconds=1):.0f} microseconds").encode())
        self._python.move_to(then + (_real() - real))


@contextmanager
def travelling(database: str, start: str) -> Iterator[Traveller]:
    """A traveller who begins at `start` in this database; the time is the real one again afterwards."""
    url = with_name(os.environ["COOPDESK_TEST_ADMIN_URL"], database)
    machine = time_machine.travel(datetime.now(UTC), tick=True)
    with psycopg.connect(url, autocommit=True) as owner, machine as python:
        owner.execute(_STRETCH.format(0).encode())
        for name, source in _CLOCKS.items():
            kind = "VOLATILE" if name == "clock_timestamp" else "STABLE"
            owner.execute(_CLOCK.format(name=name, kind=kind, source=source).encode())
        owner.execute(_IN_OFFICE)
        traveller = Traveller(owner, python)
        traveller.to(start)
        yield traveller


def _real() -> datetime:
    return time_machine.escape_hatch.datetime.datetime.now(UTC)

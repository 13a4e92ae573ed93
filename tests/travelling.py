"""Travelling in time: the whole product at another moment, while its rules, its sweep and its pages stay as they are.

Two clocks tell the product the time: the database's (`agencies.moments.clock`, `Now()`, the defaults of columns, the
sweep, triggers) and Python's (`timezone.now()` of pages and sessions). Both are set on by the same stretch, and tick on:

- In the test's own database (`real_db`, dropped afterwards) `now()` and its three siblings become the real ones plus
  that stretch. They are the very functions, not namesakes found earlier on the search path: triggers and security
  definers that fix their path, column defaults and Django's `Now()` all go by them.
- Python's is set by time-machine; the live server is a thread of this process.

The other way, moving every row back by the stretch, would leave no weekend and no holiday where they were, and a clock
that is counted anew (a pause ends, a calendar changes) would come out elsewhere than its row says. So the world stays
where it is and the time goes on: a journey has dates of the real calendar, which a reader can check by hand.

What does not travel: the browser's own clock (no script of ours reads it), and how long Valkey keeps what it was given.
Sessions do: after a night everyone logs in again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import time_machine

from agencies import outbox
from agencies.models import AuditEvent
from cases import sweep, tasks
from tests.conftest import django_connected_as, with_name

CHINA = ZoneInfo("Asia/Shanghai")
# Each with the C function behind it.
_CLOCKS = {
    "now": "now",
    "transaction_timestamp": "now",
    "statement_timestamp": "statement_timestamp",
    "clock_timestamp": "clock_timestamp",
}
# A function of its own: when it is replaced, plans that were made with it are made anew, in open connections too.
_STRETCH = """CREATE OR REPLACE FUNCTION pg_catalog.travelled() RETURNS interval LANGUAGE sql STABLE
AS 'SELECT interval ''{} microseconds'''"""
_CLOCK = """
CREATE FUNCTION pg_catalog.real_{name}() RETURNS timestamptz LANGUAGE internal {kind} AS '{source}';
CREATE OR REPLACE FUNCTION pg_catalog.{name}() RETURNS timestamptz LANGUAGE sql {kind}
    AS 'SELECT pg_catalog.real_{name}() + pg_catalog.travelled()'"""
# The cast is older than any journey.
_IN_OFFICE = "UPDATE agencies_appointment SET starts_at = '2020-01-01'"


class Traveller:
    """`travel.to("2026-10-08 09:01")`: it is then, in China."""

    def __init__(self, superuser: psycopg.Connection, python: time_machine.Traveller) -> None:
        self._superuser, self._python = superuser, python

    def to(self, moment: str) -> None:
        """Set both clocks to `moment`; they tick on from there."""
        stretch = datetime.fromisoformat(moment).replace(tzinfo=CHINA) - _real()
        self._superuser.execute(_STRETCH.format(stretch // timedelta(microseconds=1)).encode())
        self._python.move_to(_real() + stretch)


@contextmanager
def travelling(database: str) -> Iterator[Traveller]:
    """A traveller for this database, who has not left yet; Python's time is the real one again afterwards."""
    url = with_name(os.environ["COOPDESK_TEST_ADMIN_URL"], database)
    machine = time_machine.travel(datetime.now(UTC), tick=True)
    with psycopg.connect(url, autocommit=True) as superuser, machine as python:
        superuser.execute(_STRETCH.format(0).encode())
        for name, source in _CLOCKS.items():
            kind = "VOLATILE" if name == "clock_timestamp" else "STABLE"
            superuser.execute(_CLOCK.format(name=name, kind=kind, source=source).encode())
        superuser.execute(_IN_OFFICE)
        yield Traveller(superuser, python)


def _real() -> datetime:
    return time_machine.escape_hatch.datetime.datetime.now(UTC)


def beat() -> list[tuple[str, str]]:
    """What the worker does within a minute, with the sweep twice over; gives what rang: the alarm and the clock's kind."""
    with django_connected_as("worker"):
        rung = AuditEvent.objects.filter(kind__in=sweep.KINDS).order_by("pk")
        before = len(rung)
        tasks.sweep_deadlines()
        assert tasks.sweep_deadlines() == 0
        outbox.drain()
        tasks.fold_board()
        return [(event.kind, event.facts["kind"]) for event in rung.all()[before:]]

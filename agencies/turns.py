"""Who takes turns over what: every advisory lock of the product, in one list, so that no two share a seed by accident.

A turn lasts until the transaction ends.
"""

from __future__ import annotations

from enum import IntEnum, unique

from django.db import connection


@unique
class Turn(IntEnum):
    """The seeds under which names are hashed to locks."""

    SEAL = 7_310_001  # the one sealer of the audit trail
    ANSWER = 7_310_002  # one request for one Idempotency-Key
    LOGIN = 7_310_003  # one try for one police number
    FORM = 7_310_004  # one case for one form
    DEMO = 7_310_005  # one loader of the demo world
    LEND = 7_310_006  # one lending of a role at an agency: a loop is seen only in turn
    BLOB = 7_310_007  # one writer or eraser of a stored content
    TREE = 7_310_008  # one change of the agency tree
    LOOKOUT = 7_310_009  # one look for work that waits for nobody
    CALENDAR = 7_310_010  # one change of a work calendar
    BOARD = 7_310_019  # one fold of what has changed into the board's figures
    OVERRIDE = 7_310_020  # one change of a country's periods
    RECORD = 7_310_021  # one count of our record with every country
    LEDGER = 7_310_022  # one change of a section of a ledger
    REGISTRY = 7_310_024  # one addition to the treaty registry
    LISTING = 7_310_025  # one commit that lists what has changed (taken by a trigger: countries migration 0011)
    EXCHANGE = 7_310_026  # one file of a country that is taken over
    LAW = 7_310_027  # one new version of the law of a request type


def wait(turn: Turn, name: str = "") -> None:
    """Wait until nobody else has the turn over `name`, and take it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, turn.value])


def take(turn: Turn, name: str = "") -> bool:
    """Take the turn over `name` if nobody else has it; whether it was free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [name, turn.value])
        (free,) = cursor.fetchone()
    return bool(free)

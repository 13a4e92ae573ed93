"""The traveller of the journeys takes every clock of the product along, and leaves none of them behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from agencies.models import Officer
from agencies.moments import clock
from tests.conftest import connected_as
from tests.travelling import CHINA, travelling

DEFINER = """SET ROLE coopdesk_owner; CREATE FUNCTION by_definer() RETURNS timestamptz LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN RETURN statement_timestamp(); END $$"""
CLOCKS = "SELECT now(), transaction_timestamp(), statement_timestamp(), clock_timestamp(), by_definer()"


def moments() -> list[datetime]:
    """What every clock says, in a connection that stays open and has its plans by heart."""
    for _ in range(7):  # psycopg prepares what it meets for the sixth time
        with connection.cursor() as cursor:
            cursor.execute(CLOCKS)
            said = cursor.fetchone()
    made = Officer.objects.create(police_number=f"n{Officer.objects.count()}", name="演一", email="one@example.test")
    return [*said, clock(), made.created_at, timezone.now(), datetime.now(UTC)]


def test_every_clock_travels_and_ticks_on_and_comes_back(real_db):
    with connected_as("migrate") as owner:
        owner.execute(DEFINER.encode())
    real = datetime.now(UTC)
    with travelling(real_db) as travel:
        for then in ("2026-02-28 23:59", "2031-10-08 09:00", "2026-03-01 00:00"):
            travel.to(then)
            there = datetime.fromisoformat(then).replace(tzinfo=CHINA)
            said = moments()
            assert all(timedelta() <= moment - there < timedelta(seconds=30) for moment in said), said
            assert clock() > said[5]
    assert timedelta() <= datetime.now(UTC) - real < timedelta(minutes=2)

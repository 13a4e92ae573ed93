"""Now, by the clock that writes every moment: the database's."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def clock() -> datetime:
    """Now, by the database's clock; unlike now() it moves inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment

"""Statements of the hot paths, planned once per connection. Everything else goes through Django's own cursors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

Parameters = Sequence[Any] | Mapping[str, Any] | None


class _Prepared(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=True)


def rows(sql: str, params: Parameters = None, *, prepare: bool = True) -> list[tuple[Any, ...]]:
    """All rows of a statement; `sql` must be one of few texts, for each is kept by the server.

    Behind a pooler that shares connections between transactions (DISABLE_SERVER_SIDE_CURSORS) nothing is prepared.
    """
    database: Any = connection
    if not prepare or database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        cursor = database.cursor()
    else:
        database.ensure_connection()
        cursor = _Prepared(database.connection)
        cursor = database.make_debug_cursor(cursor) if database.queries_logged else database.make_cursor(cursor)
    with cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found

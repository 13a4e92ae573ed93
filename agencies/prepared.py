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

    Nothing is prepared behind a pooler that shares connections between transactions (DISABLE_SERVER_SIDE_CURSORS), nor
    while Django logs queries, which it can do with its own cursors only.
    """
    database: Any = connection
    pooled = database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    if prepare and not pooled and not database.queries_logged:
        database.ensure_connection()
        cursor = database.make_cursor(_Prepared(database.connection))
    else:
        cursor = database.cursor()
    with cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found

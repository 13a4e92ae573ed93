"""Statements of the hot paths, planned once per connection. Everything else goes through Django's own cursors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Parameters = Sequence[Any] | Mapping[str, Any] | None


class _Prepared(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=True)


# Their texts never repeat.
_NOT_PREPARED = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class _PreparedHere(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        prepare = not (isinstance(query, str) and query.startswith(_NOT_PREPARED))
        return super().execute(query, params, prepare=prepare)


@contextmanager
def statements() -> Iterator[None]:
    """Inside, every statement of Django's is planned once per connection: for commands made of look-ups by id, whose
    best plan is the same whatever the values. Not for lists: theirs depends on how much an agency sees. Not while Django
    logs queries either: it tells only what its own cursors ran.
    """
    database: Any = connection
    if database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS") or database.queries_logged:
        yield
        return
    database.ensure_connection()
    raw = database.connection
    before = raw.cursor_factory
    raw.cursor_factory = _PreparedHere
    try:
        yield
    finally:
        raw.cursor_factory = before


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

"""The limit: a bare WSGI application that sets the same scope in a transaction, reads the same rows and answers the same
JSON as the API's list, with psycopg's prepared statements and orjson and nothing else. No authentication, no framework.

Served by gunicorn like the product: `gunicorn bench.floor:application -c deploy/gunicorn.conf.py`.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import orjson
import psycopg

AGENCY = int(os.environ.get("BENCH_AGENCY", "0"))
SERVICE = int(os.environ.get("BENCH_SERVICE", "0"))
SIZE = 50
_SCOPE = (
    "SELECT set_config('coopdesk.agency', %s, true), set_config('coopdesk.officer', %s, true),"
    " set_config('coopdesk.role', %s, true)"
)


def _iso(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


_ROWS = f"""
SELECT c.id::text, c.number, c.direction, c.status, c.version, n.code, t.code, c.urgency, c.mark, c.title,
  o.code, o.name, l.side, coalesce(f.code, h.code), l.holder_name, {_iso("l.opened_at")},
  CASE WHEN q.due_at < '9999-01-01' THEN {_iso("q.due_at")} END,
  {_iso("c.created_at")}, {_iso("c.updated_at")}, {_iso("c.submitted_at")}, {_iso("c.ended_at")},
  {_iso("c.archived_at")}, c.retain_until::text, {_iso("c.disposed_at")}
FROM (
  SELECT * FROM cases_case WHERE scope @> ARRAY[%(agency)s::int]
    AND (mark <> 'work_secret' OR known_to @> ARRAY[%(known_as)s::int])
  ORDER BY id DESC LIMIT %(limit)s
) c
JOIN agencies_agency o ON o.id = c.origin_id
LEFT JOIN countries_country n ON n.id = c.country_id
LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
LEFT JOIN cases_leg l ON l.case_id = c.id AND l.closed_at IS NULL
LEFT JOIN agencies_agency h ON h.id = l.agency_id
LEFT JOIN countries_country f ON f.id = l.country_id
LEFT JOIN cases_openqueue q ON q.case_id = c.id AND q.agency_id = %(agency)s::int
ORDER BY c.id DESC"""
_NAMES = ("id", "number", "direction", "status", "version", "country", "request_type", "urgency", "mark", "title")
_KEPT = ("archived_at", "retain_until", "disposed_at")
_TIMES = ("since", "due_at", "created_at", "updated_at", "submitted_at", "ended_at", *_KEPT)
_local = threading.local()


def _connection() -> psycopg.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["DATABASE_URL"])
    connection: psycopg.Connection = _local.connection
    return connection


def _row(values: tuple[Any, ...]) -> dict[str, Any]:
    origin_code, origin_name, side, holder_code, holder_name = values[10:15]
    return {
        **dict(zip(_NAMES, values, strict=False)),
        "origin": {"code": origin_code, "name": origin_name},
        "side": side,
        "holder": None if side is None else {"code": holder_code, "name": holder_name},
        **dict(zip(_TIMES, values[15:], strict=True)),
    }


def _page() -> bytes:
    connection = _connection()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(_SCOPE, [str(AGENCY), str(-SERVICE), "drafter"], prepare=True)
        parameters = {"agency": AGENCY, "known_as": -SERVICE, "limit": SIZE + 1}
        rows = [_row(row) for row in cursor.execute(_ROWS.encode(), parameters, prepare=True)]
    shown = rows[:SIZE]
    cursor_text = None
    if len(rows) > SIZE:
        cursor_text = base64.urlsafe_b64encode(json.dumps([shown[-1]["id"]]).encode()).decode().rstrip("=")
    return orjson.dumps({"results": shown, "next": cursor_text, "next_cursor": cursor_text})


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = _page()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]

"""The API's list of cases: one statement by hand, from the acting agency's scope to plain dicts, newest first.

It takes its first wall from policies.SIGHT and runs under row-level security as well. Because of
the latter the planner cannot know how many cases an agency sees, so the shape is chosen here: an agency that sees much
walks the ids from the newest down, any other gathers its few cases by the scope index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache

from agencies import prepared
from agencies.actors import Actor
from cases.models import ENDED, Status
from cases.policies import SIGHT, sees_secrets, sight_of

TIME_LIMIT = "5s"  # of one statement: a search without an end is answered "too broad"
OPEN = frozenset(Status.values) - frozenset(ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the caller filters by; an empty part means all. Agencies, countries and types are ids of known rows."""

    statuses: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    direction: str = ""
    country: int | None = None
    request_type: int | None = None
    origin: int | None = None
    holder: int | None = None
    archive: str = ""
    words: tuple[str, ...] = ()
    created_from: datetime | None = None
    created_before: datetime | None = None
    updated_from: datetime | None = None
    updated_before: datetime | None = None


def page(actor: Actor, wanted: Wanted, *, size: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """Up to `size` + 1 rows that come after the case `after`; one too many tells that another page follows."""
    if actor.case_agency_id is None:
        return []
    wide = sees_much(actor.case_agency_id)
    parameters: dict[str, Any] = {**sight_of(actor), "limit": size + 1}
    source, conditions = _source(actor, wanted, parameters, wide=wide)
    filters = _filters(wanted, parameters)
    if after is not None:
        filters.append("c.id < %(after)s::uuid")
        parameters["after"] = str(after)
    plain = wanted == Wanted()
    if not plain:
        prepared.rows(f"SELECT set_config('statement_timeout', '{TIME_LIMIT}', true)")
    if wide:
        prepared.rows("SELECT set_config('enable_bitmapscan', 'off', true)")
    sql = _SQL.format(shape="wide" if wide else "narrow", source=source, where=" AND ".join(conditions + filters))
    return [_row(row) for row in prepared.rows(sql, parameters, prepare=plain)]


# Of N cases an agency sees n. Walking visits 50 N/n ids to fill a page and gathering visits n; they meet at √(50 N).
_MUCH = f"""WITH much AS (SELECT sqrt(50 * greatest(reltuples, 1))::int AS n FROM pg_class WHERE oid = 'cases_case'::regclass)
SELECT count(*) >= (SELECT n FROM much)
FROM (SELECT FROM cases_case c WHERE {SIGHT[True]} LIMIT (SELECT n FROM much)) seen"""  # noqa: S608 - made of constants


def sees_much(agency_id: int) -> bool:
    """A hint for the planner, counted at most once in five minutes; a wrong one costs time only."""
    key = f"sees-much-{agency_id}"
    known: bool | None = cache.get(key)
    if known is None:
        ((known,),) = prepared.rows(_MUCH, {"agency": agency_id}, prepare=False)
        cache.set(key, known, 300)
    return known


def _source(actor: Actor, wanted: Wanted, parameters: dict[str, Any], *, wide: bool) -> tuple[str, list[str]]:
    """Where the ids come from, and the first wall."""
    conditions = [SIGHT[sees_secrets(actor)]]
    if wide and wanted.statuses and OPEN.issuperset(wanted.statuses):
        # Open cases are few among all; the work queue has them for each agency in the order of their ids.
        conditions += ["q.agency_id = %(agency)s::int", "q.status = ANY(%(statuses)s::text[])"]
        return "cases_openqueue q JOIN cases_case c ON c.id = q.case_id", conditions
    return "cases_case c", conditions


_CONDITIONS = {
    "statuses": "c.status = ANY(%(statuses)s::text[])",
    "urgencies": "c.urgency = ANY(%(urgencies)s::text[])",
    "direction": "c.direction = %(direction)s::text",
    "country": "c.country_id = %(country)s::int",
    "request_type": "c.request_type_id = %(request_type)s::int",
    "origin": "c.origin_id = %(origin)s::int",
    "holder": "c.id IN (SELECT case_id FROM cases_leg WHERE closed_at IS NULL AND agency_id = %(holder)s::int)",
    "created_from": "c.created_at >= %(created_from)s::timestamptz",
    "created_before": "c.created_at < %(created_before)s::timestamptz",
    "updated_from": "c.updated_at >= %(updated_from)s::timestamptz",
    "updated_before": "c.updated_at < %(updated_before)s::timestamptz",
}


# Where a case stands on its way through the archive.
ARCHIVE = {
    "none": "c.archived_at IS NULL",
    "kept": "c.archived_at IS NOT NULL AND c.disposed_at IS NULL",
    "due": "c.archived_at IS NOT NULL AND c.disposed_at IS NULL"
    " AND c.retain_until < (now() AT TIME ZONE 'Asia/Shanghai')::date",
    "disposed": "c.archived_at IS NOT NULL AND c.disposed_at IS NOT NULL",
}


def _filters(wanted: Wanted, parameters: dict[str, Any]) -> list[str]:
    conditions = []
    for name, condition in _CONDITIONS.items():
        if value := getattr(wanted, name):
            parameters[name] = list(value) if isinstance(value, tuple) else value
            conditions.append(condition)
    if wanted.archive:
        conditions.append(ARCHIVE[wanted.archive])
    for index, word in enumerate(wanted.words):
        parameters[f"word{index}"] = f"%{_literally(word)}%"
        conditions.append(f"(c.number ILIKE %(word{index})s OR c.title ILIKE %(word{index})s)")
    return conditions


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _iso(column: str) -> str:
    """A moment as text, ready for JSON."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


_SQL = f"""/* {{shape}} */
SELECT c.id::text, c.number, c.direction, c.status, c.version, n.code, t.code, c.urgency, c.mark, c.title,
  o.code, o.name, l.side, CASE l.side WHEN 'foreign' THEN f.code WHEN 'external' THEN l.external_body ELSE h.code END,
  l.holder_name, {_iso("l.opened_at")}, CASE WHEN q.due_at < '9999-01-01' THEN {_iso("q.due_at")} END,
  {_iso("c.created_at")}, {_iso("c.updated_at")}, {_iso("c.submitted_at")}, {_iso("c.ended_at")},
  {_iso("c.archived_at")}, c.retain_until::text, {_iso("c.disposed_at")}
FROM (SELECT c.* FROM {{source}} WHERE {{where}} ORDER BY c.id DESC LIMIT %(limit)s) c
JOIN agencies_agency o ON o.id = c.origin_id
LEFT JOIN countries_country n ON n.id = c.country_id
LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
LEFT JOIN cases_leg l ON l.case_id = c.id AND l.closed_at IS NULL
LEFT JOIN agencies_agency h ON h.id = l.agency_id
LEFT JOIN countries_country f ON f.id = l.country_id
LEFT JOIN cases_openqueue q ON q.case_id = c.id AND q.agency_id = %(agency)s::int
ORDER BY c.id DESC"""  # noqa: S608 - made of the constants of this module alone


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "id": row[0],
        "number": row[1],
        "direction": row[2],
        "status": row[3],
        "version": row[4],
        "country": row[5],
        "request_type": row[6],
        "urgency": row[7],
        "mark": row[8],
        "title": row[9],
        "origin": {"code": row[10], "name": row[11]},
        "side": row[12],
        "holder": None if row[12] is None else {"code": row[13], "name": row[14]},
        "since": row[15],
        "due_at": row[16],
        "created_at": row[17],
        "updated_at": row[18],
        "submitted_at": row[19],
        "ended_at": row[20],
        "archived_at": row[21],
        "retain_until": row[22],
        "disposed_at": row[23],
    }

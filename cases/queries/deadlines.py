"""The API's list of clocks over all the cases in sight, by when they are due: one statement by hand, as api_list.

An agency that sees much walks the clocks in order; any other gathers those of its few cases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies import prepared
from agencies.actors import Actor
from cases.clock_seats import READABLE
from cases.clocks.states import NARROWED, STATE
from cases.models import ClockState
from cases.policies import SIGHT, sees_secrets, sight_of
from cases.queries.api_list import TIME_LIMIT, sees_much

Place = tuple[str, str]  # when the last row of the page before is due, and its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the caller filters by; an empty part means all. `under` is the id of the agency at the top of a subtree."""

    due_after: datetime | None = None
    due_before: datetime | None = None
    kinds: tuple[str, ...] = ()
    under: int | None = None
    states: tuple[str, ...] = ()


def page(actor: Actor, wanted: Wanted, now: datetime, *, size: int, after: Place | None = None) -> list[dict[str, Any]]:
    """Up to `size` + 1 rows after the place `after`, as bodies.deadline writes them, each with its case."""
    if actor.case_agency_id is None:
        return []
    parameters: dict[str, Any] = {**sight_of(actor), "limit": size + 1, "now": now}
    conditions = [SIGHT[sees_secrets(actor)], READABLE, *_filters(wanted, parameters)]
    if after is not None:
        conditions.append("(d.due_at, d.id) > (%(after_due)s::timestamptz, %(after_id)s::uuid)")
        parameters["after_due"], parameters["after_id"] = after
    source = _WALKED if sees_much(actor.case_agency_id) else _GATHERED.format(sight=SIGHT[sees_secrets(actor)])
    prepared.rows(f"SELECT set_config('statement_timeout', '{TIME_LIMIT}', true)", prepare=False)
    sql = _SQL.format(source=source, where=" AND ".join(conditions))
    return [_row(row) for row in prepared.rows(sql, parameters, prepare=False)]


def _filters(wanted: Wanted, parameters: dict[str, Any]) -> list[str]:
    conditions = []
    for name in ("due_after", "due_before", "kinds", "under"):
        if value := getattr(wanted, name):
            parameters[name] = list(value) if isinstance(value, tuple) else value
            conditions.append(_CONDITIONS[name])
    if wanted.states:
        parameters["states"] = list(wanted.states)
        narrowed = " OR ".join(f"({NARROWED[ClockState(state)]})" for state in wanted.states)
        conditions += [f"({narrowed})", f"{STATE} = ANY(%(states)s::text[])"]
    return conditions


_CONDITIONS = {
    "due_after": "d.due_at >= %(due_after)s::timestamptz",
    "due_before": "d.due_at < %(due_before)s::timestamptz",
    "kinds": "d.kind = ANY(%(kinds)s::text[])",
    "under": "d.agency_id IN (SELECT id FROM agencies_agency WHERE ancestors @> ARRAY[%(under)s::int])",
}
_WALKED = "cases_deadline d JOIN cases_case c ON c.id = d.case_id"
_GATHERED = "(SELECT c.* FROM cases_case c WHERE {sight} OFFSET 0) c JOIN cases_deadline d ON d.case_id = c.id"


def _iso(column: str) -> str:
    """A moment as text, ready for JSON and for the cursor."""
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


_SQL = f"""SELECT d.id::text, d.leg_id::text, d.kind, d.basis, d.article, d.confidence, a.code, a.name, d.unit, d.amount,
  d.extended_by, {_iso("d.started_at")}, {_iso("d.due_at")}, {_iso("d.met_at")}, {STATE}, d.provisional,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('from', {_iso("p.from_at")}, 'to', {_iso("p.to_at")},
     'category', p.category) ORDER BY p.from_at), '[]'::jsonb)::text FROM cases_deadlinepause p WHERE p.deadline_id = d.id),
  {_iso("d.extended_from")}, (SELECT count(*) FROM cases_deadlineexplanation e WHERE e.deadline_id = d.id),
  d.case_id::text, d.number
FROM (SELECT d.*, c.number FROM {{source}} WHERE {{where}} ORDER BY d.due_at, d.id LIMIT %(limit)s) d
LEFT JOIN agencies_agency a ON a.id = d.agency_id
ORDER BY d.due_at, d.id"""  # noqa: S608 - made of the constants of this module and its neighbours alone


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "id": row[0],
        "leg": row[1],
        "kind": row[2],
        "basis": {"code": row[3], "article": row[4] or None, "confidence": row[5] or None},
        "agency": None if row[6] is None else {"code": row[6], "name": row[7]},
        "unit": row[8],
        "amount": row[9],
        "extended_by": row[10],
        "started_at": row[11],
        "due_at": row[12],
        "met_at": row[13],
        "state": row[14],
        "provisional": row[15],
        "paused_spans": json.loads(row[16]),
        "extended_from": row[17],
        "explanations": row[18],
        "case": {"id": row[19], "number": row[20]},
    }

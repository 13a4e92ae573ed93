"""The counts above the workbench. They stop at a cap, so that they cost the same for a county and for the ministry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agencies import prepared
from agencies.actors import Actor
from cases.models import NO_DUE, Side
from cases.policies import SIGHT, sees_secrets, sight_of
from cases.queries.queue import ABROAD_STATUSES, AGENCY, FILED, MINE, Now

CAP = 1000
# How many cases abroad are looked through for the one that has been there longest.
_LONGEST_OF = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a view, and how many of them are late, near, due today, abroad; each at most CAP."""

    n: int
    late: int
    near: int
    today: int
    abroad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """One tally a view, and since when the longest case abroad in scope is there (None: none, or too many to look)."""

    views: dict[str, Tally]
    abroad_since: datetime | None


def tallies(actor: Actor, now: Now) -> Tallies:
    """Count the three views in one statement, whatever the number of cases."""
    parameters = {
        **sight_of(actor),
        "officers": list(actor.hands),
        "role": actor.role,
        "now": now.at,
        "today_ends": now.today_ends,
        "near_ends": now.near_ends,
        "abroad": list(ABROAD_STATUSES),
        "no_due": NO_DUE,
        "cap": CAP,
        "longest_of": _LONGEST_OF,
    }
    ((*counts, n_abroad, since),) = prepared.rows(_SQL[sees_secrets(actor)], parameters)
    return Tallies(
        views={
            MINE: Tally(*(*counts[:4], n_abroad)),
            AGENCY: Tally(*(*counts[4:8], n_abroad)),
            FILED: Tally(*counts[8:]),
        },
        abroad_since=since,
    )


_COUNTS = """count(*), count(*) FILTER (WHERE due_at < %(now)s::timestamptz),
    count(*) FILTER (WHERE due_at >= %(now)s::timestamptz AND due_at < %(near_ends)s::timestamptz),
    count(*) FILTER (WHERE due_at >= %(now)s::timestamptz AND due_at < %(today_ends)s::timestamptz)"""
_IS_ABROAD = "status = ANY(%(abroad)s::text[])"


def _statement(*, secrets: bool) -> str:
    """Each view capped before it is counted; what it lists is what cases.queries.queue.keyed lists."""
    of_case = SIGHT[secrets]
    rows = "cases_openqueue q WHERE q.agency_id = %(agency)s::int"
    if not secrets:
        rows += f" AND (NOT q.secret OR EXISTS (SELECT FROM cases_case c WHERE c.id = q.case_id AND {of_case}))"
    waits = "q.is_holder AND (q.waiting_role = %(role)s::text OR q.handler_id = ANY(%(officers)s::int[]))"
    soonest = "ORDER BY q.due_at, q.case_id LIMIT %(cap)s::int"
    return f"""SELECT mine.*, agency.*, filed.*, abroad.n, CASE WHEN abroad.n <= %(longest_of)s::int THEN (
  SELECT min(l.opened_at) FROM cases_leg l WHERE l.closed_at IS NULL AND l.side <> '{Side.DOMESTIC}'
    AND l.case_id IN (SELECT q.case_id FROM {rows} AND {_IS_ABROAD})) END
FROM (SELECT {_COUNTS} FROM (SELECT q.due_at FROM {rows} AND {waits} {soonest}) r) mine,
  (SELECT {_COUNTS} FROM (SELECT q.due_at FROM {rows} {soonest}) r) agency,
  (SELECT {_COUNTS}, count(*) FILTER (WHERE {_IS_ABROAD}) FROM (
    SELECT coalesce(q.due_at, %(no_due)s::timestamptz) AS due_at, c.status FROM cases_case c
    LEFT JOIN cases_openqueue q ON q.case_id = c.id AND q.agency_id = %(agency)s::int
    WHERE c.drafter_id = ANY(%(officers)s::int[]) AND {of_case} LIMIT %(cap)s::int) r) filed,
  (SELECT count(*) AS n FROM (
    SELECT FROM {rows} AND {_IS_ABROAD} ORDER BY q.due_at DESC, q.case_id DESC LIMIT %(cap)s::int) r) abroad"""  # noqa: S608 - made of constants


_SQL = {secrets: _statement(secrets=secrets) for secrets in (True, False)}

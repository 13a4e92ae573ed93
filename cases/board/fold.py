"""The fold: once a minute the worker takes what has changed into the figures of every agency above it.

A changed case's old contributions are taken away and its new ones added (cases.board.facts), so the cost follows what
changed. What depends on the clock is counted anew from the open queue. All of it is one transaction: a killed fold has
done nothing, two at once are one and one that leaves.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from agencies import turns
from agencies.moments import clock
from cases.board.facts import COUNTED, FACTS, LATE, OF_LEG, WHO_ACTS, week_of
from cases.models import Status
from cases.queries.queue import ABROAD_STATUSES, moment_of
from countries.calendars import SHANGHAI, work_calendar

# The week that runs and the fifty-two before it.
WEEKS_KEPT = 53
# How many changes one turn takes.
BATCH = 5_000
OLDEST = 10
# Measures of what is so now.
OPEN, NEAR, OVERDUE, WAITING_ABROAD, CORRECTION = "open", "near", "overdue", "abroad", "correction"
BY_COUNTRY, BY_TYPE, OVER_IN, LONGEST = "country", "type", LATE, "longest"
STANDINGS = (OPEN, OVERDUE, NEAR, WAITING_ABROAD, CORRECTION)


def monday_of(moment: datetime) -> date:
    """The Monday of the week in China."""
    day = moment.astimezone(SHANGHAI).date()
    return day - timedelta(days=day.weekday())


def fold() -> int:
    """Take turns until nothing that has changed is left out; gives how many changed cases were folded."""
    done = 0
    while (taken := turn()) is not None:
        done += taken
        if taken < BATCH:
            break
    return done


@transaction.atomic
def turn() -> int | None:
    """One turn of at most BATCH changes; None when another fold is at work. The figures then hold as of the moment it
    began, unless more changes wait than one turn takes."""
    if not turns.take(turns.Turn.BOARD):
        return None
    now = clock()
    first = monday_of(now) - timedelta(weeks=WEEKS_KEPT - 1)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [BATCH])
        rows = cursor.fetchall()
        _forget(first)
        if rows:
            _add({row[0] for row in rows}, first)
        if len(rows) < BATCH:
            _count_now(now)
            cursor.execute("UPDATE cases_boardfold SET as_of = %s", [now])
    return len(rows)


_TAKE = """DELETE FROM cases_touchedcase WHERE id IN (SELECT id FROM cases_touchedcase ORDER BY id LIMIT %s)
RETURNING case_id"""


def _forget(first: date) -> None:
    """Once a week: drop the weeks that no board shows any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_boardfold SET first_week = %(first)s WHERE first_week IS DISTINCT FROM %(first)s",
            {"first": first},
        )
        if cursor.rowcount:
            cursor.execute("DELETE FROM cases_boardcell WHERE week < %s", [first])
            cursor.execute("DELETE FROM cases_casefigure WHERE until < %s", [first])


def _add(cases: set[UUID], first: date) -> None:
    """Subtract what these cases contributed, add what they contribute now."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"ids": sorted(cases), "first": first})
        cursor.execute("DELETE FROM cases_boardcell WHERE n = 0")


_ADD = f"""
WITH ids AS (SELECT unnest(%(ids)s::uuid[]) AS id),{FACTS},
fresh AS (
  SELECT id, jsonb_agg(jsonb_build_array(to_jsonb(chain), measure, key, week, n, amount)) AS facts, max(week) AS until
  FROM facts WHERE week >= %(first)s::date GROUP BY id
),
moves AS (
  SELECT chain, measure, key, week, n, amount FROM facts
  UNION ALL
  SELECT ARRAY(SELECT jsonb_array_elements_text(e -> 0)::int), e ->> 1, e ->> 2, (e ->> 3)::date,
    -(e ->> 4)::bigint, -(e ->> 5)::bigint
  FROM ids JOIN cases_casefigure f ON f.case_id = ids.id CROSS JOIN LATERAL jsonb_array_elements(f.facts) e
),
gone AS (
  DELETE FROM cases_casefigure f USING ids
  WHERE f.case_id = ids.id AND f.case_id NOT IN (SELECT id FROM fresh)
),
kept AS (
  INSERT INTO cases_casefigure (case_id, facts, until) SELECT id, facts, until FROM fresh
  ON CONFLICT (case_id) DO UPDATE SET facts = excluded.facts, until = excluded.until
)
INSERT INTO cases_boardcell (agency_id, measure, week, key, n, amount)
SELECT agency, measure, week, key, sum(n), sum(amount) FROM moves CROSS JOIN LATERAL unnest(chain) agency
WHERE week >= %(first)s::date
GROUP BY agency, measure, week, key HAVING sum(n) <> 0 OR sum(amount) <> 0
ON CONFLICT (agency_id, measure, week, key)
DO UPDATE SET n = cases_boardcell.n + excluded.n, amount = cases_boardcell.amount + excluded.amount
"""  # noqa: S608 - made of constants


def _count_now(now: datetime) -> None:
    """Count what is open anew, in one pass over the queue; only rows that differ are written."""
    moment = moment_of(now, work_calendar())
    with connection.cursor() as cursor:
        cursor.execute(
            _NOW,
            {
                "now": now,
                "near": moment.near_ends,
                "abroad": list(ABROAD_STATUSES),
                "oldest": OLDEST,
            },
        )


# A case counts where its origin is below, late or near by the one due date of its custody, so that parts add up to the
# whole. The clocks of legs that are over and not met count where who must act is below, as they will when met.
_NOW = f"""
WITH live AS MATERIALIZED (
  SELECT q.agency_id, q.case_id, q.status, q.country, q.request_type, q.custody_due_at AS due_at,
    q.status = ANY(%(abroad)s) AS abroad, q.custody_due_at < %(now)s AND NOT q.status = ANY(%(abroad)s) AS over,
    q.custody_due_at >= %(now)s AND q.custody_due_at < %(near)s AND NOT q.status = ANY(%(abroad)s) AS near
  FROM cases_openqueue q
  JOIN agencies_agency o ON o.id = q.origin_id AND q.agency_id = ANY(o.ancestors)
  WHERE NOT q.secret AND q.status <> '{Status.DRAFT}'
),
counted AS (
  SELECT agency_id, country, request_type, grouping(country) = 0 AS by_country, grouping(request_type) = 0 AS by_type,
    count(*) AS open, count(*) FILTER (WHERE over) AS overdue, count(*) FILTER (WHERE near) AS near,
    count(*) FILTER (WHERE abroad) AS abroad, count(*) FILTER (WHERE status = '{Status.RETURNED}') AS correction
  FROM live GROUP BY GROUPING SETS ((agency_id), (agency_id, country), (agency_id, request_type))
),
fresh AS (
  SELECT agency_id, measure, key, n, amount FROM counted CROSS JOIN LATERAL (VALUES
    ('{OPEN}', '', open, 0), ('{OVERDUE}', '', overdue, 0), ('{NEAR}', '', near, 0),
    ('{WAITING_ABROAD}', '', abroad, 0), ('{CORRECTION}', '', correction, 0)) v (measure, key, n, amount)
    WHERE NOT by_country AND NOT by_type AND n > 0
  UNION ALL SELECT agency_id, '{BY_COUNTRY}', country, open, overdue FROM counted WHERE by_country
  UNION ALL SELECT agency_id, '{BY_TYPE}', request_type, open, overdue FROM counted WHERE by_type
  UNION ALL SELECT agency, '{OVER_IN}', {week_of("d.due_at")}::text, count(*), 0
    FROM cases_deadline d JOIN cases_case c ON c.id = d.case_id {WHO_ACTS} CROSS JOIN LATERAL unnest(a.ancestors) agency
    WHERE d.met_at IS NULL AND d.cancelled_at IS NULL AND d.paused_at IS NULL AND d.due_at < %(now)s
      AND {OF_LEG} AND {COUNTED} AND agency = ANY(c.scope) GROUP BY agency, {week_of("d.due_at")}
  UNION ALL SELECT agency_id, '{LONGEST}', case_id::text, place, 0 FROM (
    SELECT agency_id, case_id, row_number() OVER (PARTITION BY agency_id ORDER BY due_at, case_id) AS place
    FROM live WHERE over) late WHERE place <= %(oldest)s
),
gone AS (
  DELETE FROM cases_boardnow b
  WHERE NOT EXISTS (SELECT FROM fresh f WHERE (f.agency_id, f.measure, f.key) = (b.agency_id, b.measure, b.key))
)
INSERT INTO cases_boardnow (agency_id, measure, key, n, amount)
SELECT f.agency_id, f.measure, f.key, f.n, f.amount FROM fresh f
LEFT JOIN cases_boardnow b USING (agency_id, measure, key)
WHERE (b.n, b.amount) IS DISTINCT FROM (f.n, f.amount)
ON CONFLICT (agency_id, measure, key) DO UPDATE SET n = excluded.n, amount = excluded.amount
"""  # noqa: S608 - made of constants

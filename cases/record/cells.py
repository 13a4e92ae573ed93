"""Every case that crossed a border, as SQL: to which country, of which type, by which channel, in which year, what became of
it, and after how many days.

Ours count from the moment they were first abroad, by the channel of their first sending, whatever was tried afterwards: so
the times answer what one who chooses a channel asks. Theirs count from the day on which they came. Work secrets and drafts
are not counted (cases.board.facts.COUNTED).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cases.board.facts import COUNTED
from cases.models import Crossing, Direction, Outcome, Phase, Status, Way

# What became of a request: the same words for both directions, and what only one of them has.
ANSWERED, PARTLY, REFUSED, OPEN = "answered", "partly", "refused", "open"
UNANSWERED, WITHDRAWN = "unanswered", "withdrawn"
RETURNED, TRANSFERRED = "returned", "transferred"
STATES = {
    Direction.OUTGOING: (ANSWERED, PARTLY, REFUSED, UNANSWERED, WITHDRAWN, OPEN),
    Direction.INCOMING: (ANSWERED, PARTLY, REFUSED, RETURNED, TRANSFERRED, OPEN),
}
# An answer, whatever it says; the others are known to have waited so long, and no more.
EVENTS = frozenset({ANSWERED, PARTLY, REFUSED})
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Cell:
    """So many cases that are alike. `waiting`: it is the other side's turn (ours abroad), or ours (theirs with us)."""

    country: int
    direction: str
    kind: str
    channel: str
    year: int
    state: str
    acknowledged: bool
    waiting: bool
    days: int
    n: int


@dataclass(frozen=True, slots=True)
class Ground:
    """So many cases of which something was refused on this ground."""

    country: int
    direction: str
    kind: str
    channel: str
    code: str
    n: int


_OUT, _IN = Direction.OUTGOING.value, Direction.INCOMING.value
_CASES = f"""
moves AS (
  SELECT case_id, min(opened_at) FILTER (WHERE phase = '{Phase.ABROAD}') AS sent_at,
    min(opened_at) FILTER (WHERE phase IN ('{Phase.RETURN}', '{Phase.DELIVERY}')) AS answered_at,
    min(opened_at) FILTER (WHERE phase = '{Phase.REPLIED}') AS replied_at,
    max(phase) FILTER (WHERE closed_at IS NULL) AS phase
  FROM cases_leg GROUP BY case_id
),
parts AS (
  SELECT case_id, count(*) AS n, count(*) FILTER (WHERE outcome = '{Outcome.EXECUTED}') AS executed,
    count(*) FILTER (WHERE outcome = '{Outcome.REFUSED}') AS refused,
    count(*) FILTER (WHERE outcome = '{Outcome.NOT_ANSWERED}') AS silent
  FROM cases_requestitem GROUP BY case_id
),
sendings AS (
  SELECT DISTINCT ON (case_id) case_id, channel_id FROM cases_transmission
  WHERE way = '{Way.OUT}' AND kind = '{Crossing.REQUEST}' ORDER BY case_id, at, id
),
received AS (
  SELECT DISTINCT x.case_id FROM cases_receipt r JOIN cases_transmission x ON x.id = r.transmission_id
  WHERE x.way = '{Way.OUT}'
),
crossed AS (
  SELECT c.id, c.country_id AS country, c.direction, t.code AS kind, coalesce(h.code, '') AS channel, c.status, c.ended_at,
    m.phase, r.case_id IS NOT NULL AS receipt, p.n = p.executed AS executed, p.n = p.refused AS refused,
    p.n = p.silent AS silent, m.sent_at, c.received_on,
    CASE c.direction WHEN '{_OUT}' THEN m.answered_at ELSE m.replied_at END AS answered_at
  FROM cases_case c
  JOIN moves m ON m.case_id = c.id
  JOIN treaties_requesttype t ON t.id = c.request_type_id
  LEFT JOIN parts p ON p.case_id = c.id
  LEFT JOIN sendings s ON s.case_id = c.id
  LEFT JOIN received r ON r.case_id = c.id
  LEFT JOIN treaties_channel h ON h.id = CASE c.direction WHEN '{_OUT}' THEN s.channel_id ELSE c.received_via_id END
  WHERE {COUNTED} AND c.country_id IS NOT NULL AND (c.direction = '{_IN}' OR m.sent_at IS NOT NULL)
),
become AS (
  SELECT *, CASE
    WHEN answered_at IS NOT NULL THEN CASE WHEN silent AND direction = '{_OUT}' THEN '{UNANSWERED}'
      WHEN refused THEN '{REFUSED}'
      WHEN coalesce(executed, true) THEN '{ANSWERED}' ELSE '{PARTLY}' END
    WHEN status = '{Status.REFUSED}' THEN '{REFUSED}'
    WHEN status = '{Status.RETURNED_TO_REQUESTER}' THEN '{RETURNED}'
    WHEN status = '{Status.TRANSFERRED}' THEN '{TRANSFERRED}'
    WHEN ended_at IS NULL THEN '{OPEN}'
    WHEN status = '{Status.CLOSED}' THEN '{UNANSWERED}' ELSE '{WITHDRAWN}' END AS state,
    coalesce(answered_at, ended_at, %(now)s) AS until
  FROM crossed
)"""  # noqa: S608 - made of constants, as everything in this module
_LOCAL = "AT TIME ZONE 'Asia/Shanghai'"
# One statement, so one snapshot: the numbers and the grounds are those of the same cases. A ground stands in for a state.
_COUNT = f"""WITH {_CASES},
told AS (
  SELECT country, direction, kind, channel, state,
    extract(year FROM CASE direction WHEN '{_OUT}' THEN (sent_at {_LOCAL})::date ELSE received_on END)::int AS year,
    direction = '{_OUT}' AND (receipt OR answered_at IS NOT NULL) AS acknowledged,
    state = '{OPEN}' AND CASE direction WHEN '{_OUT}' THEN phase = '{Phase.ABROAD}'
      ELSE phase <> '{Phase.SUPPLEMENT}' END AS waiting,
    greatest(CASE direction WHEN '{_OUT}' THEN floor(extract(epoch FROM until - sent_at) / 86400)::int
      ELSE (until {_LOCAL})::date - received_on END, 0) AS days
  FROM become
),
refusals AS (
  SELECT DISTINCT b.id, b.country, b.direction, b.kind, b.channel, g.code FROM become b
  JOIN cases_requestitem i ON i.case_id = b.id AND i.outcome = '{Outcome.REFUSED}'
  JOIN treaties_refusalground g ON g.id = i.ground_id
  WHERE b.state IN ('{REFUSED}', '{PARTLY}')
)
SELECT true AS cell, country, direction, kind, channel, year, state, acknowledged, waiting, days, count(*)
FROM told GROUP BY country, direction, kind, channel, year, state, acknowledged, waiting, days
UNION ALL
SELECT false, country, direction, kind, channel, 0, code, false, false, 0, count(*)
FROM refusals GROUP BY country, direction, kind, channel, code
ORDER BY country"""  # noqa: S608


def counted(now: datetime) -> Iterator[Cell | Ground]:
    """Everything as of `now`, country by country. Only the worker sees every case."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"now": now})
        while rows := cursor.fetchmany(CHUNK):
            for is_cell, *row in rows:
                yield Cell(*row) if is_cell else Ground(row[0], row[1], row[2], row[3], code=row[5], n=row[9])

"""What one case contributes to the figures, as SQL over its own row, legs and clocks. A contribution is made to every
agency above the one it is about, as far as the case's scope holds them: (agencies, measure, key, week, n, amount).

About the origin: what was filed, sent back, ended, how long it took, how far it came. About the agency that had to act:
the clocks that ended. Work secrets and what was never submitted contribute nothing. A week is named by its Monday in
Asia/Shanghai; days are whole days of 24 hours; amounts of time are microseconds, so that parts add up exactly.
"""

from __future__ import annotations

from agencies.models.tree import Tier
from cases.models import ClockKind, Direction, Mark, Phase, Side, Status

# Of what was filed the amount is how many are our own requests: a foreign one is registered and never sent back.
FILED, SENT_BACK, ENDED = "filed", "sent_back", "ended"
COUNTRY, TYPE = "country", "type"
# By the type of what ended: how many and how long at home; how many were abroad and how long.
TYPE_HOME, TYPE_ABROAD = "type_home", "type_abroad"
# Whole days of what ended, by where they were spent; the amount is the exact time.
DAYS = "days_"
HOME, ABROAD, LIAISON = "home", "abroad", "external"
PARTS = (*Tier.values, HOME, ABROAD, LIAISON)
# Of our own requests filed in a week: which tiers they reached, and which sent them back.
REACHED, BACK = "reached", "back"
ANSWERED, CLOSED = "answered", "closed"
STAGES = (Tier.COUNTY.value, Tier.CITY.value, Tier.PROVINCE.value, Tier.MINISTRY.value, ABROAD, ANSWERED, CLOSED)
# Clocks that ended in a week, the amount is how many of them late; and the clocks of legs due in a week and met late.
INTERNAL, STATUTORY, LATE = "clock_internal", "clock_statutory", "late"

WATCHED = (ClockKind.ACKNOWLEDGEMENT.value, ClockKind.EXPECTED_REPLY.value, ClockKind.CHASE.value)
_WATCHED = ", ".join(f"'{kind}'" for kind in WATCHED)


def week_of(column: str) -> str:
    """The Monday of the week of a moment, as SQL."""
    return f"date_trunc('week', {column} AT TIME ZONE 'Asia/Shanghai')::date"


# Whose cases are counted: what was submitted or registered, and is no work secret.
COUNTED = f"""c.mark <> '{Mark.WORK_SECRET}' AND c.status <> '{Status.DRAFT}'
    AND (c.direction = '{Direction.INCOMING}' OR c.submitted_at IS NOT NULL)"""
# The internal clock of a leg (`d`), and from whom it is counted upwards (`a`): who had to act, or who has taken his place.
OF_LEG = f"d.confidence = '' AND d.leg_id IS NOT NULL AND d.supervision_id IS NULL AND d.kind NOT IN ({_WATCHED})"
WHO_ACTS = """JOIN agencies_agency former ON former.id = d.agency_id
  JOIN agencies_agency a ON a.id = coalesce(former.successor_id, former.id)"""


def _micros(interval: str) -> str:
    return f"(extract(epoch FROM {interval}) * 1000000)::bigint"


_CHOSEN = f"""
chosen AS (
  SELECT c.id, c.scope, c.direction, c.status, {week_of("c.ended_at")} AS ended,
    {week_of(f"CASE c.direction WHEN '{Direction.OUTGOING}' THEN c.submitted_at ELSE c.created_at END")} AS filed,
    coalesce(n.code, '') AS country, coalesce(t.code, '') AS kind,
    ARRAY(SELECT a FROM unnest(o.ancestors) a WHERE a = ANY(c.scope)) AS chain
  FROM ids
  JOIN cases_case c ON c.id = ids.id
  JOIN agencies_agency o ON o.id = c.origin_id
  LEFT JOIN countries_country n ON n.id = c.country_id
  LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
  WHERE {COUNTED}
)"""  # noqa: S608 - made of constants, as everything in this module
# Each leg with what is needed of its case: nothing below joins two of these lists, which would cost their product.
_HELD = f"""
held AS (
  SELECT c.id, c.chain, c.direction, c.kind, c.filed, c.ended, l.phase, l.side, a.tier,
    lag(a.tier) OVER (PARTITION BY c.id ORDER BY l.seq) AS tier_before,
    {_micros("l.closed_at - l.opened_at")} AS spent
  FROM chosen c JOIN cases_leg l ON l.case_id = c.id LEFT JOIN agencies_agency a ON a.id = l.agency_id
)"""  # noqa: S608
# The time between an end and a reopening is nobody's work.
_SPENT = f"""
spent AS (
  SELECT id, chain, kind, ended, part, sum(spent)::bigint AS spent FROM held
  CROSS JOIN LATERAL unnest(CASE side WHEN '{Side.FOREIGN}' THEN ARRAY['{ABROAD}']
    WHEN '{Side.EXTERNAL}' THEN ARRAY['{LIAISON}'] ELSE ARRAY['{HOME}', tier] END) part
  WHERE ended IS NOT NULL AND phase <> '{Phase.ENDED}'
  GROUP BY id, chain, kind, ended, part
)"""  # noqa: S608
_STEPS = f"""
steps AS (
  SELECT DISTINCT id, chain, filed, what, stage FROM held CROSS JOIN LATERAL (VALUES
    ('{REACHED}', CASE WHEN phase = '{Phase.REVIEW}' THEN tier WHEN phase = '{Phase.ABROAD}' THEN '{ABROAD}'
      WHEN phase IN ('{Phase.RETURN}', '{Phase.DELIVERY}') THEN '{ANSWERED}' END),
    ('{BACK}', CASE WHEN phase = '{Phase.CORRECTION}' THEN tier_before END)) v (what, stage)
  WHERE direction = '{Direction.OUTGOING}' AND stage IS NOT NULL
)"""  # noqa: S608
_CLOCKS = f"""
clocks AS (
  SELECT c.id, CASE d.confidence WHEN '' THEN '{INTERNAL}' ELSE '{STATUTORY}' END AS measure,
    ARRAY(SELECT s FROM unnest(a.ancestors) s WHERE s = ANY(c.scope)) AS chain,
    {week_of("d.met_at")} AS met, {week_of("d.due_at")} AS due, d.met_at > d.due_at AS over
  FROM chosen c
  JOIN cases_deadline d ON d.case_id = c.id
  {WHO_ACTS}
  WHERE d.met_at IS NOT NULL AND d.cancelled_at IS NULL AND (d.confidence <> '' AND d.supervision_id IS NULL OR {OF_LEG})
)"""  # noqa: S608
_ROWS = f"""
facts AS (
  SELECT id, chain, '{FILED}' AS measure, '' AS key, filed AS week, 1 AS n,
    (direction = '{Direction.OUTGOING}')::int::bigint AS amount FROM chosen
  UNION ALL SELECT id, chain, '{COUNTRY}', country, filed, 1, 0 FROM chosen
  UNION ALL SELECT id, chain, '{TYPE}', kind, filed, 1, 0 FROM chosen
  UNION ALL SELECT DISTINCT id, chain, '{SENT_BACK}', '', filed, 1, 0::bigint FROM held
    WHERE phase = '{Phase.CORRECTION}' AND direction = '{Direction.OUTGOING}'
  UNION ALL SELECT id, chain, '{ENDED}', '', ended, 1, 0 FROM chosen WHERE ended IS NOT NULL
  UNION ALL SELECT id, chain, '{DAYS}' || part, (spent / 86400000000)::text, ended, 1, spent FROM spent
  UNION ALL SELECT id, chain, CASE part WHEN '{HOME}' THEN '{TYPE_HOME}' ELSE '{TYPE_ABROAD}' END, kind, ended, 1, spent
    FROM spent WHERE part IN ('{HOME}', '{ABROAD}')
  UNION ALL SELECT id, chain, what, stage, filed, 1, 0 FROM steps
  UNION ALL SELECT id, chain, '{REACHED}', '{CLOSED}', filed, 1, 0 FROM chosen
    WHERE status = '{Status.CLOSED}' AND direction = '{Direction.OUTGOING}'
  UNION ALL SELECT id, chain, measure, '', met, count(*), count(*) FILTER (WHERE over)
    FROM clocks GROUP BY id, chain, measure, met
  UNION ALL SELECT id, chain, '{LATE}', '', due, count(*), 0
    FROM clocks WHERE over AND measure = '{INTERNAL}' GROUP BY id, chain, due
)"""  # noqa: S608
# Common table expressions from `ids` (id) to `facts` (id, chain, measure, key, week, n, amount).
FACTS = ",".join((_CHOSEN, _HELD, _SPENT, _STEPS, _CLOCKS, _ROWS))

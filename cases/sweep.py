"""The sweep: what warns, is over or goes to the agency above is raised once, by the worker, in sets.

A batch is one statement and one transaction. It takes rows that nobody else holds, stamps what has come, works out what
rings next, and writes the events with their outbox messages; so two beats share the work, and a worker that dies leaves
nothing half done. Moments are the database's. Clocks that overlap need no care here: the trigger of migration 0017 lets
the earlier one alone have a next alarm.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from agencies import audit, prepared
from agencies.actors import SYSTEM
from cases.models import ClockKind

WARNING, OVERDUE, ESCALATION = "deadline.warning", "deadline.overdue", "deadline.escalation"
CHASE_DUE, ACKNOWLEDGEMENT_OVERDUE = "deadline.chase_due", "deadline.acknowledgement_overdue"
KINDS = (WARNING, OVERDUE, ESCALATION, CHASE_DUE, ACKNOWLEDGEMENT_OVERDUE)
BATCH = 1_000

# What most sweeps end with. In the order of the index, so that no estimate leads away from it.
_PROBE = """SELECT FROM cases_deadline WHERE next_alarm_at <= statement_timestamp()
ORDER BY next_alarm_at, id LIMIT 1"""
# An archived case is read-only: one clock in it must not keep all others from ringing (looked up row by row, so that the
# order of the index stays). A warning that its own due date has overtaken is stamped and makes no event.
_RAISE = f"""
WITH due AS (
    SELECT id, warned_at, overdue_at, escalated_at FROM cases_deadline
    WHERE next_alarm_at <= statement_timestamp()
      AND (SELECT c.archived_at FROM cases_case c WHERE c.id = case_id) IS NULL
    ORDER BY next_alarm_at, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), rung AS (
    UPDATE cases_deadline d SET
        warned_at = CASE WHEN d.warn_at <= statement_timestamp()
                         THEN coalesce(d.warned_at, statement_timestamp()) ELSE d.warned_at END,
        overdue_at = CASE WHEN d.due_at <= statement_timestamp()
                          THEN coalesce(d.overdue_at, statement_timestamp()) ELSE d.overdue_at END,
        escalated_at = CASE WHEN d.escalate_at <= statement_timestamp()
                            THEN coalesce(d.escalated_at, statement_timestamp()) ELSE d.escalated_at END,
        next_alarm_at = least(
            CASE WHEN d.warned_at IS NULL AND d.warn_at > statement_timestamp() THEN d.warn_at END,
            CASE WHEN d.overdue_at IS NULL AND d.due_at > statement_timestamp() THEN d.due_at END,
            CASE WHEN d.escalated_at IS NULL AND d.escalate_at > statement_timestamp() THEN d.escalate_at END)
    FROM due WHERE d.id = due.id
    RETURNING d.id, d.case_id, d.kind, d.agency_id, d.due_at,
        due.warned_at IS NULL AND d.warned_at IS NOT NULL AND d.due_at > statement_timestamp() AS warns,
        due.overdue_at IS NULL AND d.overdue_at IS NOT NULL AS is_over,
        due.escalated_at IS NULL AND d.escalated_at IS NOT NULL AS rises
), events AS (
    INSERT INTO agencies_auditevent (at, kind, subject, actor, role, request_id, facts)
    SELECT statement_timestamp(), stage.event, 'case:' || rung.case_id, %(actor)s, %(role)s, '',
        jsonb_build_object('deadline', rung.id, 'kind', rung.kind, 'agency', rung.agency_id, 'due', rung.due_at)
    FROM rung CROSS JOIN LATERAL (VALUES
        (1, warns, '{WARNING}'),
        (2, is_over, CASE WHEN rung.kind = '{ClockKind.ACKNOWLEDGEMENT}' THEN '{ACKNOWLEDGEMENT_OVERDUE}'
                          WHEN rung.kind IN ('{ClockKind.EXPECTED_REPLY}', '{ClockKind.CHASE}') THEN '{CHASE_DUE}'
                          ELSE '{OVERDUE}' END),
        (3, rises, '{ESCALATION}')
    ) AS stage(place, raised, event)
    WHERE stage.raised ORDER BY rung.due_at, rung.id, stage.place
    RETURNING id, kind
), messages AS (
    INSERT INTO agencies_outboxmessage (event_id, reaction, payload, attempts)
    SELECT events.id, wired.reaction, '{{}}', 0
    FROM events JOIN unnest(%(kinds)s::text[], %(reactions)s::text[]) AS wired(kind, reaction) USING (kind)
)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM events)"""  # noqa: S608 - made of constants


def sweep() -> int:
    """Raise whatever is due, batch after batch; gives how many events that made. Safe to run twice at once."""
    raised, taken = 0, BATCH
    while taken == BATCH and prepared.rows(_PROBE):
        taken, events = _batch()
        raised += events
    return raised


def _batch() -> tuple[int, int]:
    """One batch, committed by itself: how many clocks rang, and how many events that made."""
    wired = [(kind, name) for kind in KINDS for name in audit.reactions_to(kind)]
    values: dict[str, Any] = {
        "batch": BATCH,
        "actor": SYSTEM.label,
        "role": SYSTEM.role,
        "kinds": [kind for kind, _name in wired],
        "reactions": [name for _kind, name in wired],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RAISE, values)
        taken, events = cursor.fetchone()
        if events:
            audit.wake_after_commit()
    return taken, events

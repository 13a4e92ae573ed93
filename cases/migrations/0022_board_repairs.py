"""The work queue also says when custody's own clocks run out, the same at every agency: the board is late by this one date.

What the figures are made of has changed with it, so every case is folded anew.
"""

from importlib import import_module

from django.db import migrations, models

_BEFORE = import_module("cases.migrations.0014_clock_walls")
ENDED, WATCHED, QUEUE_BEFORE = _BEFORE.ENDED, _BEFORE.WATCHED, _BEFORE.QUEUE

NEVER = "'9999-12-31 00:00+00'"


def custody_due(the_case):
    """The earliest running clock of a case that is about neither parallel work nor supervision nor a foreign wait."""
    return f"""coalesce((SELECT min(d.due_at) FROM cases_deadline d
                    WHERE d.case_id = {the_case} AND d.met_at IS NULL AND d.cancelled_at IS NULL AND d.paused_at IS NULL
                      AND d.assignment_id IS NULL AND d.supervision_id IS NULL AND d.kind NOT IN {WATCHED}), {NEVER})"""


QUEUE = f"""
CREATE OR REPLACE FUNCTION refresh_open_queue(the_case uuid, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM cases_openqueue WHERE case_id = the_case;
    INSERT INTO cases_openqueue (agency_id, due_at, custody_due_at, case_id, is_holder, waiting_role, handler_id, status,
                                 country, request_type, urgency, origin_id, secret, held_by_id, holder_name, phase, since)
    SELECT a,
           CASE WHEN w.given THEN coalesce(w.due_at, {NEVER})
                ELSE least(v.due_at, (SELECT min(d.due_at) FROM cases_deadline d
                                      WHERE d.case_id = c.id AND d.met_at IS NULL AND d.cancelled_at IS NULL
                                        AND d.paused_at IS NULL AND d.assignment_id IS NULL
                                        AND d.supervision_id IS NULL AND d.kind IN {WATCHED} AND d.agency_id = a)) END,
           v.due_at,
           c.id, coalesce(l.agency_id = a, false) OR w.given, CASE WHEN w.given THEN 'approver' ELSE role END,
           CASE WHEN w.given THEN NULL ELSE l.handler_id END, c.status, coalesce(n.code, ''),
           coalesce(t.code, ''), c.urgency, c.origin_id, c.mark = 'work_secret',
           l.agency_id, l.holder_name, l.phase, l.opened_at
    FROM cases_case c
    CROSS JOIN LATERAL (SELECT {custody_due("c.id")} AS due_at) v
    CROSS JOIN LATERAL unnest(c.scope) a
    JOIN cases_leg l ON l.case_id = c.id AND l.closed_at IS NULL
    -- Parallel work given to this agency, unless it holds the case itself.
    CROSS JOIN LATERAL (
        SELECT count(*) > 0 AND l.agency_id IS DISTINCT FROM a AS given,
               min(d.due_at) FILTER (WHERE d.paused_at IS NULL) AS due_at
        FROM cases_assignment s
        LEFT JOIN cases_deadline d ON d.assignment_id = s.id AND d.met_at IS NULL AND d.cancelled_at IS NULL
        WHERE s.case_id = c.id AND s.agency_id = a AND s.state = 'open'
    ) w
    LEFT JOIN countries_country n ON n.id = c.country_id
    LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
    WHERE c.id = the_case AND c.status NOT IN {ENDED};
END $$;
"""
FILL = f"""
UPDATE cases_openqueue q SET custody_due_at = {custody_due("q.case_id")};
INSERT INTO cases_touchedcase (case_id) SELECT id FROM cases_case;
"""


class Migration(migrations.Migration):

    dependencies = [("cases", "0021_walls_of_the_invited")]

    operations = [
        migrations.AddField(
            "openqueue", "custody_due_at", models.DateTimeField(default="9999-12-31T00:00:00Z"), preserve_default=False
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(QUEUE, QUEUE_BEFORE),
        migrations.AddIndex(
            "openqueue", models.Index(fields=["agency", "custody_due_at", "case"], name="queue_by_custody")
        ),
    ]

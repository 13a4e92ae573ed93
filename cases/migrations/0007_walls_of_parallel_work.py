"""The second wall around parallel work and shared notes, and the queue of those to whom it was given.

Those who see a case by invitation alone read no notes of the route: cases.policies.readable_notes says the same.
"""

from importlib import import_module

from django.db import migrations

QUEUE_BEFORE = import_module("cases.migrations.0004_queue_shows_custody").QUEUE
ENDED = "('closed','withdrawn','declined','refused','returned_to_requester','transferred')"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"

# Those invited see what they were asked alone.
_ASSIGNMENT = f"""EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_assignment.case_id
    AND (NOT c.invited @> ARRAY[{AGENCY}] OR cases_assignment.agency_id = {AGENCY}))"""
ASSIGNMENTS = f"""
ALTER TABLE cases_assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_assignment TO coopdesk_app USING ({_ASSIGNMENT}) WITH CHECK ({_ASSIGNMENT});
CREATE POLICY worker_all ON cases_assignment TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE DELETE ON cases_assignment FROM coopdesk_app;
"""
UNDO_ASSIGNMENTS = """
DROP POLICY app_scope ON cases_assignment;
DROP POLICY worker_all ON cases_assignment;
ALTER TABLE cases_assignment NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_assignment DISABLE ROW LEVEL SECURITY;
"""

_NOTE = f"""EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_note.case_id AND (
    cases_note.agency_id = {AGENCY} OR cases_note.audience = 'shared'
    OR cases_note.audience = 'route' AND NOT c.invited @> ARRAY[{AGENCY}]))"""
_NOTE_BEFORE = f"""EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_note.case_id)
    AND (audience = 'route' OR agency_id = {AGENCY})"""


def note_wall(rule: str) -> str:
    return f"ALTER POLICY app_scope ON cases_note USING ({rule}) WITH CHECK ({rule});"


QUEUE = f"""
CREATE OR REPLACE FUNCTION refresh_open_queue(the_case uuid, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM cases_openqueue WHERE case_id = the_case;
    INSERT INTO cases_openqueue (agency_id, due_at, case_id, is_holder, waiting_role, handler_id, status, country,
                                 request_type, urgency, origin_id, secret, held_by_id, holder_name, phase, since)
    SELECT a,
           coalesce(CASE WHEN w.given THEN w.due_at
                         ELSE (SELECT min(d.due_at) FROM cases_deadline d
                               WHERE d.case_id = c.id AND d.met_at IS NULL AND d.assignment_id IS NULL) END,
                    '9999-12-31 00:00+00'),
           c.id, coalesce(l.agency_id = a, false) OR w.given, CASE WHEN w.given THEN 'approver' ELSE role END,
           CASE WHEN w.given THEN NULL ELSE l.handler_id END, c.status, coalesce(n.code, ''),
           coalesce(t.code, ''), c.urgency, c.origin_id, c.mark = 'work_secret',
           l.agency_id, l.holder_name, l.phase, l.opened_at
    FROM cases_case c
    CROSS JOIN LATERAL unnest(c.scope) a
    JOIN cases_leg l ON l.case_id = c.id AND l.closed_at IS NULL
    -- Parallel work given to this agency, unless it holds the case itself.
    CROSS JOIN LATERAL (
        SELECT count(*) > 0 AND l.agency_id IS DISTINCT FROM a AS given, min(d.due_at) AS due_at
        FROM cases_assignment s
        LEFT JOIN cases_deadline d ON d.assignment_id = s.id AND d.met_at IS NULL
        WHERE s.case_id = c.id AND s.agency_id = a AND s.state = 'open'
    ) w
    LEFT JOIN countries_country n ON n.id = c.country_id
    LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
    WHERE c.id = the_case AND c.status NOT IN {ENDED};
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_every_way")]
    operations = [
        migrations.RunSQL(ASSIGNMENTS, UNDO_ASSIGNMENTS),
        migrations.RunSQL(note_wall(_NOTE), note_wall(_NOTE_BEFORE)),
        migrations.RunSQL(QUEUE, QUEUE_BEFORE),
    ]

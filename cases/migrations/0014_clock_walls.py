"""The second wall around pauses, extensions, explanations and supervision; the queue shows what rings; a disposal takes
their words too; clocks that ran before this release get their agency and their alarm."""

from importlib import import_module

from django.db import migrations

QUEUE_BEFORE = import_module("cases.migrations.0007_walls_of_parallel_work").QUEUE
ENDED = "('closed','withdrawn','declined','refused','returned_to_requester','transferred')"
TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
CHILDREN = ("deadlinepause", "deadlineextension", "deadlineexplanation", "supervision")
# Kinds that only the agency which faces the other side must watch.
WATCHED = "('acknowledgement','expected_reply','chase')"

RUNNING = """
UPDATE cases_deadline d SET agency_id = l.agency_id FROM cases_leg l WHERE l.id = d.leg_id;
UPDATE cases_deadline d SET agency_id = a.agency_id FROM cases_assignment a WHERE a.id = d.assignment_id;
UPDATE cases_deadline SET rule = 'fixed' WHERE basis = 'coopdesk.named';
UPDATE cases_deadline SET escalate_at = due_at + interval '1 day', next_alarm_at = due_at WHERE met_at IS NULL;
"""


def wall(name: str) -> str:
    rule = f"EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_{name}.case_id)"
    return f"""
ALTER TABLE cases_{name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_{name} FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_{name} TO coopdesk_app USING ({rule}) WITH CHECK ({rule});
CREATE POLICY worker_all ON cases_{name} TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE DELETE ON cases_{name} FROM coopdesk_app;
CREATE TRIGGER {name}_kept BEFORE INSERT OR UPDATE OR DELETE ON cases_{name}
    FOR EACH ROW EXECUTE FUNCTION keep_content('content');
"""


def no_wall(name: str) -> str:
    return f"""
DROP TRIGGER {name}_kept ON cases_{name};
DROP POLICY app_scope ON cases_{name};
DROP POLICY worker_all ON cases_{name};
ALTER TABLE cases_{name} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_{name} DISABLE ROW LEVEL SECURITY;
"""


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
                               WHERE d.case_id = c.id AND d.met_at IS NULL AND d.cancelled_at IS NULL
                                 AND d.paused_at IS NULL AND d.assignment_id IS NULL AND d.supervision_id IS NULL
                                 AND (d.kind NOT IN {WATCHED} OR d.agency_id = a)) END,
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


def dispose(more: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION dispose_case(the_case uuid) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    hashes text[];
BEGIN
    PERFORM 1 FROM cases_case c JOIN cases_disposal d ON d.case_id = c.id
        WHERE c.id = the_case AND c.disposed_at IS NULL AND c.retain_until < {TODAY}
          AND d.decision = 'confirmed' AND d.decided_by_id <> d.proposed_by_id FOR UPDATE OF c;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'case % may not be disposed of', the_case USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(array_agg(DISTINCT sha256), '{{}}') INTO hashes FROM cases_attachment WHERE case_id = the_case;
    DELETE FROM cases_attachment WHERE case_id = the_case;
    DELETE FROM cases_note WHERE case_id = the_case;
    DELETE FROM cases_revision WHERE case_id = the_case;
    DELETE FROM cases_subject WHERE case_id = the_case;
    DELETE FROM cases_requestitem WHERE case_id = the_case;
    UPDATE cases_assignment SET text = '', answer = '' WHERE case_id = the_case;
    {more}UPDATE cases_disposal SET reason = '' WHERE case_id = the_case AND reason <> '';
    UPDATE cases_case SET disposed_at = clock_timestamp(), title = '', summary = '', purpose = '', result = '',
        conditions = '{{}}', requesting_authority = ''
        WHERE id = the_case;
    RETURN hashes;
END $$;
"""


WORDS = """UPDATE cases_deadlinepause SET reason = '' WHERE case_id = the_case;
    UPDATE cases_deadlineextension SET reason = '' WHERE case_id = the_case;
    UPDATE cases_deadlineexplanation SET text = '', told_to = '' WHERE case_id = the_case;
    UPDATE cases_supervision SET text = '', feedback = '', closing_note = '' WHERE case_id = the_case;
    """


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_clocks")]
    operations = [
        migrations.RunSQL(RUNNING, migrations.RunSQL.noop),
        migrations.RunSQL("".join(map(wall, CHILDREN)), "".join(map(no_wall, CHILDREN))),
        migrations.RunSQL(QUEUE, QUEUE_BEFORE),
        migrations.RunSQL(dispose(WORDS), dispose("")),
    ]

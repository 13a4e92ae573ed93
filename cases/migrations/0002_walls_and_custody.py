"""What the database itself keeps true: custody without gap, ends that match, the second wall, the work queue.

Row-level security says what cases.policies.visible_to says: the case's scope holds the acting agency, and a work secret
opens only to approvers, supervisors and those who handle it. `coopdesk_worker` (outbox, sweep, sealer) sees all.
"""

from django.db import migrations

ENDED = "('closed','withdrawn','declined','refused','returned_to_requester','transferred')"

CUSTODY = f"""
ALTER TABLE cases_leg ADD CONSTRAINT leg_no_gap FOREIGN KEY (case_id, follows_at)
    REFERENCES cases_leg (case_id, closed_at) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION check_custody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_case uuid := CASE WHEN TG_TABLE_NAME = 'cases_case' THEN NEW.id ELSE (to_jsonb(NEW)->>'case_id')::uuid END;
    is_ended boolean;
    has_open boolean;
BEGIN
    SELECT status IN {ENDED} INTO is_ended FROM cases_case WHERE id = the_case;
    SELECT EXISTS (SELECT 1 FROM cases_leg WHERE case_id = the_case AND closed_at IS NULL) INTO has_open;
    IF is_ended = has_open THEN
        RAISE EXCEPTION 'custody of case % does not match its status', the_case USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_custody AFTER INSERT OR UPDATE OF status ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_custody();
CREATE CONSTRAINT TRIGGER leg_custody AFTER INSERT OR UPDATE ON cases_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_custody();
"""

UNDO_CUSTODY = """
DROP TRIGGER leg_custody ON cases_leg;
DROP TRIGGER case_custody ON cases_case;
DROP FUNCTION check_custody();
ALTER TABLE cases_leg DROP CONSTRAINT leg_no_gap;
"""

AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"
SEES = (
    f"scope @> ARRAY[{AGENCY}] AND (mark <> 'work_secret' OR {ROLE} IN ('approver', 'supervisor')"
    f" OR known_to @> ARRAY[{OFFICER}])"
)
CHILDREN = (
    "revision",
    "subject",
    "requestitem",
    "leg",
    "involvement",
    "deadline",
    "transmission",
    "receipt",
    "attachment",
    "note",
)


def wall(table: str, rule: str) -> str:
    """Row-level security on a table: `rule` for the web role, everything for the worker."""
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON {table} TO coopdesk_app USING ({rule}) WITH CHECK ({rule});
CREATE POLICY worker_all ON {table} TO coopdesk_worker USING (true) WITH CHECK (true);
"""


def no_wall(table: str) -> str:
    return f"""
DROP POLICY app_scope ON {table};
DROP POLICY worker_all ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


def child_rule(name: str) -> str:
    """A row is seen with its case; a note to one's agency by that agency alone."""
    rule = f"EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_{name}.case_id)"
    return f"{rule} AND (audience = 'route' OR agency_id = {AGENCY})" if name == "note" else rule


WALLS = (
    wall("cases_case", SEES)
    + "".join(wall(f"cases_{name}", child_rule(name)) for name in CHILDREN)
    + wall("cases_openqueue", f"agency_id = {AGENCY}")
    # Nothing of a case is deleted, except lines of a draft and rows of the derived queue; the queue has one writer.
    + "REVOKE DELETE ON cases_case, cases_casenumber, "
    + ", ".join(f"cases_{name}" for name in CHILDREN if name not in ("subject", "requestitem"))
    + " FROM coopdesk_app;"
    + "REVOKE INSERT, UPDATE, DELETE ON cases_openqueue FROM coopdesk_app;"
    + "REVOKE UPDATE ON cases_revision, cases_transmission, cases_receipt, cases_note FROM coopdesk_app;"
)
UNDO_WALLS = "".join(no_wall(f"cases_{name}") for name in ("case", *CHILDREN, "openqueue"))

QUEUE = f"""
CREATE FUNCTION refresh_open_queue(the_case uuid, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM cases_openqueue WHERE case_id = the_case;
    INSERT INTO cases_openqueue (agency_id, due_at, case_id, is_holder, waiting_role, handler_id, status, country,
                                 request_type, urgency, origin_id, secret)
    SELECT a, coalesce((SELECT min(d.due_at) FROM cases_deadline d WHERE d.case_id = c.id AND d.met_at IS NULL),
                       '9999-12-31 00:00+00'),
           c.id, coalesce(l.agency_id = a, false), role, l.handler_id, c.status, coalesce(n.code, ''),
           coalesce(t.code, ''), c.urgency, c.origin_id, c.mark = 'work_secret'
    FROM cases_case c
    CROSS JOIN LATERAL unnest(c.scope) a
    JOIN cases_leg l ON l.case_id = c.id AND l.closed_at IS NULL
    LEFT JOIN countries_country n ON n.id = c.country_id
    LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
    WHERE c.id = the_case AND c.status NOT IN {ENDED};
END $$;
REVOKE ALL ON FUNCTION refresh_open_queue(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_open_queue(uuid, text) TO coopdesk_app, coopdesk_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases")]
    operations = [
        migrations.RunSQL(CUSTODY, UNDO_CUSTODY),
        migrations.RunSQL(WALLS, UNDO_WALLS),
        migrations.RunSQL(QUEUE, "DROP FUNCTION refresh_open_queue(uuid, text);"),
    ]

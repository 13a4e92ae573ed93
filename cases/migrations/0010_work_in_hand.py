"""Two numbers for whoever ends an appointment, who sees no case; and an organ's notes go on to its successor."""

from django.db import migrations

ENDED = "('closed','withdrawn','declined','refused','returned_to_requester','transferred')"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"

WORK = f"""
CREATE FUNCTION work_in_hand(the_officer int, the_agency int, OUT drafted int, OUT handled int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*)::int FROM cases_case c WHERE c.drafter_id = the_officer AND c.origin_id = the_agency
                AND c.status NOT IN {ENDED}),
           (SELECT count(*)::int FROM cases_leg l WHERE l.handler_id = the_officer AND l.agency_id = the_agency
                AND l.closed_at IS NULL)
$$;
REVOKE ALL ON FUNCTION work_in_hand(int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work_in_hand(int, int) TO coopdesk_app, coopdesk_worker;
"""


HEIR = (
    f" OR EXISTS (SELECT 1 FROM agencies_agency a WHERE a.id = cases_note.agency_id AND a.successor_id = {AGENCY})"
)


def note_rule(heir: str) -> str:
    rule = (
        "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_note.case_id AND ("
        f"cases_note.agency_id = {AGENCY}{heir} OR cases_note.audience = 'shared'"
        f" OR cases_note.audience = 'route' AND NOT c.invited @> ARRAY[{AGENCY}]))"
    )
    return f"ALTER POLICY app_scope ON cases_note USING ({rule}) WITH CHECK ({rule});"


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_archive"), ("agencies", "0007_reorganisation")]
    operations = [
        migrations.RunSQL(WORK, "DROP FUNCTION work_in_hand(int, int);"),
        migrations.RunSQL(note_rule(HEIR), note_rule("")),
    ]

"""Of clocks and supervision those invited read their own agency's alone: cases.clock_seats.readable and
cases.supervision.sight say the same. What was said of a clock is not said again: a pause ends, nothing else is changed."""

from django.db import migrations

AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
SAID = ("deadlinepause", "deadlineextension", "deadlineexplanation")
_OWN = {
    **{
        name: f"EXISTS (SELECT 1 FROM cases_deadline d WHERE d.id = cases_{name}.deadline_id AND d.agency_id = {AGENCY})"
        for name in SAID
    },
    "supervision": f"{AGENCY} IN (agency_id, issued_by_id, escalated_to_id)",
}


def wall(name: str, own: str) -> str:
    rule = f"""EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_{name}.case_id
    AND (NOT c.invited @> ARRAY[{AGENCY}] OR {own}))"""
    return f"ALTER POLICY app_scope ON cases_{name} USING ({rule}) WITH CHECK ({rule});\n"


def wall_before(name: str) -> str:
    rule = f"EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_{name}.case_id)"
    return f"ALTER POLICY app_scope ON cases_{name} USING ({rule}) WITH CHECK ({rule});\n"


KEPT = """
REVOKE UPDATE ON cases_deadlinepause, cases_deadlineextension, cases_deadlineexplanation FROM coopdesk_app;
GRANT UPDATE (to_at, ended_by_id) ON cases_deadlinepause TO coopdesk_app;
"""
FREE = """
REVOKE UPDATE (to_at, ended_by_id) ON cases_deadlinepause FROM coopdesk_app;
GRANT UPDATE ON cases_deadlinepause, cases_deadlineextension, cases_deadlineexplanation TO coopdesk_app;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_exports")]
    operations = [
        migrations.RunSQL(
            "".join(wall(name, own) for name, own in _OWN.items()), "".join(wall_before(name) for name in _OWN)
        ),
        migrations.RunSQL(KEPT, FREE),
    ]

"""Proposals: their walls hold for every role of the database, the desk is told by its role too, and nobody decides his own.
The history of a contact is read by those who may open one. And lessons are called 经验教训."""

from django.db import migrations, models

OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"
PLACE = f"EXISTS (SELECT FROM agencies_agency WHERE id = {AGENCY} AND is_terminal)"
DESK = f"({ROLE} IN ('desk', 'approver') AND {PLACE})"
# agencies.roles.CASE_ROLES: who may open a contact (countries.policies.proposes).
CASEWORK = f"{ROLE} IN ('drafter', 'desk', 'approver', 'supervisor')"


def proposals(desk: str, own: str) -> str:
    return f"""
DROP POLICY app_reads ON countries_ledgerproposal;
DROP POLICY app_decides ON countries_ledgerproposal;
CREATE POLICY app_reads ON countries_ledgerproposal FOR SELECT TO coopdesk_app
    USING (proposed_by_id = {OFFICER} OR agency_id = {AGENCY} OR {desk});
CREATE POLICY app_decides ON countries_ledgerproposal FOR UPDATE TO coopdesk_app
    USING ({desk} AND state = 'open'{own}) WITH CHECK (decided_by_id = {OFFICER});
"""


WALLS = f"""
ALTER TABLE countries_ledgerproposal FORCE ROW LEVEL SECURITY;
{proposals(DESK, f" AND proposed_by_id <> {OFFICER}")}
ALTER TABLE countries_factchange ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_reads ON countries_factchange FOR SELECT TO coopdesk_app
    USING (field <> 'contact' OR {CASEWORK});
CREATE POLICY app_writes ON countries_factchange FOR INSERT TO coopdesk_app WITH CHECK (true);
CREATE POLICY worker_all ON countries_factchange TO coopdesk_worker USING (true) WITH CHECK (true);
"""
NO_WALLS = f"""
DROP POLICY app_reads ON countries_factchange;
DROP POLICY app_writes ON countries_factchange;
DROP POLICY worker_all ON countries_factchange;
ALTER TABLE countries_factchange DISABLE ROW LEVEL SECURITY;
{proposals(PLACE, "")}
ALTER TABLE countries_ledgerproposal NO FORCE ROW LEVEL SECURITY;
"""


SECTIONS = [
    ("profile", "概况"),
    ("authorities", "主管机关"),
    ("asking", "怎么请求"),
    ("legal_system", "法律制度"),
    ("extradition", "引渡条件"),
    ("assistance", "司法协助程序"),
    ("immigration", "移民与遣返"),
    ("habits", "习惯与文化"),
    ("mechanisms", "机制与会议"),
    ("activities", "合作活动"),
    ("posts", "联络官"),
    ("events", "影响合作的事件"),
    ("lessons", "经验教训"),
]
RECORDS = [
    ("authority", "主管机关"),
    ("mechanism", "机制"),
    ("meeting", "会议"),
    ("activity", "合作活动"),
    ("post", "联络官"),
    ("event", "影响合作的事件"),
    ("lesson", "经验教训"),
]
PROPOSALS = [("correction", "更正"), ("lesson", "经验教训")]


class Migration(migrations.Migration):

    dependencies = [("countries", "0011_ledger_changes")]

    operations = [
        migrations.RunSQL(WALLS, NO_WALLS),
        migrations.AlterField("ledgerproposal", "kind", models.CharField(choices=PROPOSALS, max_length=10)),
        migrations.AlterField("ledgerproposal", "section", models.CharField(blank=True, choices=SECTIONS, max_length=20)),
        migrations.AlterField("ledgerrecord", "kind", models.CharField(choices=RECORDS, max_length=12)),
        *(
            migrations.AlterField(model, "section", models.CharField(choices=SECTIONS, max_length=20))
            for model in ("ledgertopic", "sectioncare", "sectiontext")
        ),
    ]

"""Who writes what is known about the world outside: who keeps the ledgers (countries.policies.keeps_facts), in his own name.

Reading stays open to all. Loaders run as the owner, before whom no wall stands.
"""

from django.db import migrations

OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"
DESK = (
    f"({ROLE} IN ('desk', 'approver')"
    f" AND EXISTS (SELECT FROM agencies_agency WHERE id = {AGENCY} AND is_terminal))"
)
TABLES = ("countries_ledgerentry", "countries_ledgerrecord", "countries_frontier", "countries_sectioncare")

WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_reads ON {table} FOR SELECT TO coopdesk_app USING (true);
CREATE POLICY app_writes ON {table} FOR INSERT TO coopdesk_app WITH CHECK ({desk});
CREATE POLICY app_corrects ON {table} FOR UPDATE TO coopdesk_app USING ({desk}) WITH CHECK ({desk});
CREATE POLICY worker_all ON {table} TO coopdesk_worker USING (true) WITH CHECK (true);
"""
NO_WALL = """
DROP POLICY app_reads ON {table};
DROP POLICY app_writes ON {table};
DROP POLICY app_corrects ON {table};
DROP POLICY worker_all ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
HISTORY = f"""
DROP POLICY app_writes ON countries_factchange;
CREATE POLICY app_writes ON countries_factchange FOR INSERT TO coopdesk_app
    WITH CHECK (officer_id = {OFFICER} AND {DESK});
REVOKE INSERT, UPDATE, DELETE ON countries_country FROM coopdesk_app;
"""
NO_HISTORY = """
GRANT INSERT, UPDATE, DELETE ON countries_country TO coopdesk_app;
DROP POLICY app_writes ON countries_factchange;
CREATE POLICY app_writes ON countries_factchange FOR INSERT TO coopdesk_app WITH CHECK (true);
"""


class Migration(migrations.Migration):

    dependencies = [("countries", "0013_walls_of_the_sections")]

    operations = [
        migrations.RunSQL(
            HISTORY + "".join(WALL.format(table=table, desk=DESK) for table in TABLES),
            NO_HISTORY + "".join(NO_WALL.format(table=table) for table in TABLES),
        )
    ]

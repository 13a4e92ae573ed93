"""Who writes what is known about the world outside: who keeps the ledgers (countries.policies.keeps_facts), in his own name. And
the list of changes tells what else was withdrawn and brought back: the row's name in the history (triggers: treaties 0011).

Reading stays open to all. Loaders run as the owner, before whom no wall stands.
"""

from django.db import migrations, models

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

LISTED = """
CREATE OR REPLACE FUNCTION change_is_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('', 7310025));
    IF TG_TABLE_NAME = 'countries_factchange' THEN
        INSERT INTO countries_ledgerchange (fact_id) VALUES (NEW.id);
    ELSIF TG_TABLE_NAME = 'countries_sectiontext' THEN
        INSERT INTO countries_ledgerchange (text_id) VALUES (NEW.id);
    ELSIF TG_TABLE_NAME = 'countries_ledgerrecord' THEN
        INSERT INTO countries_ledgerchange (withdrawn_id) VALUES (NEW.id);
    ELSE
        INSERT INTO countries_ledgerchange (subject) VALUES (TG_ARGV[0] || ':' || NEW.id);
    END IF;
    RETURN NULL;
END $$;
"""
IN_0011 = """
DELETE FROM countries_ledgerchange WHERE subject <> '';
CREATE OR REPLACE FUNCTION change_is_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('', 7310025));
    IF TG_TABLE_NAME = 'countries_factchange' THEN
        INSERT INTO countries_ledgerchange (fact_id) VALUES (NEW.id);
    ELSIF TG_TABLE_NAME = 'countries_sectiontext' THEN
        INSERT INTO countries_ledgerchange (text_id) VALUES (NEW.id);
    ELSE
        INSERT INTO countries_ledgerchange (withdrawn_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$;
"""
OF_ONE_THING = (
    models.Q(fact__isnull=False, text=None, withdrawn=None, subject="")
    | models.Q(fact=None, text__isnull=False, withdrawn=None, subject="")
    | models.Q(fact=None, text=None, withdrawn__isnull=False, subject="")
    | models.Q(fact=None, text=None, withdrawn=None) & ~models.Q(subject="")
)


class Migration(migrations.Migration):

    dependencies = [("countries", "0014_codes_are_plain")]

    operations = [
        migrations.RemoveConstraint("ledgerchange", "ledger_change_is_of_one_thing"),
        migrations.AddField("ledgerchange", "subject", models.CharField(blank=True, db_default="", max_length=60)),
        migrations.AddConstraint(
            "ledgerchange", models.CheckConstraint(condition=OF_ONE_THING, name="ledger_change_is_of_one_thing")
        ),
        migrations.RunSQL(LISTED, IN_0011),
        migrations.RunSQL(
            HISTORY + "".join(WALL.format(table=table, desk=DESK) for table in TABLES),
            NO_HISTORY + "".join(NO_WALL.format(table=table) for table in TABLES),
        ),
    ]

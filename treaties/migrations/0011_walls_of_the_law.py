"""Who writes the registry, the versions of the law and the treaties' periods: who keeps the ledgers
(countries.policies.keeps_facts), in his own name. The lists are the loader's, who runs as the owner; all of it is read by all.
That an instrument or a part in one was withdrawn or brought back is listed with the changes of the ledgers.
"""

from django.db import migrations

OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"
DESK = (
    f"({ROLE} IN ('desk', 'approver')"
    f" AND EXISTS (SELECT FROM agencies_agency WHERE id = {AGENCY} AND is_terminal))"
)
# What the desk enters and corrects, and what it only enters, in whose name.
CORRECTED = ("treaties_instrument", "treaties_party", "treaties_provision")
ENTERED = {
    "treaties_typelaw": f"{DESK} AND entered_by_id = {OFFICER}",
    "treaties_periodoverride": f"{DESK} AND entered_by_id = {OFFICER}",
    "treaties_refusalground": DESK,
}
WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_reads ON {table} FOR SELECT TO coopdesk_app USING (true);
CREATE POLICY app_writes ON {table} FOR INSERT TO coopdesk_app WITH CHECK ({enters});
CREATE POLICY worker_all ON {table} TO coopdesk_worker USING (true) WITH CHECK (true);
"""
CORRECTS = """
CREATE POLICY app_corrects ON {table} FOR UPDATE TO coopdesk_app USING ({desk}) WITH CHECK ({changes});
"""
NO_WALL = """
DROP POLICY app_reads ON {table};
DROP POLICY app_writes ON {table};
DROP POLICY worker_all ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
ENTERS = dict.fromkeys(CORRECTED, DESK) | ENTERED
CHANGES = dict.fromkeys(CORRECTED, DESK) | {"treaties_periodoverride": f"{DESK} AND ended_by_id = {OFFICER}"}
WALLS = "".join(WALL.format(table=table, enters=enters) for table, enters in ENTERS.items()) + "".join(
    CORRECTS.format(table=table, desk=DESK, changes=changes) for table, changes in CHANGES.items()
)
NO_WALLS = "".join(f"DROP POLICY app_corrects ON {table};" for table in CHANGES) + "".join(
    NO_WALL.format(table=table) for table in ENTERS
)
LISTS = "treaties_requesttype, treaties_channel, treaties_returnreason"
KEPT = f"""
REVOKE INSERT, UPDATE, DELETE ON {LISTS} FROM coopdesk_app;
REVOKE UPDATE, DELETE ON treaties_refusalground FROM coopdesk_app;
REVOKE UPDATE ON treaties_typelaw FROM coopdesk_app;
"""
FREE = f"""
GRANT INSERT, UPDATE, DELETE ON {LISTS} TO coopdesk_app;
GRANT UPDATE, DELETE ON treaties_refusalground TO coopdesk_app;
GRANT UPDATE ON treaties_typelaw TO coopdesk_app;
"""

PARTS = ("instrument", "party")
LISTED = "".join(
    f"""
CREATE CONSTRAINT TRIGGER listed AFTER UPDATE ON treaties_{name} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((NEW.withdrawn_at IS NULL) <> (OLD.withdrawn_at IS NULL))
    EXECUTE FUNCTION change_is_listed('{name}');
INSERT INTO countries_ledgerchange (subject, at)
    SELECT '{name}:' || id, withdrawn_at FROM treaties_{name} WHERE withdrawn_at IS NOT NULL ORDER BY withdrawn_at;
"""
    for name in PARTS
)
UNLISTED = "".join(f"DROP TRIGGER listed ON treaties_{name};\n" for name in PARTS)


class Migration(migrations.Migration):

    dependencies = [("countries", "0015_walls_of_the_facts"), ("treaties", "0010_codes_are_plain")]

    operations = [migrations.RunSQL(KEPT + WALLS + LISTED, UNLISTED + FREE + NO_WALLS)]

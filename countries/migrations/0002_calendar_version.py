"""Whoever changes the work calendar, by whatever door, gives it a new version: cached calendars notice at once."""

from django.db import migrations

SQL = """
INSERT INTO countries_calendarversion (id, version) VALUES (1, gen_random_uuid());
CREATE FUNCTION countries_new_calendar_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO countries_calendarversion (id, version) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$;
CREATE TRIGGER calendar_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON countries_specialday
    FOR EACH STATEMENT EXECUTE FUNCTION countries_new_calendar_version();
"""
UNDO = """
DROP TRIGGER calendar_changed ON countries_specialday;
DROP FUNCTION countries_new_calendar_version();
DELETE FROM countries_calendarversion;
"""


class Migration(migrations.Migration):
    dependencies = [("countries", "0001_countries")]
    operations = [migrations.RunSQL(SQL, UNDO)]

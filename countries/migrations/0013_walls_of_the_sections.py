"""Who reads a section's texts: what was published everybody; what waits for review the ministry's desk; a draft its author,
and who sent it back until it is written on (countries.sections). Numbers are given without reading the others' drafts."""

from django.db import migrations

OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"
DESK = (
    f"({ROLE} IN ('desk', 'approver')"
    f" AND EXISTS (SELECT FROM agencies_agency WHERE id = {AGENCY} AND is_terminal))"
)

WALLS = f"""
ALTER TABLE countries_sectiontext ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_reads ON countries_sectiontext FOR SELECT TO coopdesk_app USING (
    state IN ('published', 'replaced') OR author_id = {OFFICER}
    OR state = 'review' AND {DESK} OR state = 'draft' AND reviewer_id = {OFFICER}
);
CREATE POLICY app_writes ON countries_sectiontext FOR INSERT TO coopdesk_app
    WITH CHECK (author_id = {OFFICER} AND {DESK});
CREATE POLICY app_decides ON countries_sectiontext FOR UPDATE TO coopdesk_app
    USING ({DESK} AND (author_id = {OFFICER} OR state IN ('review', 'published'))) WITH CHECK ({DESK});
CREATE POLICY worker_all ON countries_sectiontext TO coopdesk_worker USING (true) WITH CHECK (true);

CREATE FUNCTION next_section_number(the_country bigint, the_section text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(max(number), 0) + 1 FROM countries_sectiontext
        WHERE country_id = the_country AND section = the_section
$$;
REVOKE ALL ON FUNCTION next_section_number(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_section_number(bigint, text) TO coopdesk_app, coopdesk_worker;
"""
NO_WALLS = """
DROP FUNCTION next_section_number(bigint, text);
DROP POLICY app_reads ON countries_sectiontext;
DROP POLICY app_writes ON countries_sectiontext;
DROP POLICY app_decides ON countries_sectiontext;
DROP POLICY worker_all ON countries_sectiontext;
ALTER TABLE countries_sectiontext DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [("countries", "0012_walls_of_the_ledger")]

    operations = [migrations.RunSQL(WALLS, NO_WALLS)]

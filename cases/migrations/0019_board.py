"""The board's tables, their walls, and the triggers that note which cases have changed.

A figure of an agency is read by those who watch over it: supervisors and approvers of the agency itself, of those above it,
and of the terminal desk, whose subtree is the whole country (cases.board.access says the same). What one case contributes, and
which have changed, only the worker sees.
"""

import django.db.models.deletion
from django.db import migrations, models


ACTING = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"
# Whose subtree the reader sees: his agency's; the terminal desk's is the root's. Looked up once for each statement.
TOP = (
    f"(SELECT CASE WHEN t.is_terminal THEN t.ancestors[cardinality(t.ancestors)] ELSE t.id END"
    f" FROM agencies_agency t WHERE t.id = {ACTING})"
)
WATCHED = (
    f"{ROLE} IN ('approver', 'supervisor')"
    f" AND agency_id IN (SELECT a.id FROM agencies_agency a WHERE a.ancestors @> ARRAY[{TOP}])"
)
SUBTREE = "CREATE INDEX agency_subtree ON agencies_agency USING gin (ancestors);"


def wall(name, rule):
    return f"""
ALTER TABLE cases_{name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_{name} FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_{name} TO coopdesk_app USING ({rule});
CREATE POLICY worker_all ON cases_{name} TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE INSERT, UPDATE, DELETE ON cases_{name} FROM coopdesk_app;
"""


def no_wall(name):
    return f"""
DROP POLICY app_scope ON cases_{name};
DROP POLICY worker_all ON cases_{name};
ALTER TABLE cases_{name} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_{name} DISABLE ROW LEVEL SECURITY;
"""


RULES = {"boardcell": WATCHED, "boardnow": WATCHED, "boardfold": "true", "casefigure": "false", "touchedcase": "false"}

TRIGGERS = """
CREATE FUNCTION touch_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'cases_case' THEN
        INSERT INTO cases_touchedcase (case_id) VALUES (NEW.id);
    ELSE
        INSERT INTO cases_touchedcase (case_id) VALUES (NEW.case_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER case_touched AFTER INSERT OR UPDATE OF status, mark, scope, origin_id, country_id, request_type_id,
    submitted_at, ended_at, created_at ON cases_case FOR EACH ROW EXECUTE FUNCTION touch_case();
CREATE TRIGGER leg_touched AFTER UPDATE OF opened_at, closed_at, agency_id, side, phase ON cases_leg
    FOR EACH ROW EXECUTE FUNCTION touch_case();
CREATE TRIGGER leg_opened AFTER INSERT ON cases_leg FOR EACH ROW EXECUTE FUNCTION touch_case();
CREATE TRIGGER deadline_touched AFTER UPDATE OF met_at, cancelled_at ON cases_deadline
    FOR EACH ROW EXECUTE FUNCTION touch_case();
CREATE TRIGGER deadline_begun AFTER INSERT ON cases_deadline
    FOR EACH ROW WHEN (NEW.met_at IS NOT NULL) EXECUTE FUNCTION touch_case();

-- An organ that moves in the tree takes its figures along.
CREATE FUNCTION touch_cases_of_agency() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO cases_touchedcase (case_id)
        SELECT id FROM cases_case WHERE origin_id = NEW.id
        UNION SELECT case_id FROM cases_deadline WHERE agency_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER agency_moved AFTER UPDATE OF ancestors, successor_id ON agencies_agency FOR EACH ROW
    WHEN (OLD.ancestors IS DISTINCT FROM NEW.ancestors OR OLD.successor_id IS DISTINCT FROM NEW.successor_id)
    EXECUTE FUNCTION touch_cases_of_agency();

-- What was there before.
INSERT INTO cases_boardfold (id) VALUES (1);
INSERT INTO cases_touchedcase (case_id) SELECT id FROM cases_case;
"""
NO_TRIGGERS = """
DROP TRIGGER agency_moved ON agencies_agency;
DROP FUNCTION touch_cases_of_agency();
DROP TRIGGER deadline_begun ON cases_deadline;
DROP TRIGGER deadline_touched ON cases_deadline;
DROP TRIGGER leg_opened ON cases_leg;
DROP TRIGGER leg_touched ON cases_leg;
DROP TRIGGER case_touched ON cases_case;
DROP FUNCTION touch_case();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_trail_by_moment'),
        ('cases', '0018_supervision_numbers'),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseFigure',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='cases.case')),
                ('facts', models.JSONField()),
                ('until', models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='TouchedCase',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name='BoardFold',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('as_of', models.DateTimeField(null=True)),
                ('first_week', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_board_fold')],
            },
        ),
        migrations.CreateModel(
            name='BoardCell',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('measure', models.CharField(max_length=20)),
                ('week', models.DateField()),
                ('key', models.CharField(max_length=60)),
                ('n', models.BigIntegerField()),
                ('amount', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('n', 0)), fields=['id'], name='board_cell_empty')],
                'constraints': [models.UniqueConstraint(fields=('agency', 'measure', 'week', 'key'), name='one_board_cell')],
            },
        ),
        migrations.CreateModel(
            name='BoardNow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('measure', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=60)),
                ('n', models.BigIntegerField()),
                ('amount', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agency', 'measure', 'key'), name='one_board_now')],
            },
        ),
        migrations.RunSQL(
            "".join(wall(name, rule) for name, rule in RULES.items()), "".join(no_wall(name) for name in RULES)
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(SUBTREE, "DROP INDEX agency_subtree;"),
    ]

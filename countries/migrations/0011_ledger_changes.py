"""What has changed, numbered in the order of the commits.

The triggers run when a transaction ends, after all its other locks, and hold one turn until it is committed
(agencies.turns.Turn.LISTING): so numbers follow commits, whoever has read one misses none below it, and none waits for another
while it still has work to do.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

LISTED = """
CREATE FUNCTION change_is_listed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER listed AFTER INSERT ON countries_factchange DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION change_is_listed();
CREATE CONSTRAINT TRIGGER listed AFTER UPDATE ON countries_sectiontext DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'published' AND OLD.state <> 'published') EXECUTE FUNCTION change_is_listed();
CREATE CONSTRAINT TRIGGER listed AFTER UPDATE ON countries_ledgerrecord DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.withdrawn_at IS NOT NULL AND OLD.withdrawn_at IS NULL) EXECUTE FUNCTION change_is_listed();
INSERT INTO countries_ledgerchange (fact_id, text_id, withdrawn_id, at)
    SELECT * FROM (
        SELECT id AS fact, NULL::bigint AS text, NULL::int AS record, at FROM countries_factchange
        UNION ALL SELECT NULL, id, NULL, decided_at FROM countries_sectiontext WHERE state IN ('published', 'replaced')
        UNION ALL SELECT NULL, NULL, id, withdrawn_at FROM countries_ledgerrecord WHERE withdrawn_at IS NOT NULL
    ) AS past ORDER BY at, fact;
REVOKE UPDATE, DELETE, TRUNCATE ON countries_ledgerchange FROM coopdesk_app, coopdesk_worker;
"""
UNLISTED = """
DROP TRIGGER listed ON countries_factchange;
DROP TRIGGER listed ON countries_sectiontext;
DROP TRIGGER listed ON countries_ledgerrecord;
DROP FUNCTION change_is_listed();
"""


class Migration(migrations.Migration):

    dependencies = [('countries', '0010_sections_are_looked_after')]

    operations = [
        migrations.CreateModel(
            name='LedgerChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('fact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.factchange')),
                ('text', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.sectiontext')),
                ('withdrawn', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.ledgerrecord')),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('fact__isnull', False), ('text', None), ('withdrawn', None)), models.Q(('fact', None), ('text__isnull', False), ('withdrawn', None)), models.Q(('fact', None), ('text', None), ('withdrawn__isnull', False)), _connector='OR'), name='ledger_change_is_of_one_thing')],
            },
        ),
        migrations.RunSQL(LISTED, UNLISTED),
    ]

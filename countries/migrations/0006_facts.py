"""The history of values with a source, and the wall that refuses a value without one."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Named by a trigger with the columns that need a source: a value that is not blank has its origin in `provenance`.
SOURCED = """
CREATE FUNCTION facts_are_sourced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held jsonb := to_jsonb(NEW);
    name text;
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF held -> name IN ('null', '""', '[]', '{}') THEN
            CONTINUE;
        END IF;
        IF coalesce(NEW.provenance -> name ->> 'source', '') = ''
            OR coalesce(NEW.provenance -> name ->> 'confidence', '') NOT IN
                ('confirmed', 'sourced', 'secondary', 'recollection')
        THEN
            RAISE EXCEPTION '% of % has no source', name, TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""
# What was said of a value stays said.
KEPT = "REVOKE UPDATE, DELETE, TRUNCATE ON countries_factchange FROM coopdesk_app, coopdesk_worker;"
FREE = "GRANT UPDATE, DELETE ON countries_factchange TO coopdesk_app, coopdesk_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('countries', '0005_days_by_notice'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=60)),
                ('field', models.CharField(max_length=40)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('country', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['subject', 'field', '-id'], name='fact_change_of_a_value'), models.Index(fields=['country', '-at'], name='fact_change_of_a_country')],
            },
        ),
        migrations.RunSQL(SOURCED, "DROP FUNCTION facts_are_sourced();"),
        migrations.RunSQL(KEPT, FREE),
    ]

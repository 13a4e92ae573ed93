"""Our record with each country: every officer reads what the worker alone writes."""

import django.db.models.deletion
from django.db import migrations, models


def wall(name):
    return f"""
ALTER TABLE cases_{name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_{name} FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_{name} FOR SELECT TO coopdesk_app USING (true);
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


TABLES = ("countryrecord", "recordcount")
FIRST = "INSERT INTO cases_recordcount (id) VALUES (1);"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_postponed_clocks'),
        ('countries', '0001_countries'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordCount',
            fields=[
                ('id', models.SmallIntegerField(primary_key=True, serialize=False)),
                ('as_of', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_record_count')],
            },
        ),
        migrations.CreateModel(
            name='CountryRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('request_type', models.CharField(blank=True, max_length=60)),
                ('channel', models.CharField(blank=True, max_length=60)),
                ('figures', models.JSONField()),
                ('country', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('country', 'request_type', 'channel'), name='one_country_record')],
            },
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL("".join(map(wall, TABLES)), "".join(map(no_wall, TABLES))),
    ]

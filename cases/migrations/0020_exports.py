"""Exports, and the wall around each officer's own."""

import cases.models.case
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
MINE = f"officer_id = {OFFICER} AND agency_id = {AGENCY}"

# An officer asks, and takes back what he asked for; the rest is the worker's. Nothing of the record is deleted.
WALL = f"""
ALTER TABLE cases_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_export FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_export TO coopdesk_app USING ({MINE}) WITH CHECK ({MINE});
CREATE POLICY worker_all ON cases_export TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON cases_export FROM coopdesk_app;
GRANT UPDATE (state, finished_at) ON cases_export TO coopdesk_app;
REVOKE INSERT, DELETE ON cases_export FROM coopdesk_worker;
"""
NO_WALL = """
DROP POLICY app_scope ON cases_export;
DROP POLICY worker_all ON cases_export;
ALTER TABLE cases_export NO FORCE ROW LEVEL SECURITY;
ALTER TABLE cases_export DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_trail_by_moment'),
        ('cases', '0019_board'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('format', models.CharField(choices=[('xlsx', 'XLSX'), ('pdf', 'PDF')], max_length=4)),
                ('params', models.JSONField(default=dict)),
                ('language', models.CharField(max_length=10)),
                ('state', models.CharField(choices=[('waiting', '排队中'), ('running', '正在生成'), ('done', '可以下载'), ('failed', '没有做成'), ('cancelled', '已取消'), ('expired', '已过期')], default='waiting', max_length=10)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(null=True)),
                ('failure', models.TextField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('leased_until', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.appointment')),
                ('for_officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['officer', '-id'], name='export_of_officer'), models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['id'], name='export_to_run'), models.Index(condition=models.Q(('state', 'done')), fields=['expires_at'], name='export_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed', 'cancelled', 'expired'])), name='export_state_known'), models.CheckConstraint(condition=models.Q(('format__in', ['xlsx', 'pdf'])), name='export_format_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('expires_at__isnull', False), ('sha256__gt', '')), _connector='OR'), name='export_done_has_file')],
            },
        ),
        migrations.RunSQL(WALL, NO_WALL),
    ]

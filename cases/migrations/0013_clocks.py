"""Limits as data, the life of a deadline, supervision. The old internal limits go; `load_limits` brings the new ones."""

import cases.models.case
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_trail_by_moment'),
        ('cases', '0012_pairs_go_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('DELETE FROM cases_internallimit', migrations.RunSQL.noop),
        migrations.CreateModel(
            name='DeadlineExplanation',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField(blank=True)),
                ('told_to', models.CharField(blank=True, max_length=200)),
                ('told_on', models.DateField(null=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='DeadlineExtension',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('amount', models.PositiveSmallIntegerField()),
                ('due_before', models.DateTimeField()),
                ('due_after', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='DeadlinePause',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('from_at', models.DateTimeField()),
                ('to_at', models.DateTimeField(null=True)),
                ('category', models.CharField(choices=[('foreign_side', '等外方补充或者确认'), ('other_organ', '等其他机关意见'), ('force_majeure', '不可抗力'), ('court', '司法程序需要'), ('other', '其他原因')], max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['from_at'],
            },
        ),
        migrations.CreateModel(
            name='Supervision',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('reminder', '催办'), ('order', '督办')], max_length=10)),
                ('state', models.CharField(choices=[('open', '待反馈'), ('answered', '已反馈'), ('closed', '已办结'), ('escalated', '已提级')], max_length=10)),
                ('number', models.CharField(max_length=40, unique=True)),
                ('batch', models.UUIDField(null=True)),
                ('text', models.TextField(blank=True)),
                ('issued_at', models.DateTimeField()),
                ('feedback', models.TextField(blank=True)),
                ('feedback_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closing_note', models.TextField(blank=True)),
                ('escalated_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-issued_at'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='deadline',
            name='one_running_deadline',
        ),
        migrations.RemoveConstraint(
            model_name='internallimit',
            name='one_limit',
        ),
        migrations.RemoveIndex(
            model_name='deadline',
            name='deadline_running',
        ),
        migrations.RemoveField(
            model_name='internallimit',
            name='phase',
        ),
        migrations.RemoveField(
            model_name='internallimit',
            name='working_days',
        ),
        migrations.AddField(
            model_name='case',
            name='wanted_by',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='agency',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='deadline',
            name='article',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='deadline',
            name='cancelled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='confidence',
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name='deadline',
            name='escalate_after',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='deadline',
            name='escalate_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='escalated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='extend_cap',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='deadline',
            name='extended_by',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='deadline',
            name='extended_from',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='next_alarm_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='overdue_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='overlap',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='deadline',
            name='paused_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='rule',
            field=models.CharField(choices=[('internal', '内部时限'), ('statutory', '法定期限'), ('fixed', '不因休息日顺延')], default='internal', max_length=10),
        ),
        migrations.AddField(
            model_name='deadline',
            name='strength',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name='deadline',
            name='warn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='deadline',
            name='warn_before',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='deadline',
            name='warned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='agency',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='amount',
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='internallimit',
            name='direction',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='effective_from',
            field=models.DateField(default=datetime.date(2000, 1, 1)),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='escalate_after',
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='internallimit',
            name='extend_by',
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='internallimit',
            name='family',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='kind',
            field=models.CharField(choices=[('draft', '起草'), ('review', '审核'), ('correction', '补正'), ('dispatch', '发出'), ('liaison', '对外联系'), ('abroad', '等外方答复'), ('query', '答复询问'), ('query_review', '审核答复'), ('return', '转交答复'), ('delivery', '签收'), ('check', '形式审查'), ('decision', '审查决定'), ('supplement', '等外方补充'), ('postponed', '推迟执行'), ('assignment', '交办'), ('execution', '执行'), ('result', '审核结果'), ('replied', '等外方确认'), ('ended', '办结后'), ('opinion', '会办意见'), ('completion', '补办审核手续'), ('share', '分办执行'), ('acknowledgement', '等外方确认收到'), ('expected_reply', '预期答复'), ('chase', '再次催办外方'), ('supervision', '督办反馈')], default='', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='internallimit',
            name='note',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='set_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='set_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='tier',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='unit',
            field=models.CharField(default='working_day', max_length=12),
        ),
        migrations.AddField(
            model_name='internallimit',
            name='warn_before',
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='deadline',
            name='kind',
            field=models.CharField(max_length=60),
        ),
        migrations.AddIndex(
            model_name='internallimit',
            index=models.Index(fields=['kind', 'urgency'], name='limit_of_kind'),
        ),
        migrations.AddConstraint(
            model_name='internallimit',
            constraint=models.CheckConstraint(condition=models.Q(('unit__in', ('hour', 'calendar_day', 'working_day', 'month', 'year'))), name='limit_unit_known'),
        ),
        migrations.AddConstraint(
            model_name='internallimit',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='limit_positive'),
        ),
        migrations.AddConstraint(
            model_name='internallimit',
            constraint=models.CheckConstraint(condition=models.Q(('agency', None), ('set_by__isnull', False), _connector='OR'), name='limit_set_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='internallimit',
            constraint=models.UniqueConstraint(condition=models.Q(('set_by', None)), fields=('kind', 'direction', 'family', 'tier', 'urgency'), name='one_default_limit'),
        ),
        migrations.AddField(
            model_name='deadlineexplanation',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='deadlineexplanation',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case'),
        ),
        migrations.AddField(
            model_name='deadlineexplanation',
            name='deadline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='cases.deadline'),
        ),
        migrations.AddField(
            model_name='deadlineexplanation',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deadlineextension',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='deadlineextension',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case'),
        ),
        migrations.AddField(
            model_name='deadlineextension',
            name='deadline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='cases.deadline'),
        ),
        migrations.AddField(
            model_name='deadlineextension',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deadlinepause',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case'),
        ),
        migrations.AddField(
            model_name='deadlinepause',
            name='deadline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='cases.deadline'),
        ),
        migrations.AddField(
            model_name='deadlinepause',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deadlinepause',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='supervision',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supervisions', to='cases.case'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='supervision',
            name='escalated_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='feedback_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='supervision',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deadline',
            name='supervision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='cases.supervision'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('cancelled_at', None), ('met_at', None)), fields=['due_at', 'id'], name='deadline_running'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('next_alarm_at__isnull', False)), fields=['next_alarm_at', 'id'], name='deadline_ringing'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('cancelled_at', None), ('met_at', None)), fields=['agency', 'due_at'], name='deadline_of_agency'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('rule__in', ['internal', 'statutory', 'fixed'])), name='deadline_rule_known'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('met_at', None), ('paused_at', None)), ('next_alarm_at', None), _connector='OR'), name='deadline_silent_when_still'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at', None), ('met_at', None)), fields=('case', 'kind', 'assignment', 'supervision'), name='one_running_deadline', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='deadlineextension',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('due_after__gt', models.F('due_before'))), name='extension_forward'),
        ),
        migrations.AddConstraint(
            model_name='deadlinepause',
            constraint=models.CheckConstraint(condition=models.Q(('to_at', None), ('to_at__gte', models.F('from_at')), _connector='OR'), name='pause_forward'),
        ),
        migrations.AddConstraint(
            model_name='deadlinepause',
            constraint=models.CheckConstraint(condition=models.Q(('category__in', ['foreign_side', 'other_organ', 'force_majeure', 'court', 'other'])), name='pause_category_known'),
        ),
        migrations.AddConstraint(
            model_name='deadlinepause',
            constraint=models.UniqueConstraint(condition=models.Q(('to_at', None)), fields=('deadline',), name='one_open_pause'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(fields=['agency', '-issued_at'], name='supervision_of_agency'),
        ),
        migrations.AddIndex(
            model_name='supervision',
            index=models.Index(fields=['issued_by', '-issued_at'], name='supervision_by_agency'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reminder', 'order'])), name='supervision_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'answered', 'closed', 'escalated'])), name='supervision_state_known'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(('agency', models.F('issued_by')), _negated=True), name='supervision_goes_down'),
        ),
    ]


import cases.models.case
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agencies', '0003_service_accounts'),
        ('countries', '0001_countries'),
        ('treaties', '0001_treaties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=40, unique=True)),
                ('direction', models.CharField(choices=[('outgoing', '我方请求'), ('incoming', '外方请求')], max_length=10)),
                ('status', models.CharField(choices=[('draft', '草稿'), ('in_review', '审核中'), ('returned', '待补正'), ('cleared', '待发出'), ('with_liaison', '在对外联系机关'), ('dispatched', '在外方'), ('query_open', '外方询问'), ('answered', '已回复'), ('delivered', '待签收'), ('closed', '已办结'), ('withdrawn', '已撤回'), ('declined', '不予上报'), ('received', '已登记'), ('awaiting_supplement', '待外方补充'), ('to_assign', '待交办'), ('postponed', '推迟执行'), ('in_execution', '执行中'), ('result_review', '结果审核'), ('replied', '已答复外方'), ('refused', '已拒绝'), ('returned_to_requester', '已退回外方'), ('transferred', '已移送')], max_length=30)),
                ('version', models.PositiveIntegerField(default=1)),
                ('content_version', models.PositiveIntegerField(default=1)),
                ('urgency', models.CharField(choices=[('normal', '普通'), ('urgent', '加急'), ('most_urgent', '特急')], default='normal', max_length=12)),
                ('mark', models.CharField(choices=[('public', '公开'), ('internal', '内部'), ('work_secret', '工作秘密')], default='internal', max_length=12)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('summary', models.TextField(blank=True)),
                ('purpose', models.TextField(blank=True)),
                ('scope', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('known_to', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('submitted_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('usefulness', models.CharField(blank=True, choices=[('useful', '有用'), ('partly', '部分有用'), ('not_useful', '没有用')], max_length=12)),
                ('result', models.TextField(blank=True)),
                ('country', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='countries.country')),
                ('drafter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.serviceaccount')),
                ('origin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('request_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='treaties.requesttype')),
                ('return_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
            ],
        ),
        migrations.CreateModel(
            name='CaseNumber',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('year', models.PositiveSmallIntegerField()),
                ('part', models.CharField(max_length=12)),
                ('last', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('year', 'part'), name='one_counter')],
            },
        ),
        migrations.CreateModel(
            name='InternalLimit',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('phase', models.CharField(choices=[('draft', '起草'), ('review', '审核'), ('correction', '补正'), ('dispatch', '发出'), ('liaison', '对外联系'), ('abroad', '等外方答复'), ('query', '答复询问'), ('return', '转交答复'), ('delivery', '签收'), ('ended', '办结后')], max_length=12)),
                ('urgency', models.CharField(choices=[('normal', '普通'), ('urgent', '加急'), ('most_urgent', '特急')], max_length=12)),
                ('working_days', models.PositiveSmallIntegerField()),
                ('basis', models.CharField(max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('phase', 'urgency'), name='one_limit')],
            },
        ),
        migrations.CreateModel(
            name='Involvement',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('drafted', '起草'), ('recommended', '拟办'), ('approved', '审批')], max_length=12)),
                ('content_version', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('approving', models.GeneratedField(db_persist=True, expression=models.Case(models.When(kind='approved', then=models.Value(1)), default=models.Value(0)), output_field=models.SmallIntegerField())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='involvements', to='cases.case')),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Leg',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('seq', models.PositiveSmallIntegerField()),
                ('side', models.CharField(choices=[('domestic', '我方'), ('external', '其他中央机关'), ('foreign', '外方')], default='domestic', max_length=10)),
                ('phase', models.CharField(choices=[('draft', '起草'), ('review', '审核'), ('correction', '补正'), ('dispatch', '发出'), ('liaison', '对外联系'), ('abroad', '等外方答复'), ('query', '答复询问'), ('return', '转交答复'), ('delivery', '签收'), ('ended', '办结后')], max_length=12)),
                ('external_body', models.CharField(blank=True, max_length=20)),
                ('holder_name', models.CharField(max_length=200)),
                ('entered_by', models.CharField(max_length=30)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('period', models.GeneratedField(db_persist=True, expression=models.Func(models.F('opened_at'), models.F('closed_at'), models.Value('[)'), function='tstzrange'), output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField())),
                ('follows_at', models.GeneratedField(db_persist=True, expression=models.Case(models.When(seq__gt=1, then=models.F('opened_at')), default=None), output_field=models.DateTimeField(null=True))),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='cases.case')),
                ('country', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
                ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['seq'],
            },
        ),
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('basis', models.CharField(max_length=60)),
                ('unit', models.CharField(default='working_day', max_length=12)),
                ('amount', models.PositiveSmallIntegerField()),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('met_at', models.DateTimeField(null=True)),
                ('provisional', models.BooleanField(default=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='cases.case')),
                ('leg', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='cases.leg')),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('audience', models.CharField(choices=[('agency', '本机关'), ('route', '沿线机关')], max_length=10)),
                ('text', models.TextField()),
                ('mentions', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='cases.case')),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.auditevent')),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='OpenQueue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('due_at', models.DateTimeField()),
                ('is_holder', models.BooleanField()),
                ('waiting_role', models.CharField(max_length=20)),
                ('status', models.CharField(max_length=30)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('request_type', models.CharField(blank=True, max_length=60)),
                ('urgency', models.CharField(max_length=12)),
                ('secret', models.BooleanField(default=False)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('handler', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('origin', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
            ],
        ),
        migrations.CreateModel(
            name='RequestItem',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('description', models.TextField()),
                ('outcome', models.CharField(choices=[('waiting', '待答复'), ('executed', '已执行'), ('partly', '部分执行'), ('refused', '拒绝'), ('not_answered', '未答复')], default='waiting', max_length=12)),
                ('note', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='cases.case')),
                ('ground', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='treaties.refusalground')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('submitted_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='cases.case')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('person', '人员'), ('entity', '单位')], max_length=10)),
                ('name', models.CharField(max_length=120)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('birth_date', models.DateField(null=True)),
                ('nationality', models.CharField(blank=True, max_length=2)),
                ('document_number', models.CharField(blank=True, max_length=60)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='cases.case')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Transmission',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('out', 'out'), ('in', 'in')], max_length=3)),
                ('kind', models.CharField(max_length=20)),
                ('counterpart_name', models.CharField(max_length=200)),
                ('counterpart_unit', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transmissions', to='cases.case')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='treaties.channel')),
                ('leg', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transmissions', to='cases.leg')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('their_reference', models.CharField(max_length=120)),
                ('their_desk', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='cases.case')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transmission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='cases.transmission')),
            ],
            options={
                'ordering': ['at'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('removed_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='cases.case')),
                ('transmission', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='cases.transmission')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=django.contrib.postgres.indexes.GinIndex(fields=['scope'], name='case_scope'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['drafter', '-id'], name='case_by_drafter'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['country', '-id'], name='case_by_country'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'returned', 'cleared', 'with_liaison', 'dispatched', 'query_open', 'answered', 'delivered', 'closed', 'withdrawn', 'declined', 'received', 'awaiting_supplement', 'to_assign', 'postponed', 'in_execution', 'result_review', 'replied', 'refused', 'returned_to_requester', 'transferred'])), name='case_status_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['outgoing', 'incoming'])), name='case_direction_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('urgency__in', ['normal', 'urgent', 'most_urgent'])), name='case_urgency_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('mark__in', ['public', 'internal', 'work_secret'])), name='case_mark_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('usefulness__in', ['', 'useful', 'partly', 'not_useful'])), name='case_usefulness_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'withdrawn']), models.Q(('country__isnull', False), ('request_type__isnull', False)), _connector='OR'), name='case_has_country_and_type'),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['drafted', 'recommended', 'approved'])), name='involvement_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.UniqueConstraint(fields=('case', 'officer', 'agency', 'kind', 'content_version'), name='involvement_once'),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('case', '='), ('officer', '='), ('approving', '<>')], name='four_eyes'),
        ),
        migrations.AddIndex(
            model_name='leg',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['agency'], name='leg_open_at'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=models.UniqueConstraint(fields=('case', 'seq'), name='leg_seq'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=models.UniqueConstraint(fields=('case', 'closed_at'), name='leg_end'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('case',), name='one_open_leg'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gt', models.F('opened_at')), _connector='OR'), name='leg_forward'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=models.CheckConstraint(condition=models.Q(('phase__in', ['draft', 'review', 'correction', 'dispatch', 'liaison', 'abroad', 'query', 'return', 'delivery', 'ended'])), name='leg_phase_known'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('side', 'domestic')), models.Q(('agency', None), ('side', 'external'), models.Q(('external_body', ''), _negated=True)), models.Q(('agency', None), ('country__isnull', False), ('side', 'foreign')), _connector='OR'), name='leg_has_holder'),
        ),
        migrations.AddConstraint(
            model_name='leg',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('case', '='), ('period', '&&')], name='leg_no_overlap'),
        ),
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('met_at', None)), fields=['due_at', 'id'], name='deadline_running'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('unit__in', ['hour', 'calendar_day', 'working_day', 'month', 'year'])), name='deadline_unit_known'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('started_at'))), name='deadline_forward'),
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.UniqueConstraint(condition=models.Q(('met_at', None)), fields=('case', 'kind'), name='one_running_deadline'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['agency', 'route'])), name='note_audience_known'),
        ),
        migrations.AddIndex(
            model_name='openqueue',
            index=models.Index(fields=['agency', 'due_at', 'case'], name='queue_by_due'),
        ),
        migrations.AddIndex(
            model_name='openqueue',
            index=models.Index(fields=['agency', 'country', 'due_at', 'case'], name='queue_by_country'),
        ),
        migrations.AddIndex(
            model_name='openqueue',
            index=models.Index(condition=models.Q(('is_holder', True)), fields=['agency', 'due_at', 'case'], name='queue_held'),
        ),
        migrations.AddConstraint(
            model_name='openqueue',
            constraint=models.UniqueConstraint(fields=('agency', 'case'), name='queue_once'),
        ),
        migrations.AddConstraint(
            model_name='requestitem',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['waiting', 'executed', 'partly', 'refused', 'not_answered'])), name='item_outcome_known'),
        ),
        migrations.AddConstraint(
            model_name='requestitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'refused'), _negated=True), ('ground__isnull', False), _connector='OR'), name='refusal_has_ground'),
        ),
        migrations.AddConstraint(
            model_name='requestitem',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('case', 'position'), name='item_position'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('case', 'number'), name='one_revision_per_number'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'entity'])), name='subject_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('case', 'position'), name='subject_position'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['out', 'in'])), name='transmission_way_known'),
        ),
        migrations.AddConstraint(
            model_name='transmission',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['request', 'interim', 'final'])), name='transmission_kind_known'),
        ),
    ]

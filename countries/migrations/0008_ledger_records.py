"""Records of a ledger beside its topics, no value of which stands without a source; and what officers propose."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

WALLS = """
CREATE TRIGGER sourced BEFORE INSERT OR UPDATE ON countries_ledgerrecord FOR EACH ROW
    EXECUTE FUNCTION facts_are_sourced(name_zh, name_en, starts_on, ends_on, text_zh, text_en, attrs, contact);
REVOKE DELETE, TRUNCATE ON countries_ledgerrecord, countries_ledgerproposal FROM coopdesk_app, coopdesk_worker;
"""
NO_WALLS = """
DROP TRIGGER sourced ON countries_ledgerrecord;
GRANT DELETE ON countries_ledgerrecord, countries_ledgerproposal TO coopdesk_app, coopdesk_worker;
"""
# A proposal is seen by who made it, by his organ, and by the ministry's desk; that desk alone decides it.
OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
AGENCY = "(SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
DESK = f"EXISTS (SELECT FROM agencies_agency WHERE id = {AGENCY} AND is_terminal)"
SCOPE = f"""
ALTER TABLE countries_ledgerproposal ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_reads ON countries_ledgerproposal FOR SELECT TO coopdesk_app
    USING (proposed_by_id = {OFFICER} OR agency_id = {AGENCY} OR {DESK});
CREATE POLICY app_proposes ON countries_ledgerproposal FOR INSERT TO coopdesk_app
    WITH CHECK (proposed_by_id = {OFFICER} AND agency_id = {AGENCY} AND state = 'open');
CREATE POLICY app_decides ON countries_ledgerproposal FOR UPDATE TO coopdesk_app
    USING ({DESK} AND state = 'open') WITH CHECK (decided_by_id = {OFFICER});
CREATE POLICY worker_all ON countries_ledgerproposal TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE UPDATE ON countries_ledgerproposal FROM coopdesk_app;
GRANT UPDATE (state, answer, decided_by_id, decided_at) ON countries_ledgerproposal TO coopdesk_app;
"""
NO_SCOPE = """
GRANT UPDATE ON countries_ledgerproposal TO coopdesk_app;
DROP POLICY app_reads ON countries_ledgerproposal;
DROP POLICY app_proposes ON countries_ledgerproposal;
DROP POLICY app_decides ON countries_ledgerproposal;
DROP POLICY worker_all ON countries_ledgerproposal;
ALTER TABLE countries_ledgerproposal DISABLE ROW LEVEL SECURITY;
"""
KINDS = [
    ("authority", "主管机关"),
    ("mechanism", "机制"),
    ("meeting", "会议"),
    ("activity", "合作活动"),
    ("post", "联络官"),
    ("event", "影响合作的事件"),
    ("lesson", "教训"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0011_nothing_is_deleted'),
        ('countries', '0007_ledger'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerRecord',
            fields=[
                ('provenance', models.JSONField(default=dict)),
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=KINDS, max_length=12)),
                ('name_zh', models.CharField(blank=True, max_length=120)),
                ('name_en', models.CharField(blank=True, max_length=160)),
                ('starts_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('text_zh', models.TextField(blank=True)),
                ('text_en', models.TextField(blank=True)),
                ('attrs', models.JSONField(blank=True, default=dict)),
                ('contact', models.TextField(blank=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_because', models.CharField(blank=True, max_length=200)),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='countries.country')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('country', 'kind', django.db.models.expressions.OrderBy(django.db.models.expressions.F('starts_on'), descending=True, nulls_last=True), 'id'),
                'indexes': [models.Index(fields=['country', 'kind'], name='ledger_record_of_a_country')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', [code for code, _name in KINDS])), name='ledger_record_kind_known'),
                    models.CheckConstraint(condition=models.Q(('name_en', ''), ('name_zh', ''), _negated=True), name='ledger_record_has_name'),
                    models.CheckConstraint(condition=models.Q(('starts_on', None), ('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='ledger_record_starts_before_it_ends'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LedgerProposal',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('correction', '更正'), ('lesson', '教训')], max_length=10)),
                ('about', models.CharField(blank=True, max_length=60)),
                ('text', models.TextField()),
                ('source', models.CharField(max_length=500)),
                ('case_number', models.CharField(blank=True, max_length=40)),
                ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('open', '等待答复'), ('accepted', '已采纳'), ('answered', '已答复，未采纳')], default='open', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.ledgertopic')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['state', '-id'], name='ledger_proposal_by_state')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['correction', 'lesson'])), name='ledger_proposal_kind_known'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'answered'])), name='ledger_proposal_state_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='ledger_proposal_is_sourced'),
                    models.CheckConstraint(condition=models.Q(('state', 'open'), ('decided_by__isnull', False), _connector='OR'), name='ledger_proposal_decided_by'),
                ],
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
        migrations.RunSQL(SCOPE, NO_SCOPE),
    ]

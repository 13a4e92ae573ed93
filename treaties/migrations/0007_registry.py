"""The treaty registry: instruments, parties and provisions, no value of which stands without a source."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SOURCED = {
    "treaties_instrument": "title_zh title_en adopted_on adopted_place general_force_on signed_on signed_partial ratified_on joined_on joined_by in_force_on terminated_on stated reservation authority",
    "treaties_party": "signed_on joined_on joined_by in_force_on terminated_on stated reservation authority",
    "treaties_provision": "family articles limited_to",
}
WALLS = "".join(
    f"CREATE TRIGGER sourced BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
    f" EXECUTE FUNCTION facts_are_sourced({', '.join(names.split())});\n"
    f"REVOKE DELETE, TRUNCATE ON {table} FROM coopdesk_app, coopdesk_worker;\n"
    for table, names in SOURCED.items()
)
NO_WALLS = "".join(
    f"DROP TRIGGER sourced ON {table};\nGRANT DELETE ON {table} TO coopdesk_app, coopdesk_worker;\n" for table in SOURCED
)


class Migration(migrations.Migration):

    dependencies = [
        ('countries', '0006_facts'),
        ('treaties', '0006_alarms_as_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='Instrument',
            fields=[
                ('provenance', models.JSONField(default=dict)),
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('extradition', '引渡条约'), ('mla_criminal', '刑事司法协助条约'), ('mla_civil_criminal', '民事和刑事司法协助条约'), ('transfer_sentenced', '移管被判刑人条约'), ('counter_three_evils', '打击“三股势力”协定'), ('police_cooperation', '警务合作协定'), ('asset_sharing', '分享没收财物协定'), ('multilateral', '多边公约'), ('reciprocity_given', '我方互惠承诺'), ('reciprocity_received', '外方互惠承诺'), ('statute', '法律'), ('rule', '规章和规范性文件')], max_length=24)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(blank=True, max_length=240)),
                ('short_zh', models.CharField(blank=True, max_length=60)),
                ('subject_field', models.CharField(blank=True, max_length=40)),
                ('depositary', models.CharField(blank=True, max_length=60)),
                ('adopted_on', models.DateField(null=True)),
                ('adopted_place', models.CharField(blank=True, max_length=40)),
                ('general_force_on', models.DateField(null=True)),
                ('signed_on', models.DateField(null=True)),
                ('signed_partial', models.CharField(blank=True, max_length=7)),
                ('ratified_on', models.DateField(null=True)),
                ('joined_on', models.DateField(null=True)),
                ('joined_by', models.CharField(blank=True, max_length=20)),
                ('in_force_on', models.DateField(null=True)),
                ('terminated_on', models.DateField(null=True)),
                ('stated', models.CharField(blank=True, choices=[('in_force', '生效'), ('signed', '仅签署'), ('terminated', '已终止'), ('none', '没有'), ('unknown', '未知')], max_length=12)),
                ('reservation', models.CharField(blank=True, max_length=300)),
                ('authority', models.CharField(blank=True, max_length=120)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('code',),
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['extradition', 'mla_criminal', 'mla_civil_criminal', 'transfer_sentenced', 'counter_three_evils', 'police_cooperation', 'asset_sharing', 'multilateral', 'reciprocity_given', 'reciprocity_received', 'statute', 'rule'])), name='instrument_kind_known'), models.CheckConstraint(condition=models.Q(('stated__in', ['', 'in_force', 'signed', 'none', 'unknown'])), name='instrument_stated_known'), models.CheckConstraint(condition=models.Q(('title_zh', ''), _negated=True), name='instrument_has_title'), models.CheckConstraint(condition=models.Q(('signed_partial__regex', '^(\\d{4}(-\\d{2})?)?$')), name='instrument_partial'), models.CheckConstraint(condition=models.Q(('signed_on', None), ('in_force_on', None), ('in_force_on__gte', models.F('signed_on')), _connector='OR'), name='instrument_signed_before_in_force'), models.CheckConstraint(condition=models.Q(('terminated_on', None), ('in_force_on', None), ('terminated_on__gte', models.F('in_force_on')), _connector='OR'), name='instrument_in_force_before_terminated')],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('provenance', models.JSONField(default=dict)),
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('signed_on', models.DateField(null=True)),
                ('joined_on', models.DateField(null=True)),
                ('joined_by', models.CharField(blank=True, max_length=20)),
                ('in_force_on', models.DateField(null=True)),
                ('terminated_on', models.DateField(null=True)),
                ('stated', models.CharField(blank=True, choices=[('in_force', '生效'), ('signed', '仅签署'), ('terminated', '已终止'), ('none', '没有'), ('unknown', '未知')], max_length=12)),
                ('reservation', models.CharField(blank=True, max_length=300)),
                ('authority', models.CharField(blank=True, max_length=120)),
                ('note', models.TextField(blank=True)),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='treaties.instrument')),
            ],
            options={
                'ordering': ('instrument', 'country'),
                'constraints': [models.UniqueConstraint(fields=('instrument', 'country'), name='party_once'), models.CheckConstraint(condition=models.Q(('stated__in', ['', 'in_force', 'signed', 'none', 'unknown'])), name='party_stated_known'), models.CheckConstraint(condition=models.Q(('signed_on', None), ('in_force_on', None), ('in_force_on__gte', models.F('signed_on')), _connector='OR'), name='party_signed_before_in_force'), models.CheckConstraint(condition=models.Q(('signed_on', None), ('joined_on', None), ('joined_on__gte', models.F('signed_on')), _connector='OR'), name='party_signed_before_joined')],
            },
        ),
        migrations.CreateModel(
            name='Provision',
            fields=[
                ('provenance', models.JSONField(default=dict)),
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('family', models.CharField(max_length=40)),
                ('articles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('limited_to', models.CharField(blank=True, max_length=60)),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='provisions', to='treaties.instrument')),
            ],
            options={
                'ordering': ('instrument', 'family'),
                'constraints': [models.UniqueConstraint(fields=('instrument', 'family'), name='provision_once')],
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
    ]

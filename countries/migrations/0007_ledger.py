"""The ledger of a country: topics, entries and frontiers, no value of which stands without a source."""

import django.db.models.deletion
from django.db import migrations, models

SOURCED = {"countries_ledgerentry": "code text_zh text_en", "countries_frontier": "approx_km"}
WALLS = "".join(
    f"CREATE TRIGGER sourced BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
    f" EXECUTE FUNCTION facts_are_sourced({', '.join(names.split())});\n"
    f"REVOKE DELETE, TRUNCATE ON {table} FROM coopdesk_app, coopdesk_worker;\n"
    for table, names in SOURCED.items()
)
NO_WALLS = "".join(
    f"DROP TRIGGER sourced ON {table};\nGRANT DELETE ON {table} TO coopdesk_app, coopdesk_worker;\n" for table in SOURCED
)
# What a ledger asks is the loader's.
KEPT = "REVOKE INSERT, UPDATE, DELETE ON countries_ledgertopic FROM coopdesk_app, coopdesk_worker;"
FREE = "GRANT INSERT, UPDATE, DELETE ON countries_ledgertopic TO coopdesk_app, coopdesk_worker;"


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0011_nothing_is_deleted'),
        ('countries', '0006_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerTopic',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, unique=True)),
                ('section', models.CharField(choices=[('profile', '概况'), ('authorities', '主管机关'), ('asking', '怎么请求'), ('legal_system', '法律制度'), ('extradition', '引渡条件'), ('assistance', '司法协助程序'), ('immigration', '移民与遣返'), ('habits', '习惯与文化'), ('mechanisms', '机制与会议'), ('activities', '合作活动'), ('posts', '联络官'), ('events', '影响合作的事件'), ('lessons', '教训')], max_length=20)),
                ('name_zh', models.CharField(max_length=40)),
                ('name_en', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('text', '文字'), ('choice', '选项')], max_length=10)),
                ('choices', models.JSONField(default=dict)),
                ('per_type', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ('position',),
                'constraints': [models.CheckConstraint(condition=models.Q(('section__in', ['profile', 'authorities', 'asking', 'legal_system', 'extradition', 'assistance', 'immigration', 'habits', 'mechanisms', 'activities', 'posts', 'events', 'lessons'])), name='ledger_topic_section_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'choice'])), name='ledger_topic_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Frontier',
            fields=[
                ('provenance', models.JSONField(default=dict)),
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('division_code', models.CharField(max_length=6)),
                ('division_name', models.CharField(max_length=60)),
                ('level', models.CharField(max_length=10)),
                ('approx_km', models.PositiveSmallIntegerField(null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('agency', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frontiers', to='countries.country')),
            ],
            options={
                'ordering': ('country', 'division_code'),
                'constraints': [models.UniqueConstraint(fields=('division_code', 'country'), name='frontier_once')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provenance', models.JSONField(default=dict)),
                ('about', models.CharField(blank=True, max_length=60)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('text_zh', models.TextField(blank=True)),
                ('text_en', models.TextField(blank=True)),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='countries.country')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.ledgertopic')),
            ],
            options={
                'ordering': ('country', 'topic__position', 'about'),
                'constraints': [models.UniqueConstraint(fields=('country', 'topic', 'about'), name='ledger_entry_once')],
            },
        ),
        migrations.RunSQL(WALLS, NO_WALLS),
        migrations.RunSQL(KEPT, FREE),
    ]

"""The written parts of a ledger. What was published stands for good, and nothing is ever taken away."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Of a version that was published only one thing may still happen: another one takes its place.
STANDS = """
CREATE FUNCTION published_text_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'dropped' OR (
        OLD.state IN ('published', 'replaced')
        AND (to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' OR NEW.state <> 'replaced')
    ) THEN
        RAISE EXCEPTION 'version % of a section stands as it was published', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE ON countries_sectiontext FOR EACH ROW EXECUTE FUNCTION published_text_stands();
REVOKE DELETE, TRUNCATE ON countries_sectiontext, countries_sectioncare FROM coopdesk_app, coopdesk_worker;
"""
FALLS = """
DROP TRIGGER stands ON countries_sectiontext;
DROP FUNCTION published_text_stands();
GRANT DELETE ON countries_sectiontext, countries_sectioncare TO coopdesk_app, coopdesk_worker;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("countries", "0008_ledger_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SectionCare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(choices=[('profile', '概况'), ('authorities', '主管机关'), ('asking', '怎么请求'), ('legal_system', '法律制度'), ('extradition', '引渡条件'), ('assistance', '司法协助程序'), ('immigration', '移民与遣返'), ('habits', '习惯与文化'), ('mechanisms', '机制与会议'), ('activities', '合作活动'), ('posts', '联络官'), ('events', '影响合作的事件'), ('lessons', '教训')], max_length=20)),
                ('every_months', models.PositiveSmallIntegerField()),
                ('reviewed_on', models.DateField()),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('country', 'section'),
                'constraints': [models.CheckConstraint(condition=models.Q(('section__in', ['profile', 'authorities', 'asking', 'legal_system', 'extradition', 'assistance', 'immigration', 'habits', 'mechanisms', 'activities', 'posts', 'events', 'lessons'])), name='section_care_section_known'), models.UniqueConstraint(fields=('country', 'section'), name='section_care_once'), models.CheckConstraint(condition=models.Q(('every_months__range', (1, 60))), name='section_care_months')],
            },
        ),
        migrations.CreateModel(
            name='SectionText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(choices=[('profile', '概况'), ('authorities', '主管机关'), ('asking', '怎么请求'), ('legal_system', '法律制度'), ('extradition', '引渡条件'), ('assistance', '司法协助程序'), ('immigration', '移民与遣返'), ('habits', '习惯与文化'), ('mechanisms', '机制与会议'), ('activities', '合作活动'), ('posts', '联络官'), ('events', '影响合作的事件'), ('lessons', '教训')], max_length=20)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', '草稿'), ('review', '待复核'), ('published', '已发布'), ('replaced', '已被替换'), ('dropped', '已放弃')], default='draft', max_length=10)),
                ('text_zh', models.TextField(blank=True)),
                ('text_en', models.TextField(blank=True)),
                ('sources', models.TextField(blank=True)),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('decided_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(blank=True, max_length=500)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('based_on', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.sectiontext')),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='countries.country')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('country', 'section', '-number'),
                'constraints': [models.CheckConstraint(condition=models.Q(('section__in', ['profile', 'authorities', 'asking', 'legal_system', 'extradition', 'assistance', 'immigration', 'habits', 'mechanisms', 'activities', 'posts', 'events', 'lessons'])), name='section_text_section_known'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'review', 'published', 'replaced', 'dropped'])), name='section_text_state_known'), models.UniqueConstraint(fields=('country', 'section', 'number'), name='section_text_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('country', 'section'), name='section_text_one_published'), models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'review'])), fields=('country', 'section', 'author'), name='section_text_one_at_work'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'replaced']), _negated=True), models.Q(('decided_at__isnull', False), ('reviewer__isnull', False), models.Q(('text_zh', ''), _negated=True), models.Q(('sources', ''), _negated=True)), _connector='OR'), name='section_text_published_is_reviewed'), models.CheckConstraint(condition=models.Q(('reviewer', None), models.Q(('reviewer', models.F('author')), _negated=True), _connector='OR'), name='section_text_by_four_eyes')],
            },
        ),
        migrations.RunSQL(STANDS, FALLS),
    ]

"""What was entered by mistake is withdrawn; dates stand in order on both sides; a provision says what it demands."""

from django.db import migrations, models


OLD = "family, articles, limited_to"
NEW = f"{OLD}, language, channel, contents_zh, contents_en, attachments_zh, attachments_en"
SOURCED = """
DROP TRIGGER sourced ON treaties_provision;
CREATE TRIGGER sourced BEFORE INSERT OR UPDATE ON treaties_provision FOR EACH ROW EXECUTE FUNCTION facts_are_sourced({names});
"""


class Migration(migrations.Migration):

    dependencies = [
        ('countries', '0010_sections_are_looked_after'),
        ('treaties', '0008_versions_of_the_law'),
    ]

    operations = [
        migrations.AddField(
            model_name='instrument',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='instrument',
            name='withdrawn_why',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='party',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='party',
            name='withdrawn_why',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='provision',
            name='attachments_en',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='provision',
            name='attachments_zh',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='provision',
            name='channel',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='provision',
            name='contents_en',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='provision',
            name='contents_zh',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='provision',
            name='language',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddConstraint(
            model_name='instrument',
            constraint=models.CheckConstraint(condition=models.Q(('signed_on', None), ('joined_on', None), ('joined_on__gte', models.F('signed_on')), _connector='OR'), name='instrument_signed_before_joined'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('terminated_on', None), ('in_force_on', None), ('terminated_on__gte', models.F('in_force_on')), _connector='OR'), name='party_in_force_before_terminated'),
        ),
        migrations.RunSQL(SOURCED.format(names=NEW), SOURCED.format(names=OLD)),
    ]

"""What was entered into the registry by mistake is withdrawn; dates stand in order on both sides."""

from django.db import migrations, models


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
        migrations.AddConstraint(
            model_name='instrument',
            constraint=models.CheckConstraint(condition=models.Q(('signed_on', None), ('joined_on', None), ('joined_on__gte', models.F('signed_on')), _connector='OR'), name='instrument_signed_before_joined'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('terminated_on', None), ('in_force_on', None), ('terminated_on__gte', models.F('in_force_on')), _connector='OR'), name='party_in_force_before_terminated'),
        ),
    ]

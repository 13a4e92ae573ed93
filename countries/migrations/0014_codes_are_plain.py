"""Codes of which addresses of pages are made hold what an address can: plain digits, plain letters."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("countries", "0013_walls_of_the_sections")]

    operations = [
        migrations.AddConstraint(
            model_name='frontier',
            constraint=models.CheckConstraint(condition=models.Q(('division_code__regex', '^[0-9]{6}$')), name='frontier_division_shape'),
        ),
        migrations.AddConstraint(
            model_name='ledgertopic',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z0-9_]+$')), name='ledger_topic_code_shape'),
        ),
    ]

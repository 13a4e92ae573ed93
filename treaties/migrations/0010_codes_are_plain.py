"""Codes of which addresses of pages are made, and years, hold plain digits and plain letters."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("treaties", "0009_mistakes_are_withdrawn")]

    operations = [
        migrations.RemoveConstraint(
            model_name='instrument',
            name='instrument_partial',
        ),
        migrations.AddConstraint(
            model_name='instrument',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9-]*$')), name='instrument_code_shape'),
        ),
        migrations.AddConstraint(
            model_name='instrument',
            constraint=models.CheckConstraint(condition=models.Q(('signed_partial__regex', '^([0-9]{4}(-[0-9]{2})?)?$')), name='instrument_partial'),
        ),
    ]

"""The auditor's filter by date reads the days it asks for, not the whole trail."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_reorganisation"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="audit_by_moment", pages_per_range=32
            ),
        ),
    ]

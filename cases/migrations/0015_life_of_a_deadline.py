"""A clock may be renewable; the API's list of deadlines walks them by when they are due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_clock_walls")]
    operations = [
        migrations.AddField("deadline", "renewable", models.BooleanField(default=False)),
        migrations.AddIndex("deadline", models.Index(fields=["due_at", "id"], name="deadline_by_due")),
    ]

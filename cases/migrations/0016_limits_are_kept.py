"""A limit may be withdrawn; what was set is never changed, also not by the application."""

from django.db import migrations, models

KEPT = """
REVOKE UPDATE, DELETE, TRUNCATE ON cases_internallimit FROM coopdesk_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON cases_internallimit FROM coopdesk_worker;
"""
FREE = """
GRANT UPDATE, DELETE ON cases_internallimit TO coopdesk_app;
GRANT INSERT, UPDATE, DELETE ON cases_internallimit TO coopdesk_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_life_of_a_deadline")]
    operations = [
        migrations.AddField(
            model_name="internallimit",
            name="withdrawn",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="internallimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", False), ("set_by__isnull", False), _connector="OR"),
                name="limit_withdrawn_by_somebody",
            ),
        ),
        migrations.RunSQL(KEPT, FREE),
    ]

"""The days of a calendar change by a notice, which the worker applies, and by the loader: never by the web role."""

from django.db import migrations

KEPT = "REVOKE INSERT, UPDATE, DELETE ON countries_specialday FROM coopdesk_app;"
FREE = "GRANT INSERT, UPDATE, DELETE ON countries_specialday TO coopdesk_app;"


class Migration(migrations.Migration):
    dependencies = [("countries", "0004_work_calendars")]
    operations = [migrations.RunSQL(KEPT, FREE)]

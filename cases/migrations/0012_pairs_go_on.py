"""The worker may name another agency for a reported pair: the successor of one that was merged."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_duplicates")]
    operations = [
        migrations.RunSQL(
            "GRANT UPDATE (agency_id) ON cases_duplicatepair TO coopdesk_worker;",
            "REVOKE UPDATE (agency_id) ON cases_duplicatepair FROM coopdesk_worker;",
        ),
    ]

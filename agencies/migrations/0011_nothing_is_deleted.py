"""The web role deletes no notice and nothing from the outbox."""

from django.db import migrations

KEPT = "REVOKE DELETE ON agencies_outboxmessage, agencies_notice FROM coopdesk_app;"
FREE = "GRANT DELETE ON agencies_outboxmessage, agencies_notice TO coopdesk_app;"


class Migration(migrations.Migration):
    dependencies = [("agencies", "0010_calendar_feed")]
    operations = [migrations.RunSQL(KEPT, FREE)]

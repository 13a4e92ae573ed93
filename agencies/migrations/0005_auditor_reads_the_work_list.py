"""The auditor's page tells sealed from waiting events, so the web role may read the sealer's work list (never change it)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_idempotency_keys")]
    operations = [
        migrations.RunSQL(
            "GRANT SELECT ON agencies_unsealedevent TO coopdesk_app",
            "REVOKE SELECT ON agencies_unsealedevent FROM coopdesk_app",
        )
    ]

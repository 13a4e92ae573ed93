"""Answers kept for retries may hold words of a case, so they stand behind row-level security like the cases do."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

MINE = (
    "agency_id = (SELECT nullif(current_setting('coopdesk.agency', true), '')::int)"
    " AND known_as = (SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
)
WALL = f"""
ALTER TABLE agencies_idempotencykey ENABLE ROW LEVEL SECURITY;
ALTER TABLE agencies_idempotencykey FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON agencies_idempotencykey TO coopdesk_app USING ({MINE}) WITH CHECK ({MINE});
CREATE POLICY worker_all ON agencies_idempotencykey TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON agencies_idempotencykey FROM coopdesk_app;
"""
NO_WALL = """
DROP POLICY app_scope ON agencies_idempotencykey;
DROP POLICY worker_all ON agencies_idempotencykey;
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_service_accounts")]
    operations = [
        migrations.DeleteModel("IdempotencyKey"),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("known_as", models.IntegerField()),
                ("key", models.CharField(max_length=128)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="answer_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("agency", "known_as", "key"), name="one_answer_per_key")
                ],
            },
        ),
        migrations.RunSQL(WALL, NO_WALL),
    ]

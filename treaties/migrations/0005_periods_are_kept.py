"""The law's periods are the loader's; an override is entered and ended, and never changed otherwise."""

from django.db import migrations

KEPT = """
REVOKE INSERT, UPDATE, DELETE ON treaties_timelimit FROM coopdesk_app, coopdesk_worker;
REVOKE UPDATE, DELETE ON treaties_periodoverride FROM coopdesk_app;
GRANT UPDATE (valid_to, ended_at, ended_by_id, end_reason) ON treaties_periodoverride TO coopdesk_app;
REVOKE INSERT, UPDATE, DELETE ON treaties_periodoverride FROM coopdesk_worker;
"""
FREE = """
GRANT INSERT, UPDATE, DELETE ON treaties_timelimit TO coopdesk_app, coopdesk_worker;
REVOKE UPDATE (valid_to, ended_at, ended_by_id, end_reason) ON treaties_periodoverride FROM coopdesk_app;
GRANT UPDATE, DELETE ON treaties_periodoverride TO coopdesk_app;
GRANT INSERT, UPDATE, DELETE ON treaties_periodoverride TO coopdesk_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("treaties", "0004_time_limit_words")]
    operations = [migrations.RunSQL(KEPT, FREE)]

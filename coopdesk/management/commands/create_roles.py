"""Print the SQL that a database administrator runs once, as a superuser, before the first migration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from coopdesk import roles

_PASSWORD_OF = {
    roles.MIGRATE: ":'migrate_password'",
    roles.APP: ":'app_password'",
    roles.WORKER: ":'worker_password'",
}
_HEAD = f"""\
-- Roles, database and rights of Coopdesk, for psql as a superuser; safe to run again (it sets the passwords anew).
--
--   psql -v migrate_password=… -v app_password=… -v worker_password=… -f roles.sql
--
-- The cluster must have been made with --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8, otherwise
-- the search in Chinese has no index. Afterwards: MIGRATE_DATABASE_URL is {roles.MIGRATE}'s, DATABASE_URL is
-- {roles.APP}'s, WORKER_DATABASE_URL is {roles.WORKER}'s.
"""


class Command(BaseCommand):
    help = "Print the SQL that makes the roles, the database and its rights (for a DBA; nothing is connected to)."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_HEAD + roles.script(_PASSWORD_OF), ending="")

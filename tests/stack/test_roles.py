"""The database roles: what each can and, above all, cannot do."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest
from psycopg import errors

from coopdesk import roles
from coopdesk.stack.layout import ROOT
from tests.conftest import connected_as, with_name


def test_the_sql_for_containers_is_what_create_roles_prints():
    printed = subprocess.run([sys.executable, "manage.py", "create_roles"], cwd=ROOT, capture_output=True, check=True)
    stored = (ROOT / "deploy" / "postgres" / "roles.sql").read_bytes()
    assert stored == printed.stdout, "run: manage.py create_roles > deploy/postgres/roles.sql"


def test_passwords_are_set_only_when_given():
    assert "PASSWORD" not in roles.script()
    assert roles.script(dict.fromkeys(roles.LOGINS, "'x'")).count("PASSWORD 'x'") == len(roles.LOGINS)


@pytest.mark.parametrize("role", ["app", "worker"])
class TestProcessRoles:
    def test_is_nobody_special(self, real_db, role):
        with connected_as(role) as connection:
            row = connection.execute(
                "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            assert row == (False, False, False, False)

    def test_cannot_become_the_owner(self, real_db, role):
        with connected_as(role) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SET ROLE coopdesk_owner")

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TABLE public.mine (n int)",
            "CREATE TEMPORARY TABLE mine (n int)",
            "ALTER TABLE agencies_auditevent DISABLE TRIGGER ALL",
            "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
            "DROP TABLE agencies_auditevent",
            "TRUNCATE agencies_officer",
            "COPY agencies_officer TO PROGRAM 'true'",
        ],
    )
    def test_cannot(self, real_db, role, statement):
        _as_admin(real_db, roles.database_sql())  # rights on a database are not copied with its template
        with connected_as(role) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def _as_admin(name: str, statements: list[str]) -> None:
    with psycopg.connect(with_name(os.environ["COOPDESK_TEST_ADMIN_URL"], name), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_the_web_role_waits_no_longer_than_a_person_would(real_db):
    with connected_as("app") as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("30s",)


def test_migrate_becomes_the_owner_whom_no_policy_stops(real_db):
    with connected_as("migrate") as connection:
        connection.execute("SET ROLE coopdesk_owner")
        assert connection.execute(
            "SELECT rolbypassrls AND NOT rolcanlogin FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (True,)
        connection.execute("CREATE TABLE made (id int GENERATED ALWAYS AS IDENTITY, n int)")
    with connected_as("app") as connection:
        connection.execute("INSERT INTO made (n) VALUES (1)")
        connection.execute("UPDATE made SET n = 2")
        assert connection.execute("DELETE FROM made RETURNING n").fetchone() == (2,)


def test_every_table_belongs_to_the_owner(real_db):
    with connected_as("migrate") as connection:
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert owners == [(roles.OWNER,)]


def test_the_statements_can_be_repeated(real_db):
    _as_admin(real_db, [*roles.cluster_sql(), *roles.database_sql()])

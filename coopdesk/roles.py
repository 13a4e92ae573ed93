"""The database roles, as SQL: written once, used by the embedded stack, by `create_roles` for a DBA, and by the tests.

owner owns everything and never logs in; migrate becomes owner; app serves the web under row-level security; worker
runs the outbox, the sweep and the sealer, and becomes app for one transaction where a task works for an officer
(agencies/scope.py); it inherits nothing from it. No module of Django is imported here: the supervisor runs without it.
"""

from __future__ import annotations

from collections.abc import Mapping

DATABASE = "coopdesk"
OWNER, MIGRATE, APP, WORKER = "coopdesk_owner", "coopdesk_migrate", "coopdesk_app", "coopdesk_worker"
LOGINS = (MIGRATE, APP, WORKER)

_LEAST = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
# The web role never waits longer than a person would; a forgotten transaction gives its locks back.
_LIMITS = {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "5min"}


def cluster_sql(passwords: Mapping[str, str] | None = None) -> list[str]:
    """Statements that make the roles, once per cluster; safe to repeat.

    `passwords` maps login roles to literals that are already quoted for SQL (psql's `:'name'` counts as one).
    """
    made = [_create(OWNER, "NOLOGIN"), *(_create(name, "LOGIN") for name in LOGINS)]
    attributes = [f"ALTER ROLE {OWNER} {_LEAST} NOLOGIN BYPASSRLS"]
    for name in LOGINS:
        password = f" PASSWORD {passwords[name]}" if passwords else ""
        attributes.append(f"ALTER ROLE {name} {_LEAST} LOGIN NOBYPASSRLS{password}")
    limits = [f"ALTER ROLE {APP} SET {name} = '{value}'" for name, value in _LIMITS.items()]
    members = [f"GRANT {OWNER} TO {MIGRATE}", f"GRANT {APP} TO {WORKER} WITH INHERIT FALSE, SET TRUE"]
    return [*made, *attributes, *members, *limits]


def _create(name: str, login: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN"
        f" CREATE ROLE {name} {login}; END IF; END $$"
    )


def database_sql() -> list[str]:
    """Statements for the product's database, run in it by a superuser; safe to repeat."""
    tables = "SELECT, INSERT, UPDATE, DELETE ON TABLES"
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT"
    return [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());"
        f" EXECUTE format('GRANT CONNECT ON DATABASE %I TO {MIGRATE}, {APP}, {WORKER}', current_database()); END $$",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {WORKER}",
        f"{defaults} {tables} TO {APP}, {WORKER}",
        f"{defaults} USAGE, SELECT ON SEQUENCES TO {APP}, {WORKER}",
    ]


def script(passwords: Mapping[str, str] | None = None) -> str:
    """All of it as one psql script, to be run by a superuser connected to any database; safe to repeat."""
    create = f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0"
    absent = f"NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')"
    lines = [f"{statement};" for statement in cluster_sql(passwords)]
    lines += [f"SELECT '{create}' WHERE {absent} \\gexec", f"\\connect {DATABASE}"]
    lines += [f"{statement};" for statement in database_sql()]
    return "\n".join(["\\set ON_ERROR_STOP on", "SET client_min_messages = warning;", *lines, ""])

"""The early plugin (`-p tests.services`): PostgreSQL and Valkey run before anything reads the settings.

By default they are private to this run: own processes in a temporary folder, gone at its end. With
COOPDESK_TEST_ADMIN_URL (a superuser's URL) and REDIS_URL set, those servers are used, and get the four roles. Workers
of pytest-xdist inherit what their master found.

What it leaves in the environment: DATABASE_URL, WORKER_DATABASE_URL, MIGRATE_DATABASE_URL, REDIS_URL,
COOPDESK_TEST_ADMIN_URL (may create databases), COOPDESK_STATE (a folder of this run).
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from coopdesk import roles
from coopdesk.stack.private import FAST, private_services

PASSWORD = "coopdesk-test"
_NO_DATABASE_NEEDED = {"--help", "-h", "--version", "-V", "--collect-only", "--co", "--fixtures", "--markers"}
_running = contextlib.ExitStack()


def _private() -> dict[str, str]:
    found = _running.enter_context(private_services({**FAST, "max_connections": "120"}))
    return {**found, "COOPDESK_TEST_ADMIN_URL": found.pop("ADMIN_DATABASE_URL")}


def _external(admin: str) -> dict[str, str]:
    import psycopg

    with psycopg.connect(admin, autocommit=True) as connection:
        for statement in roles.cluster_sql(dict.fromkeys(roles.LOGINS, f"'{PASSWORD}'")):
            connection.execute(statement.encode())
    parts = urlsplit(admin)
    place = parts.netloc.rpartition("@")[2]
    urls = {
        name: urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{place}", path=f"/{roles.DATABASE}"))
        for name, role in (
            ("DATABASE_URL", roles.APP),
            ("WORKER_DATABASE_URL", roles.WORKER),
            ("MIGRATE_DATABASE_URL", roles.MIGRATE),
        )
    }
    return {**urls, "REDIS_URL": os.environ["REDIS_URL"]}


def _start() -> None:
    admin = os.environ.get("COOPDESK_TEST_ADMIN_URL")
    found = _external(admin) if admin else _private()
    state = _running.enter_context(tempfile.TemporaryDirectory(prefix="coopdesk-test-", ignore_cleanup_errors=True))
    (Path(state) / "static").mkdir()  # WhiteNoise warns of a missing folder, and warnings are errors
    os.environ.update({**found, "COOPDESK_STATE": state})
    for name in ("COOPDESK_EMBEDDED", "COOPDESK_DEMO", "COOPDESK_SECRET_KEY", "COOPDESK_HOSTS", "COOPDESK_ORIGIN"):
        os.environ.pop(name, None)
    atexit.register(_running.close)


if "PYTEST_XDIST_WORKER" not in os.environ and not _NO_DATABASE_NEEDED & set(sys.argv):
    _start()

"""Servers of the benchmark's own, or those given, and databases in them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from coopdesk import roles
from coopdesk.stack.private import private_services

ROOT = Path(__file__).resolve().parent.parent
# The same server for floor and product: the data in memory, every commit written to disk.
_QUARTER_OF_MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 1024**2
_SERVER = {
    "shared_buffers": f"{_QUARTER_OF_MEMORY}MB",
    "max_connections": "60",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
}
ADMIN = "COOPDESK_BENCH_ADMIN_URL"
_URLS = ("DATABASE_URL", "WORKER_DATABASE_URL", "MIGRATE_DATABASE_URL")
_began = time.monotonic()


def say(text: str) -> None:
    """A line of progress, with the seconds since the start."""
    print(f"{time.monotonic() - _began:6.1f} s  {text}", flush=True)


def named(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextlib.contextmanager
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey: those of the environment when COOPDESK_BENCH_ADMIN_URL (a superuser's) and the four URLs
    are set, else private ones in a folder for temporary files that is gone at the end."""
    with contextlib.ExitStack() as stack:
        if ADMIN not in os.environ:
            found = stack.enter_context(private_services(_SERVER))
            os.environ.update({**found, ADMIN: found["ADMIN_DATABASE_URL"]})
        state = stack.enter_context(tempfile.TemporaryDirectory(prefix="coopdesk-bench-", ignore_cleanup_errors=True))
        os.environ |= {"COOPDESK_STATE": state, "COOPDESK_EMBEDDED": "1", "COOPDESK_DEMO": "0"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "coopdesk.settings", "COOPDESK_DB_ROLE": "app"}
        yield


def admin(name: str = "postgres") -> psycopg.Connection:
    """A superuser's connection, autocommitting."""
    return psycopg.connect(named(os.environ[ADMIN], name), autocommit=True)


def run_sql(*statements: str, name: str = "postgres") -> None:
    with admin(name) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@contextlib.contextmanager
def database(template: str) -> Iterator[str]:
    """A new database, a copy of `template`; dropped at the end."""
    name = f"cd_bench_{uuid.uuid4().hex[:8]}"
    run_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {roles.OWNER}')
    try:
        yield name
    finally:
        run_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def seeded() -> Iterator[str]:
    """A database as `manage.py setup` leaves it: every table and index, the tree, the law, the calendar; no case."""
    with database("template0") as name:
        run_sql(*roles.database_sql(), name=name)
        env = environment(name) | {"COOPDESK_DB_ROLE": "migrate"}
        done = subprocess.run(
            [sys.executable, "manage.py", "setup"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"manage.py setup failed:\n{done.stdout}\n{done.stderr}")
        yield name


def environment(name: str) -> dict[str, str]:
    """The environment of a process of the product that works on the database `name`."""
    return os.environ | {url: named(os.environ[url], name) for url in _URLS}


def app_url(name: str) -> str:
    """The URL by which the web role reaches the database."""
    return named(os.environ["DATABASE_URL"], name)

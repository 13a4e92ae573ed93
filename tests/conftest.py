"""Databases and the cast. Tables are created and migrated as owner, tests run as the web role (or the worker role).

tests/services.py has started PostgreSQL and Valkey before this module loads. One template database is migrated and
seeded per run; each worker clones it and adds the cast; a test that needs real commits (`real_db`) clones that again.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
import pytest
from django.core.cache import cache
from django.db import connections

from agencies.scope import acting
from coopdesk import roles
from tests.cast import Cast, populate
from tests.stories import Story

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "COOPDESK_TEST_TEMPLATE"


def with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _admin(*statements: str, name: str = "postgres") -> None:
    with psycopg.connect(with_name(os.environ["COOPDESK_TEST_ADMIN_URL"], name), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def clone(source: str) -> str:
    """A new database, a copy of `source`, which nobody may be connected to."""
    name = f"cd_{uuid.uuid4().hex[:12]}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{source}" OWNER coopdesk_owner')
    return name


def drop(name: str) -> None:
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _build_template() -> str:
    name = f"cd_template_{uuid.uuid4().hex[:8]}"
    _admin(f'CREATE DATABASE "{name}" OWNER coopdesk_owner TEMPLATE template0')
    _admin(*roles.database_sql(), name=name)
    env = os.environ | {
        "MIGRATE_DATABASE_URL": with_name(os.environ["MIGRATE_DATABASE_URL"], name),
        "COOPDESK_DB_ROLE": "migrate",
    }
    commands = ("migrate", "load_agencies", "load_countries", "load_treaties", "load_limits")
    for command in commands:
        done = subprocess.run(
            [sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.exit(f"manage.py {command} failed:\n{done.stdout}\n{done.stderr}", returncode=3)
    return name


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and TEMPLATE not in os.environ and not config.option.collectonly:
        os.environ[TEMPLATE] = _build_template()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and TEMPLATE in os.environ:
        drop(os.environ.pop(TEMPLATE))


def use_database(name: str) -> None:
    """Point Django at another database."""
    connections.close_all()
    connections["default"].settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """This worker's database: the template plus the cast."""
    with django_db_blocker.unblock():
        before = connections["default"].settings_dict["NAME"]
        name = clone(os.environ[TEMPLATE])
        use_database(name)
        populate()
        connections.close_all()
        yield
        use_database(before)
        drop(name)


@pytest.fixture
def real_db(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of one's own with real commits: for threads, live servers, workers and crashes. Gives its name."""
    with django_db_blocker.unblock():
        base = connections["default"].settings_dict["NAME"]
        connections.close_all()
        name = clone(base)
        use_database(name)
        yield name
        use_database(base)
        drop(name)


@pytest.fixture(scope="session")
def _worlds(django_db_setup, django_db_blocker) -> Iterator[dict[Callable[[], Any], tuple[str, Any]]]:
    made: dict[Callable[[], Any], tuple[str, Any]] = {}
    yield made
    with django_db_blocker.unblock():
        for name, _gave in made.values():
            drop(name)


@pytest.fixture
def real_world(real_db, _worlds) -> Callable[[Callable[[], Any]], Any]:
    """`real_world(make)`: a `real_db` as `make()` leaves it, and what it gave. Made once, copied for every other test."""

    def enter(make: Callable[[], Any]) -> Any:
        if make not in _worlds:
            gave = make()
            connections.close_all()
            _worlds[make] = (clone(real_db), gave)
            return copy.deepcopy(gave)
        name, gave = _worlds[make]
        connections.close_all()
        drop(real_db)
        _admin(f'CREATE DATABASE "{real_db}" TEMPLATE "{name}" OWNER coopdesk_owner')
        return copy.deepcopy(gave)

    return enter


_URLS = {"app": "DATABASE_URL", "worker": "WORKER_DATABASE_URL", "migrate": "MIGRATE_DATABASE_URL"}


@contextmanager
def django_connected_as(role: str) -> Iterator[None]:
    """Django's own connection, to the current database, as another role. Use on a `real_db`."""
    settings = connections["default"].settings_dict
    before = {name: settings[name] for name in ("USER", "PASSWORD")}
    url = urlsplit(os.environ[_URLS[role]])
    connections.close_all()
    settings.update(USER=unquote(url.username or ""), PASSWORD=unquote(url.password or ""))
    try:
        yield
    finally:
        connections.close_all()
        settings.update(before)


@contextmanager
def connected_as(role: str) -> Iterator[psycopg.Connection]:
    """A raw connection to the current test database as app, worker or migrate."""
    url = with_name(os.environ[_URLS[role]], connections["default"].settings_dict["NAME"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def as_loader(real_db) -> Iterator[None]:
    """As the loaders run, who write what the web role only reads."""
    with django_connected_as("migrate"):
        yield


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def story(cast: Cast) -> Story:
    """Makes cases by the real commands and moves them along: `story.draft()`, `story.at("dispatched")`."""
    return Story(cast)


@pytest.fixture
def see(cast: Cast):
    """`with see("kunshan.officer"): …` — read tables as the database shows them to that member of the cast."""
    return lambda login: acting(cast.actor(login))


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()

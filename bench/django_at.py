"""Django in this process, connected to one database of the benchmark after the other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import django
from django.db import connection


def start() -> None:
    """Once, when the environment is complete."""
    django.setup()


@contextlib.contextmanager
def django_at(name: str) -> Iterator[None]:
    """Django's connection goes to `name`; afterwards nothing is connected, so that the database can be dropped."""
    _leave()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        _leave()


@contextlib.contextmanager
def as_worker(name: str) -> Iterator[None]:
    """The same as the worker, who sees every case."""
    worker = urlsplit(os.environ["WORKER_DATABASE_URL"])
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    with django_at(name):
        connection.settings_dict.update(USER=unquote(worker.username or ""), PASSWORD=unquote(worker.password or ""))
        try:
            yield
        finally:
            connection.settings_dict.update(before)


def _leave() -> None:
    connection.close()
    connection.close_pool()

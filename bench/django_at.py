"""Django in this process, connected to one database of the benchmark after the other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

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


def _leave() -> None:
    connection.close()
    connection.close_pool()

"""Bring a database and a state folder up to date: migrations, seeds, static files, keys, demo accounts; quick when all is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from agencies.seals import signing_key
from coopdesk.checks import refuse_unsafe
from coopdesk.demo.accounts import lines, make_accounts
from countries.exchange import seal

LOADERS = ("load_agencies", "load_countries", "load_treaties", "load_limits")
_ROOMS = ("agencies", "countries", "treaties", "cases")


class Command(BaseCommand):
    help = "Migrate, load the seeds and collect the static files. Safe and quick to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-static", action="store_true", help="the static files are collected already")
        parser.add_argument("--welcome", type=Path, help="file for what the person who started it should read")

    def handle(self, *args: Any, no_static: bool, welcome: Path | None, **options: Any) -> None:
        refuse_unsafe()
        self._migrate()
        self._seed()
        if not no_static:
            _collect_static()
        if settings.EMBEDDED:
            signing_key()  # makes it, so that web and worker find one and the same
            seal.signing_key()
        wanted = settings.EMBEDDED and settings.DEMO
        if wanted:
            make_accounts()
        if welcome:
            welcome.write_text("\n".join(lines() if wanted else []))

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"Migrating the database: {len(plan)} steps …")
            call_command("migrate", interactive=False, verbosity=0)

    def _seed(self) -> None:
        digest = f"seeds {_digest()}"
        if self._loaded() == digest:
            return
        for loader in LOADERS:
            self.stdout.write(f"{loader} …")
            call_command(loader, stdout=self.stdout)
        with connection.cursor() as cursor:
            cursor.execute(f"COMMENT ON SCHEMA public IS '{digest}'")

    @staticmethod
    def _loaded() -> str:
        """The database itself remembers which seeds it holds, so that a restored one is judged rightly."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT obj_description('public'::regnamespace)")
            return cursor.fetchone()[0] or ""


def _collect_static() -> None:
    """collectstatic, unless the files are those of the last time: compressing them takes a while."""
    found = sorted(
        (name, stamp.st_size, stamp.st_mtime_ns)
        for finder in get_finders()
        for name, storage in finder.list([])
        for stamp in [os.stat(storage.path(name))]
    )
    digest = hashlib.sha256(repr((settings.STORAGES["staticfiles"], found)).encode()).hexdigest()
    mark = settings.STATIC_ROOT / ".collected"
    if not mark.exists() or mark.read_text() != digest:
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(digest)


def _digest() -> str:
    """Of the seeds, and of the code that loads them."""
    files = [path for path in (settings.BASE_DIR / "seeds").rglob("*") if path.is_file()]
    for room in _ROOMS:
        files += (settings.BASE_DIR / room).rglob("*.py")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()

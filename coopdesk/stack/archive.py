"""Backup and restore: one archive of the database, the attachments and the signed checkpoints, and the keys if wanted.

Order matters in a running system. Checkpoints are copied before the database, so that none of them lies beyond the
chain in the dump; attachments after it, since files only ever come before their rows and are never deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from coopdesk import roles
from coopdesk.stack import environment
from coopdesk.stack.accounts import Account, prepare
from coopdesk.stack.layout import ROOT, Layout, StackError
from coopdesk.stack.lock import Lock
from coopdesk.stack.processes import Family, say
from coopdesk.stack.services import Services, clean_environment

DUMP, MANIFEST = "database.dump", "manifest.json"
FOLDERS = ("checkpoints", "files")
KEYS = ("audit.key", "secret.key")
_NEW = f"{roles.DATABASE}_restored"


@contextlib.contextmanager
def _services(layout: Layout, account: Account | None) -> Iterator[Services]:
    """The services of this state folder: those that run, else started for the while."""
    services = Services(layout, account, {})
    if Lock(layout.lock).holder():
        yield services
        return
    with _exclusive(layout) as family:
        services.start(family)
        yield services


@contextlib.contextmanager
def _exclusive(layout: Layout) -> Iterator[Family]:
    """The state folder to ourselves, and a family that is stopped at the end."""
    Lock(layout.lock).take()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    family = Family(layout.logs)
    try:
        yield family
    finally:
        family.stop()


def backup(*, keys: bool) -> int:
    """Write coopdesk-<UTC time>.tar in backups/ (or COOPDESK_BACKUPS), readable by its owner alone.

    Works beside a running stack; without one, the services run for the while.
    """
    if environment.names_servers(os.environ):
        say("Note: the database is the one that MIGRATE_DATABASE_URL names; keys are the deployment's own affair.")
    layout, account = prepare(os.environ)
    folder = Path(os.environ.get("COOPDESK_BACKUPS", ROOT / "backups"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"coopdesk-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    with _services(layout, account) as services:
        _write(target, services, keys=keys)
    say(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB).")
    return 0


def _write(target: Path, services: Services, *, keys: bool) -> None:
    layout = services.layout
    draft = target.with_suffix(".part")
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        work = Path(name)
        shutil.copytree(layout.checkpoints, work / "checkpoints", symlinks=True)
        _dump(services, work / DUMP)
        draft.touch(mode=0o600)
        with tarfile.open(draft, "w") as archive:
            archive.add(work / DUMP, DUMP)
            archive.add(work / "checkpoints", "checkpoints")
            archive.add(layout.files, "files")
            for key in KEYS if keys else ():
                if (layout.state / key).exists():
                    archive.add(layout.state / key, key)
            _add_manifest(archive, work)
    draft.replace(target)


def _dump(services: Services, target: Path) -> None:
    """As the owner, whom no policy hides a row from; pg_dump itself refuses when one would."""
    url = os.environ.get("MIGRATE_DATABASE_URL") or services.database_url(roles.MIGRATE)
    command: list[str | Path] = [
        services.tools / "pg_dump",
        "--format=custom",
        f"--role={roles.OWNER}",
        f"--file={target}",
        url,
    ]
    done = subprocess.run(command, env=clean_environment(), capture_output=True, check=False)
    if done.returncode:
        raise StackError(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")


def _add_manifest(archive: tarfile.TarFile, work: Path) -> None:
    manifest = work / MANIFEST
    content = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "database_sha256": _sha256(work / DUMP)}
    manifest.write_text(json.dumps(content))
    archive.add(manifest, MANIFEST)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(name: str) -> int:
    """Put an archive back into the embedded stack, which must be stopped. What was there is backed up first.

    The database is restored beside the old one and takes its place only when it is complete.
    """
    if environment.names_servers(os.environ):
        raise StackError("restore works on the embedded stack; for servers of your own see the guide for production")
    source = Path(name)
    if not source.is_file():
        raise StackError(f"there is no file {name}")
    layout, account = prepare(os.environ)
    with tempfile.TemporaryDirectory(dir=layout.state) as folder, _exclusive(layout) as family:
        work = Path(folder)
        _unpack(source, work)
        services = Services(layout, account, {})
        services.start(family)
        _keep_present(source, services)
        _restore_database(services, work / DUMP)
        for part in (*FOLDERS, *KEYS):
            if (work / part).exists():
                _replace(work / part, layout.state / part)
    prepare(os.environ)  # root gives what it unpacked to the account
    say(f"Restored {source.name}. `make run` starts with it.")
    return 0


def _unpack(source: Path, work: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _extract(archive, member, work)
        manifest = json.loads((work / MANIFEST).read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise StackError(f"{source} is not a whole backup: {error}") from error
    if _sha256(work / DUMP) != manifest["database_sha256"]:
        raise StackError(f"{source} is damaged: the database dump is not the one that was written")


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, work: Path) -> None:
    """One plain file or folder of those that a backup has, with nobody's permissions but ours."""
    parts = Path(member.name).parts
    if ".." in parts or parts[0] not in {DUMP, MANIFEST, *FOLDERS, *KEYS}:
        raise StackError(f"not a backup of Coopdesk: it holds {member.name}")
    if member.isdir():
        (work / member.name).mkdir(mode=0o700, parents=True, exist_ok=True)
    elif (content := archive.extractfile(member)) is not None:
        (work / member.name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(work / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file)


def _keep_present(source: Path, services: Services) -> None:
    if services.psql("SELECT to_regclass('django_migrations') IS NOT NULL", roles.DATABASE).strip() == "t":
        kept = source.resolve().parent / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
        _write(kept, services, keys=True)
        say(f"What was here until now is kept in {kept.name}.")


def _restore_database(services: Services, dump: Path) -> None:
    services.psql(f"DROP DATABASE IF EXISTS {_NEW}")
    services.psql(f"CREATE DATABASE {_NEW} OWNER {roles.OWNER} TEMPLATE template0")
    command: list[str | Path] = [services.tools / "pg_restore", "--exit-on-error", "--single-transaction"]
    command += [*services.superuser(_NEW), dump]
    done = subprocess.run(command, env=clean_environment(), capture_output=True, check=False)
    if done.returncode:
        raise StackError(f"pg_restore failed: {done.stderr.decode(errors='replace').strip()}")
    services.psql(";".join(roles.database_sql()), _NEW)
    services.psql(f"DROP DATABASE {roles.DATABASE} WITH (FORCE)")
    services.psql(f"ALTER DATABASE {_NEW} RENAME TO {roles.DATABASE}")


def _replace(new: Path, present: Path) -> None:
    if present.is_dir():
        shutil.rmtree(present)
    new.replace(present)

"""PostgreSQL and Valkey of one's own for a while, in a folder for temporary files: for the tests and the benchmark."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from coopdesk.stack.accounts import claim, service_account
from coopdesk.stack.layout import ROOT, Layout
from coopdesk.stack.processes import Family
from coopdesk.stack.services import SUPERUSER, Services

_PREFIX = "coopdesk-private-"
# Nothing in it outlives a crash of the machine, so nothing waits for the disk.
FAST = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "10min", "max_wal_size": "4GB"}


@contextlib.contextmanager
def private_services(options: Mapping[str, str] = FAST) -> Iterator[dict[str, str]]:
    """Start both, give the environment variables that point at them, and remove everything at the end.

    Beside those of `make run` there is ADMIN_DATABASE_URL, a superuser's. Must be entered in the main thread.
    """
    _remove_abandoned()
    account = service_account([ROOT])
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=_short_folder(), ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        layout = Layout(folder / "s", account.uid if account else os.geteuid())
        claim(layout, account)
        services = Services(layout, account, options)
        family = Family(layout.logs)
        with open(folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                services.start(family)
                yield {**services.urls(), "ADMIN_DATABASE_URL": services.database_url(SUPERUSER, "postgres")}
            finally:
                family.stop()


def _short_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) < 40 else "/tmp"  # noqa: S108 (sockets need short paths)


def _remove_abandoned() -> None:
    """Folders whose owner was killed: their lock is free."""
    for folder in Path(_short_folder()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), open(folder / "lock", "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)

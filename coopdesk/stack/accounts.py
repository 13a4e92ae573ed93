"""Who runs what when root starts the stack: never root. PostgreSQL refuses it, and the rest has no need of it.

The account is whoever owns the data already, else whoever owns the checkout, else a service account that exists.
Nothing is created or opened up for it: what the account cannot reach, it gets a copy of.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from coopdesk.stack.layout import ROOT, Layout, StackError, default_state, tag

SERVICE_ACCOUNTS = ("coopdesk", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The unprivileged account that root hands the work to."""

    name: str
    uid: int
    gid: int


class _AsAccount(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def service_account(owned: Iterable[Path]) -> Account | None:
    """None for an ordinary user, who runs everything himself; for root, the first owner of `owned` that is not root."""
    if os.geteuid() != 0:
        return None
    for path in owned:
        if path.exists() and (uid := path.stat().st_uid) != 0 and (account := _account_of(uid)):
            return account
    for name in SERVICE_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StackError(f"nothing here may run as root, and this machine has none of the accounts {SERVICE_ACCOUNTS}")


def _account_of(uid: int) -> Account | None:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:  # a folder mounted from elsewhere; PostgreSQL needs an account that has a name
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def works(account: Account | None, *command: str | Path) -> bool:
    """Whether the account can run a command: the one test that knows every kind of access rule."""
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, timeout=60, **as_account(account))
    except OSError:
        return False
    return done.returncode == 0


def as_account(account: Account | None) -> _AsAccount:
    """What subprocess needs to start a child as the account (None: as ourselves)."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def prepare(environ: Mapping[str, str]) -> tuple[Layout, Account | None]:
    """Choose the state folder and the account, and make the folders. StackError when the data is somebody else's."""
    state = default_state(environ)
    account = service_account([state / "pg", state, ROOT])
    if account and "COOPDESK_STATE" not in environ and not works(account, "test", "-x", ROOT):
        state = _state_outside(state)
        account = service_account([state / "pg"]) or account
    layout = Layout(state, account.uid if account else os.geteuid())
    claim(layout, account)
    return layout, account


def _state_outside(state: Path) -> Path:
    """In a checkout under a folder that is closed to others, var/ is a link to where the account can go."""
    link = ROOT / "var"
    if link.is_symlink() or link.exists():
        return state
    outside = Path("/var/lib") / f"coopdesk-{tag(ROOT)}"
    link.symlink_to(outside)
    return outside


def claim(layout: Layout, account: Account | None) -> None:
    """Make the folders, private to their owner; root gives everything in them to the account."""
    if account is None and layout.state.exists() and (uid := layout.state.stat().st_uid) != layout.uid:
        owner = _account_of(uid)
        raise StackError(
            f"{layout.state} belongs to {owner.name if owner else uid}, who ran Coopdesk here before. Run it as that"
            " account or as root, or set COOPDESK_STATE to a folder of your own."
        )
    for folder in layout.folders():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account:
        for folder in (layout.state, layout.sockets):
            _give(folder, account)
    if layout.sockets.stat().st_uid != layout.uid:
        raise StackError(f"{layout.sockets} is somebody else's; remove it, or set COOPDESK_STATE to a shorter path")
    layout.sockets.chmod(0o700)
    layout.state.chmod(0o700)
    if account and not works(account, "test", "-w", layout.state):
        raise StackError(
            f"the account {account.name} cannot reach {layout.state}; set COOPDESK_STATE to a folder it can"
        )


def _give(folder: Path, account: Account) -> None:
    """Without following links, and leaving alone what has a second name elsewhere: the account may have planted it.

    What vanishes meanwhile needs no owner: programs of a supervisor that was killed still clear up after themselves.
    """
    for path, folders, files in os.walk(folder):
        for name in ["", *folders, *files]:
            entry = os.path.join(path, name)
            with contextlib.suppress(FileNotFoundError):
                found = os.lstat(entry)
                if found.st_uid != account.uid and (found.st_nlink == 1 or stat.S_ISDIR(found.st_mode)):
                    os.chown(entry, account.uid, account.gid, follow_symlinks=False)


def open_for(account: Account | None, path: Path, flags: int) -> int:
    """A descriptor of a private file that belongs to the account; made when missing, never reached through a link."""
    descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if account:
        os.fchown(descriptor, account.uid, account.gid)
    return descriptor

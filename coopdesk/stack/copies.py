"""Copies for an account that cannot reach the original: the services' binaries, the code, the environment.

Needed only when root keeps the checkout under a folder that is closed to others, such as its own home.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopdesk.stack.accounts import Account, works
from coopdesk.stack.layout import ROOT, Layout, StackError, tag
from coopdesk.stack.processes import say

_NOT_CODE = {"var", "backups", "tests", "docs", "bench"}
Probe = Callable[[Path], tuple[str | Path, ...]]


@dataclass(frozen=True)
class Home:
    """A checkout and an interpreter, and the account that can use both."""

    root: Path
    python: Path
    account: Account | None


def python() -> Path:
    """The interpreter of the virtual environment that we run in."""
    return Path(sys.prefix) / "bin" / "python" if sys.prefix != sys.base_prefix else Path(sys.executable)


def home_for(account: Account | None, layout: Layout) -> Home:
    """The checkout and its environment, or copies of them where the account cannot reach these."""
    here = Home(ROOT, python(), None)
    if account is None:
        return here
    interpreter = os.path.realpath(sys.executable)
    if not works(account, interpreter, "-c", ""):
        say(
            f"Note: the account {account.name} cannot run {interpreter}, so the application runs as root. To mend that,"
        )
        say("install a python3 that everybody can run, remove .venv and start again.")
        return here
    return Home(_code(account, layout), _environment(account, layout), account)


def _code(account: Account, layout: Layout) -> Path:
    target = layout.state / "app"
    shutil.rmtree(target, ignore_errors=True)  # never yesterday's code
    return reachable(account, ROOT, target, lambda root: ("cat", root / "manage.py"))


def _environment(account: Account, layout: Layout) -> Path:
    prefix, name = python().parent.parent, python().name
    installed = max((path.stat().st_mtime_ns for path in prefix.glob("lib/python*/site-packages")), default=0)
    target = layout.state / f"venv-{tag(Path(str(installed)))}"
    for old in set(layout.state.glob("venv-*")) - {target}:
        shutil.rmtree(old)
    usable = reachable(account, prefix, target, lambda folder: (folder / "bin" / name, "-c", "import django"))
    return usable / "bin" / name


def reachable(
    account: Account | None, source: Path, target: Path, probe: Probe, *, parts: Sequence[str] = (".",)
) -> Path:
    """`source` where the account can use it (the command that `probe` gives succeeds), else a copy of it at `target`.

    The copy holds those `parts` of the source that exist.
    """
    if account is None or works(account, *probe(source)):
        return source
    if not target.exists():
        draft = target.with_name(f"{target.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        for part in parts:
            if (source / part).exists():
                _copy(source / part, draft / part)
        draft.rename(target)
    if not works(account, *probe(target)):
        raise StackError(
            f"the account {account.name} can use neither {source} nor a copy of it; run as an ordinary user"
        )
    return target


def _copy(source: Path, target: Path) -> None:
    """Copy a tree so that everybody can read it; it lands in a folder that is private to the account."""

    def left_out(folder: str, names: list[str]) -> set[str]:
        at_top = {name for name in names if name.startswith(".") or name in _NOT_CODE}
        return {"__pycache__", *at_top} if Path(folder) == ROOT else set()

    shutil.copytree(source, target, symlinks=True, ignore=left_out)
    for path, folders, files in os.walk(target):
        for name in ["", *folders, *files]:
            entry = os.path.join(path, name)
            if not os.path.islink(entry):
                mode = os.stat(entry).st_mode
                os.chmod(entry, mode | 0o444 | (0o111 if mode & 0o100 else 0))

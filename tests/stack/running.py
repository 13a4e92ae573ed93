"""A real stack in a state folder of its own, as `make run` starts it, and the means to hurt it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from coopdesk.stack.environment import SERVERS
from coopdesk.stack.layout import ROOT

_OURS = (*SERVERS, "PROMETHEUS_MULTIPROC_DIR")
_PREFIXES = ("COOPDESK_", "DJANGO_", "PYTEST_")


def clean_env(**more: str) -> dict[str, str]:
    """The environment of a shell, without what the tests put into theirs."""
    inherited = {k: v for k, v in os.environ.items() if k not in _OURS and not k.startswith(_PREFIXES)}
    return inherited | {"COOPDESK_DEMO": "0"} | more


@contextlib.contextmanager
def state_folder(name: str = "state") -> Iterator[Path]:
    """A folder that the service account can reach when the tests run as root."""
    outer = Path(tempfile.mkdtemp(prefix="coopdesk-run-"))
    outer.chmod(0o711)
    try:
        (outer / name).parent.mkdir(parents=True, exist_ok=True)
        yield outer / name
    finally:
        shutil.rmtree(outer, ignore_errors=True)


class Stack:
    """`with Stack(state) as stack:` runs until the end of the block, or until it is killed in it."""

    def __init__(self, state: Path, **env: str) -> None:
        self.state, self.env = state, clean_env(COOPDESK_STATE=str(state), **env)
        self.output = state.with_name(f"{state.name}.out")

    def begin(self) -> None:
        """Start it, and do not wait until it is ready."""
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coopdesk.stack", "run"],
                cwd=ROOT,
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Stack:
        self.begin()
        try:
            wait_for(lambda: "READY" in self.said() or self.process.poll() is not None, 120)
            assert self.process.poll() is None, self.said()
        except BaseException:
            self.__exit__()
            raise
        self.address = self.said().split("READY ")[1].split()[0].rstrip("/")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)
        wait_for(lambda: not self.survivors(), 30)

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def ready(self) -> bool:
        return self.get("/readyz") == 200

    def parts(self) -> dict[str, int]:
        """The supervisor's children by kind."""
        words = {
            "postgres": "bin/postgres",
            "valkey": "valkey-server",
            "web": "gunicorn",
            "worker": " worker ",
            "beat": " beat ",
        }
        found = {}
        for pid, parent, line in _processes():
            if parent == self.process.pid:
                found |= {name: pid for name, word in words.items() if word in f"{line} "}
        return found

    def survivors(self) -> list[str]:
        """Every living process of this stack."""
        return [line for _, _, line in _processes() if str(self.state) in line]

    def family(self) -> list[int]:
        """The supervisor and all that it began, however deep."""
        members = {self.process.pid}
        rows = _processes()
        while more := {pid for pid, parent, _ in rows if parent in members} - members:
            members |= more
        return sorted(members)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """As the owner, by the URL in stack.env."""
        lines = dict(line.split("=", 1) for line in (self.state / "stack.env").read_text().splitlines())
        with psycopg.connect(lines["MIGRATE_DATABASE_URL"], autocommit=True) as connection:
            connection.execute("SET ROLE coopdesk_owner")
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def kill(*pids: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_for(condition: Callable[[], object], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout} s"
        time.sleep(0.1)


def _processes() -> list[tuple[int, int, str]]:
    """Process, parent and command line of everything that lives (zombies do not)."""
    rows = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if line:
                rows.append((int(folder.name), parent, line))
    return rows

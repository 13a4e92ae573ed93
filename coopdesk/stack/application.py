"""The application's processes: set-up, web, worker, beat, and the demo cases in the background."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coopdesk.stack.copies import Home
from coopdesk.stack.layout import Layout, StackError
from coopdesk.stack.processes import Part

TIER = 2
FIRST_PORT, PORTS = 8000, 50


def listen(wanted: str | None) -> socket.socket:
    """A listening socket: at COOPDESK_PORT exactly, or at the first free port from 8000. It is ours from here on."""
    if wanted is not None and not (wanted.isdecimal() and 0 < int(wanted) < 65536):
        raise StackError(f"COOPDESK_PORT={wanted!r} is not a port")
    ports = [int(wanted)] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS)
    reason = ""
    for port in ports:
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
            server.listen(128)
        except OSError as error:
            server.close()
            reason = f"port {port}: {error.strerror}"
            continue
        return server
    raise StackError(f"{reason}. Choose another one with COOPDESK_PORT.")


@dataclass(frozen=True)
class Application:
    """How the processes of one stack are started."""

    home: Home
    layout: Layout
    env: Mapping[str, str]

    def manage(self, *arguments: str) -> list[str | Path]:
        return [self.home.python, "manage.py", *arguments]

    def _env(self, role: str, **more: str) -> dict[str, str]:
        own = {"HOME": str(self.layout.state)} if self.home.account else {}  # root's home is closed to the account
        return {**self.env, **own, "COOPDESK_DB_ROLE": role, "PYTHONUNBUFFERED": "1", **more}

    @property
    def setup_env(self) -> dict[str, str]:
        return self._env("migrate")

    def has_demo(self) -> bool:
        """Whether demo cases are wanted and can be made."""
        there = any(self.home.root.glob("*/management/commands/load_demo.py"))
        return there and self.env.get("COOPDESK_DEMO") == "1" and self.env.get("COOPDESK_EMBEDDED") == "1"

    def demo(self) -> tuple[list[str | Path], dict[str, str]]:
        return self.manage("load_demo"), self._env("app")

    def web(self, server: socket.socket) -> Part:
        """The web server, on a socket that is bound already."""
        descriptor, port = server.fileno(), server.getsockname()[1]
        host = self.env.get("COOPDESK_HOSTS", "localhost").split(",")[0]
        command: list[str | Path] = [
            self.home.python,
            "-m",
            "gunicorn",
            "coopdesk.wsgi",
            "-c",
            "deploy/gunicorn.conf.py",
        ]
        env = self._env("app", PROMETHEUS_MULTIPROC_DIR=str(self.layout.metrics))
        return replace(
            self._part("web", [*command, "-b", f"fd://{descriptor}"], env),
            ready=lambda: _is_ready(port, host),
            grace=30,
            pass_fds=[descriptor],
        )

    def worker(self) -> Part:
        options = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        return replace(self._part("worker", [*self._celery("worker"), *options], self._env("worker")), grace=30)

    def beat(self) -> Part:
        options: list[str | Path] = ["--schedule", self.layout.beat / "schedule", "--pidfile="]
        return self._part("beat", [*self._celery("beat"), *options], self._env("worker"))

    def _celery(self, command: str) -> list[str | Path]:
        return [self.home.python, "-m", "celery", "-A", "coopdesk", "--quiet", command, "--loglevel", "WARNING"]

    def _part(self, name: str, command: list[str | Path], env: dict[str, str]) -> Part:
        return Part(name, command, TIER, self.home.account, env, self.home.root)


def _is_ready(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/readyz", headers={"Host": host})
        if connection.getresponse().status == 200:
            return True
    time.sleep(0.2)
    return False

"""The order of it all: services, set-up, web, worker and beat, demo cases; then mind them until asked to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from types import FrameType

from coopdesk.stack import environment
from coopdesk.stack.accounts import Account, prepare
from coopdesk.stack.application import Application, listen
from coopdesk.stack.copies import home_for
from coopdesk.stack.follow import Follower
from coopdesk.stack.layout import Layout
from coopdesk.stack.lock import Lock
from coopdesk.stack.processes import Family, Interrupted, launch, say
from coopdesk.stack.services import Services, clean_environment

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs one stack from start to stop."""

    def __init__(self) -> None:
        self._stopping = False
        self._began = time.monotonic()

    def run(self) -> None:
        """Until a signal, or until something fails for good (StackError)."""
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        layout, account = prepare(os.environ)
        lock = Lock(layout.lock)
        lock.take()
        family = Family(layout.logs, lambda: self._stopping)
        try:
            with listen(os.environ.get("COOPDESK_PORT") or None) as server:
                application = self._start(layout, account, family, server)
                lock.note(address := _address(server))
                self._greet(layout, address)
                self._mind(family, application)
        except Interrupted:
            pass
        finally:
            self._stop(layout, family)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, layout: Layout, account: Account | None, family: Family, server: socket.socket) -> Application:
        if environment.names_servers(os.environ):
            env = {"COOPDESK_STATE": str(layout.state), **os.environ}
        else:
            say("Starting PostgreSQL and Valkey …")
            services = Services(layout, account, {})
            services.start(family)
            mine = environment.embedded(layout, account, services.urls())
            environment.write_stack_environment(layout, account, mine)
            env = {"COOPDESK_ORIGIN": _address(server), **clean_environment(), **mine}
        application = Application(home_for(account, layout), layout, env)
        say("Setting up …")
        setup = application.manage("setup", "--welcome", str(layout.welcome))
        home = application.home
        family.run("set-up", setup, account=home.account, env=application.setup_env, cwd=home.root)
        say("Starting the web server …")
        family.start(application.web(server), timeout=120)
        family.start(application.worker())
        family.start(application.beat())
        return application

    def _greet(self, layout: Layout, address: str) -> None:
        if layout.welcome.exists() and (text := layout.welcome.read_text().strip()):
            say(f"\n{text}\n")
        say(f"READY {address}/ after {time.monotonic() - self._began:.1f} s. Ctrl-C stops it, the data stays.")
        say(f"Logs and data: {layout.state}")

    def _mind(self, family: Family, application: Application) -> None:
        follower = Follower([family.log_of(name) for name in ("web", "worker", "beat")])
        demo = self._load_demo(application)
        try:
            while not self._stopping:
                family.mind()
                for line in follower.errors():
                    say(line)
                if demo and (code := demo.poll()) is not None:
                    say("The demo cases are complete." if code == 0 else f"Loading demo cases ended with {code}.")
                    demo = None
                time.sleep(0.2)
        finally:
            if demo:
                demo.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    demo.wait(10)

    @staticmethod
    def _load_demo(application: Application) -> subprocess.Popen[bytes] | None:
        if not application.has_demo():
            return None
        command, env = application.demo()
        home = application.home
        return launch(command, account=home.account, env=env, cwd=home.root)

    @staticmethod
    def _stop(layout: Layout, family: Family) -> None:
        if family.running:
            say("\nStopping …")
            say("Stopped: " + ", ".join(f"{name} {code}" for name, code in family.stop().items()))
        layout.environment.unlink(missing_ok=True)
        if layout.sockets.parent != layout.state:
            with contextlib.suppress(OSError):
                layout.sockets.rmdir()


def _address(server: socket.socket) -> str:
    return f"http://localhost:{server.getsockname()[1]}"

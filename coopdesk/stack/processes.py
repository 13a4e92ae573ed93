"""Processes: each a child in its own session, that dies with the supervisor, is revived when it falls, and stops in order.

A child must be started from the main thread: the death signal is tied to the thread that made it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from coopdesk.stack.accounts import Account, as_account, open_for
from coopdesk.stack.layout import StackError

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 20 * 1024 * 1024
_REVIVALS, _WITHIN = 5, 60.0


class Interrupted(Exception):
    """Somebody asked us to stop while we were waiting for something."""


@dataclass
class Part:
    """One long-running process: how it is started, when it is ready, how it is stopped."""

    name: str
    command: Sequence[str | Path]
    tier: int  # parts of a higher tier are stopped first
    account: Account | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 15.0
    ready: Callable[[], bool] = lambda: True
    before: Callable[[], None] = lambda: None
    pass_fds: Sequence[int] = ()


def say(text: str) -> None:
    """One line to the person at the terminal, who may be gone."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def _die_with_parent(death_signal: int) -> Callable[[], None]:
    parent = os.getpid()

    def before_exec() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal)  # after the change of account, which clears it
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def launch(
    command: Sequence[str | Path],
    *,
    account: Account | None,
    env: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | int | None = None,
    death_signal: int = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child as `account` (None: as ourselves), in its own session so that Ctrl-C reaches only the supervisor."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(env),
        cwd=cwd,
        umask=0o077,
        start_new_session=True,
        preexec_fn=_die_with_parent(death_signal),
        pass_fds=pass_fds,
        **as_account(account),
    )


def tail(log: Path, lines: int = 12) -> str:
    """The end of a log file, indented, for an error message."""
    try:
        text = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "".join(f"\n    {line[:2000]}" for line in text[-lines:])


class Family:
    """The running parts, in the order in which they were started."""

    def __init__(self, logs: Path, interrupted: Callable[[], bool] = lambda: False) -> None:
        self.logs, self.interrupted = logs, interrupted
        self.running: dict[str, tuple[Part, subprocess.Popen[bytes]]] = {}
        self._deaths: dict[str, list[float]] = {}

    def start(self, part: Part, timeout: float = 60.0) -> None:
        """Start a part and wait until it is ready. StackError when it ends or stays mute."""
        part.before()
        log = self.log_of(part.name)
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with open(open_for(part.account, log, os.O_WRONLY | os.O_APPEND), "ab") as output:
            process = launch(
                part.command,
                account=part.account,
                env=part.env,
                cwd=part.cwd,
                output=output,
                death_signal=part.stop_signal,
                pass_fds=part.pass_fds,
            )
        self.running[part.name] = (part, process)
        try:
            self.wait(lambda: self._is_ready(part, process), f"{part.name} is not ready", timeout)
        except StackError as error:
            raise StackError(f"{error}:{tail(log)}") from None

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _is_ready(self, part: Part, process: subprocess.Popen[bytes]) -> bool:
        if process.poll() is not None:
            raise StackError(f"{part.name} ended with {process.returncode}")
        return part.ready()

    def wait(self, done: Callable[[], bool], failure: str, timeout: float) -> None:
        """Wait for a condition; Interrupted when we are asked to stop meanwhile."""
        deadline = time.monotonic() + timeout
        while not done():
            if self.interrupted():
                raise Interrupted
            if time.monotonic() > deadline:
                raise StackError(f"{failure} after {timeout:.0f} s")
            time.sleep(0.05)

    def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        account: Account | None,
        env: Mapping[str, str],
        cwd: Path = Path("/"),
        shown: bool = True,
    ) -> None:
        """Run a child to its end, its output shown or logged. StackError when it fails."""
        log = self.log_of(name)
        with contextlib.ExitStack() as opened:
            output = (
                None if shown else opened.enter_context(open(open_for(account, log, os.O_WRONLY | os.O_TRUNC), "wb"))
            )
            process = launch(command, account=account, env=env, cwd=cwd, output=output)
        try:
            self.wait(lambda: process.poll() is not None, f"{name} has not ended", 1800)
        finally:
            if process.poll() is None:
                _stop([(name, process, signal.SIGTERM, 10.0)])
        if process.returncode:
            raise StackError(f"{name} failed ({process.returncode}){'' if shown else tail(log)}")

    def mind(self) -> None:
        """Start again whatever has ended. StackError when a part ends again and again."""
        for name, (part, process) in list(self.running.items()):
            if process.poll() is None:
                continue
            say(f"{name} ended with {process.returncode}; starting it again")
            self._revive(part)

    def _revive(self, part: Part) -> None:
        deaths = self._deaths.setdefault(part.name, [])
        while True:
            now = time.monotonic()
            deaths[:] = [moment for moment in deaths if now - moment < _WITHIN] + [now]
            if len(deaths) > _REVIVALS:
                raise StackError(f"{part.name} keeps ending:{tail(self.log_of(part.name))}")
            try:
                return self.start(part)
            except StackError:  # for example PostgreSQL while the last orphan of its predecessor leaves
                time.sleep(1)

    def stop(self) -> dict[str, int | None]:
        """Stop all, highest tier first; returns the exit codes."""
        members = list(self.running.values())
        for tier in sorted({part.tier for part, _ in members}, reverse=True):
            _stop([(p.name, process, p.stop_signal, p.grace) for p, process in members if p.tier == tier])
        codes = {name: process.returncode for name, (_, process) in self.running.items()}
        self.running.clear()
        return codes


def _stop(group: Sequence[tuple[str, subprocess.Popen[bytes], signal.Signals, float]]) -> None:
    for _, process, stop_signal, _ in group:
        if process.poll() is None:
            process.send_signal(stop_signal)
    for name, process, _, grace in group:
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            say(f"{name} did not stop within {grace:.0f} s; ending it")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

"""One workflow step in process: four clients that approve, against four that replay the same SQL with psycopg alone."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable

from bench.database import ROOT, admin, environment
from bench.figures import CLIENTS, RUNS, Figure, interleaved
from bench.world import STEP_CASES, Tree

# One run warms up; the case whose statements are recorded is never taken.
_PER_RUN = (STEP_CASES - 1) // (RUNS + 1)
# Out of the way of every other number, so that the id of an event is known when it is seen among parameters.
_FIRST_EVENT = 100_000_000


def measure(_small: str, large: str) -> list[Figure]:
    """Steps per second of four clients, each committing one step after the other."""
    with admin(large) as connection:
        connection.execute("SELECT setval(pg_get_serial_sequence('agencies_auditevent', 'id'), %s)", [_FIRST_EVENT])
        codes = [agency.code for agency in Tree(connection).stepping]
    with contextlib.ExitStack() as stack:
        ours = [stack.enter_context(_Worker("product", code, large)) for code in codes[:CLIENTS]]
        theirs = [stack.enter_context(_Worker("replay", code, large)) for code in codes[CLIENTS : 2 * CLIENTS]]
        rates = interleaved({"product": _rate(ours), "replay": _rate(theirs)})
    return [Figure("one step in process (approve)", rates["product"], rates["replay"], "steps/s", 0.25)]


def _rate(workers: list[_Worker]) -> Callable[[], float]:
    def measure() -> float:
        began = time.perf_counter()
        for worker in workers:
            worker.start(_PER_RUN)
        for worker in workers:
            worker.wait()
        return _PER_RUN * len(workers) / (time.perf_counter() - began)

    return measure


class _Worker:
    """A process with one connection that takes so many steps when it is told to."""

    def __init__(self, variant: str, code: str, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.stepper", variant, code],
            cwd=ROOT,
            env=environment(name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> _Worker:
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def start(self, steps: int) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{steps}\n")
        self._process.stdin.flush()

    def wait(self) -> None:
        """Until it says that it is ready."""
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()) != "ready\n":
            if not line:
                raise SystemExit("a client of the step benchmark has died")

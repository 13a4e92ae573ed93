"""`python -m bench`: prepare, measure, print the table. Exit code 1 when a goal was missed."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from bench.database import database, say, seeded, servers
from bench.django_at import start
from bench.figures import CLIENTS, RUNS, Figure, table
from bench.load import load

SMALL = 10_000
PARTS = ("queues", "board", "record", "country", "web", "sweep", "steps", "advice")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=int(os.environ.get("CASES", "100000")), help="at least 10000")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure less")
    options = parser.parse_args()
    if options.cases < SMALL:
        parser.error(f"--cases must be at least {SMALL}")
    figures = _measure(options.cases, options.only or PARTS)
    print(f"\n{options.cases:,} cases, median of {RUNS} interleaved runs, {CLIENTS} clients\n\n{table(figures)}")
    return 0 if all(figure.ok for figure in figures) else 1


def _measure(cases: int, parts: Sequence[str]) -> list[Figure]:
    figures: list[Figure] = []
    with servers(), seeded() as template, database(template) as large, database(template) as small:
        say("the servers are up, the tables are there")
        load(large, cases, stepping=True)
        load(small, SMALL, stepping=False)
        start()
        for part in parts:
            # Imported only now, because their models need Django to be ready.
            figures += importlib.import_module(f"bench.{part}").measure(small, large)
            say(f"{part} is measured")
    return figures


if __name__ == "__main__":
    sys.exit(main())

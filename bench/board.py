"""The supervision board: read from the folded figures, against one live aggregate over every case; and what a fold costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import psycopg

from agencies import scope
from agencies.models import Appointment
from agencies.officers import actor_for
from bench.database import admin, say
from bench.django_at import as_worker, django_at
from bench.figures import Figure, interleaved
from bench.load import login
from bench.world import Tree
from cases.board import access, fold, reading

TIERS = ("county", "city", "province")
# A day in the life of a minute: so many cases change between two folds of a large installation.
CHANGED = 200
_ROUNDS = 10
_QUICK, _NATIONAL = 10.0, 100.0  # milliseconds
# What one would ask without figures: standing, lateness, rate of return and days of everything in sight, in one pass.
_LIVE = """
SELECT c.status, d.due_at < now() AS late, date_trunc('week', c.submitted_at), count(*),
  count(*) FILTER (WHERE l.corrected), percentile_cont(0.5) WITHIN GROUP (ORDER BY c.ended_at - c.created_at)
FROM cases_case c
LEFT JOIN (SELECT case_id, min(due_at) AS due_at FROM cases_deadline
  WHERE met_at IS NULL AND cancelled_at IS NULL GROUP BY case_id) d ON d.case_id = c.id
LEFT JOIN (SELECT case_id, bool_or(phase = 'correction') AS corrected FROM cases_leg GROUP BY case_id) l ON l.case_id = c.id
GROUP BY 1, 2, 3"""


def measure(_small: str, large: str) -> list[Figure]:
    """Milliseconds of a whole board at each tier, and of the fold."""
    with admin(large) as raw:
        tree = Tree(raw)
        raw.execute("INSERT INTO cases_touchedcase (case_id) SELECT id FROM cases_case")
    _fold_everything(large)
    with admin(large) as raw:
        raw.execute("VACUUM ANALYZE cases_boardcell, cases_boardnow, cases_casefigure, cases_touchedcase")
    national = tree.agencies[tree.terminal].code
    with django_at(large), admin(large) as raw:
        boards: dict[str, Callable[[], float]] = {
            tier: _boards([login(road[n].code, "chief") for road in tree.roads]) for n, tier in enumerate(TIERS)
        }
        medians = interleaved(boards | {"ministry": _boards([login(national, "chief")]), "live": _live(raw)})
        (cases,) = raw.execute("SELECT count(*) FROM cases_case").fetchone() or (0,)
    # The live aggregate grows with the cases, the figures hardly do: twenty times at a million, in proportion below.
    goal = max(20 * cases / 1_000_000, 1)
    figures = [Figure("board, ministry: live aggregate / figures", medians["live"], medians["ministry"], "ms", goal)]
    limits = {"ministry": _NATIONAL, "province": _QUICK, "city": _QUICK, "county": _QUICK}
    figures += [
        Figure(f"board, {tier}: at most {limit:.0f} ms", medians[tier], limit, "ms", 1, most=True)
        for tier, limit in limits.items()
    ]
    return figures + _folds(large)


def _boards(numbers: list[str]) -> Callable[[], float]:
    """The median milliseconds of reading a board, the SQL and the making of the figures from it."""
    actors = []

    def measure() -> float:
        if not actors:
            posts = Appointment.objects.select_related("agency").filter(officer__police_number__in=numbers)
            actors.extend(actor_for(post) for post in posts)
        times = []
        for actor in actors * max(_ROUNDS // len(actors), 1):
            with scope.acting(actor):
                agency = access.board_of(actor)
                began = time.perf_counter()
                board = reading.read(agency, period=13)
                times.append((time.perf_counter() - began) * 1000)
            assert board.whole.standing(fold.OPEN), agency
        return statistics.median(times)

    return measure


def _live(raw: psycopg.Connection) -> Callable[[], float]:
    def measure() -> float:
        began = time.perf_counter()
        raw.execute(_LIVE).fetchall()
        return (time.perf_counter() - began) * 1000

    return measure


def _fold_everything(name: str) -> None:
    with as_worker(name):
        began = time.perf_counter()
        done = fold.fold()
    say(f"  {done:,} cases were folded for the first time in {time.perf_counter() - began:.1f} s")


def _folds(name: str) -> list[Figure]:
    """A fold with nothing to take over, which still counts what depends on the clock, and one with CHANGED cases."""
    with admin(name) as raw, as_worker(name):

        def timed(changed: int) -> Callable[[], float]:
            def measure() -> float:
                raw.execute(
                    "INSERT INTO cases_touchedcase (case_id) SELECT id FROM cases_case ORDER BY id DESC LIMIT %s",
                    [changed],
                )
                began = time.perf_counter()
                fold.fold()
                return (time.perf_counter() - began) * 1000

            return measure

        medians = interleaved({"idle": timed(0), "busy": timed(CHANGED)})
    minute = 60_000.0
    return [
        Figure("fold, nothing changed: share of its minute", medians["idle"], minute, "ms", 0.05, most=True),
        Figure(f"fold, {CHANGED} cases changed: share of its minute", medians["busy"], minute, "ms", 0.05, most=True),
    ]

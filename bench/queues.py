"""The SQL of the work queue, first and deep page, as the product writes it: in a small and in a large database."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from agencies import scope
from agencies.actors import Actor
from agencies.models import Appointment
from agencies.officers import actor_for
from bench.database import admin, app_url, say
from bench.django_at import django_at
from bench.figures import Figure, interleaved
from bench.load import login
from bench.world import Tree
from cases.models import OpenQueue
from cases.queries import queue

TIERS = ("county", "city", "province")
PAGES = ("first", "deep")
_ROUNDS = 10
Statement = tuple[str, Any]


def measure(small: str, large: str) -> list[Figure]:
    """Milliseconds a page, the median over twelve agencies of a tier; the ratio says how much growth costs."""
    recorded = {name: _record(name) for name in (small, large)}
    figures = []
    with psycopg.connect(app_url(small)) as few, psycopg.connect(app_url(large)) as many:
        for tier in TIERS:
            for page in PAGES:
                variants = {
                    "small": _timer(few, recorded[small][tier, page]),
                    "large": _timer(many, recorded[large][tier, page]),
                }
                medians = interleaved(variants)
                name = f"queue SQL, {tier}, {page} page: large / small"
                figures.append(Figure(name, medians["large"], medians["small"], "ms", 1.3, most=True))
    return figures


def _record(name: str) -> dict[tuple[str, str], list[list[Statement]]]:
    """For each tier and page the statements of twelve agencies, each list with its scope first."""
    with admin(name) as raw:
        roads = Tree(raw).roads
    found: dict[tuple[str, str], list[list[Statement]]] = {(tier, page): [] for tier in TIERS for page in PAGES}
    with django_at(name):
        for road in roads:
            for tier, agency in zip(TIERS, road, strict=True):
                number = login(agency.code, "chief")
                actor = actor_for(Appointment.objects.select_related("agency").get(officer__police_number=number))
                for page, statements in zip(PAGES, _pages(actor), strict=True):
                    found[tier, page].append(statements)
    say(f"  the queue's statements are recorded in {name}")
    return found


def _pages(actor: Actor) -> tuple[list[Statement], list[Statement]]:
    """The statements of the first page, and of the page with the last fifty rows."""
    now = queue.Now(at=timezone.now(), today_ends=timezone.now(), near_ends=timezone.now())
    wanted = queue.Wanted(view=queue.AGENCY)
    with scope.acting(actor):
        rows = OpenQueue.objects.filter(agency_id=actor.agency_id).order_by("due_at", "case_id")
        keys = list(rows.values_list("due_at", "case_id"))
    before_last_fifty = keys[-queue.PAGE - 1]
    return (
        _recording(actor, lambda: queue.page(actor, wanted, now)),
        _recording(actor, lambda: queue.page(actor, wanted, now, after=before_last_fifty)),
    )


def _recording(actor: Actor, read: Callable[[], queue.Page]) -> list[Statement]:
    statements: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), scope.acting(actor):
        page = read()
    assert len(page.rows) == queue.PAGE, len(page.rows)
    return statements


def _timer(raw: psycopg.Connection, agencies: list[list[Statement]]) -> Callable[[], float]:
    """The median milliseconds of the statements after the scope has been set."""

    def measure() -> float:
        times = []
        for statements in agencies * _ROUNDS:
            with raw.transaction(), raw.cursor() as cursor:
                cursor.execute(*statements[0])  # the scope
                began = time.perf_counter()
                for sql, params in statements[1:]:
                    cursor.execute(sql, params, prepare=True).fetchall()
                times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)

    return measure

"""The page of the busiest country: its queries, which its history must not add to, and the time they take."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import Officer
from bench.database import admin, say
from bench.django_at import as_worker, django_at
from bench.figures import Figure, interleaved
from bench.load import login
from bench.record import BUSIEST
from bench.web import session_of
from bench.world import KUNSHAN
from cases.record import refresh
from countries.models import Country

_QUERIES, _SQL = 12.0, 50.0  # a page; milliseconds
_ROUNDS = 5


def measure(_small: str, large: str) -> list[Figure]:
    """Queries and milliseconds of SQL of one page, for a drafter of a county, with every part that the rooms offer."""
    with as_worker(large):
        refresh.refresh(anew=True)
    with admin(large) as raw:
        (busiest,) = raw.execute(BUSIEST).fetchone() or (0,)
    with django_at(large):
        page = _Page(Country.objects.get(pk=busiest), login(KUNSHAN, "officer"))
        medians = interleaved({"queries": page.queries, "sql": page.sql, "page": page.whole})
    say(f"  the page itself took {medians['page']:.0f} ms")
    return [
        Figure(f"country page: at most {_QUERIES:.0f} queries", medians["queries"], _QUERIES, "", 1, most=True),
        Figure(f"country page: SQL at most {_SQL:.0f} ms", medians["sql"], _SQL, "ms", 1, most=True),
    ]


class _Page:
    def __init__(self, country: Country, number: str) -> None:
        logging.getLogger("coopdesk.request").setLevel(logging.WARNING)
        self._url = reverse("country-detail", args=[country.code])
        self._client = Client(SERVER_NAME="localhost")
        cookie = session_of(Officer.objects.get(police_number=number))
        self._client.cookies[settings.SESSION_COOKIE_NAME] = cookie

    def queries(self) -> float:
        return float(len(self._spent()))

    def sql(self) -> float:
        return self._median(lambda: 1000 * sum(self._spent()))

    def whole(self) -> float:
        return self._median(self._elapsed)

    @staticmethod
    def _median(measure: Callable[[], float]) -> float:
        return statistics.median(measure() for _round in range(_ROUNDS))

    def _elapsed(self) -> float:
        began = time.perf_counter()
        self._spent()
        return 1000 * (time.perf_counter() - began)

    def _spent(self) -> list[float]:
        """The seconds of each query of one page."""
        spent: list[float] = []

        def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                if not sql.startswith(("SAVEPOINT", "RELEASE")):
                    spent.append(time.perf_counter() - began)

        with connection.execute_wrapper(timed):
            answer = self._client.get(self._url)
        if answer.status_code != 200:
            raise SystemExit(f"{self._url} answered {answer.status_code}")
        return spent

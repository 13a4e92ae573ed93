"""Our record with the busiest country: reading it, at every tier, and what the weekly count of all countries costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from agencies import scope
from agencies.models import Appointment
from agencies.officers import actor_for
from bench.database import admin, say
from bench.django_at import as_worker, django_at
from bench.figures import Figure, interleaved
from bench.load import login
from bench.world import Tree
from cases.record import reading, refresh
from countries.models import Country

_ROUNDS = 10
_READ, _OWED = 50.0, 200.0  # milliseconds
# The worker has so long for a task; the count is to take a part of that at any number of cases.
_TASK = 600_000.0
BUSIEST = "SELECT country_id FROM cases_case GROUP BY country_id ORDER BY count(*) DESC LIMIT 1"


def measure(_small: str, large: str) -> list[Figure]:
    """Milliseconds of the SQL and of making the curve from it; with the open cases of the reader; and of the count."""
    with as_worker(large):
        began = time.perf_counter()
        countries = refresh.refresh(anew=True)
        counted = (time.perf_counter() - began) * 1000
    say(f"  the records of {countries} countries were counted in {counted / 1000:.1f} s")
    with admin(large) as raw:
        tree = Tree(raw)
        raw.execute("VACUUM ANALYZE cases_countryrecord")
        (busiest,) = raw.execute(BUSIEST).fetchone() or (0,)
    county, national = tree.roads[0][0].code, tree.agencies[tree.terminal].code
    with django_at(large):
        medians = interleaved(
            {
                "read": _reads(busiest, login(county, "chief"), 0),
                "county": _reads(busiest, login(county, "chief"), reading.OWED),
                "ministry": _reads(busiest, login(national, "chief"), reading.OWED),
            }
        )
    return [
        Figure(f"record of the busiest country: at most {_READ:.0f} ms", medians["read"], _READ, "ms", 1, most=True),
        Figure("record with what is owed, county", medians["county"], _OWED, "ms", 1, most=True),
        Figure("record with what is owed, ministry", medians["ministry"], _OWED, "ms", 1, most=True),
        Figure("weekly count: share of its time", counted, _TASK, "ms", 0.5, most=True),
    ]


def _reads(country_id: int, number: str, owed: int) -> Callable[[], float]:
    """The median milliseconds of reading the record as this officer."""

    def measure() -> float:
        country = Country.objects.get(pk=country_id)
        actor = actor_for(Appointment.objects.select_related("agency").get(officer__police_number=number))
        times = []
        with scope.acting(actor):
            for _round in range(_ROUNDS):
                began = time.perf_counter()
                found = reading.read(country, actor, owed=owed)
                times.append((time.perf_counter() - began) * 1000)
        assert found.sent is not None
        return statistics.median(times)

    return measure

"""The counts above the workbench. They stop at a cap, so that they cost the same for a county and for the ministry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from agencies.actors import Actor
from cases.models import Side
from cases.policies import visible_to
from cases.queries.queue import ABROAD, ABROAD_STATUSES, AGENCY, FILED, LATE, MINE, NEAR, Now, Wanted, keyed, when

CAP = 1000
# How many cases abroad are looked through for the one that has been there longest.
_LONGEST_OF = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of a view, and how many of them are late, near, due today, abroad; each at most CAP."""

    n: int
    late: int
    near: int
    today: int
    abroad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """One tally a view, and since when the longest case abroad in scope is there (None: none, or too many to look)."""

    views: dict[str, Tally]
    abroad_since: datetime | None


def tallies(actor: Actor, now: Now) -> Tallies:
    """Count the three views in five small queries, whatever the number of cases."""
    today = Q(due_at__gte=now.at, due_at__lt=now.today_ends)
    counts = {
        "n": Count("pk"),
        "late": Count("pk", filter=when(LATE, now)),
        "near": Count("pk", filter=when(NEAR, now)),
        "today": Count("pk", filter=today),
    }
    abroad = keyed(actor, Wanted(view=AGENCY, when=ABROAD), now)
    n_abroad = abroad.order_by("-due_at", "-case_id")[:CAP].count()
    views = {}
    for view in (MINE, AGENCY):
        rows = keyed(actor, Wanted(view=view), now).order_by("due_at", "case_id")
        views[view] = Tally(**rows[:CAP].aggregate(**counts), abroad=n_abroad)
    filed = keyed(actor, Wanted(view=FILED), now)[:CAP]
    views[FILED] = Tally(**filed.aggregate(**counts, abroad=Count("pk", filter=Q(status__in=ABROAD_STATUSES))))
    return Tallies(views=views, abroad_since=_longest(actor, abroad) if n_abroad <= _LONGEST_OF else None)


def _longest(actor: Actor, abroad: object) -> datetime | None:
    legs = Q(legs__closed_at=None) & ~Q(legs__side=Side.DOMESTIC)
    cases = visible_to(actor).filter(legs, pk__in=abroad.values("case_id"))  # type: ignore[attr-defined]
    since: datetime | None = cases.aggregate(since=Min("legs__opened_at"))["since"]
    return since

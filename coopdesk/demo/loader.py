"""Loading the demo cases: one transaction a case, in the order in which they began; starting again goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from agencies import audit, turns
from agencies.models import Agency, AuditEvent
from coopdesk.demo.hours import OfficeHours
from coopdesk.demo.plan import Planner, Played, Plot, plots
from coopdesk.demo.player import MARKER, Player
from coopdesk.demo.world import PLACES, require_demo
from countries.calendars import work_calendar
from countries.models import Country
from treaties.models import Course, RequestType

Progress = Callable[[int, int], None]


def load_cases(progress: Progress, wanted: Iterable[Plot] | None = None) -> int:
    """Make the cases of the plan that are not there yet; returns how many were made. Raises DemoRefused.

    `progress` gets how many there are and how many there will be. The accounts must have been made.
    """
    require_demo()
    # Nothing of this is news, so nobody is woken for it.
    audit.nudge_with(lambda: None)
    plan = list(plots() if wanted is None else wanted)
    there = _loaded()
    missing = sorted(
        _planned([plot for plot in plan if plot.number not in there]), key=lambda played: played.acts[0][0]
    )
    player, made = Player(), 0
    progress(len(plan) - len(missing), len(plan))
    for position, played in enumerate(missing, start=len(plan) - len(missing) + 1):
        made += _load(player, played)
        progress(position, len(plan))
    return made


def _loaded() -> set[int]:
    """The numbers of the plots that have become cases."""
    return set(AuditEvent.objects.filter(kind=MARKER).values_list("facts__plot", flat=True))


@transaction.atomic
def _load(player: Player, played: Played) -> bool:
    """The whole case or nothing of it; False when another loader has made it meanwhile."""
    turns.wait(turns.Turn.DEMO)
    if AuditEvent.objects.filter(kind=MARKER, subject=f"demo:{played.plot.number}").exists():
        return False
    player.play(played)
    return True


def _planned(wanted: list[Plot]) -> list[Played]:
    hours = OfficeHours(work_calendar(), timezone.now())
    countries = dict(Country.objects.filter(is_partner=True).values_list("code", "name_zh"))
    planner = Planner(hours, countries, {place: _types_of(where.code) for place, where in PLACES.items()})
    return [planner.plan(plot) for plot in wanted]


def _types_of(code: str) -> frozenset[str]:
    """The request types that an agency may start and that take the full road."""
    tier = Agency.objects.values_list("tier", flat=True).get(code=code)
    types = RequestType.objects.filter(
        opened_by__contains=[tier], course=Course.ROUTE, direction__in=["outgoing", "both"]
    )
    return frozenset(types.values_list("code", flat=True))

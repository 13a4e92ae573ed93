"""Where a case may travel: its route, who faces the other side, who has the last word. Read live, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agencies.models import Agency
from agencies.models.tree import Tier
from agencies.queries import route_of
from cases.models import Case, Direction, Leg, Phase, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What routing needs to know. `route` runs from the origin to the authority: the terminal desk, at the border the
    province (MPSR-376)."""

    route: Sequence[Agency]
    terminal: Agency
    holder: Agency | None
    return_to: Agency | None
    phase: Phase
    status: Status
    incoming: bool = False
    border: bool = False
    executor: Agency | None = None  # who carried a foreign request out

    @property
    def origin(self) -> Agency:
        return self.route[0]

    @property
    def authority(self) -> Agency:
        """Who has the last word on our side."""
        return self.route[-1]

    @property
    def front(self) -> Agency:
        """Who faces the other side: the terminal desk, at the border the origin; a foreign request's who registered it."""
        return self.origin if self.border or self.incoming else self.terminal

    @property
    def writer(self) -> Agency:
        """Who wrote what is reviewed, and corrects it."""
        return self.executor if self.executor is not None and self.phase == Phase.RESULT else self.origin

    def above(self, agency: Agency) -> Agency | None:
        """The next agency on the way to the authority; None above it.

        An agency off the route (a reorganisation took it away, or it executes a foreign request) passes the case along
        its own `route_to`.
        """
        if agency == self.authority:
            return None
        ids = [stop.pk for stop in self.route]
        return self.route[ids.index(agency.pk) + 1] if agency.pk in ids else agency.route_to

    def below(self, agency: Agency) -> Agency:
        """The next agency down towards the origin; the origin itself at the end, or from off the route."""
        ids = [stop.pk for stop in self.route]
        position = ids.index(agency.pk) if agency.pk in ids else 0
        return self.route[max(position - 1, 0)]


def journey_of(case: Case, leg: Leg, route: Sequence[Agency] | None = None) -> Journey:
    """The journey of `case` from `leg`, its open or last one; `route` is the origin's, when it was read already."""
    whole = route if route is not None else route_of(case.origin)
    return Journey(
        route=to_authority(whole) if case.at_the_border else whole,
        terminal=whole[-1],
        holder=leg.agency,
        return_to=case.return_to,
        phase=Phase(leg.phase),
        status=Status(case.status),
        incoming=case.direction == Direction.INCOMING,
        border=case.at_the_border,
        executor=_executor(case) if leg.phase in (Phase.RESULT, Phase.EXECUTION) else None,
    )


def to_authority(route: Sequence[Agency]) -> Sequence[Agency]:
    """The route as far as the province, which has the last word at the border (MPSR-376)."""
    last = next((n for n, stop in enumerate(route) if stop.tier == Tier.PROVINCE), len(route) - 1)
    return route[: last + 1]


def _executor(case: Case) -> Agency | None:
    """Who carried it out, or the organ that took its place since."""
    leg = case.legs.filter(phase=Phase.EXECUTION).select_related("agency__successor").order_by("-seq").first()
    agency = leg.agency if leg else None
    while agency is not None and agency.successor is not None:
        agency = agency.successor
    return agency


def front_of(case: Case) -> Agency | None:
    """Who faces the other side in this case."""
    if case.at_the_border or case.direction == Direction.INCOMING:
        return case.origin
    return Agency.objects.filter(is_terminal=True).first()


def faces_abroad(case: Case, agency_id: int | None) -> bool:
    """Does this agency face the other side in this case?"""
    front = front_of(case)
    return front is not None and front.pk == agency_id

"""Where a step takes a case: pure functions over the table's moves, the route and the present holder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agencies.models import Agency
from cases.guards import Values
from cases.models import Phase, Side, Status
from cases.workflow import Move, Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What routing needs to know: the route from the origin to the terminal desk, who holds the case, who returned it."""

    route: Sequence[Agency]
    holder: Agency | None
    return_to: Agency | None
    phase: Phase
    status: Status

    @property
    def origin(self) -> Agency:
        return self.route[0]

    @property
    def terminal(self) -> Agency:
        return self.route[-1]

    def above(self, agency: Agency) -> Agency | None:
        """The next agency on the route; None above the terminal desk.

        An agency that a reorganisation took off the origin's route passes the case along its own `route_to`.
        """
        ids = [stop.pk for stop in self.route]
        if agency.pk in ids:
            position = ids.index(agency.pk) + 1
            return self.route[position] if position < len(self.route) else None
        return agency.route_to

    def below(self, agency: Agency) -> Agency:
        """The next agency down towards the origin; the origin itself at the end, or from off the route."""
        ids = [stop.pk for stop in self.route]
        position = ids.index(agency.pk) if agency.pk in ids else 0
        return self.route[max(position - 1, 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The outcome of a move. `phase` None means custody stays as it is; Phase.ENDED means that nobody holds it."""

    status: Status
    phase: Phase | None = None
    agency: Agency | None = None
    side: Side = Side.DOMESTIC


def next_stop(transition: Transition, journey: Journey, values: Values) -> Stop:
    """Where `transition` leads from here."""
    return _MOVES[transition.move](transition, journey, values)


def _stay(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=journey.status)


def _to_review(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.IN_REVIEW, phase=Phase.REVIEW, agency=journey.origin)


def _up(_t: Transition, journey: Journey, _v: Values) -> Stop:
    holder = journey.holder or journey.origin
    if holder == journey.origin and journey.return_to is not None:
        return Stop(status=Status.IN_REVIEW, phase=Phase.REVIEW, agency=journey.return_to)
    above = None if holder.is_terminal else journey.above(holder)
    if above is None:
        return Stop(status=Status.CLEARED, phase=Phase.DISPATCH, agency=holder)
    return Stop(status=Status.IN_REVIEW, phase=Phase.REVIEW, agency=above)


def _back(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.RETURNED, phase=Phase.CORRECTION, agency=journey.origin)


def _abroad(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.DISPATCHED, phase=Phase.ABROAD, side=Side.FOREIGN)


def _reply(_t: Transition, journey: Journey, values: Values) -> Stop:
    if values["kind"] == "interim":
        return Stop(status=journey.status)
    return Stop(status=Status.ANSWERED, phase=Phase.RETURN, agency=journey.terminal)


def _down(_t: Transition, journey: Journey, _v: Values) -> Stop:
    below = journey.below(journey.holder or journey.terminal)
    if below == journey.origin:
        return Stop(status=Status.DELIVERED, phase=Phase.DELIVERY, agency=below)
    return Stop(status=Status.ANSWERED, phase=Phase.RETURN, agency=below)


def _end(transition: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=transition.targets[0], phase=Phase.ENDED, agency=journey.origin)


def _revive(transition: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=transition.targets[0], phase=Phase.DELIVERY, agency=journey.origin)


_MOVES = {
    Move.STAY: _stay,
    Move.TO_REVIEW: _to_review,
    Move.UP: _up,
    Move.BACK: _back,
    Move.ABROAD: _abroad,
    Move.REPLY: _reply,
    Move.DOWN: _down,
    Move.END: _end,
    Move.REVIVE: _revive,
}

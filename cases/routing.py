"""Where a step takes a case: pure functions over the table's moves, the route and the present holder."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.models import Agency
from cases.guards.base import Values
from cases.journey import Journey
from cases.models import Phase, Side, Status
from cases.workflow.shape import Move, Transition


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


def _up(_t: Transition, journey: Journey, values: Values) -> Stop:
    """To the next reviewer; a corrected case straight to who returned it; past the last one out of review."""
    holder = journey.holder or journey.origin
    # After a merger the writer itself may be the one who had returned it.
    if holder == journey.writer and journey.return_to not in (None, holder):
        return Stop(status=journey.status, phase=journey.phase, agency=journey.return_to)
    above = journey.above(holder)
    if above is not None and values.get("skip"):
        above = journey.above(above)
    if above is not None:
        return Stop(status=journey.status, phase=journey.phase, agency=above)
    if journey.phase == Phase.QUERY_REVIEW:
        return _abroad(_t, journey, values)
    return Stop(status=Status.CLEARED, phase=Phase.DISPATCH, agency=journey.front)


def _back(_t: Transition, journey: Journey, _v: Values) -> Stop:
    status, phase = {
        Phase.QUERY_REVIEW: (Status.QUERY_OPEN, Phase.QUERY),
        Phase.RESULT: (Status.IN_EXECUTION, Phase.EXECUTION),
    }.get(journey.phase, (Status.RETURNED, Phase.CORRECTION))
    return Stop(status=status, phase=phase, agency=journey.writer)


def _abroad(_t: Transition, _j: Journey, _v: Values) -> Stop:
    return Stop(status=Status.DISPATCHED, phase=Phase.ABROAD, side=Side.FOREIGN)


def _liaison(_t: Transition, _j: Journey, _v: Values) -> Stop:
    return Stop(status=Status.WITH_LIAISON, phase=Phase.LIAISON, side=Side.EXTERNAL)


def _from_liaison(transition: Transition, journey: Journey, _v: Values) -> Stop:
    phase = Phase.RESULT if journey.incoming else Phase.REVIEW
    return Stop(status=transition.targets[0], phase=phase, agency=journey.authority)


def _query(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.QUERY_OPEN, phase=Phase.QUERY, agency=journey.origin)


def _answer(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.QUERY_OPEN, phase=Phase.QUERY_REVIEW, agency=journey.origin)


def _reply(transition: Transition, journey: Journey, values: Values) -> Stop:
    return Stop(status=journey.status) if values["kind"] == "interim" else _late(transition, journey, values)


def _late(_t: Transition, journey: Journey, _v: Values) -> Stop:
    """The answer is home; at the border it is delivered at once."""
    if journey.border:
        return Stop(status=Status.DELIVERED, phase=Phase.DELIVERY, agency=journey.origin)
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


# --- Requests from abroad ---------------------------------------------------------------------------------------------


def _checked(transition: Transition, journey: Journey, values: Values) -> Stop:
    if values["result"] == "complete":
        return _resume(transition, journey, values)
    return Stop(status=Status.RETURNED_TO_REQUESTER, phase=Phase.ENDED, agency=journey.origin)


def _ask(_t: Transition, _j: Journey, _v: Values) -> Stop:
    return Stop(status=Status.AWAITING_SUPPLEMENT, phase=Phase.SUPPLEMENT, side=Side.FOREIGN)


def _resume(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.IN_REVIEW, phase=Phase.DECISION, agency=journey.authority)


def _decided(_t: Transition, journey: Journey, values: Values) -> Stop:
    status, phase, agency = {
        "execute": (Status.TO_ASSIGN, Phase.ASSIGNMENT, journey.authority),
        "postpone": (Status.POSTPONED, Phase.POSTPONED, journey.authority),
        "refuse": (Status.REFUSED, Phase.ENDED, journey.origin),
        "transfer": (Status.TRANSFERRED, Phase.ENDED, journey.origin),
    }[values["decision"]]
    return Stop(status=status, phase=phase, agency=agency)


def _assign(_t: Transition, journey: Journey, values: Values) -> Stop:
    """One agency down; or executed here, alone or by several whose assigner keeps custody."""
    if "agency" in values:
        return Stop(status=Status.TO_ASSIGN, phase=Phase.ASSIGNMENT, agency=values["agency"])
    return Stop(status=Status.IN_EXECUTION, phase=Phase.EXECUTION, agency=journey.holder)


def _unassign(_t: Transition, journey: Journey, _v: Values) -> Stop:
    above = journey.above(journey.holder or journey.authority)
    return Stop(status=Status.TO_ASSIGN, phase=Phase.ASSIGNMENT, agency=above or journey.authority)


def _result(_t: Transition, journey: Journey, _v: Values) -> Stop:
    return Stop(status=Status.RESULT_REVIEW, phase=Phase.RESULT, agency=journey.holder)


def _replied(_t: Transition, _j: Journey, _v: Values) -> Stop:
    return Stop(status=Status.REPLIED, phase=Phase.REPLIED, side=Side.FOREIGN)


_MOVES = {
    Move.STAY: _stay,
    Move.TO_REVIEW: _to_review,
    Move.UP: _up,
    Move.BACK: _back,
    Move.ABROAD: _abroad,
    Move.LIAISON: _liaison,
    Move.FROM_LIAISON: _from_liaison,
    Move.QUERY: _query,
    Move.ANSWER: _answer,
    Move.REPLY: _reply,
    Move.DOWN: _down,
    Move.END: _end,
    Move.REVIVE: _revive,
    Move.LATE: _late,
    Move.CHECKED: _checked,
    Move.ASK: _ask,
    Move.RESUME: _resume,
    Move.DECIDED: _decided,
    Move.ASSIGN: _assign,
    Move.UNASSIGN: _unassign,
    Move.RESULT: _result,
    Move.REPLIED: _replied,
}

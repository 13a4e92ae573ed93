"""Stations of a case that goes its own way (from abroad, at the border): where it was, in that order, and what is still
to come. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator

from agencies.models import Agency
from cases.journey import Journey, journey_of
from cases.models import Leg, Phase, Side
from cases.queries.dossier import Dossier
from cases.queries.station import State, Station

# From here a case still climbs to the authority.
_CLIMBS = frozenset(
    {Phase.DRAFT, Phase.CORRECTION, Phase.REVIEW, Phase.CHECK, Phase.ASSIGNMENT, Phase.EXECUTION, Phase.RESULT}
)
_SENT = frozenset({Phase.ABROAD, Phase.SUPPLEMENT, Phase.REPLIED})


def as_it_went(dossier: Dossier) -> list[Station]:
    """The stretches of one holder after the other, then the way ahead; nothing lies ahead of an ended case."""
    runs: list[list[Leg]] = []
    for leg in dossier.legs:
        if leg.phase == Phase.ENDED:
            continue
        if runs and _same(runs[-1][-1], leg):
            runs[-1].append(leg)
        else:
            runs.append([leg])
    been = [_been(dossier, legs) for legs in runs]
    return [*been, *(_ahead(dossier) if dossier.leg is not None else ())]


def _same(before: Leg, leg: Leg) -> bool:
    return before.side == leg.side and before.agency_id == leg.agency_id and before.holder_name == leg.holder_name


def _been(dossier: Dossier, legs: list[Leg]) -> Station:
    last, country = legs[-1], dossier.case.country
    now = last.closed_at is None
    foreign = last.side == Side.FOREIGN
    return Station(
        kind={Side.FOREIGN: "foreign", Side.EXTERNAL: "liaison"}.get(Side(last.side), "home"),
        agency=last.agency,
        name=(country.name if country else "") if foreign else last.holder_name,
        counterpart=last.holder_name if foreign else "",
        state=State.NOW if now else State.DONE,
        legs=legs,
        late=now and dossier.deadline is not None and dossier.deadline.due_at < dossier.now,
    )


def _ahead(dossier: Dossier) -> Iterator[Station]:
    """The reviewers still to come, who faces the other side, the other side, and at the border the receipt."""
    leg, country = dossier.leg, dossier.case.country
    assert leg is not None  # it is under way
    journey = journey_of(dossier.case, leg, dossier.route)
    phase = Phase(leg.phase)
    if phase in _CLIMBS:
        for agency in _climb(journey):
            yield Station(kind="home", agency=agency, name=agency.name, state=State.NEXT)
    before_sending = phase not in _SENT and phase != Phase.DELIVERY
    if before_sending and phase not in (Phase.DISPATCH, Phase.LIAISON) and journey.front != journey.authority:
        yield Station(kind="home", agency=journey.front, name=journey.front.name, state=State.NEXT)
    if before_sending or phase == Phase.SUPPLEMENT:
        yield Station(kind="foreign", name=country.name if country else "", state=State.NEXT)
    if not journey.incoming and phase != Phase.DELIVERY:
        yield Station(kind="home", agency=journey.origin, name=journey.origin.name, state=State.NEXT)


def _climb(journey: Journey) -> Iterator[Agency]:
    at = journey.above(journey.holder or journey.origin)
    while at is not None:
        yield at
        at = journey.above(at)

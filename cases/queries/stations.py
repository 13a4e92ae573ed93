"""The route as stations: every agency up to the terminal desk, the foreign side, the way back. Pure functions."""

from __future__ import annotations

from collections.abc import Callable

from agencies.models import Agency
from cases.models import Direction, Leg, Phase, Side
from cases.queries.as_it_went import as_it_went
from cases.queries.dossier import Dossier
from cases.queries.station import State, Station

UPWARD = frozenset({Phase.DRAFT, Phase.REVIEW, Phase.CORRECTION, Phase.DISPATCH, Phase.QUERY, Phase.QUERY_REVIEW})
BACK = frozenset({Phase.RETURN, Phase.DELIVERY})


def stations(dossier: Dossier) -> list[Station]:
    """All stations in order; a case that ended on its way up has none after its last stop."""
    if dossier.case.direction == Direction.INCOMING or dossier.case.at_the_border:
        return as_it_went(dossier)
    stops = _places(dossier)
    here = _position(dossier, stops)
    straight = _straight(dossier, stops, here)
    up = [_home(dossier, agency, index, here, straight) for index, agency in enumerate(stops)]
    if dossier.case.ended_at and not _legs(dossier, lambda leg: leg.side != Side.DOMESTIC):
        last = max((index for index, stop in enumerate(up) if stop.legs), default=0)
        return up[: last + 1]
    back = _back(dossier)
    ended_abroad = dossier.case.ended_at is not None and not back.legs
    return [*up, *_liaison(dossier), _foreign(dossier), *([] if ended_abroad else [back])]


def _legs(dossier: Dossier, of: Callable[[Leg], bool]) -> list[Leg]:
    return [leg for leg in dossier.legs if of(leg)]


def _places(dossier: Dossier) -> list[Agency]:
    """The route as it is today; agencies that the case went through before a reorganisation stand where it went on from."""
    stops = list(dossier.route)
    upward = [leg.agency for leg in dossier.legs if leg.agency is not None and leg.phase in UPWARD]
    for agency in dict.fromkeys(agency for agency in upward if agency not in dossier.route):
        after = upward[len(upward) - upward[::-1].index(agency) :]
        following = next((stop for stop in after if stop in stops), stops[-1])
        stops.insert(stops.index(following), agency)
    return stops


def _position(dossier: Dossier, stops: list[Agency]) -> int:
    """Which stop holds the case on its way up; past the last one when it has been sent."""
    ids = [stop.pk for stop in stops]
    upward = [leg for leg in dossier.legs if leg.phase in UPWARD]
    sent = any(leg.side != Side.DOMESTIC or leg.phase in BACK for leg in dossier.legs)
    if sent or not upward:
        return len(stops)
    return ids.index(upward[-1].agency_id or 0)


def _straight(dossier: Dossier, stops: list[Agency], here: int) -> range:
    """The stops that a corrected case passes by on its way to the agency that returned it."""
    ids = [stop.pk for stop in stops]
    back_to = dossier.case.return_to_id
    if back_to is None or back_to not in ids:
        return range(0)
    return range(here + 1, ids.index(back_to))


def _home(dossier: Dossier, agency: Agency, index: int, here: int, straight: range) -> Station:
    legs = _legs(dossier, lambda leg: leg.agency_id == agency.pk and leg.phase in UPWARD)
    open_here = any(leg.closed_at is None for leg in legs)
    if open_here:
        state = State.NOW
    elif index < here and not legs:
        state = State.SKIP
    else:
        state = State.DONE if index < here or (legs and dossier.case.ended_at) else State.NEXT
    return Station(
        kind="home",
        agency=agency,
        # As it was called when it had the case.
        name=legs[-1].holder_name if legs else agency.name,
        state=state,
        legs=legs,
        limit=_limit(dossier, agency, *((Phase.REVIEW, Phase.DISPATCH) if agency.is_terminal else (Phase.REVIEW,))),
        late=open_here and _is_late(dossier),
        returned=sum(
            leg.entered_by == "return_for_correction" and before.agency_id == agency.pk
            for before, leg in zip(dossier.legs, dossier.legs[1:], strict=False)
        ),
        straight=index in straight,
    )


def _liaison(dossier: Dossier) -> list[Station]:
    """司法部 or 外交部, when the request went through one."""
    legs = _legs(dossier, lambda leg: leg.side == Side.EXTERNAL)
    if not legs:
        return []
    late = legs[-1].closed_at is None and _is_late(dossier)
    return [Station(kind="liaison", name=legs[-1].holder_name, state=_progress(legs), legs=legs, late=late)]


def _foreign(dossier: Dossier) -> Station:
    legs = _legs(dossier, lambda leg: leg.side == Side.FOREIGN)
    country = dossier.case.country
    return Station(
        kind="foreign",
        name=country.name if country else "",
        counterpart=legs[-1].holder_name if legs else "",
        state=_progress(legs),
        legs=legs,
    )


def _back(dossier: Dossier) -> Station:
    legs = _legs(dossier, lambda leg: leg.phase in BACK)
    path = list(reversed(dossier.route))
    tiers = max(len(path) - 1, 1)
    limit = dossier.limit(Phase.RETURN, path[0])
    return Station(
        kind="back",
        state=_progress(legs),
        legs=legs,
        limit=limit * tiers if limit else None,
        late=any(leg.closed_at is None for leg in legs) and _is_late(dossier),
        path=path,
    )


def _progress(legs: list[Leg]) -> State:
    if not legs:
        return State.NEXT
    return State.NOW if any(leg.closed_at is None for leg in legs) else State.DONE


def _limit(dossier: Dossier, agency: Agency, *phases: Phase) -> int | None:
    return sum(dossier.limit(phase, agency) or 0 for phase in phases) or None


def _is_late(dossier: Dossier) -> bool:
    return dossier.deadline is not None and dossier.deadline.due_at < dossier.now

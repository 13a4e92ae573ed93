"""Whose board may be opened: the own agency's and those below it; the terminal desk's is the whole country's. Supervisors
and approvers read; anybody else, and any other agency, gets the answer that an absent board gives."""

from __future__ import annotations

from agencies.actors import Actor
from agencies.errors import NotPermitted, NotVisible
from agencies.models import Agency
from agencies.queries import agency_by_code
from agencies.roles import Role

READERS = frozenset({Role.SUPERVISOR, Role.APPROVER})


def require_reader(actor: Actor) -> None:
    """403: the acting role watches over nobody."""
    if actor.role not in READERS or actor.agency_id is None:
        raise NotPermitted


def top_of(actor: Actor) -> Agency:
    """The highest agency whose board the actor opens: his own; for the terminal desk the root of the tree."""
    require_reader(actor)
    own = Agency.objects.get(pk=actor.seat_id)
    return Agency.objects.get(pk=own.ancestors[-1]) if own.is_terminal else own


def board_of(actor: Actor, code: str = "") -> Agency:
    """The agency whose board is asked for, the highest one when none is named; NotVisible outside the own subtree."""
    top = top_of(actor)
    if not code:
        return top
    agency = agency_by_code(code)
    if agency is None or top.pk not in agency.ancestors:
        raise NotVisible
    return agency


def above(agency: Agency, top: Agency) -> list[Agency]:
    """The agencies from `top` down to the one above `agency`: the way back up."""
    chain = agency.ancestors[1 : agency.ancestors.index(top.pk) + 1]
    found = Agency.objects.in_bulk(chain)
    return [found[pk] for pk in reversed(chain) if pk in found]

"""Who may see which case, and who may take which step. The only way to a case row is `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from agencies.actors import Actor
from agencies.errors import FourEyes, NotHolder, NotPermitted, NotVisible, WrongStatus
from agencies.models import Agency, Officer
from agencies.officers import actor_for, appointments_of
from agencies.roles import Role
from cases.journey import faces_abroad
from cases.kept import require_live
from cases.models import AssignmentState, Audience, Case, Direction, Involvement, InvolvementKind, Leg, Mark
from cases.workflow import EDITABLE, TRANSITIONS, Seat, Transition

# Roles that see a work secret by their office; everybody else only as its handler (blueprint §6).
SEES_SECRETS = frozenset({Role.APPROVER, Role.SUPERVISOR})


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases this actor may see: those whose scope holds the acting agency. There is no see-everything branch.

    The row-level security policy of migration 0002 says the same; tests switch off either wall.
    """
    if actor.case_agency_id is None:
        return Case.objects.none()
    cases = Case.objects.filter(scope__contains=[actor.case_agency_id])
    if sees_secrets(actor):
        return cases
    return cases.filter(~Q(mark=Mark.WORK_SECRET) | Q(known_to__contains=[actor.known_as]))


# `visible_to` for statements by hand: a condition on `cases_case c`, by whether the role sees secrets; not a parameter,
# so that each text has one best plan. `sight_of` gives its values.
_IN_SCOPE = "c.scope @> ARRAY[%(agency)s::int]"
SIGHT = {
    True: _IN_SCOPE,
    False: f"{_IN_SCOPE} AND (c.mark <> '{Mark.WORK_SECRET}' OR c.known_to @> ARRAY[%(known_as)s::int])",
}


def sees_secrets(actor: Actor) -> bool:
    """Does the acting role see work secrets by its office?"""
    return actor.role in SEES_SECRETS


def sight_of(actor: Actor) -> dict[str, object]:
    """The parameters of `SIGHT`; an actor without an agency sees nothing."""
    return {"agency": actor.case_agency_id, "known_as": actor.known_as}


def widen(scope: list[int], more: Iterable[int]) -> list[int]:
    """Scope only grows: who once held a case goes on seeing it."""
    return sorted({*scope, *more})


def reads_route(actor: Actor, case: Case) -> bool:
    """Does the actor read what the route says among itself? Those invited for an opinion do not (blueprint §6)."""
    return actor.case_agency_id not in case.invited


def readable_notes(actor: Actor, case: Case) -> Q:
    """The notes on a (visible) case that this actor reads; the wall of migration 0010 says the same."""
    shared = [Audience.SHARED, Audience.ROUTE] if reads_route(actor, case) else [Audience.SHARED]
    seat = actor.agency_id
    # What was written at an organ that was merged into this one is this one's.
    inherited = Q(agency__successor_id=seat, agency__successor__isnull=False)
    return Q(audience__in=shared) | Q(agency_id=seat) | inherited


def get_visible(actor: Actor, case_id: UUID | str, *, lock: bool = False) -> Case:
    """One visible case, or NotVisible in the same words for hidden and absent ones. `lock` takes the row."""
    cases = visible_to(actor).select_for_update(of=("self",)) if lock else visible_to(actor)
    try:
        return cases.select_related("origin", "country", "request_type", "return_to").get(pk=case_id)
    except Case.DoesNotExist:
        raise NotVisible from None


def find(case: Case, step: str) -> Transition:
    """The table's row for this case; an unknown step is as absent as an unknown case."""
    try:
        return TRANSITIONS[Direction(case.direction), step]
    except KeyError:
        raise NotVisible from None


def seated(actor: Actor, transition: Transition, case: Case, leg: Leg | None) -> bool:
    """Does the actor sit where the step is taken (the seats of the table)?"""
    if transition.seat is Seat.ORIGIN:
        return actor.agency_id == case.origin_id
    if transition.seat is Seat.FRONT:
        return faces_abroad(case, actor.agency_id)
    if transition.seat is Seat.TERMINAL:
        return Agency.objects.filter(pk=actor.agency_id or 0, is_terminal=True).exists()
    if transition.seat is Seat.ASSIGNED:
        mine = case.assignments.filter(agency_id=actor.agency_id or 0, state=AssignmentState.OPEN)
        return mine.filter(kind__in=transition.answers).exists()
    return leg is not None and leg.agency_id == actor.agency_id


def stands(transition: Transition, case: Case, leg: Leg | None) -> bool:
    """Does the case stand where the step begins: its status, what its holder is there to do, and what else must be so?"""
    if case.status not in transition.sources:
        return False
    if transition.phases is not None and (leg is None or leg.phase not in transition.phases):
        return False
    return transition.applies is None or transition.applies(case)


def eyes_used(actor: Actor, transition: Transition, case: Case) -> bool:
    """Has this officer, or the one for whom he acts, had the other hand in the case already (程序规定's separation of
    drafting and approval)?
    """
    if transition.involvement is None or actor.officer_id is None:
        return False
    hands = Involvement.objects.filter(case=case, officer_id__in=actor.hands)
    if transition.involvement == InvolvementKind.APPROVED:
        return hands.exclude(kind=InvolvementKind.APPROVED).exists()
    return hands.filter(kind=InvolvementKind.APPROVED).exists()


def require_role(actor: Actor, transition: Transition) -> None:
    """403: the acting role never takes this step."""
    if actor.role not in transition.roles:
        raise NotPermitted(step=transition.name)


def require_ready(actor: Actor, transition: Transition, case: Case, leg: Leg | None) -> None:
    """409 wrong status, then 403 not the holder, then 403 four eyes, in the blueprint's order."""
    if not stands(transition, case, leg):
        raise WrongStatus(status=case.status, step=transition.name)
    require_live(case)
    if not seated(actor, transition, case, leg):
        raise NotHolder(step=transition.name)
    if eyes_used(actor, transition, case):
        raise FourEyes(step=transition.name)


def open_leg(case: Case) -> Leg | None:
    """The leg that is open now, with its agency; None once the case has ended."""
    return Leg.objects.select_related("agency").filter(case=case, closed_at=None).first()


def available(actor: Actor, case: Case, leg: Leg | None) -> list[Transition]:
    """What the buttons and the API's `available_steps` show: the same table, the same rule as take_step."""
    if case.archived_at is not None:
        return []
    return [
        row
        for (direction, _name), row in TRANSITIONS.items()
        if direction == case.direction
        and actor.role in row.roles
        and stands(row, case, leg)
        and seated(actor, row, case, leg)
        and not (actor.service and row.name not in SERVICE_STEPS)
        and not eyes_used(actor, row, case)
    ]


# A machine files and corrects for its agency; it never decides.
SERVICE_STEPS = frozenset({"submit", "discard"})


def may_edit(actor: Actor, case: Case, leg: Leg | None) -> bool:
    """Content changes only in draft and returned, by a drafter of the origin."""
    return (
        case.status in EDITABLE
        and actor.role == Role.DRAFTER
        and leg is not None
        and leg.agency_id == actor.agency_id == case.origin_id
    )


def could_see(actor: Actor, case: Case) -> bool:
    """`visible_to` for one case at hand; for the outbox, which works without an actor's scope."""
    if actor.case_agency_id is None or actor.case_agency_id not in case.scope:
        return False
    return case.mark != Mark.WORK_SECRET or sees_secrets(actor) or actor.known_as in case.known_to


def officer_sees(officer: Officer, case: Case, *, agency_id: int | None = None, route: bool = False) -> bool:
    """Would the officer see the case under one of his roles, also one that is lent to him (at `agency_id`, when given)?
    With `route`, as one who also reads what the route says among itself."""
    posts = [post for post in appointments_of(officer) if agency_id in (None, post.agency_id)]
    if route:
        posts = [post for post in posts if post.agency_id not in case.invited]
    return any(could_see(actor_for(post), case) for post in posts)

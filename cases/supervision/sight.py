"""Who sees which supervision, who may issue, answer and close one, and whom it can be issued to."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.actors import Actor
from agencies.models import Agency
from agencies.oversight import overseer_of, oversees
from agencies.roles import Role
from cases.models import (
    AssignmentState,
    Case,
    Supervision,
    SupervisionKind,
    SupervisionState,
)
from cases.policies import visible_to

# Who answers an order for the agency it was issued to.
ANSWERERS = frozenset({Role.DRAFTER, Role.DESK, Role.APPROVER})
# An order whose feedback is still to come.
WAITING = Q(kind=SupervisionKind.ORDER, feedback_at=None) & ~Q(state=SupervisionState.CLOSED)


def in_sight(actor: Actor) -> QuerySet[Supervision]:
    """What is visible to the actor: of cases he sees, to those on the route and to the three agencies it is about; not to
    those merely invited to a case."""
    seat = actor.case_agency_id or 0
    case = visible_to(actor).filter(pk=OuterRef("case_id"))
    party = Q(agency_id=seat) | Q(issued_by_id=seat) | Q(escalated_to_id=seat)
    return Supervision.objects.filter(party | ~Q(case__invited__contains=[seat]), Exists(case))


def of_case(actor: Actor, case: Case) -> QuerySet[Supervision]:
    """The supervisions of one (visible) case that the actor sees, the newest first."""
    return in_sight(actor).filter(case=case).select_related(*PARTIES).order_by("-issued_at", "-pk")


PARTIES = ("agency", "issued_by", "officer", "feedback_by", "closed_by", "escalated_to")


def involved(case: Case) -> Iterator[Agency]:
    """The agencies that have something to do in the case now, each once: its holder, who has open parallel work, whose
    clock runs."""
    legs = case.legs.filter(closed_at=None, agency__isnull=False).select_related("agency")
    work = case.assignments.filter(state=AssignmentState.OPEN, agency__isnull=False).select_related("agency")
    clocks = case.deadlines.filter(met_at=None, cancelled_at=None, supervision=None, agency__isnull=False)
    seen: set[int] = set()
    for rows in (legs, work.order_by("opened_at", "pk"), clocks.select_related("agency").order_by("due_at", "pk")):
        for row in rows:
            if row.agency is not None and row.agency.pk not in seen:
                seen.add(row.agency.pk)
                yield row.agency


def targets(seat: Agency, case: Case) -> list[Agency]:
    """To whom `seat` can issue something about the case: those below it that have something to do; the likeliest first.
    Nobody once it has ended: periods that outlast it are no work in it."""
    if case.ended_at is not None:
        return []
    return [agency for agency in involved(case) if agency.is_active and oversees(seat, agency)]


def supervises(actor: Actor) -> bool:
    """Does the actor act as a supervisor?"""
    return actor.role == Role.SUPERVISOR and not actor.service and actor.officer_id is not None


def may_answer(actor: Actor, one: Supervision) -> bool:
    """Can the actor give the feedback that this order waits for?"""
    ours = actor.agency_id == one.agency_id and actor.role in ANSWERERS and not actor.service
    return ours and awaits(one)


def awaits(one: Supervision) -> bool:
    """Is its feedback still to come?"""
    return one.kind == SupervisionKind.ORDER and one.feedback_at is None and one.state != SupervisionState.CLOSED


def watches(actor: Actor, one: Supervision) -> bool:
    """Is it the actor's to watch: a supervisor's of the agency that issued it, or of the one it was raised to?"""
    return supervises(actor) and actor.agency_id in (one.issued_by_id, one.escalated_to_id)


def may_close(actor: Actor, one: Supervision) -> bool:
    """Can the actor close it now? An order that waits for its feedback is withdrawn instead."""
    return watches(actor, one) and one.state != SupervisionState.CLOSED and not awaits(one)


def decides(actor: Actor, one: Supervision) -> bool:
    """Is it in the actor's hands: a supervisor's of the agency that issued it or, once raised, of the one it was raised to?"""
    return supervises(actor) and actor.agency_id == (one.escalated_to_id or one.issued_by_id)


def may_withdraw(actor: Actor, one: Supervision) -> bool:
    """Can the actor withdraw the order before its feedback?"""
    return decides(actor, one) and awaits(one)


def may_escalate(actor: Actor, one: Supervision) -> bool:
    """Can the actor raise it to the agency above his, which there must be and which must see the case?"""
    if one.kind != SupervisionKind.ORDER or one.state == SupervisionState.CLOSED or not decides(actor, one):
        return False
    above = overseer_of(Agency.objects.get(pk=actor.seat_id))
    return above is not None and above.pk in one.case.scope


def withdrawn(one: Supervision) -> bool:
    """Was the order closed by hand before its feedback?"""
    unanswered = one.kind == SupervisionKind.ORDER and one.feedback_at is None
    return unanswered and one.state == SupervisionState.CLOSED and one.closed_by_id is not None

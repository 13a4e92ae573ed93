"""What nobody works on: found once a day by the worker, and as soon as an appointment ends or an account is switched off.

An appointment ends at once, whatever is in hand: access must not outlast the post. What is left goes to the agency:
assigned cases lose their handler, drafts keep their drafter until somebody hands them over; the approvers and the desk
are told, or those of the nearest agency above that has any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case as Case_
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from agencies import audit, notices, turns
from agencies.actors import SYSTEM, Actor
from agencies.models import Agency, Appointment, AuditEvent, Officer
from agencies.moments import clock
from agencies.roles import CASE_ROLES, Role
from cases.handover import left_by
from cases.hands import refresh_queue
from cases.models import ENDED, Assignment, AssignmentKind, AssignmentState, Case, Direction, Leg, Phase
from cases.policies import visible_to
from cases.workflow import WAITING_ROLE

NOBODY, DRAFTER_GONE, HANDLER_GONE = "nobody", "drafter_gone", "handler_gone"
SHOWN = 200
# When it is the drafter's own turn.
_DRAFTING = (Phase.DRAFT, Phase.CORRECTION, Phase.QUERY, Phase.DELIVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An open case at its holder, or parallel work (会办, 补办, 分办) on one at whom it was given to, and why nobody works on
    it."""

    case: Case
    leg: Leg | None
    why: str
    role: str
    assignment: Assignment | None = None

    @property
    def where(self) -> str:
        """Whose it is, by name."""
        return self.assignment.doer if self.assignment else self.leg.holder_name if self.leg else ""

    @property
    def task(self) -> str:
        """What is to be done there."""
        if self.assignment is not None:
            return str(AssignmentKind(self.assignment.kind).label)
        return str(Phase(self.leg.phase).label) if self.leg else ""

    @property
    def since(self) -> datetime | None:
        """From when it waits there."""
        work = self.assignment or self.leg
        return work.opened_at if work else None

    @property
    def agency_id(self) -> int | None:
        """Where it waits."""
        work = self.assignment or self.leg
        return work.agency_id if work else None


def unattended(cases: QuerySet[Case]) -> QuerySet[Any]:
    """The open legs of these cases on which nobody works, each with `why`'s parts as flags: the longest first."""
    posts = Appointment.objects.current()
    by_role = Case_(
        *(When(phase=phase, then=Value(str(role))) for phase, role in WAITING_ROLE.items() if role is not None),
        default=Value(""),
    )
    at_work = posts.filter(role__in=CASE_ROLES, agency_id=OuterRef("agency_id"))
    drafter = posts.filter(role=Role.DRAFTER, agency_id=OuterRef("agency_id"), officer_id=OuterRef("case__drafter_id"))
    handler = at_work.filter(officer_id=OuterRef("handler_id"))
    legs = Leg.objects.filter(closed_at=None, agency__isnull=False, case__in=cases.exclude(status__in=ENDED))
    legs = legs.annotate(
        waiting_role=by_role,
        nobody=~Q(waiting_role="")
        & ~Exists(posts.filter(agency_id=OuterRef("agency_id"), role=OuterRef("waiting_role"))),
        drafter_gone=Q(phase__in=_DRAFTING) & ~Exists(drafter),
        handler_gone=Q(handler__isnull=False) & ~Exists(handler),
    )
    return legs.filter(Q(nobody=True) | Q(drafter_gone=True) | Q(handler_gone=True)).order_by("opened_at", "pk")


def unanswered(cases: QuerySet[Case]) -> QuerySet[Assignment]:
    """The open parallel work on these cases at agencies without an approver, who alone could answer: the longest first."""
    approvers = Appointment.objects.current().filter(role=Role.APPROVER, agency_id=OuterRef("agency_id"))
    given = Assignment.objects.filter(state=AssignmentState.OPEN, agency__isnull=False, case__in=cases)
    return given.filter(~Exists(approvers)).order_by("opened_at", "pk")


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for nobody at the actor's agency and below it, as far as he sees it."""
    below = Agency.objects.filter(ancestors__contains=[actor.seat_id])
    legs = unattended(visible_to(actor)).filter(agency__in=below)
    rows = legs.select_related("case__drafter", "case__country", "case__request_type", "agency", "handler")[:SHOWN]
    held = [Waiting(case=leg.case, leg=leg, why=why_of(leg), role=WAITING_ROLE[Phase(leg.phase)] or "") for leg in rows]
    given = unanswered(visible_to(actor)).filter(agency__in=below).select_related("case__country", "agency")[:SHOWN]
    asked = [Waiting(case=one.case, leg=None, why=NOBODY, role=Role.APPROVER, assignment=one) for one in given]
    return sorted([*held, *asked], key=lambda one: (one.since, one.case.pk))[:SHOWN]


def why_of(leg: Leg) -> str:
    """The gravest reason: nobody at all, then the drafter, then the handler."""
    flags = [(NOBODY, leg.nobody), (DRAFTER_GONE, leg.drafter_gone)]  # type: ignore[attr-defined]
    return next((why for why, is_so in flags if is_so), HANDLER_GONE)


def departed(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """An appointment ended or an account was switched off: give back what was assigned, tell who hands over the rest."""
    officer_id = int(event.subject.partition(":")[2])
    places = [event.facts["agency"]] if "agency" in event.facts else _workplaces(officer_id)
    for agency_id in places:
        if (
            Appointment.objects.current()
            .filter(officer_id=officer_id, agency_id=agency_id, role__in=CASE_ROLES)
            .exists()
        ):
            continue
        left = left_by(officer_id, agency_id)
        release(Leg.objects.filter(handler_id=officer_id, agency_id=agency_id, closed_at=None))
        asked = unanswered(Case.objects.all()).filter(agency_id=agency_id).count()
        if left.total or asked:
            facts = {"officer": officer_id, "drafted": left.drafted, "handled": left.handled, "unanswered": asked}
            _announce("departure.left", agency_id, facts)


def _workplaces(officer_id: int) -> list[int]:
    posts = Appointment.objects.filter(officer_id=officer_id, role__in=CASE_ROLES)
    return sorted(set(posts.values_list("agency_id", flat=True)))


def release(legs: QuerySet[Any]) -> int:
    """Take the handler from these open legs: the case then waits for the role whose turn it is."""
    ids = sorted(legs.values_list("case_id", flat=True))
    for case in Case.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        leg = Leg.objects.get(case=case, closed_at=None)
        officer_id, leg.handler = leg.handler_id, None
        leg.save(update_fields=["handler"])
        Case.objects.filter(pk=case.pk).update(version=F("version") + 1, updated_at=clock())
        facts = {"officer": officer_id, "handler": None, "version": case.version + 1}
        audit.record(actor=SYSTEM, kind="case.release", subject=f"case:{case.pk}", facts=facts)
        refresh_queue(case, leg)
    return len(ids)


def look() -> int:
    """The daily check: give back what is assigned to nobody in office, and tell each agency what waits there for nobody.

    Once a day, however often it runs; gives how many cases wait.
    """
    with transaction.atomic():
        if not turns.take(turns.Turn.LOOKOUT):
            return 0
        release(unattended(Case.objects.all()).filter(handler_gone=True))
        legs = unattended(Case.objects.all())
        counts = Counter(legs.values_list("agency_id", flat=True))
        counts.update(unanswered(Case.objects.all()).values_list("agency_id", flat=True))
        told = set(_today().values_list("subject", flat=True))
        for agency_id, count in sorted(counts.items()):
            if f"agency:{agency_id}" not in told:
                _announce("departure.waiting", agency_id, {"count": count})
        return sum(counts.values())


def _today() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(kind="departure.waiting", at__date=timezone.localdate())


def _announce(kind: str, agency_id: int, facts: dict[str, Any]) -> None:
    """Record it for the nearest agency, from this one up, that has somebody to see to it."""
    to = _nearest(agency_id)
    audit.record(actor=SYSTEM, kind=kind, subject=f"agency:{agency_id}", facts=facts | {"agency": agency_id, "to": to})


SEE_TO_IT = (Role.APPROVER, Role.SUPERVISOR, Role.DESK)


def _nearest(agency_id: int) -> int | None:
    chain = Agency.objects.values_list("ancestors", flat=True).get(pk=agency_id)
    manned = set(
        Appointment.objects.current()
        .filter(agency_id__in=chain, role__in=SEE_TO_IT)
        .values_list("agency_id", flat=True)
    )
    return next((pk for pk in chain if pk in manned), None)


def tell(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """The notices of an announcement."""
    if event.facts.get("to"):
        notices.tell(event, _those_at(event.facts["to"]))


def _those_at(agency_id: int) -> Iterable[int]:
    return notices.in_office(agency_id, *SEE_TO_IT)


def leavers(actor: Actor) -> list[tuple[Officer, int]]:
    """Who has left the actor's agency and still answers for open cases there, with how many: as drafter of ours, as the desk
    officer who registered a foreign one."""
    role = Case_(When(direction=Direction.INCOMING, then=Value(str(Role.DESK))), default=Value(str(Role.DRAFTER)))
    posts = Appointment.objects.current().filter(
        role=OuterRef("answering"), agency_id=actor.seat_id, officer_id=OuterRef("drafter_id")
    )
    ours = visible_to(actor).filter(origin_id=actor.seat_id).exclude(status__in=ENDED)
    cases = ours.annotate(answering=role).filter(~Exists(posts))
    counts = Counter(cases.values_list("drafter_id", flat=True))
    officers = Officer.objects.in_bulk(counts)
    return sorted(((officers[pk], n) for pk, n in counts.items()), key=lambda pair: (-pair[1], pair[0].pk))

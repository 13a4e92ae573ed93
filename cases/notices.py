"""Who is told what: a reaction to case and note events. Runs from the outbox; telling twice is telling once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from agencies import notice_settings
from agencies.models import Agency, Appointment, AuditEvent, Notice, Officer
from agencies.officers import holding, standing_in
from agencies.roles import Role
from cases.journey import front_of
from cases.models import ENDED, AssignmentState, Audience, Case, Deadline, Direction, Mark, Note, Phase, Way
from cases.policies import officer_sees
from cases.supervision.told import SUPERVISION, issuers, supervised
from cases.workflow import TRANSITIONS, WAITING_ROLE, Move, Transition

# Reading, editing and the like move nobody.
SILENT = frozenset(
    {
        "case.read",
        "case.edit",
        "case.create",
        "case.register",
        "case.copy",
        "case.advise",
        "case.archive",
        "case.restore",
        "case.propose_disposal",
        "case.keep",
        "case.dispose",
        "case.unmask",
        "case.file",
        "case.file_remove",
        "case.file_damaged",
        "case.download",
        "case.print",
        "case.secret_refused",
        "case.reorganise",  # one notice for each officer who moved, not for each case
        "case.release",
        "case.calendar_moved",
    }
)


def notify(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Put a notice in the inbox of everyone whom the event concerns and who may see the case; the doer needs none."""
    if event.kind in SILENT:
        return
    case = Case.objects.filter(pk=UUID(event.subject.partition(":")[2])).select_related("drafter").first()
    if case is None:
        return
    told = _mentioned(event) if event.kind == "note.add" else _concerned(event, case)
    write(event, case, put(event, case, seeing(case, told - {event.officer_id or 0})))


def seeing(case: Case, officer_ids: Iterable[int]) -> list[Officer]:
    """Those of these officers who are active and may see the case."""
    officers = Officer.objects.filter(pk__in=set(officer_ids), is_active=True).order_by("pk")
    return [officer for officer in officers if officer_sees(officer, case)]


def put(event: AuditEvent, case: Case, officers: Iterable[Officer]) -> list[Officer]:
    """A line in the inbox of these officers; gives those to whom it is new. Twice is once."""
    given = {"kind": event.kind, "subject": f"case:{case.pk}"}
    return [one for one in officers if Notice.objects.get_or_create(officer=one, event=event, defaults=given)[1]]


def write(event: AuditEvent, case: Case, officers: Iterable[Officer], *, waits: bool = True) -> None:
    """The e-mails to these officers, as they want them (agencies.notice_settings). Work secrets stay out of e-mail."""
    if case.mark != Mark.WORK_SECRET:
        path = reverse("case-detail", args=[case.pk])
        notice_settings.write(event, officers, number=case.number, path=path, waits=waits)


def of_work_secrets(subjects: Iterable[str]) -> set[str]:
    """Those of these subjects of notices that are cases marked as work secrets now."""
    ids = [UUID(pk) for room, _colon, pk in (subject.partition(":") for subject in subjects) if room == "case"]
    found = Case.objects.filter(pk__in=ids, mark=Mark.WORK_SECRET).values_list("pk", flat=True)
    return {f"case:{pk}" for pk in found}


def _concerned(event: AuditEvent, case: Case) -> set[int]:
    facts, step = event.facts, event.kind.partition(".")[2]
    transition = TRANSITIONS.get((Direction(case.direction), step))
    told = _whose_turn(case, facts, transition)
    if step in ("assign_handler", "hand_over"):
        told = {facts["handler"]} if facts.get("handler") else set()
    if transition is not None and transition.tells_drafter:
        told |= _drafting(case)
    for agency_id in facts.get("passed_over", ()):
        told |= holding(agency_id, Role.DESK)
        told |= holding(agency_id, Role.APPROVER) if facts.get("skip") else set()
    for agency_id in facts.get("asked", ()):
        told |= holding(agency_id, Role.DESK) | holding(agency_id, Role.APPROVER)
    told |= supervised(event, case) if step in SUPERVISION else set()
    told |= _whose_clock(event, case) if step.endswith("_deadline") else set()
    return told | _those_who_wait(event, case, step) | _whose_work_is_over(event, case) | _those_who_file(event, case)


def _whose_turn(case: Case, facts: dict[str, Any], transition: Transition | None) -> set[int]:
    """Those whose turn it is, when the case has come to them."""
    role = WAITING_ROLE.get(Phase(facts["phase"])) if "phase" in facts else None
    if not role or not facts.get("to") or transition is None or transition.move in (Move.STAY, Move.END):
        return set()
    if facts.get("status") in ENDED:
        return set()
    return at_work(case, facts["to"], role)


def at_work(case: Case, agency_id: int, role: Role) -> set[int]:
    """Whose turn it is when the case waits for this role at this agency. What was the turn of a drafter who is none there
    any more is for the agency's drafters and its approvers."""
    if role == Role.DRAFTER and case.direction == Direction.OUTGOING:
        drafters = holding(agency_id, Role.DRAFTER)
        return _drafting(case) if case.drafter_id in drafters else drafters | holding(agency_id, Role.APPROVER)
    return holding(agency_id, role)


def _whose_clock(event: AuditEvent, case: Case) -> set[int]:
    """Of a clock that was stopped, extended or explained: who approves and who has the work at the agency whose clock it
    is, and those who asked it for the work; also the approvers and supervisors to whom it is reported."""
    agency_id = event.facts.get("of") or 0
    leg = case.legs.filter(closed_at=None, agency_id=agency_id).first()
    handler = leg.handler_id if leg is not None else None
    told = holding(agency_id, Role.APPROVER) | ({handler} if handler else holding(agency_id, Role.DESK))
    for above in event.facts.get("reported", ()):
        told |= holding(above, Role.APPROVER) | holding(above, Role.SUPERVISOR)
    clock = case.deadlines.select_related("supervision", "assignment").filter(pk=event.facts["deadline"]).first()
    return told | _who_asked(clock) if clock is not None else told


def _who_asked(clock: Deadline) -> set[int]:
    """Those for whom the work is done that the clock measures: who issued an order or watches it, the asker of parallel
    work; nobody of a leg's."""
    if clock.supervision is not None:
        return issuers(clock.supervision)
    if clock.assignment is None:
        return set()
    asker = clock.assignment.assigned_by_id
    return holding(asker, Role.DESK) | holding(asker, Role.APPROVER)


def _those_who_wait(event: AuditEvent, case: Case, step: str) -> set[int]:
    """Who asked for what the step brings: the desk that waits for an answer, or that must tell the other side."""
    if step in ("answer_assignment", "confirm_skip"):
        answered = case.assignments.filter(state=AssignmentState.DONE, agency=event.agency, closed_at=event.at)
        askers = answered.values_list("assigned_by_id", flat=True).distinct()
        return {officer for agency_id in askers for officer in holding(agency_id, Role.DESK)}
    refused = step in ("check_form", "decide") and event.facts.get("status") in ENDED
    if (refused or step == "request_recall") and (front := front_of(case)) is not None:
        return holding(front.pk, Role.DESK)
    return set()


def _whose_work_is_over(event: AuditEvent, case: Case) -> set[int]:
    """Those of whom the step needs no opinion, share or papers any more."""
    over = case.assignments.filter(state=AssignmentState.LAPSED, agency__isnull=False, closed_at=event.at)
    agencies = over.values_list("agency_id", flat=True)
    return {officer for agency_id in agencies for officer in holding(agency_id or 0, Role.APPROVER)}


def _those_who_file(event: AuditEvent, case: Case) -> set[int]:
    """The terminal desk, when the step sent it the filing (备案) of a border matter."""
    if not case.at_the_border or not case.transmissions.filter(way=Way.UP, at=event.at).exists():
        return set()
    terminal = Agency.objects.get(is_terminal=True)
    return holding(terminal.pk, Role.DESK)


def _drafting(case: Case) -> set[int]:
    """The drafter (of a foreign request: the desk officer who registered it), and who stands in for him now."""
    role = Role.DRAFTER if case.direction == Direction.OUTGOING else Role.DESK
    lent = standing_in(case.origin_id, role).filter(lender_id=case.drafter_id)
    return {case.drafter_id, *lent.values_list("delegate_id", flat=True)}


def _mentioned(event: AuditEvent) -> set[int]:
    note = Note.objects.filter(event=event).first()
    if note is None:
        return set()
    return {
        officer_id
        for officer_id in note.mentions
        if note.audience != Audience.AGENCY
        or Appointment.objects.current().filter(officer_id=officer_id, agency_id=note.agency_id).exists()
    }

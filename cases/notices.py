"""Who is told what: a reaction to case and note events. Runs from the outbox; telling twice is telling once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from agencies import audit
from agencies.models import Appointment, AuditEvent, Notice, Officer
from agencies.roles import Role
from cases.models import Case, Direction, Mark, Note, Phase
from cases.policies import officer_sees
from cases.workflow import TRANSITIONS, WAITING_ROLE, Move

# Reading, editing and the like move nobody.
SILENT = frozenset(
    {
        "case.read",
        "case.edit",
        "case.create",
        "case.copy",
        "case.unmask",
        "case.file",
        "case.file_remove",
        "case.file_damaged",
        "case.download",
        "case.secret_refused",
        "case.reorganise",  # one notice for each officer who moved, not for each case
        "case.release",
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
    for officer_id in sorted(told - {event.officer_id or 0}):
        officer = Officer.objects.get(pk=officer_id)
        if not officer.is_active or not officer_sees(officer, case):
            continue
        _notice, new = Notice.objects.get_or_create(
            officer=officer, event=event, defaults={"kind": event.kind, "subject": event.subject}
        )
        # Work secrets stay out of e-mail.
        if new and officer.email and officer.notify_by_email and case.mark != Mark.WORK_SECRET:
            path = reverse("case-detail", args=[case.pk])
            audit.enqueue(event, "mail", {"officer": officer.pk, "number": case.number, "path": path})


def _concerned(event: AuditEvent, case: Case) -> set[int]:
    told: set[int] = set()
    facts = event.facts
    step = event.kind.partition(".")[2]
    transition = TRANSITIONS.get((Direction(case.direction), step))
    role = WAITING_ROLE.get(Phase(facts["phase"])) if "phase" in facts else None
    if step in ("assign_handler", "hand_over"):
        told |= {facts["handler"]} if facts.get("handler") else set()
    elif role and facts.get("to") and transition is not None and transition.move not in (Move.STAY, Move.END):
        told |= {case.drafter_id} if role == Role.DRAFTER else _holding(facts["to"], role)
    if transition is not None and transition.tells_drafter:
        told.add(case.drafter_id)
    for agency_id in facts.get("passed_over", ()):
        told |= _holding(agency_id, Role.DESK)
    return told


def _holding(agency_id: int, role: str) -> set[int]:
    posts = Appointment.objects.current().filter(agency_id=agency_id, role=role)
    return set(posts.values_list("officer_id", flat=True))


def _mentioned(event: AuditEvent) -> set[int]:
    note = Note.objects.filter(event=event).first()
    if note is None:
        return set()
    return {
        officer_id
        for officer_id in note.mentions
        if note.audience == "route"
        or Appointment.objects.current().filter(officer_id=officer_id, agency_id=note.agency_id).exists()
    }

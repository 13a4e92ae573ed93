"""Who is told of a supervision: those who must act, those who wait for it, those above when it is raised."""

from __future__ import annotations

from agencies.models import AuditEvent
from agencies.officers import holding
from agencies.roles import Role
from cases.models import Case, Leg, Phase, Supervision, SupervisionKind
from cases.queries.timeline import SUPERVISION as EVENTS
from cases.workflow import WAITING_ROLE

SUPERVISION = frozenset(kind.partition(".")[2] for kind in EVENTS)


def supervised(event: AuditEvent, case: Case) -> set[int]:
    """The officers whom an event of supervision concerns."""
    one = Supervision.objects.filter(pk=event.facts["supervision"]).first()
    if one is None:
        return set()
    step, because = event.kind.partition(".")[2], event.facts.get("because")
    if because is not None:
        # A reminder that had its effect tells nobody.
        return issuers(one) if one.kind == SupervisionKind.ORDER else set()
    if step == "supervision_answer":
        return issuers(one)
    told = _those_who_act(one.agency_id, case)
    return told | holding(event.facts["to"], Role.SUPERVISOR) if step == "supervision_escalate" else told


def issuers(one: Supervision) -> set[int]:
    """Who issued it, or the supervisors there when he has left; where it was raised to, the supervisors."""
    there = holding(one.issued_by_id, Role.SUPERVISOR)
    told = {one.officer_id} if one.officer_id in there else there
    return told | holding(one.escalated_to_id, Role.SUPERVISOR) if one.escalated_to_id else told


def _those_who_act(agency_id: int, case: Case) -> set[int]:
    """At the supervised agency: the handler, or those whose turn it is, with the approvers and the supervisors."""
    told = holding(agency_id, Role.APPROVER) | holding(agency_id, Role.SUPERVISOR)
    leg = Leg.objects.filter(case=case, agency_id=agency_id, closed_at=None).first()
    if leg is None:
        return told
    if leg.handler_id is not None:
        return told | {leg.handler_id}
    role = WAITING_ROLE[Phase(leg.phase)]
    if role == Role.DRAFTER:
        return told | {case.drafter_id}
    return told | holding(agency_id, role) if role else told

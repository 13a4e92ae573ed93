"""What the API says about a case. Codes and ids for machines; names as they stood. Document numbers are masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from agencies.actors import Actor
from agencies.models import Agency, Officer
from cases import policies
from cases.clocks.states import state_of
from cases.duplicates import Match
from cases.models import Assignment, Case, Deadline, Leg, RequestItem, Side, Subject
from cases.queries.changes import masked
from cases.queries.dossier import Dossier, dossier

Body = dict[str, Any]


def case_body(actor: Actor, case: Case) -> Body:
    """The whole case as `actor` may see and move it; `case` has come through cases.policies."""
    return _body(dossier(actor, case.pk, case=case))


def _body(file: Dossier) -> Body:
    case, actor = file.case, file.actor
    return {
        "id": case.pk,
        "number": case.number,
        "direction": case.direction,
        "status": case.status,
        "version": case.version,
        "content_version": case.content_version,
        "country": case.country and case.country.code,
        "request_type": case.request_type and case.request_type.code,
        "border_matter": case.border_matter or None,
        "supplements": case.supplements_id if _sees(actor, case.supplements_id) else None,
        "urgency": case.urgency,
        "mark": case.mark,
        "title": case.title,
        "summary": case.summary,
        "purpose": case.purpose,
        "origin": agency(case.origin),
        "responsible_officer": officer(case.drafter),
        "filed_by": case.filed_by and case.filed_by.name,
        "side": file.leg and file.leg.side,
        "holder": file.leg and holder(file.leg),
        "since": file.leg and file.leg.opened_at,
        "due_at": file.deadline and file.deadline.due_at,
        "available_steps": [row.name for row in policies.available(actor, case, file.leg)],
        "editable": policies.may_edit(actor, case, file.leg),
        "subjects": [subject(row) for row in file.subjects],
        "items": [item(row) for row in file.items],
        "legs": [leg(row) for row in file.legs],
        "deadlines": [deadline(row, file.now) for row in file.deadlines],
        "transmissions": transmissions(file),
        "assignments": [assignment(row) for row in file.assignments],
        "their_reference": case.their_reference,
        "requesting_authority": case.requesting_authority,
        "received_on": case.received_on,
        "wanted_by": case.wanted_by,
        "received_via": case.received_via and case.received_via.code,
        "conditions": case.conditions,
        "recall_asked_at": case.recall_asked_at,
        "usefulness": case.usefulness or None,
        "result": case.result,
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "submitted_at": case.submitted_at,
        "ended_at": case.ended_at,
        "archived_at": case.archived_at,
        "retain_until": case.retain_until,
        "disposed_at": case.disposed_at,
    }


def agency(row: Agency) -> Body:
    return {"code": row.code, "name": row.name}


def officer(row: Officer | None) -> Body | None:
    return None if row is None else {"police_number": row.police_number, "name": row.name}


def holder(row: Leg) -> Body:
    """Who holds a leg. The foreign side is its country's code and our counterpart's name; an external body its own code."""
    code = row.external_body
    if row.side == Side.DOMESTIC and row.agency is not None:
        code = row.agency.code
    elif row.side == Side.FOREIGN and row.country is not None:
        code = row.country.code
    return {"code": code, "name": row.holder_name}


def leg(row: Leg) -> Body:
    return {
        "id": row.pk,
        "seq": row.seq,
        "side": row.side,
        "phase": row.phase,
        "agency": holder(row),
        "handler": officer(row.handler),
        "entered_by": row.entered_by,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def deadline(row: Deadline, now: datetime) -> Body:
    """A clock as it stands at `now`; its agency, pauses and explanations should have been read with it."""
    return {
        "id": row.pk,
        "leg": row.leg_id,
        "kind": row.kind,
        "basis": {"code": row.basis, "article": row.article or None, "confidence": row.confidence or None},
        "agency": row.agency and agency(row.agency),
        "unit": row.unit,
        "amount": row.amount,
        "extended_by": row.extended_by,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "met_at": row.met_at,
        "state": state_of(row, now),
        "provisional": row.provisional,
        "paused_spans": [
            {"from": span.from_at, "to": span.to_at, "category": span.category} for span in row.pauses.all()
        ],
        "extended_from": row.extended_from,
        "explanations": len(row.explanations.all()),
    }


def item(row: RequestItem) -> Body:
    return {
        "id": row.pk,
        "position": row.position,
        "description": row.description,
        "decision": row.decision or None,
        "outcome": row.outcome,
        "ground": row.ground and row.ground.code,
        "note": row.note,
        "answered_at": row.answered_at,
    }


def assignment(row: Assignment) -> Body:
    return {
        "id": row.pk,
        "kind": row.kind,
        "state": row.state,
        "agency": row.agency and agency(row.agency),
        "body": row.external_body or None,
        "assigned_by": agency(row.assigned_by),
        "text": row.text,
        "answer": row.answer,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }


def _sees(actor: Actor, case_id: UUID | None) -> bool:
    """A request is named only to those who may see it."""
    return case_id is not None and policies.visible_to(actor).filter(pk=case_id).exists()


def duplicate(match: Match) -> Body:
    why = "same_document" if match.by_document else "same_person"
    return {"id": match.case_id, "number": match.number, "status": match.status, "why": why}


def subject(row: Subject) -> Body:
    return {
        "id": row.pk,
        "position": row.position,
        "kind": row.kind,
        "name": row.name,
        "role": row.role,
        "birth_year": row.birth_date and row.birth_date.year,
        "nationality": row.nationality,
        "document_number": masked(row.document_number),
    }


def transmissions(file: Dossier) -> list[Body]:
    """Every crossing, with the receipts that prove it."""
    return [
        {
            "id": row.pk,
            "way": row.way,
            "kind": row.kind,
            "channel": row.channel and row.channel.code,
            "counterpart": {"name": row.counterpart_name, "unit": row.counterpart_unit},
            "at": row.at,
            "receipts": [
                {"their_reference": proof.their_reference, "their_desk": proof.their_desk, "at": proof.at}
                for proof in file.receipts
                if proof.transmission_id == row.pk
            ],
        }
        for row in file.transmissions
    ]

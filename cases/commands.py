"""Every change of a case's status and custody: `take_step`, the one writer. Web, API and Celery all end here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from agencies import audit, prepared
from agencies.actors import Actor
from agencies.errors import GuardFailed, NotPermitted, StaleVersion
from agencies.models import AuditEvent
from agencies.queries import route_of
from cases import effects, limits, policies, step_input
from cases.hands import clock, refresh_queue, remember
from cases.models import ENDED, Audience, Case, Leg, Note, Phase, Side
from cases.routing import Journey, Stop, next_stop
from cases.workflow import Transition


@transaction.atomic
@prepared.statements()
def take_step(
    *,
    actor: Actor,
    case_id: UUID | str,
    step: str,
    data: Mapping[str, Any] | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> Case:
    """Move a case one step, or refuse with every reason and change nothing.

    In this order: malformed input 400, unknown step or hidden case 404, role 403, version 412, status 409, holder 403,
    four eyes 403, guards 422 (all at once). Then the row, the leg, the deadlines, the involvement, the audit event and
    the outbox, in one transaction. `at` is for the demo loader alone; everyone else gets the database's clock.
    """
    values = step_input.parse(step, data or {})
    case = policies.get_visible(actor, case_id, lock=True)
    transition = policies.find(case, step)
    policies.require_role(actor, transition)
    if actor.service and step not in policies.SERVICE_STEPS:
        raise NotPermitted(step=step)
    if version is not None and version != case.version:
        raise StaleVersion(current=case.version)
    leg = policies.open_leg(case)
    policies.require_ready(actor, transition, case, leg)
    if reasons := [reason for guard in transition.guards for reason in guard(case, values)]:
        raise GuardFailed(reasons=reasons)

    before = leg or case.legs.order_by("seq").last()
    assert before is not None  # opened with the case
    moment = _moment(before, at)
    journey = _journey(case, before)
    stop = next_stop(transition, journey, values)
    after = _move(case, before, stop, transition, moment, values)
    effects.apply(transition.name, effects.Act(case=case, leg=before, actor=actor, values=values, at=moment))
    _save(case, transition, stop, moment, actor, journey)
    facts = _facts(case, journey, before, after, values)
    event = audit.record(actor=actor, kind=transition.event, subject=f"case:{case.pk}", facts=facts, at=moment)
    _remember(actor, case, transition, values, event, moment)
    refresh_queue(case, after)
    return case


# What a step may change on the row itself (effects set some of them).
_STEP_COLUMNS = [
    "status",
    "version",
    "content_version",
    "return_to",
    "scope",
    "known_to",
    "updated_at",
    "submitted_at",
    "ended_at",
    "usefulness",
    "result",
]


def _moment(leg: Leg, at: datetime | None) -> datetime:
    """Now by the database's clock, read under the lock; never at or before the start of the leg it may close."""
    return max(at or clock(), (leg.closed_at or leg.opened_at) + timedelta(microseconds=1))


def _journey(case: Case, leg: Leg) -> Journey:
    return Journey(
        route=route_of(case.origin),
        holder=leg.agency,
        return_to=case.return_to,
        phase=Phase(leg.phase),
        status=case.status,  # type: ignore[arg-type]
    )


def _move(case: Case, leg: Leg, stop: Stop, transition: Transition, at: datetime, values: Mapping[str, Any]) -> Leg:
    """Close the open leg and open the next, so that custody has neither overlap nor gap."""
    if stop.phase is None:
        return leg
    if leg.closed_at is None:
        leg.closed_at = at
        leg.save(update_fields=["closed_at"])
        limits.meet(leg, at)
        if stop.phase == Phase.ENDED:
            return leg
    elif stop.phase != Phase.ENDED:
        leg = _dormant(case, leg, at)
    new = Leg(case=case, seq=leg.seq + 1, phase=stop.phase, entered_by=transition.name, opened_at=at, side=stop.side)
    if stop.side == Side.FOREIGN:
        new.country = case.country
        new.holder_name = str(values["counterpart"]["name"])
    else:
        assert stop.agency is not None  # routing names one for every domestic stop
        new.agency, new.holder_name = stop.agency, stop.agency.name
    new.save()
    limits.start(new, case.urgency)
    return new


def _dormant(case: Case, last: Leg, at: datetime) -> Leg:
    """The stretch between the end and the revival, kept by the origin: every minute stays attributed."""
    assert last.closed_at is not None  # the case had ended
    return Leg.objects.create(
        case=case,
        seq=last.seq + 1,
        phase=Phase.ENDED,
        agency=case.origin,
        holder_name=case.origin.name,
        entered_by=last.entered_by,
        opened_at=last.closed_at,
        closed_at=at,
    )


def _save(case: Case, transition: Transition, stop: Stop, at: datetime, actor: Actor, journey: Journey) -> None:
    case.status = stop.status
    case.version += 1
    case.updated_at = at
    case.ended_at = at if case.status in ENDED else None
    if stop.phase == Phase.CORRECTION:
        # The origin's own approver sending it back once more does not change whom it goes straight to.
        if actor.agency_id != case.origin_id:
            case.return_to_id = actor.agency_id
    elif stop.agency is not None and stop.agency == case.return_to:
        case.return_to = None
    if case.submitted_at is None and transition.name == "submit":
        case.submitted_at = at
    if stop.agency is not None and transition.name != "discard":
        case.scope = widen(case.scope, [*stop.agency.ancestors, journey.terminal.pk])
    case.save(update_fields=_STEP_COLUMNS)


def widen(scope: list[int], more: list[int]) -> list[int]:
    """Scope only grows: who once held a case goes on seeing it."""
    return sorted({*scope, *more})


def _facts(case: Case, journey: Journey, before: Leg, after: Leg, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit event says: ids, codes and counts."""
    facts: dict[str, Any] = {
        "status": case.status,
        "version": case.version,
        "content_version": case.content_version,
        "from": before.agency_id,
        "to": after.agency_id,
        "phase": after.phase,
        "handler": after.handler_id,
        "passed_over": _passed_over(journey, before, after),
    }
    facts |= {name: values[name] for name in ("reasons", "kind", "channel", "usefulness") if name in values}
    if "items" in values:
        facts["outcomes"] = {str(row["id"]): row["outcome"] for row in values["items"]}
    return facts


def _passed_over(journey: Journey, before: Leg, after: Leg) -> list[int]:
    """The agencies between two reviewers: a corrected case goes straight to who returned it, and they are told."""
    if before.agency_id != journey.origin.pk or after.phase != Phase.REVIEW or after.agency_id == before.agency_id:
        return []
    ids = [stop.pk for stop in journey.route]
    return ids[1 : ids.index(after.agency_id)] if after.agency_id in ids else []


def _remember(
    actor: Actor, case: Case, transition: Transition, values: Mapping[str, Any], event: AuditEvent, at: datetime
) -> None:
    """The hand in the case (four eyes rest on it) and the words said with the step."""
    officer = actor.officer_id or case.drafter_id
    if transition.involvement is not None:
        lender = actor.for_officer_id
        kind = transition.involvement
        remember(case, officer_id=officer, for_officer_id=lender, agency_id=actor.seat_id, kind=kind, at=at)
    if values.get("opinion"):
        Note.objects.create(
            case=case,
            author_id=officer,
            agency_id=actor.seat_id,
            audience=Audience.ROUTE,
            event=event,
            text=values["opinion"],
            at=at,
        )

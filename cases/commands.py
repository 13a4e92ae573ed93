"""Every change of a case's status and custody: `take_step`, the one writer. Web, API and Celery all end here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from agencies import audit, prepared
from agencies.actors import Actor
from agencies.errors import GuardFailed, NotPermitted, StaleVersion
from agencies.models import AuditEvent
from agencies.moments import clock
from cases import effects, policies, step_input
from cases.clocks import running, statutory
from cases.hands import refresh_queue, remember
from cases.journey import Journey, journey_of
from cases.models import Audience, Body, Case, Direction, Leg, Note, Phase, Side
from cases.routing import Stop, next_stop
from cases.supervision.acts import settle
from cases.workflow import Move, Transition
from treaties.models import Channel


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
    before = leg or case.legs.order_by("seq").last()
    assert before is not None  # opened with the case
    moment = _moment(before, at)
    facing = {**values, "at": moment, "seat": actor.seat_id}
    if reasons := [reason for guard in transition.guards for reason in guard(case, facing)]:
        raise GuardFailed(reasons=reasons)

    journey = journey_of(case, before)
    stop = next_stop(transition, journey, values)
    passed_over = _passed_over(journey, before, stop)
    after = _move(case, before, stop, transition, moment, values)
    _arrive(case, transition, stop, moment, actor, journey)
    act = effects.Act(case=case, leg=before, after=after, actor=actor, values=values, at=moment)
    effects.apply(transition.name, act)
    statutory.follow(case, before, after, transition.name, moment, actor.officer_id or case.drafter_id, values)
    case.save(update_fields=_STEP_COLUMNS)
    facts = _facts(case, before, after, values) | {"passed_over": passed_over}
    event = audit.record(actor=actor, kind=transition.event, subject=f"case:{case.pk}", facts=facts, at=moment)
    _remember(actor, case, transition, values, event, moment)
    settle(actor, case, moment)
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
    "invited",
    "conditions",
    "recall_asked_at",
    "updated_at",
    "submitted_at",
    "ended_at",
    "usefulness",
    "result",
]


def _moment(leg: Leg, at: datetime | None) -> datetime:
    """Now by the database's clock, read under the lock; never at or before the start of the leg it may close."""
    return max(at or clock(), (leg.closed_at or leg.opened_at) + timedelta(microseconds=1))


def _move(case: Case, leg: Leg, stop: Stop, transition: Transition, at: datetime, values: Mapping[str, Any]) -> Leg:
    """Close the open leg and open the next, so that custody has neither overlap nor gap."""
    if stop.phase is None:
        return leg
    if leg.closed_at is None:
        leg.closed_at = at
        leg.save(update_fields=["closed_at"])
        running.meet(leg, at, transition.name)
        if stop.phase == Phase.ENDED:
            running.lapse(case.assignments.all(), at)
            return leg
    elif stop.phase != Phase.ENDED:
        leg = _dormant(case, leg, at)
    new = Leg(case=case, seq=leg.seq + 1, phase=stop.phase, entered_by=transition.name, opened_at=at, side=stop.side)
    if stop.side == Side.FOREIGN:
        new.country = case.country
        new.holder_name = values["counterpart"]["name"] if "counterpart" in values else effects.facing_name(case)
    elif stop.side == Side.EXTERNAL:
        body = Body(Channel.objects.get(code=values["channel"]).via)
        new.external_body, new.holder_name = body, _name(body)
    else:
        assert stop.agency is not None  # routing names one for every domestic stop
        new.agency, new.holder_name = stop.agency, stop.agency.name
    new.save()
    running.start(new, case)
    return new


def _name(body: Body) -> str:
    """The name of an organ in the files, which are Chinese whatever the language of the page."""
    with override("zh-hans"):
        return str(body.label)


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


def _arrive(case: Case, transition: Transition, stop: Stop, at: datetime, actor: Actor, journey: Journey) -> None:
    """The case as it stands after the step; effects may set more of it, then it is saved."""
    case.status = stop.status
    case.version += 1
    case.updated_at = at
    if stop.phase is not None:
        case.ended_at = at if stop.phase == Phase.ENDED else None
    if transition.move is Move.BACK:
        # The writer's own approver sending it back once more does not change whom it goes straight to.
        if stop.agency is not None and actor.agency_id != stop.agency.pk:
            case.return_to_id = actor.agency_id
    elif transition.move is Move.UNASSIGN or (stop.agency is not None and stop.agency == case.return_to):
        case.return_to = None  # arrived there; or another executor starts over
    if case.submitted_at is None and transition.name == "submit":
        case.submitted_at = at
    if stop.agency is not None and transition.name != "discard":
        case.scope = policies.widen(case.scope, [*stop.agency.ancestors, journey.terminal.pk])
        case.invited = [pk for pk in case.invited if pk not in stop.agency.ancestors]


# What of a step's input the trail keeps: codes, never words.
_TOLD = (
    "reasons",
    "kind",
    "channel",
    "usefulness",
    "result",
    "decision",
    "grounds",
    "missing",
    "bodies",
    "body",
    "skip",
    "because",
)


def _facts(case: Case, before: Leg, after: Leg, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit event says: ids, codes and counts."""
    facts: dict[str, Any] = {
        "status": case.status,
        "version": case.version,
        "content_version": case.content_version,
        "from": before.agency_id,
        "to": after.agency_id,
        "phase": after.phase,
        "handler": after.handler_id,
    }
    facts |= {name: values[name] for name in _TOLD if name in values and _is_code(name, case)}
    if case.direction == Direction.INCOMING:
        facts["direction"] = case.direction
    if rows := values.get("items"):
        part = "outcome" if "outcome" in rows[0] else "decision"
        facts[f"{part}s"] = {str(row["id"]): row[part] for row in rows}
    if "agencies" in values:
        facts["asked"] = [agency.pk for agency in values["agencies"]]
    return facts


def _is_code(name: str, case: Case) -> bool:
    """`result` is a code when a foreign request is checked; when ours is accepted it is what became of it, in words."""
    return name != "result" or case.direction == Direction.INCOMING


def _passed_over(journey: Journey, before: Leg, stop: Stop) -> list[int]:
    """The agencies between two reviewers, who are told: a corrected case goes straight to who returned it, an urgent one
    past the city."""
    if before.agency is None or stop.agency is None or stop.phase != before.phase or stop.agency == before.agency:
        return []
    passed, at = [], journey.above(before.agency)
    while at is not None and at != stop.agency:
        passed.append(at.pk)
        at = journey.above(at)
    return passed if at is not None else []


def _remember(
    actor: Actor, case: Case, transition: Transition, values: Mapping[str, Any], event: AuditEvent, at: datetime
) -> None:
    """The hand in the case (four eyes rest on it) and the words said with the step."""
    officer = actor.officer_id or case.drafter_id
    if transition.involvement is not None:
        lender = actor.for_officer_id
        kind = transition.involvement
        remember(case, officer_id=officer, for_officer_id=lender, agency_id=actor.seat_id, kind=kind, at=at)
    if said := _said(values):
        Note.objects.create(
            case=case,
            author_id=officer,
            agency_id=actor.seat_id,
            audience=Audience.ROUTE,
            event=event,
            text=said,
            at=at,
        )


def _said(values: Mapping[str, Any]) -> str:
    """The words said with a step, whatever the field that took them."""
    return next((str(values[name]) for name in ("opinion", "question", "answer", "reason") if values.get(name)), "")

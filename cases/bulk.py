"""One act on many chosen cases: what it would do to each, and doing it, each case on its own.

The preview does the very same and takes it back, so that what it shows is what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import DomainError, GuardFailed, NotPermitted, Reason
from agencies.models import Agency, Officer
from agencies.roles import Role
from cases import deadline_input, deadlines, policies, step_input
from cases.clock_seats import readable
from cases.commands import take_step
from cases.models import Case, Deadline, Supervision, SupervisionKind, SupervisionState
from cases.queries.supervisions import clocks_of
from cases.supervision import issuing, sight

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the act does to a case: who handles it before and after; or whom it goes to, and until when; or which clock gets
    more time, and which others that the actor reads run on as they are."""

    before: Officer | None = None
    after: Officer | None = None
    agency: Agency | None = None
    due_before: datetime | None = None
    due_at: datetime | None = None
    clock: Deadline | None = None
    untouched: Sequence[Deadline] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One chosen case: None when the actor does not see it; its effect, or why there is none, and the reasons
    that point to the input."""

    case_id: UUID
    case: Case | None
    effect: Effect | None = None
    refusal: str = ""
    faults: Sequence[Reason] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done to many: who may, how its input is read, and what it does to one case."""

    roles: frozenset[Role]
    parse: Callable[[Values], Any]
    run: Callable[[Actor, Case, Any, UUID], Effect]


def acts_of(actor: Actor) -> list[str]:
    """The acts that this actor may choose."""
    return [name for name, act in ACTS.items() if actor.role in act.roles and actor.officer_id is not None]


def preview(*, actor: Actor, act: str, case_ids: Sequence[UUID], values: Values) -> list[Line]:
    """What `carry_out` would do now; nothing is changed. Raises the same."""
    return _all(actor, act, case_ids, values, keep=False)


@transaction.atomic
def carry_out(*, actor: Actor, act: str, case_ids: Sequence[UUID], values: Values) -> list[Line]:
    """Do it to each case that it can be done to; the others stay as they are, each with its reason.

    Raises NotPermitted (not an act of this role), Malformed (broken input, no case, too many).
    """
    return _all(actor, act, case_ids, values, keep=True)


def orders_open(actor: Actor, case_ids: Collection[UUID]) -> dict[UUID, list[Supervision]]:
    """The orders that are open on each case, as far as the actor sees them, the oldest first."""
    rows = sight.in_sight(actor).filter(case__in=case_ids, kind=SupervisionKind.ORDER)
    found: dict[UUID, list[Supervision]] = {}
    for one in rows.exclude(state=SupervisionState.CLOSED).select_related("agency").order_by("pk"):
        found.setdefault(one.case_id, []).append(one)
    return found


def chosen(actor: Actor, case_ids: Collection[UUID]) -> list[Line]:
    """The chosen cases before anything is known of what is to be done to them."""
    issuing.check_count(case_ids)
    cases = _cases(actor, case_ids)
    return [Line(case_id=pk, case=cases.get(pk)) for pk in case_ids]


def _cases(actor: Actor, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    return {case.pk: case for case in policies.visible_to(actor).filter(pk__in=case_ids).select_related("origin")}


def _all(actor: Actor, name: str, case_ids: Sequence[UUID], values: Values, *, keep: bool) -> list[Line]:
    if name not in acts_of(actor):
        raise NotPermitted
    issuing.check_count(case_ids)
    act, batch = ACTS[name], uuid4()
    parsed = act.parse(values)
    with transaction.atomic():
        issuing.lock(actor, case_ids)
        cases = _cases(actor, case_ids)
        lines = [_one(actor, act, pk, cases.get(pk), parsed, batch) for pk in case_ids]
        if not keep:
            transaction.set_rollback(True)
    return lines


def _one(actor: Actor, act: Act, case_id: UUID, case: Case | None, parsed: Any, batch: UUID) -> Line:
    """In a savepoint of its own: what is refused is as if it had not been tried."""
    if case is None:
        return Line(case_id=case_id, case=None)
    try:
        with transaction.atomic():
            return Line(case_id=case_id, case=case, effect=act.run(actor, case, parsed, batch))
    except DomainError as error:
        words = [str(reason.words) for reason in error.reasons] or [str(error.message)]
        faults = tuple(reason for reason in error.reasons if reason.pointer.strip("/"))
        return Line(case_id=case_id, case=case, refusal="".join(words), faults=faults)


# --- The acts ---------------------------------------------------------------------------------------------------------


def _handler(values: Values) -> Values:
    raw = {"handler": values.get("handler"), "opinion": values.get("opinion")}
    step_input.parse("assign_handler", raw)
    return raw


def _reassign(actor: Actor, case: Case, raw: Values, _batch: UUID) -> Effect:
    leg = policies.open_leg(case)
    before = leg.handler if leg else None
    take_step(actor=actor, case_id=case.pk, step="assign_handler", data=raw)
    after = policies.open_leg(case)
    return Effect(before=before, after=after.handler if after else None)


def _wording(kind: SupervisionKind) -> Callable[[Values], issuing.Wording]:
    names = ("text", "due_on") if kind == SupervisionKind.ORDER else ("text",)
    return lambda values: issuing.parse({"kind": kind, **{name: values.get(name) for name in names}})


def _issue(actor: Actor, case: Case, wording: issuing.Wording, batch: UUID) -> Effect:
    one = issuing.issue(actor=actor, case_id=case.pk, wording=wording, batch=batch)
    clock = clocks_of([one]).get(one.pk)
    return Effect(agency=one.agency, due_at=clock.due_at if clock else None)


def _more_time(values: Values) -> Values:
    raw = {"amount": values.get("amount"), "reason": values.get("reason")}
    deadline_input.parse("extend", raw)
    return raw


def _extend(actor: Actor, case: Case, raw: Values, _batch: UUID) -> Effect:
    """The clock of the leg that is open now, and no other."""
    leg = policies.open_leg(case)
    running = case.deadlines.filter(readable(actor), met_at=None, cancelled_at=None)
    clock = running.filter(leg=leg, kind=leg.phase).first() if leg is not None else None
    if clock is None:
        words = _("没有在走的环节时限可以延长。")
        raise GuardFailed(words, reasons=[Reason("no_clock", words)])
    later = deadlines.extend(actor=actor, case_id=case.pk, deadline_id=clock.pk, data=raw)
    rest = tuple(running.exclude(pk=clock.pk).select_related("agency").order_by("due_at", "pk"))
    return Effect(due_before=clock.due_at, due_at=later.due_at, clock=clock, untouched=rest)


ACTS: Mapping[str, Act] = {
    "reassign": Act(roles=frozenset({Role.APPROVER, Role.DESK}), parse=_handler, run=_reassign),
    "remind": Act(roles=frozenset({Role.SUPERVISOR}), parse=_wording(SupervisionKind.REMINDER), run=_issue),
    "order": Act(roles=frozenset({Role.SUPERVISOR}), parse=_wording(SupervisionKind.ORDER), run=_issue),
    "extend": Act(roles=frozenset({Role.APPROVER, Role.SUPERVISOR}), parse=_more_time, run=_extend),
}

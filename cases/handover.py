"""An officer hands over what he has in hand: the cases he drafted and those assigned to him, one by one or all to one.

Done by himself, or by an approver or the desk of his agency: by somebody who may see the cases anyway. Whoever takes
over as drafter counts as drafter for four eyes, so nobody who approved a case may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import GuardFailed, NotPermitted, NotVisible, Reason
from agencies.leaving import Left
from agencies.models import Officer
from agencies.moments import clock
from agencies.officers import officers_at
from agencies.roles import CASE_ROLES, Role
from cases import policies
from cases.hands import refresh_queue, remember
from cases.models import ENDED, Case, Direction, Involvement, InvolvementKind, Leg

STEP = "hand_over"
_LEFT = "SELECT drafted, handled FROM work_in_hand(%s, %s)"
DRAFTER, HANDLER, REGISTRAR = "drafter", "handler", "registrar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing in hand: a case for which he answers as drafter, or one that is assigned to him at its holder."""

    case: Case
    leg: Leg
    part: str  # DRAFTER or HANDLER

    @property
    def key(self) -> str:
        return f"{self.part}-{self.case.pk}"

    @property
    def heirs(self) -> str:
        """Which of `successors` may take it over: for a foreign request desk officers answer, as its registrar did."""
        incoming = self.part == DRAFTER and self.case.direction == Direction.INCOMING
        return REGISTRAR if incoming else self.part


def left_by(officer_id: int, agency_id: int) -> Left:
    """Counts alone, whoever asks: the database function of migration 0010 sees past the wall and tells two numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [officer_id, agency_id])
        return Left(*cursor.fetchone())


def subject_of(actor: Actor, officer_id: int) -> Officer:
    """The officer whose work the actor may hand over. Raises NotPermitted, NotVisible.

    Somebody else's: by an approver or the desk, of an officer who works or has worked at the agency.
    """
    if actor.role not in CASE_ROLES or actor.officer_id is None or actor.agency_id is None:
        raise NotPermitted
    if officer_id != actor.officer_id and actor.role not in (Role.APPROVER, Role.DESK):
        raise NotPermitted(_("别人的工作由本机关的审批人或国合联络员代为交接。"))
    officer = Officer.objects.filter(pk=officer_id, appointments__agency_id=actor.agency_id).first()
    if officer is None:
        raise NotVisible
    return officer


def work_of(actor: Actor, officer: Officer, *, lock: bool = False) -> list[Work]:
    """What the officer has in hand at the actor's agency, as far as the actor sees it; the oldest first."""
    seat = actor.seat_id
    cases = policies.visible_to(actor).exclude(status__in=ENDED)
    assigned = Leg.objects.filter(agency_id=seat, handler=officer, closed_at=None)
    mine = cases.filter(origin_id=seat, drafter=officer) | cases.filter(pk__in=assigned.values("case_id"))
    rows = mine.select_related("country", "request_type", "origin").order_by("pk")
    found, held = [], list(rows.select_for_update(of=("self",)) if lock else rows)
    open_legs = Leg.objects.filter(case__in=[case.pk for case in held], closed_at=None).select_related("agency")
    legs = {leg.case_id: leg for leg in open_legs}
    for case in held:
        if (leg := legs.get(case.pk)) is None:
            continue
        if case.origin_id == seat and case.drafter_id == officer.pk:
            found.append(Work(case=case, leg=leg, part=DRAFTER))
        if leg.agency_id == seat and leg.handler_id == officer.pk:
            found.append(Work(case=case, leg=leg, part=HANDLER))
    return found


def successors(actor: Actor, officer: Officer) -> dict[str, list[Officer]]:
    """Who may take over which part: other drafters in office, of a foreign request other desk officers; for assigned work
    anybody with a case role."""
    return {
        DRAFTER: list(officers_at(actor.seat_id, role=Role.DRAFTER).exclude(pk=officer.pk)),
        REGISTRAR: list(officers_at(actor.seat_id, role=Role.DESK).exclude(pk=officer.pk)),
        HANDLER: list(officers_at(actor.seat_id).exclude(pk=officer.pk)),
    }


@transaction.atomic
def hand_over(*, actor: Actor, officer_id: int, plan: Mapping[str, str]) -> int:
    """Give each piece of work in `plan` (its key) to the officer with that police number; '' takes a handler away and
    leaves the case to the role whose turn it is. All of it or none; gives how many pieces changed hands.

    Raises NotPermitted, NotVisible, GuardFailed with a reason for every piece that cannot go where it should.
    """
    officer = subject_of(actor, officer_id)
    work = {one.key: one for one in work_of(actor, officer, lock=True)}
    offers = {part: {who.police_number: who for who in known} for part, known in successors(actor, officer).items()}
    if not plan:
        raise GuardFailed(reasons=[Reason("nothing_chosen", _("先选择由谁接手。"), "/all")])
    reasons, chosen = [], []
    for key, number in plan.items():
        one = work.get(key)
        if one is None:
            words = _("名单有变，有的案件已不在他手上。看过新的名单再交接。")
            reasons.append(Reason("not_in_hand", words, f"/{key}"))
            continue
        successor = offers[one.heirs].get(number)
        if reason := _against(one, number, successor):
            reasons.append(reason)
        chosen.append((one, successor))
    if reasons:
        raise GuardFailed(_("没有交接，什么都没有改。"), reasons=reasons)
    for one, successor in chosen:
        _give(actor, officer, one, successor)
    return len(chosen)


def _against(one: Work, number: str, successor: Officer | None) -> Reason | None:
    """What forbids that `successor` takes it over."""
    if successor is None and (number or one.part == DRAFTER):
        words = _("%(number)s：选本机关一名在任的%(role)s。")
        role = {DRAFTER: Role.DRAFTER.label, REGISTRAR: Role.DESK.label}.get(one.heirs, _("办案人员"))
        return Reason("successor_unknown", words % {"number": one.case.number, "role": role}, f"/{one.key}")
    if successor is None or one.part == HANDLER:
        return None
    approved = Involvement.objects.filter(case=one.case, officer=successor, kind=InvolvementKind.APPROVED)
    if approved.exists():
        words = _("%(number)s：%(name)s审批过这件案件，不能再做它的承办人，另选一人。")
        return Reason("four_eyes", words % {"number": one.case.number, "name": successor.name}, f"/{one.key}")
    return None


def _give(actor: Actor, officer: Officer, one: Work, successor: Officer | None) -> None:
    leg, at = one.leg, clock()
    case = policies.get_visible(actor, one.case.pk)  # another piece may have changed the row
    successor_id = successor.pk if successor else None
    facts: dict[str, Any] = {"part": one.part, "officer": officer.pk, "handler": successor_id}
    if one.part == DRAFTER:
        assert successor is not None  # checked
        case.drafter = successor
        remember(case, officer_id=successor.pk, agency_id=case.origin_id, kind=InvolvementKind.DRAFTED, at=at)
    else:
        Leg.objects.filter(pk=leg.pk).update(handler=successor)
    if successor is not None:
        case.known_to = sorted({*case.known_to, successor.pk})
    case.version += 1
    case.updated_at = at
    case.save(update_fields=["drafter", "known_to", "version", "updated_at"])
    audit.record(
        actor=actor, kind=f"case.{STEP}", subject=f"case:{case.pk}", facts=facts | {"version": case.version}, at=at
    )
    refresh_queue(case, leg)

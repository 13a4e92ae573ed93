"""What supervisors do in the demo world: two orders, one of them answered, a reminder, a clock that stands still, and a
province's own limit."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from agencies import scope
from agencies.actors import Actor
from agencies.moments import clock
from cases import deadlines
from cases.internal_limits import Asked, set_limit
from cases.models import Deadline, InternalLimit, Leg, Mark, Phase, Status, Supervision, SupervisionKind
from cases.policies import visible_to
from cases.supervision import acts, issuing
from coopdesk.demo.accounts import actor_of

_WATCHED = ("kunshan", "suzhou")
_ORDER = "逐级核对卡在哪一步，三日内报情况。"
_REMINDER = "已经超期，请尽快办理。"
_ANSWER = "材料已补齐，今天报出。"


def make_supervision() -> None:
    """Once: where anything was supervised or set already, nothing is made."""
    supervisor = actor_of("jiangsu.supervisor")
    with scope.acting(supervisor):
        if Supervision.objects.exists():
            return
        late = _late_below(supervisor)
        orders = [_issue(supervisor, case_id, SupervisionKind.ORDER, _ORDER) for case_id in late[:2]]
        for case_id in late[2:3]:
            _issue(supervisor, case_id, SupervisionKind.REMINDER, _REMINDER)
        if not InternalLimit.objects.filter(agency=supervisor.agency_id).exists():
            asked = Asked(
                kind=Phase.REVIEW, urgency="normal", amount=4, warn_before=1, extend_by=4, note="本省要求四日内审完"
            )
            set_limit(actor=supervisor, asked=asked)
    for order in orders[1:]:
        _answer(order)
    _pause_one()


def _late_below(supervisor: Actor) -> list[UUID]:
    """The cases that have been late longest at the demo's county and city."""
    chiefs = [actor_of(f"{place}.chief").agency_id for place in _WATCHED]
    held = Leg.objects.filter(case=OuterRef("case"), closed_at=None, agency__in=chiefs)
    clocks = Deadline.objects.filter(met_at=None, cancelled_at=None, agency__in=chiefs)
    cases = visible_to(supervisor).exclude(mark=Mark.WORK_SECRET).exclude(status=Status.DRAFT)
    late = clocks.filter(Exists(held), case__in=cases).order_by("due_at").values_list("case_id", flat=True)
    return list(dict.fromkeys(late))[:3]


def _issue(supervisor: Actor, case_id: UUID, kind: SupervisionKind, text: str) -> Supervision:
    return issuing.issue(actor=supervisor, case_id=case_id, wording=issuing.Wording(kind=kind, text=text))


def _answer(order: Supervision) -> None:
    """The supervised agency's approver gives the feedback."""
    chief = next(actor for place in _WATCHED if (actor := actor_of(f"{place}.chief")).agency_id == order.agency_id)
    with scope.acting(chief):
        acts.answer(actor=chief, supervision_id=order.pk, feedback=_ANSWER)


def _pause_one() -> None:
    """A review of the city's waits for another organ."""
    chief = actor_of("suzhou.chief")
    with scope.acting(chief):
        running = Deadline.objects.filter(agency_id=chief.seat_id, kind=Phase.REVIEW, met_at=None, cancelled_at=None)
        found = running.filter(paused_at=None, due_at__gt=clock()).order_by("due_at").last()
        if found is not None:
            data = {"category": "other_organ", "reason": "等市检察院的意见。"}
            deadlines.pause(actor=chief, case_id=found.case_id, deadline_id=found.pk, data=data)

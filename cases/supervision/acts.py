"""What becomes of a supervision: feedback, closing, raising it to the agency above; and what lapses by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import GuardFailed, Malformed, NotPermitted, NotVisible, Reason, WrongStatus
from agencies.models import Agency, AuditEvent
from agencies.moments import clock
from agencies.oversight import overseer_of
from cases import policies
from cases.clocks import running
from cases.kept import require_live
from cases.models import Audience, Case, Note, Supervision, SupervisionKind, SupervisionState
from cases.step_input import Faults, clean_text
from cases.supervision import sight

LIMIT = 4_000


@transaction.atomic
def answer(*, actor: Actor, supervision_id: UUID | str, feedback: object) -> Supervision:
    """Report what was done; its clock stops.

    Raises Malformed (empty, too long), NotVisible, NotPermitted (not of the agency, a supervisor, a machine), WrongStatus (a
    reminder, answered, closed).
    """
    words = _words(feedback, "/feedback", _("写明办理情况。"))
    case, one = _taken(actor, supervision_id)
    if actor.agency_id != one.agency_id or actor.role not in sight.ANSWERERS or actor.service:
        told = _("由%(agency)s的承办人、国合联络员或者审批人反馈。")
        raise NotPermitted(told % {"agency": one.agency.name})
    if one.kind == SupervisionKind.REMINDER:
        raise WrongStatus(_("催办不要反馈，把案件办好就行。"), status=one.state)
    _require_open(one)
    if one.feedback_at is not None:
        raise WrongStatus(_("已经反馈过了。"), status=one.state)
    at = clock()
    one.state, one.feedback, one.feedback_by_id, one.feedback_at = SupervisionState.ANSWERED, words, actor.person_id, at
    one.save(update_fields=["state", "feedback", "feedback_by", "feedback_at"])
    running.meet_supervision(one, at)
    _record(actor, "case.supervision_answer", case, one, at)
    return one


@transaction.atomic
def close(*, actor: Actor, supervision_id: UUID | str, note: object = "") -> Supervision:
    """Close it, an order with a note, a reminder also without. Before its feedback an order is thereby withdrawn: nothing
    is waited for any more, so its clock is called off (a late one stays late).

    Raises Malformed, NotVisible, NotPermitted (not a supervisor of the issuer or of whom it was raised to; it was raised and
    is withdrawn by the issuer), WrongStatus (closed).
    """
    case, one = _taken(actor, supervision_id)
    _require_watcher(actor, one)
    _require_open(one)
    withdrawn = sight.awaits(one)
    if withdrawn:
        _require_decider(actor, one)
    order = one.kind == SupervisionKind.ORDER
    needed = _("写明撤销的理由。") if withdrawn else _("写明办结意见。") if order else ""
    words, at = _words(note, "/note", needed), clock()
    one.state, one.closing_note, one.closed_by_id, one.closed_at = SupervisionState.CLOSED, words, actor.person_id, at
    one.save(update_fields=["state", "closing_note", "closed_by", "closed_at"])
    if withdrawn:
        running.call_off_supervision(one, at)
    _record(actor, "case.supervision_close", case, one, at, **({"withdrawn": True} if withdrawn else {}))
    return one


@transaction.atomic
def escalate(*, actor: Actor, supervision_id: UUID | str, reason: object = "") -> Supervision:
    """Raise an order to the agency above: its supervisors are told and watch it from then on.

    Raises Malformed (no reason), NotVisible, NotPermitted (not a supervisor of the agency that has it now), WrongStatus (a reminder,
    closed), GuardFailed (nobody above, or the agency above does not see the case).
    """
    words = _words(reason, "/reason", _("写明提级的理由。"))
    case, one = _taken(actor, supervision_id)
    _require_watcher(actor, one)
    if one.kind == SupervisionKind.REMINDER:
        raise WrongStatus(_("催办不能提级；没有效果的，改为督办。"), status=one.state)
    _require_open(one)
    _require_decider(actor, one)
    above = _above(Agency.objects.get(pk=actor.seat_id), case)
    at = clock()
    one.state, one.escalated_to, one.escalated_at = SupervisionState.ESCALATED, above, at
    one.save(update_fields=["state", "escalated_to", "escalated_at"])
    event = _record(actor, "case.supervision_escalate", case, one, at, to=above.pk)
    Note.objects.create(
        case=case,
        author_id=actor.person_id,
        agency_id=actor.seat_id,
        audience=Audience.ROUTE,
        event=event,
        text=words,
        at=at,
    )
    return one


def settle(actor: Actor, case: Case, at: datetime) -> None:
    """After a step: a reminder is closed when its agency has nothing more to do in the case; when the case has ended
    everything is, and a clock that is not late is called off. An order stays: the agency still reports."""
    rows = case.supervisions.exclude(state=SupervisionState.CLOSED).select_related("agency").order_by("pk")
    still = {agency.pk for agency in sight.involved(case)} if rows else set()
    for one in rows:
        if case.ended_at is not None:
            lapse(actor, case, one, at, because="ended")
        elif one.kind == SupervisionKind.REMINDER and one.agency_id not in still:
            lapse(actor, case, one, at, because="moved_on")


def lapse(actor: Actor, case: Case, one: Supervision, at: datetime, *, because: str) -> None:
    """Nothing is left to watch: it closes by itself."""
    one.state, one.closed_at = SupervisionState.CLOSED, at
    one.save(update_fields=["state", "closed_at"])
    running.call_off_supervision(one, at)
    _record(actor, "case.supervision_close", case, one, at, because=because)


def _above(seat: Agency, case: Case) -> Agency:
    above = overseer_of(seat)
    if above is None:
        words = _("%(agency)s上面没有可以提级的机关。") % {"agency": seat.name}
        raise GuardFailed(words, reasons=[Reason("top", words)])
    if above.pk not in case.scope:
        words = _("%(agency)s看不到这件案件，不能提级给它。") % {"agency": above.name}
        raise GuardFailed(words, reasons=[Reason("above_sees_nothing", words)])
    return above


def _taken(actor: Actor, supervision_id: UUID | str) -> tuple[Case, Supervision]:
    """The case, locked, and the supervision as it then is."""
    seen = sight.in_sight(actor).filter(pk=supervision_id).only("case_id").first()
    if seen is None:
        raise NotVisible
    case = policies.get_visible(actor, seen.case_id, lock=True)
    one = case.supervisions.select_related(*sight.PARTIES).get(pk=supervision_id)
    require_live(case)
    return case, one


def _require_watcher(actor: Actor, one: Supervision) -> None:
    if not sight.watches(actor, one):
        who = one.escalated_to or one.issued_by
        raise NotPermitted(_("由%(agency)s的督办人办理。") % {"agency": who.name})


def _require_decider(actor: Actor, one: Supervision) -> None:
    if not sight.decides(actor, one):
        who = one.escalated_to or one.issued_by
        raise NotPermitted(_("已经提级，由%(agency)s决定。") % {"agency": who.name})


def _require_open(one: Supervision) -> None:
    if one.state == SupervisionState.CLOSED:
        raise WrongStatus(_("%(number)s已办结。") % {"number": one.number}, status=one.state)


def _words(raw: object, pointer: str, required: str) -> str:
    """The text; `required` is said when there is none."""
    faults = Faults()
    words = clean_text(raw, pointer, LIMIT, faults)
    if required and not words and not faults.reasons:
        faults.add("required", required, pointer)
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return words


def _record(actor: Actor, kind: str, case: Case, one: Supervision, at: datetime, **more: Any) -> AuditEvent:
    facts = {"supervision": str(one.pk), "number": one.number, "to": one.agency_id, **more}
    return audit.record(actor=actor, kind=kind, subject=f"case:{case.pk}", facts=facts, at=at)

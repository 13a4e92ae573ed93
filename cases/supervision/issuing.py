"""Issuing a reminder or an order, on one case or on many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import DomainError, GuardFailed, Malformed, NotPermitted, NotVisible, Reason, WrongStatus
from agencies.models import Agency
from agencies.moments import clock
from agencies.oversight import oversees
from agencies.queries import agency_by_code
from cases import policies
from cases.clocks import running
from cases.guards.parallel import due_day_ahead
from cases.kept import require_live
from cases.models import Case, Supervision, SupervisionKind, SupervisionState
from cases.numbers import next_supervision_number
from cases.step_input import Faults, clean_date, clean_text
from cases.supervision import sight

MOST = 200  # cases at a time
LIMIT = 2_000
EVENTS = {SupervisionKind.REMINDER: "case.remind", SupervisionKind.ORDER: "case.supervise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is issued. `agency` None means the one below that has the case, or work on it; `due_on` None means by the
    internal limit."""

    kind: SupervisionKind
    text: str = ""
    due_on: date | None = None
    agency: Agency | None = None


def parse(raw: Mapping[str, object]) -> Wording:
    """`kind`, `text`, `due_on`, `agency` (a code) as they come in. Raises Malformed with every fault."""
    faults = Faults()
    for name in sorted(raw.keys() - {"kind", "text", "due_on", "agency"}):
        words = _("不认识的字段；期限写在 due_on。") if name == "due_at" else _("不认识的字段。")
        faults.add("unknown_field", words, f"/{name}")
    kind = clean_text(raw.get("kind"), "/kind", 20, faults)
    if kind not in SupervisionKind.values:
        faults.add("unknown_code", _("选择催办还是督办。"), "/kind")
    text = clean_text(raw.get("text"), "/text", LIMIT, faults)
    if kind == SupervisionKind.ORDER and not text and not any(one.pointer == "/text" for one in faults.reasons):
        faults.add("required", _("写明要办什么。"), "/text")
    day = clean_text(raw.get("due_on"), "/due_on", 20, faults)
    due_on = clean_date(day, "/due_on", faults) if day else None
    if kind == SupervisionKind.REMINDER and due_on is not None:
        faults.add("not_for_reminder", _("催办不要反馈，没有期限；要定期限的，改为督办。"), "/due_on")
    code = clean_text(raw.get("agency"), "/agency", 12, faults)
    agency = agency_by_code(code) if code else None
    if code and agency is None:
        faults.add("unknown_agency", _("没有这个机关。"), "/agency")
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return Wording(kind=SupervisionKind(kind), text=text, due_on=due_on, agency=agency)


def require_supervisor(actor: Actor) -> Agency:
    """The supervisor's agency; NotPermitted for anybody else."""
    if not sight.supervises(actor):
        raise NotPermitted(_("催办、督办由上级机关的督办人发出。"))
    return Agency.objects.get(pk=actor.seat_id)


def target(seat: Agency, case: Case, wording: Wording) -> Agency:
    """To whom it goes: the named agency, else the likeliest below. Refuses, in words, what cannot be."""
    require_live(case)
    if case.ended_at is not None:
        words = _("案件已结束，没有要催办、督办的。")
        raise GuardFailed(words, reasons=[Reason("case_ended", words, "/agency")])
    if reasons := list(due_day_ahead(case, {"due_on": wording.due_on})):
        raise GuardFailed(reasons=reasons)
    offered = sight.targets(seat, case)
    named = wording.agency
    if named is None and offered:
        return offered[0]
    if named in offered:
        return named
    raise _nobody(seat, case) if named is None else _not_theirs(seat, named)


def _nobody(seat: Agency, case: Case) -> GuardFailed:
    words = _("案件现在不在%(agency)s的下级机关，那里也没有要办的。") % {"agency": seat.name}
    if holders := [agency.name for agency in sight.involved(case)]:
        form = _("案件现在由%(holders)s办理，不在%(agency)s的下级机关。")
        words = form % {"holders": _("、").join(holders), "agency": seat.name}
    return GuardFailed(words, reasons=[Reason("nobody_below", words, "/agency")])


def _not_theirs(seat: Agency, named: Agency) -> GuardFailed:
    if not oversees(seat, named):
        words = _("%(named)s不是%(agency)s的下级机关，不能催办、督办它。") % {"named": named.name, "agency": seat.name}
        return GuardFailed(words, reasons=[Reason("not_below", words, "/agency")])
    words = _("%(named)s在这件案件里现在没有要办的。") % {"named": named.name}
    return GuardFailed(words, reasons=[Reason("not_involved", words, "/agency")])


@transaction.atomic
def issue(*, actor: Actor, case_id: UUID | str, wording: Wording, batch: UUID | None = None) -> Supervision:
    """Remind an agency below, or order it to act and to report; the clock of the feedback starts.

    Raises NotPermitted (no supervisor), NotVisible, Archived, GuardFailed (nobody below has anything to do in it; the named
    agency is not below or has nothing to do; the day is past).
    """
    seat = require_supervisor(actor)
    case = policies.get_visible(actor, case_id, lock=True)
    agency, at = target(seat, case, wording), clock()
    one = Supervision.objects.create(
        case=case,
        kind=wording.kind,
        state=SupervisionState.OPEN,
        number=next_supervision_number(seat, wording.kind, at),
        agency=agency,
        issued_by=seat,
        officer_id=actor.person_id,
        batch=batch,
        text=wording.text,
        issued_at=at,
    )
    facts: dict[str, Any] = {"supervision": str(one.pk), "number": one.number, "to": agency.pk, "by": seat.pk}
    if wording.kind == SupervisionKind.ORDER:
        started = running.start_supervision(one, case, wording.due_on)
        # What the notice said when it was issued, whatever becomes of the clock.
        facts |= {"due": started.due_at.isoformat()} if started else {}
    facts |= {"batch": str(batch)} if batch else {}
    audit.record(actor=actor, kind=EVENTS[wording.kind], subject=f"case:{case.pk}", facts=facts, at=at)
    return one


@transaction.atomic
def issue_all(*, actor: Actor, case_ids: Sequence[UUID], wording: Wording) -> list[Supervision]:
    """The same on several cases, on all of them or on none. Raises what `issue` raises for one; for several GuardFailed,
    with a reason for each case that stands in the way."""
    require_supervisor(actor)
    check_count(case_ids)
    if len(case_ids) == 1:
        return [issue(actor=actor, case_id=case_ids[0], wording=wording)]
    lock(actor, case_ids)
    made, reasons, batch = [], [], uuid4()
    for index, case_id in enumerate(case_ids):
        try:
            made.append(issue(actor=actor, case_id=case_id, wording=wording, batch=batch))
        except (GuardFailed, NotVisible, WrongStatus) as error:
            reasons.append(Reason(_code(error), error.message, f"/cases/{index}"))
    if reasons:
        raise GuardFailed(_("有案件现在不能这样办，一件也没有动。"), reasons=reasons)
    return made


def _code(error: DomainError) -> str:
    return error.reasons[0].code if error.reasons else error.code


def check_count(case_ids: Collection[UUID]) -> None:
    """At least one, none twice, at most MOST. Raises Malformed."""
    if not case_ids:
        raise Malformed(reasons=[Reason("required", _("先选择案件。"), "/cases")])
    if len(case_ids) > MOST:
        words = _("一次最多 %(n)s 件，选了 %(chosen)s 件；分几次办。")
        raise Malformed(reasons=[Reason("too_many", words % {"n": MOST, "chosen": len(case_ids)}, "/cases")])
    if len(set(case_ids)) < len(case_ids):
        raise Malformed(reasons=[Reason("duplicate", _("同一件案件写了两次。"), "/cases")])


def lock(actor: Actor, case_ids: Collection[UUID]) -> None:
    """Take the rows in one order, before the first number is given: two lists then never wait for each other."""
    list(policies.visible_to(actor).filter(pk__in=case_ids).select_for_update(of=("self",)).order_by("pk").values("pk"))

"""What a step writes besides status, custody and the record: transmissions, receipts, outcomes, handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import GuardFailed, Reason
from agencies.models import Officer
from agencies.officers import officers_at
from cases.drafts import submitted_content_of
from cases.models import Case, Leg, Outcome, Receipt, RequestItem, Revision, Transmission
from treaties.models import Channel, RefusalGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A step that is being taken: `leg` is the one it was taken in."""

    case: Case
    leg: Leg
    actor: Actor
    values: Mapping[str, Any]
    at: datetime


def apply(step: str, act: Act) -> None:
    """Run the effect of `step`, if it has one. Columns of the case are set here and saved by take_step."""
    if effect := _EFFECTS.get(step):
        effect(act)


def _submit(act: Act) -> None:
    """Freeze what is submitted; a corrected case gets the next content version."""
    case = act.case
    last = case.revisions.order_by("-number").first()
    case.content_version = last.number + 1 if last else 1
    Revision.objects.create(
        case=case,
        number=case.content_version,
        content=submitted_content_of(case),
        submitted_by_id=act.actor.officer_id or case.drafter_id,
        submitted_at=act.at,
    )


def _assign_handler(act: Act) -> None:
    """The handler is an officer with a current case role at the holder."""
    handler = officers_at(act.actor.seat_id).filter(police_number=act.values["handler"]).first()
    if handler is None:
        words = _("本机关没有这名民警，或者他现在没有办案身份。")
        raise GuardFailed(reasons=[Reason("handler_unknown", words, "/handler")])
    act.leg.handler = handler
    act.leg.save(update_fields=["handler"])
    make_known(act.case, handler)


def make_known(case: Case, officer: Officer) -> None:
    """Let `officer` see the case also when it is a work secret."""
    if officer.pk not in case.known_to:
        case.known_to = sorted({*case.known_to, officer.pk})


def _dispatch(act: Act) -> None:
    counterpart = act.values["counterpart"]
    _transmission(act, way="out", kind="request", channel=act.values["channel"], counterpart=counterpart)


def _transmission(act: Act, *, way: str, kind: str, channel: str, counterpart: Mapping[str, str]) -> Transmission:
    return Transmission.objects.create(
        case=act.case,
        leg=act.case.legs.order_by("-seq")[0] if way == "out" else act.leg,
        way=way,
        kind=kind,
        channel=Channel.objects.get(code=channel),
        counterpart_name=counterpart["name"],
        counterpart_unit=counterpart.get("unit", ""),
        recorded_by_id=act.actor.person_id,
        at=act.at,
    )


def _sent(case: Case) -> Transmission:
    return case.transmissions.filter(way="out").select_related("channel").order_by("-at")[0]


def _record_acknowledgement(act: Act) -> None:
    Receipt.objects.create(
        transmission=_sent(act.case),
        case=act.case,
        their_reference=act.values.get("their_reference", ""),
        their_desk=act.values.get("their_desk", ""),
        recorded_by_id=act.actor.person_id,
        at=act.at,
    )


def _record_reply(act: Act) -> None:
    sent = _sent(act.case)
    _transmission(
        act,
        way="in",
        kind=act.values["kind"],
        channel=sent.channel.code,
        counterpart={"name": sent.counterpart_name, "unit": sent.counterpart_unit},
    )
    grounds = {ground.code: ground for ground in RefusalGround.objects.all()}
    items: dict[object, RequestItem] = {item.pk: item for item in act.case.items.all()}
    for row in act.values.get("items", ()):
        item = items[row["id"]]
        item.outcome = Outcome(row["outcome"])
        item.ground = grounds.get(row["ground"])
        item.note, item.answered_at = row["note"], act.at
        item.save(update_fields=["outcome", "ground", "note", "answered_at"])


def _accept(act: Act) -> None:
    act.case.usefulness = act.values["usefulness"]
    act.case.result = act.values.get("result", "")


_EFFECTS: dict[str, Callable[[Act], None]] = {
    "submit": _submit,
    "assign_handler": _assign_handler,
    "dispatch": _dispatch,
    "record_acknowledgement": _record_acknowledgement,
    "record_reply": _record_reply,
    "accept": _accept,
}

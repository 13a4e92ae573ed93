"""A step that is being taken, and what every effect may need of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.actors import Actor
from cases.models import Case, Crossing, Leg, Outcome, RequestItem, Transmission, Way
from treaties.models import Channel, RefusalGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`leg` is the one the step was taken in, `after` the one it led to (the same, when custody stayed)."""

    case: Case
    leg: Leg
    after: Leg
    actor: Actor
    values: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Who on the other side."""

    name: str
    unit: str = ""


def cross(
    act: Act, way: Way, kind: Crossing, channel: Channel | None, counterpart: Counterpart, *, leg: Leg | None = None
) -> Transmission:
    """Write down one crossing; outwards it belongs to the leg that it opened."""
    return Transmission.objects.create(
        case=act.case,
        leg=leg or (act.after if way == Way.OUT else act.leg),
        way=way,
        kind=kind,
        channel=channel,
        counterpart_name=counterpart.name,
        counterpart_unit=counterpart.unit,
        recorded_by_id=act.actor.person_id,
        at=act.at,
    )


def named_channel(act: Act) -> Channel:
    return Channel.objects.get(code=act.values["channel"])


def named_counterpart(act: Act) -> Counterpart:
    given = act.values["counterpart"]
    return Counterpart(given["name"], given.get("unit", ""))


def last_sent(case: Case) -> Transmission | None:
    """The latest crossing outwards."""
    return case.transmissions.filter(way=Way.OUT).select_related("channel").order_by("-at").first()


def same_way(case: Case) -> tuple[Channel | None, Counterpart]:
    """The channel and the counterpart of the latest sending; a foreign request's own, before anything was sent."""
    if sent := last_sent(case):
        return sent.channel, Counterpart(sent.counterpart_name, sent.counterpart_unit)
    return case.received_via, Counterpart(facing_name(case))


def facing_name(case: Case) -> str:
    """Whom we face on the other side, by name; the country when nobody was named."""
    if sent := last_sent(case):
        return sent.counterpart_name
    return case.requesting_authority or (case.country.name_zh if case.country else "")


def set_outcomes(act: Act) -> None:
    """Write the outcomes given with the step on their items."""
    grounds = {ground.code: ground for ground in RefusalGround.objects.all()}
    items: dict[object, RequestItem] = {item.pk: item for item in act.case.items.all()}
    for row in act.values.get("items", ()):
        item = items[row["id"]]
        item.outcome = Outcome(row["outcome"])
        item.ground = grounds.get(row["ground"])
        item.note, item.answered_at = row["note"], act.at
        item.save(update_fields=["outcome", "ground", "note", "answered_at"])

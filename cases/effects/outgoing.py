"""Effects on requests of ours: revisions, crossings, outcomes."""

from __future__ import annotations

from cases.clocks import running
from cases.drafts import submitted_content_of
from cases.effects.act import (
    Act,
    Counterpart,
    cross,
    named_channel,
    named_counterpart,
    same_way,
    set_outcomes,
)
from cases.effects.parallel import open_completion
from cases.models import ClockKind, Crossing, Outcome, Phase, Receipt, Revision, Side, Status, Way
from treaties.models import Channel


def submit(act: Act) -> None:
    """Freeze what is submitted; a corrected case gets the next content version."""
    case = act.case
    last = case.revisions.order_by("-number").first()
    case.content_version = last.number + 1 if last else 1
    Revision.objects.create(
        case=case,
        number=case.content_version,
        content=submitted_content_of(case),
        submitted_by_id=act.actor.officer_id or case.drafter_id,
        for_officer_id=act.actor.for_officer_id,
        submitted_at=act.at,
    )


def approve(act: Act) -> None:
    """A skipped tier owes its papers; an approved answer goes out; a border matter is filed with the terminal desk."""
    if act.values.get("skip"):
        open_completion(act)
    if act.case.status == Status.DISPATCHED:
        channel, counterpart = same_way(act.case)
        cross(act, Way.OUT, Crossing.ANSWER, channel, counterpart)
    elif act.case.status == Status.CLEARED:
        file_upwards(act)


def file_upwards(act: Act) -> None:
    """The filing (备案) of a border matter goes to the terminal desk; nobody waits for it (MPSR-376)."""
    if act.case.at_the_border and not act.case.transmissions.filter(way=Way.UP).exists():
        cross(act, Way.UP, Crossing.FILING, None, Counterpart(""), leg=act.leg)


def dispatch(act: Act) -> None:
    cross(act, Way.OUT, Crossing.REQUEST, named_channel(act), named_counterpart(act))


def liaison_sent(act: Act) -> None:
    """The liaison authority has sent it, by the channel that leads through it."""
    channel = Channel.objects.filter(via=act.leg.external_body).first()
    kind = Crossing.REQUEST if act.after.phase == Phase.ABROAD else Crossing.REPLY
    cross(act, Way.OUT, kind, channel, named_counterpart(act))


def record_acknowledgement(act: Act) -> None:
    asked = act.case.transmissions.filter(kind__in=[Crossing.REQUEST, Crossing.ANSWER])
    sent = asked.latest("at")  # what was sent, not a chase after it
    running.meet_kind(act.case, ClockKind.ACKNOWLEDGEMENT, act.at)
    Receipt.objects.create(
        transmission=sent,
        case=act.case,
        their_reference=act.values.get("their_reference", ""),
        their_desk=act.values.get("their_desk", ""),
        recorded_by_id=act.actor.person_id,
        at=act.at,
    )


def record_query(act: Act) -> None:
    channel, counterpart = same_way(act.case)
    cross(act, Way.IN, Crossing.QUERY, channel, counterpart)


def record_chase(act: Act) -> None:
    channel, counterpart = same_way(act.case)
    cross(act, Way.OUT, Crossing.CHASE, channel, counterpart)
    running.chased(act.leg, act.case, act.at)


def request_recall(act: Act) -> None:
    act.case.recall_asked_at = act.at


def record_recall(act: Act) -> None:
    channel, counterpart = same_way(act.case)
    cross(act, Way.OUT, Crossing.RECALL, channel, counterpart)


def close_unanswered(act: Act) -> None:
    """What was not answered is said so, item by item."""
    act.case.items.filter(outcome=Outcome.WAITING).update(outcome=Outcome.NOT_ANSWERED, answered_at=act.at)


def record_reply(act: Act) -> None:
    channel, counterpart = same_way(act.case)
    leg = act.leg if act.leg.side == Side.FOREIGN else act.case.legs.filter(side=Side.FOREIGN).latest("seq")
    cross(act, Way.IN, Crossing(act.values.get("kind", Crossing.FINAL)), channel, counterpart, leg=leg)
    # Whoever answers, also in part, has it.
    running.meet_kind(act.case, ClockKind.ACKNOWLEDGEMENT, act.at)
    set_outcomes(act)


def accept(act: Act) -> None:
    act.case.usefulness = act.values["usefulness"]
    act.case.result = act.values.get("result", "")


def acknowledge_filing(act: Act) -> None:
    for filing in act.case.transmissions.filter(way=Way.UP, receipts=None):
        Receipt.objects.create(transmission=filing, case=act.case, recorded_by_id=act.actor.person_id, at=act.at)

"""Effects on requests from abroad: what goes back to the requester, decisions part by part, results."""

from __future__ import annotations

from cases.clocks import running
from cases.effects.act import Act, cross, named_channel, named_counterpart, same_way, set_outcomes
from cases.effects.outgoing import file_upwards
from cases.effects.parallel import open_shares
from cases.models import AssignmentKind, Crossing, Decision, Outcome, Receipt, RequestItem, Way
from treaties.models import RefusalGround


def check_form(act: Act) -> None:
    """What does not conform goes back by the way it came (MPSR-377.1)."""
    if act.values["result"] == "returned":
        _back_to_requester(act, Crossing.RETURNED)


def request_supplement(act: Act) -> None:
    channel, counterpart = same_way(act.case)
    cross(act, Way.OUT, Crossing.SUPPLEMENT, channel, counterpart)


def record_supplement(act: Act) -> None:
    channel, counterpart = same_way(act.case)
    cross(act, Way.IN, Crossing.SUPPLEMENT, channel, counterpart)


def decide(act: Act) -> None:
    """Decide every part; a refused one has its outcome at once, and a refused request goes back with the grounds."""
    case, values = act.case, act.values
    case.conditions = list(values.get("conditions", ()))
    said = {row["id"]: row for row in values.get("items", ())}
    whole = Decision.REFUSE if values["decision"] == "refuse" else Decision.EXECUTE
    if values["decision"] in ("execute", "refuse"):
        for item in case.items.all():
            row = said.get(item.pk, {})
            _decide_part(act, item, Decision(row.get("decision", whole)), row.get("ground", ""))
    if values["decision"] == "refuse":
        _back_to_requester(act, Crossing.REFUSAL)
    if values["decision"] == "execute":
        file_upwards(act)


def _decide_part(act: Act, item: RequestItem, decision: Decision, ground: str) -> None:
    item.decision = decision
    item.outcome, item.ground, item.answered_at = Outcome.WAITING, None, None
    if decision == Decision.REFUSE:
        code = ground or act.values["grounds"][0]
        item.outcome, item.answered_at = Outcome.REFUSED, act.at
        item.ground = RefusalGround.objects.get(code=code)
    item.save(update_fields=["decision", "outcome", "ground", "answered_at"])


def _back_to_requester(act: Act, kind: Crossing) -> None:
    channel, counterpart = same_way(act.case)
    cross(act, Way.OUT, kind, channel, counterpart, leg=act.leg)


def assign(act: Act) -> None:
    if "agencies" in act.values:
        open_shares(act)


def return_assignment(act: Act) -> None:
    """Who was given a share no longer owes it, and what the last executor found is not the next one's result."""
    running.lapse(act.case.assignments.filter(kind=AssignmentKind.SHARE), act.at)
    asked = act.case.items.exclude(decision=Decision.REFUSE)
    asked.update(outcome=Outcome.WAITING, ground=None, note="", answered_at=None)


def submit_result(act: Act) -> None:
    set_outcomes(act)


def reply(act: Act) -> None:
    cross(act, Way.OUT, Crossing.REPLY, named_channel(act), named_counterpart(act))


def close(act: Act) -> None:
    if act.values["because"] == "acknowledged":
        sent = act.case.transmissions.filter(kind=Crossing.REPLY).latest("at")
        Receipt.objects.create(transmission=sent, case=act.case, recorded_by_id=act.actor.person_id, at=act.at)

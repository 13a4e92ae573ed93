"""Set-up for our record with a country: cases of every ending, the weekly count, and a count by hand."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases import tasks
from cases.models import Case
from tests.cast import Cast
from tests.conftest import django_connected_as
from tests.stories import COUNTERPART
from tests.watching import Past

CHINA = ZoneInfo("Asia/Shanghai")
REPLIES = (
    ("executed",),
    ("executed",),
    ("partly", "executed"),
    ("executed", "refused"),
    ("refused",),
    ("not_answered",),
    ("executed",),
)


def count(*, anew: bool = False) -> int | None:
    """What beat starts every few minutes."""
    with django_connected_as("worker"):
        return tasks.refresh_records(anew=anew)


def a_world() -> Past:
    """With Thailand more than the least both ways, with Myanmar less; drafts and secrets among them; counted."""
    past = Past(Cast(), random.Random(5))
    for n, outcomes in enumerate(REPLIES):
        past.reply(past.begin(3 * n + 4).dispatched("guohe"), "final", *outcomes)
    for n, origin in enumerate(("kunshan", "guohe", "ruili", "guohe")):
        past.begin(2 * n + 2).dispatched(origin)
    past.begin(20).queried("guohe")
    past.begin(9).closed("kunshan", request_type="mla_evidence_out")
    secret = past.begin(8).cleared("guohe", mark="work_secret")
    past.step("guohe.chief", secret, "assign_handler", handler="guohe.desk")
    past.step("guohe.desk", secret, "dispatch", channel="police_liaison", counterpart=COUNTERPART)
    past.begin(7).submitted("guohe")
    past.begin(6).draft("guohe")
    past.begin(5).dispatched("guohe", country="MM")
    for n, status in enumerate(("received", "in_review", "awaiting_supplement", "refused", "returned_to_requester")):
        past.begin(2 * n + 3).incoming_at(status, received_on="2026-02-01")
    for status in ("transferred", "postponed", "to_assign"):
        past.begin(4).incoming_at(status, received_via="interpol")
    for _n in range(2):
        past.step("guohe.desk", past.begin(12).replied(), "close", because="acknowledged")
    past.begin(3).registered(mark="work_secret")
    past.begin(3).registered(country="MM")
    assert count() == 1
    return past


def by_hand(country: str, direction: str, as_of: datetime) -> list[dict[str, Any]]:
    """Every case that counts, from its own rows and not by SQL. As the worker, who sees them all."""
    found = []
    for case in Case.objects.filter(country__code=country, direction=direction).exclude(mark="work_secret"):
        told = _sent(case, as_of) if direction == "outgoing" else _received(case, as_of)
        if told:
            found.append(told | {"type": case.request_type.code})  # type: ignore[union-attr]
    return found


def _sent(case: Case, as_of: datetime) -> dict[str, Any] | None:
    legs = list(case.legs.order_by("seq"))
    abroad = [leg for leg in legs if leg.phase == "abroad"]
    if not abroad:
        return None
    back = [leg for leg in legs if leg.phase in ("return", "delivery")]
    outcomes = {item.outcome for item in case.items.all()}
    if back:
        words = {"executed": "answered", "refused": "refused", "not_answered": "unanswered"}
        state = words.get(outcomes.pop(), "partly") if len(outcomes) == 1 else "partly"
    else:
        state = "open" if case.ended_at is None else "unanswered" if case.status == "closed" else "withdrawn"
    until = back[0].opened_at if back else case.ended_at or as_of
    sending = case.transmissions.filter(way="out", kind="request").order_by("at").first()
    return {
        "state": state,
        "days": (until - abroad[0].opened_at).days,
        "acknowledged": bool(back) or any(receipt.transmission.way == "out" for receipt in case.receipts.all()),
        "waiting": state == "open" and legs[-1].phase == "abroad",
        "channel": sending.channel.code if sending and sending.channel else "-",
        "year": str(abroad[0].opened_at.astimezone(CHINA).year),
    }


def _received(case: Case, as_of: datetime) -> dict[str, Any] | None:
    replied = case.legs.filter(phase="replied").first()
    ended = {"refused": "refused", "returned_to_requester": "returned", "transferred": "transferred"}
    outcomes = {item.outcome for item in case.items.all()}
    state = ended.get(case.status, "open")
    if replied:
        state = {("executed",): "answered", ("refused",): "refused"}.get(tuple(outcomes), "partly")
    until = replied.opened_at if replied else case.ended_at or as_of
    return {
        "state": state,
        "days": (until.astimezone(CHINA).date() - case.received_on).days,  # type: ignore[operator]
        "acknowledged": False,
        "waiting": state == "open" and case.status != "awaiting_supplement",
        "channel": case.received_via.code if case.received_via else "-",
        "year": str(case.received_on.year),  # type: ignore[union-attr]
    }


def counts(rows: list[dict[str, Any]], key: str) -> Counter[str]:
    return Counter(row[key] for row in rows)

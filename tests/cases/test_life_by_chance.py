"""A stateful property: random legal and illegal acts, compared with a model that knows the blueprint and not the code.

1,000 steps run with every test run, 10,000 in the slow lane. After each act the invariants hold: one open leg per open
case, no gap, the status the model expects, and exactly one event per change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction

from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.scope import acting
from cases.commands import take_step
from cases.models import ENDED, Leg
from tests.stories import COUNTERPART, ROADS, Story

pytestmark = pytest.mark.django_db
PARTS = ("officer", "desk", "chief", "supervisor")
OUTSIDERS = ("ruili.officer", "dehong.chief", "sysadmin", "auditor")


@dataclass
class Model:
    """What the blueprint's table says about one case, written down a second time and in another way."""

    road: tuple[str, ...]
    status: str = "draft"
    place: str = ""
    back: str = ""
    items: list[str] = field(default_factory=list)

    def who(self, step: str) -> tuple[set[str], set[str]]:
        """(places, parts) that may take `step` now; nowhere if the status is wrong."""
        origin, here, top = self.road[0], self.place, self.road[-1]
        table = {
            ("draft", "submit"): (origin, {"officer"}),
            ("returned", "submit"): (origin, {"officer"}),
            ("draft", "discard"): (origin, {"officer"}),
            ("in_review", "approve"): (here, {"chief"}),
            ("in_review", "recommend"): (here, {"desk", "officer"}),
            ("in_review", "return_for_correction"): (here, {"desk", "chief"}),
            ("in_review", "decline"): (here, {"chief"}),
            ("in_review", "withdraw"): (origin, {"chief"}),
            ("returned", "withdraw"): (origin, {"chief"}),
            ("cleared", "withdraw"): (origin, {"chief"}),
            ("cleared", "dispatch"): (top, {"desk"}),
            ("dispatched", "record_acknowledgement"): (top, {"desk"}),
            ("dispatched", "record_reply"): (top, {"desk"}),
            ("answered", "relay"): (here, {"desk"}),
            ("delivered", "accept"): (origin, {"officer", "chief"}),
            ("closed", "reopen"): (origin, {"chief"}),
        }
        place, parts = table.get((self.status, step), ("", set()))
        return {place} - {""}, parts

    def allows(self, login: str, step: str) -> bool:
        place, _, part = login.partition(".")
        places, parts = self.who(step)
        return place in places and part in parts

    def take(self, step: str, final: bool) -> None:
        road, origin = self.road, self.road[0]
        if step == "submit":
            self.status, self.place = "in_review", origin
        elif step == "approve":
            self._up()
        elif step == "return_for_correction":
            self.back = self.place if self.place != origin else self.back
            self.status, self.place = "returned", origin
        elif step == "dispatch":
            self.status, self.place = "dispatched", "abroad"
        elif step == "record_reply" and final:
            self.status, self.place = "answered", road[-1]
        elif step == "relay":
            below = road[max(road.index(self.place) - 1, 0)]
            self.status, self.place = ("delivered" if below == origin else "answered"), below
        else:
            ends = {"discard": "withdrawn", "withdraw": "withdrawn", "decline": "declined", "accept": "closed"}
            self.status = ends.get(step, self.status)
            if step == "reopen":
                self.status, self.place = "delivered", origin

    def _up(self) -> None:
        if self.place == self.road[0] and self.back:
            self.place, self.back = self.back, ""
        elif self.place == self.road[-1]:
            self.status = "cleared"
        else:
            self.place = self.road[self.road.index(self.place) + 1]


STEPS = (
    "submit", "discard", "approve", "recommend", "return_for_correction", "decline", "withdraw", "dispatch",
    "record_acknowledgement", "record_reply", "relay", "accept", "reopen", "no_such_step",
)  # fmt: skip


def data_for(step: str, model: Model, final: bool) -> dict[str, Any]:
    items = [{"id": pk, "outcome": "executed"} for pk in model.items]
    return {
        "recommend": {"opinion": "建议同意。"},
        "return_for_correction": {"reasons": ["facts_unclear"]},
        "decline": {"opinion": "不符合条件。"},
        "withdraw": {"opinion": "不再需要。"},
        "reopen": {"opinion": "补充核实。"},
        "dispatch": {"channel": "interpol", "counterpart": COUNTERPART},
        "record_acknowledgement": {"their_reference": "R-1"},
        "record_reply": {"kind": "final" if final else "interim", "items": items},
        "accept": {"usefulness": "useful"},
    }.get(step, {})


def choose(chance: random.Random, model: Model) -> tuple[str, str]:
    """Mostly a legal act, so that cases get far; otherwise anything by anyone."""
    legal = [
        (f"{place}.{part}", step)
        for step in STEPS
        for place in sorted(model.who(step)[0])
        for part in sorted(model.who(step)[1])
    ]
    forward = [act for act in legal if act[1] not in ("discard", "decline", "withdraw")]
    if forward and chance.random() < 0.55:
        return chance.choice(forward)
    if legal and chance.random() < 0.1:
        return chance.choice(legal)
    logins = [f"{place}.{part}" for place in model.road for part in PARTS] + list(OUTSIDERS)
    return chance.choice(logins), chance.choice(STEPS)


def check(story: Story, case_id: object, model: Model, changes: int) -> None:
    with acting(story.cast.actor(f"{model.road[0]}.supervisor")):
        legs = list(Leg.objects.filter(case_id=case_id).order_by("seq"))
    assert [leg.closed_at is None for leg in legs].count(True) == (model.status not in ENDED)
    assert all(a.closed_at == b.opened_at for a, b in pairwise(legs))
    kinds = AuditEvent.objects.filter(subject=f"case:{case_id}").exclude(kind__in=["case.create", "case.read"])
    assert kinds.count() == changes


def live(story: Story, chance: random.Random, steps: int) -> int:
    """One case, `steps` acts; returns how many changed it."""
    road = ROADS[chance.choice(sorted(ROADS))]
    case = story.draft(road[0])
    model = Model(road=road, place=road[0])
    with acting(story.cast.actor(f"{road[0]}.officer")):
        model.items = [str(pk) for pk in case.items.values_list("pk", flat=True)]
    changes = 0
    for _ in range(steps):
        login, step = choose(chance, model)
        final = chance.random() < 0.5
        actor, allowed = story.cast.actor(login), model.allows(login, step)
        try:
            with transaction.atomic(), acting(actor):
                case = take_step(actor=actor, case_id=case.pk, step=step, data=data_for(step, model, final))
            taken = True
        except DomainError:
            taken = False
        assert taken is allowed, (road, model, login, step)
        if taken:
            changes += 1
            model.take(step, final)
            assert case.status == model.status, (road, model, login, step)
    check(story, case.pk, model, changes)
    return changes


def run(story: Story, seed: int, total: int) -> None:
    chance = random.Random(seed)
    changed = sum(live(story, chance, 25) for _ in range(total // 25))
    assert changed > total // 5  # the walk must get somewhere, or it proves nothing


def test_a_thousand_acts(story):
    run(story, seed=2026, total=1_000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_acts(story, seed):
    run(story, seed=seed, total=2_500)

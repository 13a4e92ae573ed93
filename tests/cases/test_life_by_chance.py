"""A stateful property: random legal and illegal acts, compared with models that know the blueprint and not the code.

1,000 steps in each direction run with every test run, 10,000 in the slow lane. After each act the invariants hold: one
open leg per open case, no gap, the status the model expects, and exactly one event per change.
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
from cases.models import ENDED, Case, Leg
from tests.cast import PLACES
from tests.stories import COUNTERPART, ROADS, Story

pytestmark = pytest.mark.django_db
PARTS = ("officer", "desk", "chief", "supervisor")
OUTSIDERS = ("ruili.officer", "dehong.chief", "sysadmin", "auditor")
ABOVE = {below: above for road in ROADS.values() for below, above in pairwise(road)}
Who = dict[tuple[str, str], tuple[str, set[str]]]


@dataclass(kw_only=True)
class Model:
    """What the blueprint's tables say about one case, written down a second time and in another way."""

    status: str
    place: str  # who of ours holds it
    origin: str
    guest: str = ""  # who may be asked for an opinion
    asked: bool = False
    back: str = ""  # a corrected case goes straight there
    items: list[str] = field(default_factory=list)

    # What each direction says for itself.
    steps = ("assign_handler", "invite", "answer_assignment", "confirm_skip", "acknowledge_filing", "no_such_step")
    ends = frozenset[str]()
    held = frozenset[str]()

    def table(self) -> Who:
        raise NotImplementedError

    def go(self, step: str, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def who(self, step: str) -> tuple[set[str], set[str]]:
        """(places, parts) that may take `step` now; nowhere if the status is wrong."""
        place, parts = {**self._beside(), **self.table()}.get((self.status, step), ("", set()))
        return {place} - {""}, parts

    def _beside(self) -> Who:
        """Steps beside custody."""
        held = self.status in self.held
        invites = held and self.status != "draft" and not self.asked and self.place != self.guest
        return {
            (self.status, "assign_handler"): (self.place if held else "", {"desk", "chief"}),
            (self.status, "invite"): (self.place if invites else "", {"desk"}),
            (self.status, "answer_assignment"): (self.guest if self.asked else "", {"chief"}),
        }

    def allows(self, login: str, step: str) -> bool:
        place, _, part = login.partition(".")
        places, parts = self.who(step)
        return place in places and part in parts

    def take(self, step: str, data: dict[str, Any]) -> None:
        """The step was taken."""
        if step in ("invite", "answer_assignment"):
            self.asked = step == "invite"
        else:
            self.go(step, data)
        if self.status in ENDED:
            self.asked = False

    def data(self, chance: random.Random, login: str, step: str) -> dict[str, Any]:
        """Good input for the step."""
        outcomes = [{"id": pk, "outcome": "executed"} for pk in self.items]
        sending = {"channel": "interpol", "counterpart": COUNTERPART}
        bare = ("submit", "discard", "approve", "relay", "record_recall", "acknowledge_filing", "no_such_step")
        return {
            "return_for_correction": {"reasons": ["facts_unclear"]},
            "dispatch": sending,
            "reply": sending,
            "redispatch": {**sending, "opinion": "未送达。"},
            "hand_to_liaison": {"channel": "mfa"},
            "liaison_sent": {"counterpart": COUNTERPART},
            "record_acknowledgement": {"their_reference": "R-1"},
            "record_reply": {"kind": chance.choice(["interim", "final"]), "items": outcomes},
            "record_late_reply": {"items": outcomes},
            "submit_result": {"items": outcomes},
            "accept": {"usefulness": "useful"},
            "close": {"because": "acknowledged"},
            "assign_handler": {"handler": f"{login.partition('.')[0]}.officer"},
            "invite": {"agencies": [PLACES[self.guest]], "question": "有无案底？"},
            "answer_assignment": {"answer": "没有。"},
            "confirm_skip": {"answer": "已知悉。"},
        }.get(step, {} if step in bare else {"opinion": "理由。"})


@dataclass(kw_only=True)
class Outgoing(Model):
    road: tuple[str, ...]
    reviewing: bool = False  # an answer to their question is under review
    chased: bool = False
    recalled: bool = False
    waiting: bool = True  # for the outcome of some item
    silent: bool = False  # ended without it

    steps = (
        "submit", "discard", "approve", "recommend", "return_for_correction", "decline", "withdraw", "dispatch",
        "record_acknowledgement", "record_reply", "relay", "accept", "reopen", "hand_to_liaison", "liaison_sent",
        "liaison_returned", "record_query", "answer_query", "redispatch", "record_chase", "request_recall",
        "record_recall", "close_unanswered", "record_late_reply", *Model.steps,
    )  # fmt: skip
    ends = frozenset({"discard", "decline", "withdraw", "record_recall", "close_unanswered"})
    held = frozenset({"draft", "in_review", "returned", "cleared", "query_open", "answered", "delivered"})

    def table(self) -> Who:
        origin, here, top = self.origin, self.place, self.road[-1]
        answering = here if self.reviewing else ""
        return {
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
            ("cleared", "hand_to_liaison"): (top, {"desk"}),
            ("with_liaison", "liaison_sent"): (top, {"desk"}),
            ("with_liaison", "liaison_returned"): (top, {"desk"}),
            ("dispatched", "record_acknowledgement"): (top, {"desk"}),
            ("dispatched", "record_reply"): (top, {"desk"}),
            ("dispatched", "record_query"): (top, {"desk"}),
            ("dispatched", "hand_to_liaison"): (top, {"desk"}),
            ("dispatched", "redispatch"): (top, {"desk"}),
            ("dispatched", "record_chase"): (top, {"desk"}),
            ("dispatched", "request_recall"): ("" if self.recalled else origin, {"chief"}),
            ("dispatched", "record_recall"): (top if self.recalled else "", {"desk"}),
            ("dispatched", "close_unanswered"): (origin if self.chased else "", {"chief"}),
            ("query_open", "answer_query"): ("" if self.reviewing else origin, {"officer"}),
            ("query_open", "approve"): (answering, {"chief"}),
            ("query_open", "return_for_correction"): (answering, {"desk", "chief"}),
            ("answered", "relay"): (here, {"desk"}),
            ("delivered", "accept"): (origin, {"officer", "chief"}),
            ("closed", "reopen"): (origin, {"chief"}),
            ("closed", "record_late_reply"): (top if self.silent else "", {"desk"}),
        }

    def go(self, step: str, data: dict[str, Any]) -> None:
        to = {
            "submit": ("in_review", self.origin),
            "hand_to_liaison": ("with_liaison", "liaison"),
            "liaison_returned": ("in_review", self.road[-1]),
            "dispatch": ("dispatched", "abroad"),
            "liaison_sent": ("dispatched", "abroad"),
            "record_query": ("query_open", self.origin),
            "record_late_reply": ("answered", self.road[-1]),
            "reopen": ("delivered", self.origin),
            "discard": ("withdrawn", ""),
            "withdraw": ("withdrawn", ""),
            "record_recall": ("withdrawn", ""),
            "decline": ("declined", ""),
            "accept": ("closed", ""),
            "close_unanswered": ("closed", ""),
        }
        self.status, self.place = to.get(step, (self.status, self.place))
        self.chased |= step == "record_chase"
        self.recalled |= step == "request_recall"
        if step in ("record_reply", "record_late_reply", "close_unanswered"):
            self.silent = step == "close_unanswered" and self.waiting
            self.waiting = False
        if step in ("answer_query", "record_query"):
            self.reviewing = step == "answer_query"
        if moved := {"approve": self._up, "return_for_correction": self._back, "relay": self._down}.get(step):
            moved()
        if data.get("kind") == "final":
            self.status, self.place = "answered", self.road[-1]

    def _up(self) -> None:
        if self.place == self.origin and self.back:
            self.place, self.back = self.back, ""
        elif self.place != self.road[-1]:
            self.place = ABOVE[self.place]
        elif self.reviewing:
            self.status, self.place, self.reviewing = "dispatched", "abroad", False
        else:
            self.status = "cleared"

    def _back(self) -> None:
        self.back = self.place if self.place != self.origin else self.back
        self.place = self.origin
        if self.reviewing:
            self.reviewing = False
        else:
            self.status = "returned"

    def _down(self) -> None:
        self.place = self.road[max(self.road.index(self.place) - 1, 0)]
        self.status = "delivered" if self.place == self.origin else "answered"


@dataclass(kw_only=True)
class Incoming(Model):
    executor: str = ""

    steps = (
        "check_form", "request_supplement", "record_supplement", "decide", "resume", "assign", "return_assignment",
        "submit_result", "approve", "recommend", "return_for_correction", "reply", "hand_to_liaison", "liaison_sent",
        "liaison_returned", "close", "submit", *Model.steps,
    )  # fmt: skip
    ends = frozenset({"close"})
    held = frozenset({"received", "in_review", "postponed", "to_assign", "in_execution", "result_review", "cleared"})

    def table(self) -> Who:
        here, top = self.place, "guohe"
        below = here if here != top else ""
        return {
            ("received", "check_form"): (top, {"desk"}),
            ("received", "request_supplement"): (top, {"desk"}),
            ("in_review", "request_supplement"): (top, {"desk"}),
            ("awaiting_supplement", "record_supplement"): (top, {"desk"}),
            ("in_review", "decide"): (top, {"chief"}),
            ("in_review", "recommend"): (top, {"desk", "officer"}),
            ("postponed", "resume"): (top, {"chief"}),
            ("to_assign", "assign"): (here, {"desk"}),
            ("to_assign", "return_assignment"): (below, {"chief"}),
            ("in_execution", "return_assignment"): (here, {"chief"}),  # at the top to be assigned anew
            ("in_execution", "submit_result"): (here, {"officer"}),
            ("result_review", "approve"): (here, {"chief"}),
            ("result_review", "recommend"): (here, {"desk", "officer"}),
            ("result_review", "return_for_correction"): (here, {"chief"}),
            ("cleared", "reply"): (top, {"desk"}),
            ("cleared", "hand_to_liaison"): (top, {"desk"}),
            ("with_liaison", "liaison_sent"): (top, {"desk"}),
            ("with_liaison", "liaison_returned"): (top, {"desk"}),
            ("replied", "close"): (top, {"desk"}),
        }

    def data(self, chance: random.Random, login: str, step: str) -> dict[str, Any]:
        if step == "check_form":
            lacking = chance.random() < 0.1
            return {"result": "returned", "opinion": "不符合协议。"} if lacking else {"result": "complete"}
        if step == "decide":
            decision = chance.choice(["execute"] * 7 + ["refuse", "postpone", "transfer"])
            grounds = {"refuse": ["political_offence"], "postpone": ["postpone_domestic_case"]}.get(decision, [])
            return {"decision": decision, "grounds": grounds, "opinion": "经审查。"}
        if step == "assign":
            below = [place for place, above in ABOVE.items() if above == self.place]
            if below and chance.random() < 0.7:
                return {"agency": PLACES[chance.choice(below)]}
            return {"execute_here": True}
        return super().data(chance, login, step)

    def go(self, step: str, data: dict[str, Any]) -> None:
        to = {
            "request_supplement": ("awaiting_supplement", "abroad"),
            "record_supplement": ("in_review", "guohe"),
            "resume": ("in_review", "guohe"),
            "return_assignment": ("to_assign", ABOVE.get(self.place, "guohe")),
            "submit_result": ("result_review", self.place),
            "reply": ("replied", "abroad"),
            "liaison_sent": ("replied", "abroad"),
            "hand_to_liaison": ("with_liaison", "liaison"),
            "liaison_returned": ("result_review", "guohe"),
            "close": ("closed", ""),
        }
        decided = {"execute": "to_assign", "refuse": "refused", "postpone": "postponed", "transfer": "transferred"}
        if step == "check_form":
            self.status = "in_review" if data["result"] == "complete" else "returned_to_requester"
        elif step == "decide":
            self.status = decided[data["decision"]]
        elif step == "assign":
            self._assign(data)
        elif step == "approve":
            self._up()
        elif step == "return_for_correction":
            self.back = self.place if self.place != self.executor else self.back
            self.status, self.place = "in_execution", self.executor
        else:
            self.status, self.place = to.get(step, (self.status, self.place))
            self.back = "" if step == "return_assignment" else self.back

    def _assign(self, data: dict[str, Any]) -> None:
        if "agency" in data:
            self.place = next(place for place, code in PLACES.items() if code == data["agency"])
        else:
            self.status, self.executor = "in_execution", self.place

    def _up(self) -> None:
        if self.place == self.executor and self.back:
            self.place, self.back = self.back, ""
        elif self.place == "guohe":
            self.status = "cleared"
        else:
            self.place = ABOVE[self.place]


def choose(chance: random.Random, model: Model, places: tuple[str, ...]) -> tuple[str, str]:
    """Mostly a legal act, so that cases get far; otherwise anything by anyone."""
    legal = [
        (f"{place}.{part}", step)
        for step in model.steps
        for place in sorted(model.who(step)[0])
        for part in sorted(model.who(step)[1])
    ]
    forward = [act for act in legal if act[1] not in model.ends]
    if forward and chance.random() < 0.55:
        return chance.choice(forward)
    if legal and chance.random() < 0.1:
        return chance.choice(legal)
    logins = [f"{place}.{part}" for place in places for part in PARTS] + list(OUTSIDERS)
    return chance.choice(logins), chance.choice(model.steps)


def check(story: Story, case_id: object, model: Model, changes: int) -> None:
    with acting(story.cast.actor(f"{model.origin}.supervisor")):
        legs = list(Leg.objects.filter(case_id=case_id).order_by("seq"))
    assert [leg.closed_at is None for leg in legs].count(True) == (model.status not in ENDED)
    assert all(a.closed_at == b.opened_at for a, b in pairwise(legs))
    kinds = AuditEvent.objects.filter(subject=f"case:{case_id}")
    assert kinds.exclude(kind__in=["case.create", "case.register", "case.read"]).count() == changes


def outgoing(story: Story, chance: random.Random) -> tuple[Case, Model, tuple[str, ...]]:
    road = ROADS[chance.choice(sorted(ROADS))]
    guest = "ruili" if road[0] == "chaoyang" else "chaoyang"
    model = Outgoing(road=road, origin=road[0], place=road[0], status="draft", guest=guest)
    return story.draft(road[0]), model, (*road, guest)


def incoming(story: Story, _chance: random.Random) -> tuple[Case, Model, tuple[str, ...]]:
    model = Incoming(origin="guohe", place="guohe", status="received", guest="chaoyang")
    return story.registered(), model, ("guohe", *ABOVE)


def live(story: Story, chance: random.Random, begin: Any, steps: int) -> int:
    """One case, `steps` acts; returns how many changed it."""
    case, model, places = begin(story, chance)
    with acting(story.cast.actor(f"{model.origin}.officer")):
        model.items = [str(pk) for pk in case.items.values_list("pk", flat=True)]
    changes = 0
    for _ in range(steps):
        login, step = choose(chance, model, places)
        data = model.data(chance, login, step)
        actor, allowed = story.cast.actor(login), model.allows(login, step)
        try:
            with transaction.atomic(), acting(actor):
                case = take_step(actor=actor, case_id=case.pk, step=step, data=data)
            taken = True
        except DomainError:
            taken = False
        assert taken is allowed, (model, login, step, data)
        if taken:
            changes += 1
            model.take(step, data)
            assert case.status == model.status, (model, login, step, data)
    check(story, case.pk, model, changes)
    return changes


def run(story: Story, begin: Any, seed: int, total: int) -> None:
    chance = random.Random(seed)
    changed = sum(live(story, chance, begin, 40) for _ in range(total // 40))
    assert changed > total // 5  # the walk must get somewhere, or it proves nothing


@pytest.mark.parametrize("begin", [outgoing, incoming])
def test_a_thousand_acts(story, begin):
    run(story, begin, seed=2026, total=1_000)


@pytest.mark.slow
@pytest.mark.parametrize("begin", [outgoing, incoming])
@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_acts(story, begin, seed):
    run(story, begin, seed=seed, total=2_500)

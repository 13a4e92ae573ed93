"""Set-up for what supervisors see: cases that lived in the past, the fold, and a count by brute force.

The count is written from the definitions beside the figures, over the cases that the reader himself may see.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from agencies.actors import Actor
from agencies.models import Agency
from agencies.moments import clock
from agencies.scope import acting
from cases import content_input, drafts, tasks
from cases.commands import take_step
from cases.models import ENDED, NO_DUE, Case, Deadline, Leg
from cases.policies import visible_to
from cases.registration import register_case
from tests.cast import PLACES, Cast
from tests.conftest import django_connected_as
from tests.stories import CONTENT, FOREIGN, ROADS, Story

CHINA = ZoneInfo("Asia/Shanghai")
FOREIGN_WAITS = ("acknowledgement", "expected_reply", "chase")


def fold() -> int:
    """What beat starts every minute."""
    with django_connected_as("worker"):
        return tasks.fold_board()


class Past(Story):
    """A story whose steps lie in the past, some hours or days apart."""

    def __init__(self, cast: Cast, chance: random.Random) -> None:
        super().__init__(cast)
        self.chance = chance
        self.moment = clock()

    def begin(self, weeks: float) -> Past:
        """The next case begins so many weeks ago."""
        self.moment = clock() - timedelta(weeks=weeks)
        return self

    def tick(self) -> datetime:
        now = clock()
        self.moment += timedelta(
            hours=self.chance.choice([1, 5, 20, 30, 80, 200]), microseconds=self.chance.random() * 1e6
        )
        if self.moment >= now:
            self.moment = now
        return self.moment

    def step(self, login: str, case: Case, name: str, **data: Any) -> Case:
        actor = self.cast.actor(login)
        with acting(actor):
            return take_step(actor=actor, case_id=case.pk, step=name, data=data, at=self.tick())

    def draft(self, origin: str = "kunshan", **changes: Any) -> Case:
        actor = self.cast.actor(f"{origin}.officer")
        with acting(actor):
            content = content_input.parse({**CONTENT, **changes})
            return drafts.open_case(actor=actor, content=content, at=self.moment)

    def registered(self, desk: str = "guohe", **changes: Any) -> Case:
        actor = self.cast.actor(f"{desk}.desk")
        with acting(actor):
            content = content_input.parse({**FOREIGN, **changes})
            return register_case(actor=actor, content=content, at=self.moment)

    def corrected(self, origin: str, by: str, **changes: Any) -> Case:
        """Sent back by `by` on its way up, corrected, and up to there again."""
        case = self.submitted(origin, **changes)
        for place in ROADS[origin][: ROADS[origin].index(by)]:
            case = self.step(f"{place}.chief", case, "approve")
        case = self.step(f"{by}.desk", case, "return_for_correction", reasons=["facts_unclear"])
        case = self.step(f"{origin}.officer", case, "submit")
        return self.step(f"{origin}.chief", case, "approve")

    def skipped(self, **changes: Any) -> Case:
        """Past the city: Suzhou owes its papers, and has them to do until long after the province is late."""
        case = self.submitted("kunshan", urgency="urgent", **changes)
        return self.step("kunshan.chief", case, "approve", skip=True, reason="嫌疑人今晚出境。")

    def asked(self, place: str, **changes: Any) -> Case:
        """At the province, which asks `place` on the case's way for its opinion."""
        case = self.submitted("kunshan", **changes)
        for chief in ("kunshan.chief", "suzhou.chief"):
            case = self.step(chief, case, "approve")
        return self.step("jiangsu.desk", case, "invite", agencies=[PLACES[place]], question="有无异议？")

    def reopened(self, origin: str = "kunshan", **changes: Any) -> Case:
        case = self.closed(origin, **changes)
        return self.step(f"{origin}.chief", case, "reopen", opinion="有新情况。")


def a_world(cast: Cast, seed: int = 7) -> Past:
    """Cases of every kind, here and there, over half a year and before; some more than a year old."""
    past = Past(cast, random.Random(seed))
    for n, origin in enumerate(("kunshan", "suzhou", "jiangsu", "chaoyang", "ruili", "guohe")):
        country = ("TH", "MM", "US")[n % 3]
        past.begin(3 * n + 2).submitted(origin, country=country)
        past.begin(2 * n + 9).closed(origin, urgency="urgent")
        past.begin(n).dispatched(origin, country=country)
        past.begin(0.01 * n).submitted(origin, urgency="most_urgent")
    past.begin(2).draft("kunshan")
    past.begin(2).draft("jiangsu")
    past.begin(14).corrected("kunshan", "jiangsu")
    past.begin(6).corrected("kunshan", "suzhou", request_type="mla_evidence_out")
    past.begin(5).at("returned", "suzhou")
    for weeks in (0.5, 2, 12):
        past.begin(weeks).skipped()
        past.begin(weeks).asked("suzhou")
        past.begin(weeks).asked("kunshan", urgency="most_urgent")
    past.begin(22).reopened()
    past.begin(70).closed()
    past.begin(70).submitted("suzhou")
    for status in ("declined", "withdrawn", "with_liaison", "query_open", "answered", "delivered"):
        past.begin(8).at(status, "kunshan")
    for status in ("received", "in_execution", "replied", "closed", "refused", "awaiting_supplement"):
        past.begin(11).incoming_at(status)
    past.begin(7).submitted("kunshan", mark="work_secret")
    past.begin(7).submitted("suzhou", mark="work_secret")
    return past


def monday(moment: datetime) -> date:
    day = moment.astimezone(CHINA).date()
    return day - timedelta(days=day.weekday())


def rank(days: list[int], percent: int) -> int | None:
    """The nearest rank, from the sorted list itself."""
    ordered = sorted(days)
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1] if ordered else None


class Brute:
    """Every figure of one agency over a period, counted case by case over what `actor` sees."""

    def __init__(self, actor: Actor, agency: Agency, as_of: datetime, period: int, near_ends: datetime) -> None:
        self.as_of, self.agency = as_of, agency
        self.first = monday(as_of) - timedelta(weeks=period - 1)
        below = set(Agency.objects.filter(ancestors__contains=[agency.pk]).values_list("pk", flat=True))
        seen = (
            visible_to(actor)
            .exclude(mark="work_secret")
            .exclude(status="draft")
            .select_related("request_type", "country")
        )
        self.cases = [one for one in seen if one.direction == "incoming" or one.submitted_at]
        legs: dict[Any, list[Leg]] = {}
        for leg in Leg.objects.filter(case__in=[one.pk for one in self.cases]).select_related("agency").order_by("seq"):
            legs.setdefault(leg.case_id, []).append(leg)
        self.legs = legs
        clocks = Deadline.objects.filter(
            case__in=[one.pk for one in self.cases], cancelled_at=None, supervision=None
        ).select_related("leg")
        here = [one for one in clocks if one.agency_id in below]
        self.clocks = [one for one in here if one.met_at is not None]
        self.running = [one for one in here if one.met_at is None and one.paused_at is None]
        self.own = [one for one in self.cases if one.origin_id in below]
        self.filed = [one for one in self.own if monday(self.began(one)) >= self.first]
        self.ended = [one for one in self.own if one.ended_at and monday(one.ended_at) >= self.first]
        due = {one.pk: self.custody_due([clock for clock in clocks if clock.case_id == one.pk]) for one in self.cases}
        self.open = [one for one in self.own if one.status not in ENDED]
        at_home = [one for one in self.open if one.status not in ("dispatched", "with_liaison")]
        self.over = [one for one in at_home if due[one.pk] < as_of]
        self.near = [one for one in at_home if as_of <= due[one.pk] < near_ends]

    def custody_due(self, clocks: list[Deadline]) -> datetime:
        """When the first clock of custody runs out; parallel work and the foreign side's answers are not custody's."""
        running = [one for one in clocks if one.met_at is None and one.paused_at is None and one.assignment_id is None]
        return min((one.due_at for one in running if one.kind not in FOREIGN_WAITS), default=NO_DUE)

    def began(self, case: Case) -> datetime:
        return case.created_at if case.direction == "incoming" else case.submitted_at  # type: ignore[return-value]

    def sent_back(self, case: Case) -> bool:
        return any(leg.phase == "correction" for leg in self.legs[case.pk])

    def days(self, part: str) -> list[int]:
        """Whole days that each ended case spent at a tier, at home, abroad or with another organ."""
        found = []
        for case in self.ended:
            spent = [
                leg.closed_at - leg.opened_at
                for leg in self.legs[case.pk]
                if leg.phase != "ended" and part in self.parts(leg)
            ]
            if spent:
                found.append(sum(spent, timedelta()).days)
        return found

    def parts(self, leg: Leg) -> set[str]:
        if leg.side != "domestic":
            return {{"foreign": "abroad", "external": "external"}[leg.side]}
        return {"home", leg.agency.tier}  # type: ignore[union-attr]

    def internal(self, clocks: list[Deadline]) -> list[Deadline]:
        return [one for one in clocks if not one.confidence and one.leg_id and one.kind not in FOREIGN_WAITS]

    def met(self, clocks: list[Deadline]) -> tuple[int, int]:
        """How many of these ended in the period, and how many of them late."""
        ended = [one for one in clocks if monday(one.met_at) >= self.first]  # type: ignore[arg-type]
        return len(ended), sum(one.met_at > one.due_at for one in ended)  # type: ignore[operator]

    def went_over(self) -> Counter[date]:
        """The clocks of legs that ran out, by the week in which they did, met since or not."""
        ran_until = [(one.due_at, one.met_at or self.as_of) for one in self.internal(self.clocks + self.running)]
        return Counter(monday(due) for due, until in ran_until if until > due)

    def reached(self, stage: str) -> int:
        return sum(stage in self.stages(case) for case in self.filed if case.direction == "outgoing")

    def stages(self, case: Case) -> set[str]:
        found = {"closed"} if case.status == "closed" else set()
        for leg in self.legs[case.pk]:
            if leg.phase == "review":
                found.add(leg.agency.tier)  # type: ignore[union-attr]
            found |= {"abroad"} if leg.phase == "abroad" else set()
            found |= {"answered"} if leg.phase in ("return", "delivery") else set()
        return found

    def back(self, tier: str) -> int:
        """How many of our own filed in the period this tier sent back at least once."""
        n = 0
        for case in self.filed:
            legs = self.legs[case.pk]
            n += any(
                leg.phase == "correction" and before.agency is not None and before.agency.tier == tier
                for before, leg in pairwise(legs)
            )
        return n

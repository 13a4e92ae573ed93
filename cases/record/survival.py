"""Kaplan–Meier: how long until an answer, when many requests have none yet (pure functions).

Times are whole days; those still without an answer are censored: known to have waited so long, and no more. The variance is
Greenwood's, the band of 95 % is made on the log-log scale, so that it stays between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Z = 1.959963984540054  # the normal distribution's 97.5 %
HALF = 0.5
# Where fewer are left than this, a step says more about one request than about the country.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Step:
    """What happened on a day: how many had waited so long without an answer, how many of them were answered; and the share
    that is without an answer after it, with its band."""

    day: int
    at_risk: int
    answered: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The steps in order, one for each day with an answer."""

    n: int
    steps: tuple[Step, ...]
    answered: Mapping[int, int]
    waiting: Mapping[int, int]

    def at_risk(self, day: int) -> int:
        """How many waited at least so many days."""
        return sum(n for times in (self.answered, self.waiting) for at, n in times.items() if at >= day)

    def at(self, day: int) -> Step | None:
        """The last step up to a day; None before the first."""
        return next((step for step in reversed(self.steps) if step.day <= day), None)

    @property
    def end(self) -> int | None:
        """The last day on which FEWEST were left; None when there never were as many."""
        left = 0
        for day in sorted({*self.answered, *self.waiting}, reverse=True):
            left += self.answered.get(day, 0) + self.waiting.get(day, 0)
            if left >= FEWEST:
                return day
        return None

    def told(self) -> tuple[Step, ...]:
        """The steps at which enough were left to say something."""
        return tuple(step for step in self.steps if step.at_risk >= FEWEST)

    @property
    def median(self) -> int | None:
        """Half are answered within so many days; None when that is not so yet, or too few were left by then."""
        return next((step.day for step in self.told() if step.share <= HALF), None)

    @property
    def few(self) -> bool:
        """Were too few left to say whether half are answered? That half are not can be said only while every step is above."""
        return self.median is None and bool(self.steps) and (self.steps[-1].share <= HALF or not self.told())

    @property
    def interval(self) -> tuple[int | None, int | None]:
        """Between which days the median lies with 95 % (Brookmeyer and Crowley): where the bounds of the band come to the half;
        None for a bound that does not within the steps that are told."""
        low = next((step.day for step in self.told() if step.low <= HALF), None)
        high = next((step.day for step in self.told() if step.high <= HALF), None)
        return low, high


def kaplan_meier(answered: Mapping[int, int], waiting: Mapping[int, int]) -> Curve:
    """The curve of so many answers after so many days, with those that wait. Who was answered on a day on which others are
    censored was among them: the censored count as at risk that day."""
    left = sum(answered.values()) + sum(waiting.values())
    curve_n, share, variance, high = left, 1.0, 0.0, 1.0
    steps = []
    for day in sorted({day for times in (answered, waiting) for day, n in times.items() if n}):
        events = answered.get(day, 0)
        if events:
            share *= 1 - events / left
            # With nobody left the variance has no value: the upper bound stays where it was.
            if left > events:
                variance += events / (left * (left - events))
                low, high = _band(share, variance)
            else:
                share = low = 0.0
            steps.append(Step(day, left, events, share, low, high))
        left -= events + waiting.get(day, 0)
    return Curve(curve_n, tuple(steps), answered, waiting)


def _band(share: float, variance: float) -> tuple[float, float]:
    """The 95 % band of a share strictly between 0 and 1."""
    width = Z * math.sqrt(variance) / -math.log(share)
    return share ** math.exp(width), share ** math.exp(-width)

"""Small arithmetic that must be exact: positions in a histogram of whole days, shares, parts that add up to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

DAY = 86_400_000_000  # microseconds
SHADES = 4
BINS = 12
_NICE = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many took how many whole days."""

    days: Mapping[int, int]

    @property
    def n(self) -> int:
        return sum(self.days.values())

    def at(self, percent: int) -> int | None:
        """The fewest days within which at least `percent` of 100 of them were done (nearest rank); None when there is none."""
        wanted, seen = -(-self.n * percent // 100), 0
        for day, n in sorted(self.days.items()):
            seen += n
            if n and seen >= wanted:
                return day
        return None

    @property
    def median(self) -> int | None:
        return self.at(50)

    @property
    def ninth(self) -> int | None:
        """Nine of ten were done within so many days."""
        return self.at(90)

    def binned(self) -> tuple[list[tuple[str, int]], int]:
        """At most BINS + 1 bins of equal width from day 0 on, and how many days one is wide; the last takes what is beyond."""
        if not self.days:
            return [], 1
        longest = max(self.days)
        width = next((nice for nice in _NICE if longest < nice * BINS), _NICE[-1])
        count = min(longest // width, BINS) + 1
        found = [0] * count
        for day, n in self.days.items():
            found[min(day // width, count - 1)] += n
        labels = [str(at * width) if width == 1 else f"{at * width}–{at * width + width - 1}" for at in range(count)]
        if longest >= count * width:
            labels[-1] = f"{(count - 1) * width}+"
        return list(zip(labels, found, strict=True)), width


def share(part: int, whole: int) -> float | None:
    """Between 0 and 1; None of nothing."""
    return part / whole if whole else None


def average(sums: tuple[int, int] | None) -> float | None:
    """The mean of so many amounts of time, in days; None of nothing."""
    return None if sums is None or not sums[0] else sums[1] / sums[0] / DAY


def steps_of(counts: Iterable[int]) -> list[int]:
    """Where the shades of a heat map begin: as many different numbers in each, so that it shows where more is whether all
    are alike or one is far above the rest."""
    different = sorted({n for n in counts if n > 0})
    shades = min(SHADES, len(different))
    return [different[len(different) * at // shades] for at in range(shades)]


def shade(n: int, steps: Sequence[int]) -> int:
    """Which shade a number has: 0 is none, SHADES the deepest."""
    return sum(n >= step for step in steps)


def parts_of(whole: int, parts: Sequence[int]) -> list[int]:
    """`parts` (which sum to more than 0) scaled to whole numbers that sum to `whole`, each off by less than one: the largest
    remainders are rounded up."""
    total = sum(parts)
    floors = [part * whole // total for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda n: (-(parts[n] * whole % total), n))
    for n in by_rest[: whole - sum(floors)]:
        floors[n] += 1
    return floors

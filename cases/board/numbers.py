"""Small arithmetic that must be exact: positions in a histogram of whole days, shares, parts that add up to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DAY = 86_400_000_000  # microseconds


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


def share(part: int, whole: int) -> float | None:
    """Between 0 and 1; None of nothing."""
    return part / whole if whole else None


def parts_of(whole: int, parts: Sequence[int]) -> list[int]:
    """`parts` (which sum to more than 0) scaled to whole numbers that sum to `whole`, each off by less than one: the largest
    remainders are rounded up."""
    total = sum(parts)
    floors = [part * whole // total for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda n: (-(parts[n] * whole % total), n))
    for n in by_rest[: whole - sum(floors)]:
        floors[n] += 1
    return floors

"""What an officer would leave behind at an organ. This room knows no cases: who does says so at start (wiring.py).

Numbers alone, so that the security administrator who ends an appointment knows that there is something to hand over
and nothing of what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Left:
    """Open cases he is responsible for as drafter, and open cases that are assigned to him."""

    drafted: int = 0
    handled: int = 0

    @property
    def total(self) -> int:
        return self.drafted + self.handled


Counter = Callable[[int, int], Left]
_counter: list[Counter] = []


def count_with(counter: Counter) -> None:
    """Name who counts: a function of an officer and an agency."""
    _counter[:] = [counter]


def left_by(officer_id: int, agency_id: int) -> Left:
    """What the officer has in hand at the agency."""
    return _counter[0](officer_id, agency_id) if _counter else Left()

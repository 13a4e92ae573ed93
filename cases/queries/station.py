"""One stop of a case's way, as the route shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from agencies.models import Agency
from cases.models import Leg


class State(Enum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"
    SKIP = "skip"  # the case went past it


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One stop. `legs` are the stretches spent there; `limit` is in working days, for what is still to come."""

    kind: str  # home | liaison | foreign | back
    agency: Agency | None = None
    name: str = ""
    counterpart: str = ""  # who abroad has it, once it was sent
    state: State
    legs: list[Leg] = field(default_factory=list)
    limit: int | None = None
    late: bool = False
    returned: int = 0  # how often it sent the case back
    straight: bool = False  # a corrected case does not stop here again
    path: list[Agency] = field(default_factory=list)  # of the way back

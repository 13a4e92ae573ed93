"""From cells to what is stored: sums, parts that are large enough to be shown, and the medians of each (pure functions).

No group of fewer than MIN cases is told of, also not by taking one number from another: parts below MIN are summed up as
the rest, and where the rest itself is below MIN the smallest part goes into it. A type or a channel alone has no parts of
its own. Pairs of both are kept all or none: all when each of them has MIN cases, for then nothing is left out that could be
reckoned. Of a group that is told everything is: also that one of its cases was refused, or answered on a day. Days are told
of all cases, of a type and of a pair, not of a channel or a year alone: the same day in two curves that cross would be a case
of the pair, which may be small. Grounds of refusal are told of all cases together, and only those that MIN cases share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from cases.models import Direction
from cases.record.cells import EVENTS, STATES, Cell, Ground
from cases.record.survival import kaplan_meier

MIN = 10
REST = ""  # the key of what is not told apart
NAMES = {Direction.OUTGOING: "sent", Direction.INCOMING: "received"}
Slice = tuple[str, str]  # a request type and a channel; blank means all
ALL: Slice = ("", "")
# A channel that nobody noted; no code is like it.
UNNOTED = "-"
_Key = TypeVar("_Key")


class Tally:
    """Sums over cells of one direction."""

    def __init__(self) -> None:
        self.n = self.acknowledged = self.waiting = self.oldest = 0
        self.states: Counter[str] = Counter()
        self.answered: Counter[int] = Counter()
        self.censored: Counter[int] = Counter()

    def add(self, cell: Cell) -> None:
        self.n += cell.n
        self.states[cell.state] += cell.n
        self.acknowledged += cell.n * cell.acknowledged
        (self.answered if cell.state in EVENTS else self.censored)[cell.days] += cell.n
        if cell.waiting:
            self.waiting += cell.n
            self.oldest = max(self.oldest, cell.days)

    def take(self, other: Tally) -> None:
        """Add what another has."""
        self.n += other.n
        self.acknowledged += other.acknowledged
        self.waiting += other.waiting
        self.oldest = max(self.oldest, other.oldest)
        self.states.update(other.states)
        self.answered.update(other.answered)
        self.censored.update(other.censored)

    def counts(self, direction: Direction) -> dict[str, Any]:
        """Every count by name; the states sum to n."""
        return {
            "n": self.n,
            "acknowledged": self.acknowledged,
            "waiting": self.waiting,
            "oldest": self.oldest,
            **{state: self.states[state] for state in STATES[direction]},
        }

    def line(self, direction: Direction, *, dated: bool) -> dict[str, Any]:
        """A line of a table: the counts, and within how many days half are answered; `dated`: also the age of the oldest."""
        curve = kaplan_meier(self.answered, self.censored)
        low, high = curve.interval
        told = {**self.counts(direction), "median": curve.median, "low": low, "high": high, "few": curve.few}
        return told if dated else told | {"oldest": None}


def parted(parts: Mapping[str, Tally]) -> dict[str, Tally]:
    """The parts that may be told, and the rest under REST; nothing when all of them are the rest."""
    shown = {key: tally for key, tally in parts.items() if tally.n >= MIN}
    rest = Tally()
    for key, tally in parts.items():
        if key not in shown:
            rest.take(tally)
    while 0 < rest.n < MIN and shown:
        rest.take(shown.pop(min(shown, key=lambda key: (shown[key].n, key))))
    return {**shown, **({REST: rest} if rest.n else {})} if shown else {}


def of_country(rows: Iterable[Cell | Ground]) -> dict[Slice, dict[str, Any]]:
    """What is stored of one country, by slice: the whole, and each type, channel and pair that may be told."""
    cells: dict[str, list[Cell]] = defaultdict(list)
    grounds: dict[str, list[Ground]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Cell):
            cells[row.direction].append(row)
        else:
            grounds[row.direction].append(row)
    found: dict[Slice, dict[str, Any]] = defaultdict(dict)
    for direction, name in NAMES.items():
        for key, figures in _of_direction(direction, cells[direction], grounds[direction]).items():
            found[key][name] = figures
    return dict(found)


def _of_direction(direction: Direction, cells: list[Cell], grounds: list[Ground]) -> dict[Slice, dict[str, Any]]:
    pairs = _tallies(cells, lambda cell: (cell.kind, cell.channel or UNNOTED))
    whole = _sum(pairs.values())
    if whole.n < MIN:
        return {}
    kinds, channels = _by(pairs, 0), _by(pairs, 1)
    told_kinds, told_channels = parted(kinds), parted(channels)
    years = parted(_tallies(cells, lambda cell: str(cell.year)))
    tallies: dict[Slice, Tally] = {(kind, ""): tally for kind, tally in told_kinds.items() if kind}
    tallies |= {("", channel): tally for channel, tally in told_channels.items() if channel}
    if all(tally.n >= MIN for tally in pairs.values()):
        tallies |= pairs
    found = {key: _figures(direction, tally, dated=bool(key[0])) for key, tally in tallies.items()}
    found[ALL] = _figures(direction, whole, dated=True) | {"grounds": _shared(grounds)}
    found[ALL] |= {
        name: [{"code": key, **tally.line(direction, dated=name == "types")} for key, tally in lines.items()]
        for name, lines in (("types", told_kinds), ("channels", told_channels), ("years", years))
    }
    return found


def _shared(grounds: Iterable[Ground]) -> list[list[Any]]:
    """On which grounds MIN cases or more were refused, the most first."""
    refused: Counter[str] = Counter()
    for one in grounds:
        refused[one.code] += one.n
    shared = [(code, n) for code, n in refused.items() if n >= MIN]
    return [[code, n] for code, n in sorted(shared, key=lambda item: (-item[1], item[0]))]


def _figures(direction: Direction, tally: Tally, *, dated: bool) -> dict[str, Any]:
    """One slice: its line, and after how many days."""
    told = {**tally.line(direction, dated=dated), "grounds": []}
    if dated:
        told |= {"answered_days": sorted(tally.answered.items()), "censored_days": sorted(tally.censored.items())}
    return told


def _tallies(cells: Iterable[Cell], by: Callable[[Cell], _Key]) -> dict[_Key, Tally]:
    found: dict[_Key, Tally] = defaultdict(Tally)
    for cell in cells:
        found[by(cell)].add(cell)
    return dict(found)


def _sum(tallies: Iterable[Tally]) -> Tally:
    found = Tally()
    for tally in tallies:
        found.take(tally)
    return found


def _by(pairs: Mapping[Slice, Tally], part: int) -> dict[str, Tally]:
    found: dict[str, Tally] = defaultdict(Tally)
    for key, tally in pairs.items():
        found[key[part]].take(tally)
    return dict(found)

"""Which cases there are, how each goes and how long ago: a fixed list, so that loading again finds what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from coopdesk.demo.fiction import Fiction, Scene, weighted
from coopdesk.demo.hours import SHANGHAI, OfficeHours
from coopdesk.demo.script import Act, Script
from coopdesk.demo.ways import WAYS, Way
from coopdesk.demo.world import PLACES, chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One case of the plan: the `turn`-th with this ending."""

    number: int
    ending: str
    turn: int

    @property
    def way(self) -> Way | None:
        """Set where the case goes one of the less usual ways."""
        return WAYS.get(self.ending)

    @property
    def origin(self) -> str:
        if self.way and self.way.origin:
            return self.way.origin
        return _ORIGINS[(self.turn + self.number // 60) % len(_ORIGINS)]

    @property
    def urgency(self) -> str:
        if self.way and self.way.urgency:
            return self.way.urgency
        return weighted(chance(f"{self.number} urgency"), {"normal": 78, "urgent": 16, "most_urgent": 6})

    @property
    def mark(self) -> str:
        if self.way:
            return "internal"
        return "work_secret" if self.number % 13 == 6 else "public" if self.number % 17 == 3 else "internal"


# Every tier starts cases, the counties most of them.
_ORIGINS = [
    "kunshan",
    "ruili",
    "chaoyang",
    "kunshan",
    "suzhou",
    "ruili",
    "kunshan",
    "beijing",
    "chaoyang",
    "kunshan",
    "dehong",
    "jiangsu",
    "kunshan",
    "ruili",
    "yunnan",
    "guohe",
    "kunshan",
    "chaoyang",
    "suzhou",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A case ready to be played: its acts with their moments, strictly one after the other."""

    plot: Plot
    acts: list[tuple[datetime, Act]]


# --- How a case goes, by its ending ---------------------------------------------------------------------------------

_PAPERS = ("立案决定书（演示）.pdf", "协查函（演示）.pdf")


def _open(script: Script, plot: Plot) -> None:
    by_client = script.origin == "kunshan" and plot.turn % 4 == 0 and plot.mark != "work_secret"
    script.opened(items=2 + plot.number % 2, by_client=by_client)
    if plot.number % 6 == 0:
        script.filed(*_PAPERS[: 1 + plot.number % 2])


def _climb(script: Script, plot: Plot, stages: int) -> None:
    """Open, submit, and so many approvals; every fifth case has been corrected on the way."""
    _open(script, plot)
    script.submitted()
    corrected = plot.number % len(script.road) if plot.number % 5 == 0 else None
    script.climbed(stages, corrected_at=corrected)


def _draft(script: Script, plot: Plot) -> None:
    _open(script, plot)


def _in_review(script: Script, plot: Plot) -> None:
    _climb(script, plot, plot.turn % len(script.road))
    if plot.turn % 3 == 0:
        script.noted("route" if plot.turn % 2 else "agency")


def _returned(script: Script, plot: Plot) -> None:
    _climb(script, plot, plot.turn % len(script.road))
    script.returned()


def _cleared(script: Script, plot: Plot) -> None:
    _climb(script, plot, len(script.road))


def _dispatched(script: Script, plot: Plot) -> None:
    _cleared(script, plot)
    script.dispatched()
    if plot.turn % 4:
        script.acknowledged()
    if plot.turn % 3 == 0:
        script.interim_reply()


_OUTCOMES = (
    ("executed",),
    ("executed", "refused", "executed"),
    ("partly", "executed"),
    ("executed",),
    ("not_answered",),
    ("executed", "partly"),
    ("refused",),
)


def _answered(script: Script, plot: Plot, *, relays: int | None = None) -> None:
    _cleared(script, plot)
    script.dispatched()
    if plot.turn % 5:
        script.acknowledged()
    if plot.turn % 6 == 1:
        script.interim_reply()
    script.final_reply(_OUTCOMES[plot.turn % len(_OUTCOMES)])
    script.relayed(plot.turn % script.relays if relays is None else relays)


def _delivered(script: Script, plot: Plot) -> None:
    if plot.turn % 6 == 5:
        _closed_once(script, plot)
        script.reopened()
    else:
        _answered(script, plot, relays=script.relays)


def _closed_once(script: Script, plot: Plot) -> None:
    _answered(script, plot, relays=script.relays)
    if plot.turn % 7 == 2:
        script.noted("agency")
    outcome = _OUTCOMES[plot.turn % len(_OUTCOMES)]
    useful = (
        "useful"
        if outcome == ("executed",)
        else "not_useful"
        if outcome[0] in ("refused", "not_answered")
        else "partly"
    )
    script.accepted(useful)


def _closed(script: Script, plot: Plot) -> None:
    _closed_once(script, plot)
    if plot.turn % 20 == 7:
        script.reopened()
        script.accepted("useful")
    if plot.turn % 4 == 1:
        script.archived()


def _withdrawn(script: Script, plot: Plot) -> None:
    way = plot.turn % 4
    if way == 0:
        _open(script, plot)
        script.discarded()
        return
    _climb(script, plot, len(script.road) if way == 3 else min(1, len(script.road) - 1))
    if way == 2:
        script.returned()
    script.withdrawn()


def _declined(script: Script, plot: Plot) -> None:
    _climb(script, plot, plot.turn % len(script.road))
    script.declined()


# Ending → how many, and the story.
ENDINGS: dict[str, tuple[int, Callable[[Script, Plot], None]]] = {
    "draft": (14, _draft),
    "in_review": (66, _in_review),
    "returned": (16, _returned),
    "cleared": (12, _cleared),
    "dispatched": (58, _dispatched),
    "answered": (18, _answered),
    "delivered": (18, _delivered),
    "closed": (74, _closed),
    "withdrawn": (12, _withdrawn),
    "declined": (12, _declined),
}
# Working days since the last act: shortest, longest, usual.
_IDLE = {
    "draft": (0.1, 6, 1),
    "in_review": (0.05, 7, 1.5),
    "returned": (0.1, 12, 3),
    "cleared": (0.1, 6, 1),
    "dispatched": (0.5, 70, 15),
    "answered": (0.05, 4, 0.8),
    "delivered": (0.1, 12, 3),
    "closed": (0.2, 180, 40),
    "withdrawn": (1, 150, 40),
    "declined": (1, 150, 40),
}
STUCK = 6


def plots() -> Iterator[Plot]:
    """Every case of the plan; numbers stay as they are for ever, since what is loaded is remembered by them."""
    number = 0
    counts = {ending: count for ending, (count, _story) in ENDINGS.items()}
    counts |= {ending: way.count for ending, way in WAYS.items()}
    for ending, count in counts.items():
        for turn in range(count):
            yield Plot(number=number, ending=ending, turn=turn)
            number += 1


def idle(plot: Plot) -> float:
    """Working days since something last happened; the first six reviews have been stuck for more than 30 days."""
    if plot.ending == "in_review" and plot.turn < STUCK:
        return 26 + 7.0 * plot.turn
    return chance(f"{plot.number} idle").triangular(*(plot.way.idle if plot.way else _IDLE[plot.ending]))


class Planner:
    """Turns plots into acts with moments, all of them past and in working hours."""

    def __init__(self, hours: OfficeHours, countries: dict[str, str], types: dict[str, frozenset[str]]) -> None:
        self._hours, self._countries, self._types = hours, countries, types

    def plan(self, plot: Plot) -> Played:
        """The acts of the case. Written twice: how long it took decides when it began, which its words name."""
        since = idle(plot)
        length = self._write(plot, self._hours.before(0).date()).length
        opened = self._hours.before(since + length).astimezone(SHANGHAI).date()
        script = self._write(plot, opened)
        ago = since + script.length
        acts = []
        for position, act in enumerate(script.acts):
            ago -= act.gap if position else 0
            acts.append((self._hours.before(ago), act))
        return Played(plot=plot, acts=acts)

    def _write(self, plot: Plot, opened: date) -> Script:
        place = PLACES[plot.origin]
        scene = Scene(
            city=place.city,
            province=place.province,
            opened=opened,
            countries=self._countries,
            types=self._types[plot.origin],
        )
        script = Script(
            origin=plot.origin,
            urgency=plot.urgency,
            mark=plot.mark,
            rng=chance(f"{plot.number} acts"),
            fiction=Fiction(chance(f"{plot.number} words"), scene),
        )
        if plot.way:
            plot.way.story(script, plot.turn)
        else:
            ENDINGS[plot.ending][1](script, plot)
        return script

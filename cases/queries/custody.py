"""In whose hands: every minute of a case attributed to one holder, and the parts add up. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.models import Leg, Phase, Side
from cases.queries.dossier import Dossier

HOME, LIAISON, ABROAD, DORMANT = "home", "liaison", "abroad", "dormant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One holder's unbroken time. `left` and `width` place its bar, in percent of the whole."""

    name: str
    kind: str
    begins: datetime
    ends: datetime
    running: bool
    working_days: int
    days: int
    left: float
    width: float

    @property
    def time(self) -> timedelta:
        return self.ends - self.begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """All stretches, and the days of our side, of the other side and of the time in between closing and reopening."""

    stretches: list[Stretch]
    begins: datetime
    ends: datetime
    running: bool

    def days(self, kind: str) -> int:
        return sum(stretch.days for stretch in self.stretches if stretch.kind == kind)

    @property
    def working_days(self) -> int:
        return sum(stretch.working_days for stretch in self.stretches if stretch.kind == HOME)

    @property
    def total(self) -> int:
        return sum(stretch.days for stretch in self.stretches)


def custody(dossier: Dossier) -> Custody:
    """The stretches in order: from the first leg's start to now, or to the end of the case, without a gap."""
    groups: list[list[Leg]] = []
    for leg in dossier.legs:
        if groups and _same(groups[-1][-1], leg):
            groups[-1].append(leg)
        else:
            groups.append([leg])
    begins, ends = dossier.legs[0].opened_at, dossier.legs[-1].closed_at or dossier.now
    whole = max((ends - begins).total_seconds(), 1e-6)
    return Custody(
        stretches=[_stretch(dossier, legs, begins, whole) for legs in groups],
        begins=begins,
        ends=ends,
        running=dossier.leg is not None,
    )


def _kind(leg: Leg) -> str:
    if leg.phase == Phase.ENDED:
        return DORMANT
    return {Side.DOMESTIC: HOME, Side.EXTERNAL: LIAISON, Side.FOREIGN: ABROAD}[Side(leg.side)]


def _same(before: Leg, leg: Leg) -> bool:
    return _kind(before) == _kind(leg) and before.agency_id == leg.agency_id and before.holder_name == leg.holder_name


def _stretch(dossier: Dossier, legs: list[Leg], start: datetime, whole: float) -> Stretch:
    begins, closed = legs[0].opened_at, legs[-1].closed_at
    ends = closed or dossier.now
    kind = _kind(legs[0])
    return Stretch(
        name=legs[0].holder_name,
        kind=kind,
        begins=begins,
        ends=ends,
        running=closed is None,
        working_days=dossier.working_days(begins, ends) if kind == HOME else 0,
        days=dossier.days(begins, ends),
        left=100 * (begins - start).total_seconds() / whole,
        width=100 * (ends - begins).total_seconds() / whole,
    )

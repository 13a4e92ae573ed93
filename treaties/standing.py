"""How a pair of States stands to an instrument on a day. Pure: dates and statements in, the standing and what it rests on out."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from treaties.models import Instrument, InstrumentKind, Party, Standing

# The days of which the registry can say anything.
FIRST_DAY, LAST_DAY = date(1840, 1, 1), date(2100, 12, 31)


def askable(day: date) -> date:
    """The day, if it is one that the registry can say anything of; else ValueError."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(day)
    return day


def day_words() -> str:
    """How such a day is written."""
    return _("写成 2026-01-31，从 1840 年到 2100 年。")


# A convention binds a State some time after its deposit, each in its own final clauses (30 to 90 days as a rule): until
# then, where no day of entry into force was found, nobody here knows.
LONGEST_WAIT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one side. `stated_as_of` is the day for which `stated` was found."""

    signed_on: date | None = None
    signed_partial: str = ""
    joined_on: date | None = None
    in_force_on: date | None = None
    terminated_on: date | None = None
    stated: str = ""
    stated_as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The standing, and the names of the values that it rests on."""

    standing: Standing
    rests_on: tuple[str, ...]


def standing_of(side: Side, on: date) -> Answer:
    """How one side stands on a day. What dates leave open is `unknown`, never guessed."""
    if side.terminated_on is not None and on >= side.terminated_on:
        return Answer(Standing.TERMINATED, ("terminated_on",))
    if side.in_force_on is not None:
        if on >= side.in_force_on:
            return Answer(Standing.IN_FORCE, ("in_force_on",))
        return _before_force(side, on)
    return _by_statement(side, on)


def _before_force(side: Side, on: date) -> Answer:
    """The day of entry into force is known and has not come."""
    signed = _signed(side, on)
    if signed is None:
        # Who accedes never signs: nothing before, when the accession itself is dated.
        return Answer(Standing.NONE if side.joined_on else Standing.UNKNOWN, ("in_force_on", "joined_on"))
    return Answer(Standing.SIGNED if signed else Standing.NONE, ("in_force_on", _signature(side)))


def _by_statement(side: Side, on: date) -> Answer:
    """No day of entry into force: what was stated holds from the day it was found; before, only what dates say."""
    signed = _signed(side, on)
    rests = ("stated", _signature(side)) if side.signed_on or side.signed_partial else ("stated",)
    if side.stated == Standing.IN_FORCE:
        return _in_force_without_day(side, on, signed, rests)
    if signed is False:
        return Answer(Standing.NONE, rests)
    if side.stated == Standing.SIGNED:
        known = signed or (signed is None and _found_by(side, on))
        return Answer(Standing.SIGNED if known else Standing.UNKNOWN, rests)
    return Answer(Standing.NONE if side.stated == Standing.NONE else Standing.UNKNOWN, rests)


def _in_force_without_day(side: Side, on: date, signed: bool | None, rests: tuple[str, ...]) -> Answer:
    if side.joined_on is None:
        since = Standing.IN_FORCE if _found_by(side, on) else Standing.UNKNOWN
        return Answer(Standing.NONE if signed is False else since, rests)
    rests = (*rests, "joined_on")
    if on >= side.joined_on:
        return Answer(Standing.IN_FORCE if on >= side.joined_on + LONGEST_WAIT else Standing.UNKNOWN, rests)
    return Answer(Standing.SIGNED if signed else Standing.NONE, rests)


def _found_by(side: Side, on: date) -> bool:
    """Had the statement been found by then? What nobody dated holds on no day."""
    return side.stated_as_of is not None and on >= side.stated_as_of


def _signed(side: Side, on: date) -> bool | None:
    """Had it been signed by then? None when the data does not say."""
    if side.signed_on is not None:
        return on >= side.signed_on
    if not side.signed_partial:
        return None
    first, last = bounds(side.signed_partial)
    return None if first <= on < last else on >= last


def _signature(side: Side) -> str:
    return "signed_on" if side.signed_on else "signed_partial"


def bounds(partial: str) -> tuple[date, date]:
    """The first and the last day of "2016", "2016-05" or "2016-05-09". ValueError for anything else."""
    year, *rest = (int(part) for part in partial.split("-"))
    if len(rest) == 2:
        return date(year, *rest), date(year, *rest)
    month = rest[0] if rest else None
    last = month or 12
    return date(year, month or 1, 1), date(year, last, calendar.monthrange(year, last)[1])


# --- Both sides ------------------------------------------------------------------------------------------------------

_ORDER = (Standing.TERMINATED, Standing.NONE, Standing.UNKNOWN, Standing.SIGNED, Standing.IN_FORCE)


@dataclass(frozen=True, slots=True)
class Pair:
    """How we and a partner stand to an instrument, with the weakest confidence of what that rests on."""

    standing: Standing
    confidence: str
    sources: tuple[str, ...]
    # The oldest day for which a statement that it rests on was found; "" when only dates were used.
    as_of: str = ""


def pair_on(instrument: Instrument, party: Party | None, on: date) -> Pair:
    """How we and the partner stand on a day: the weaker of the two sides. Without a party row the partner's is unknown."""
    ours = _answer(instrument, on)
    theirs = ours if _is_bilateral(instrument) else _answer(party, on) if party else Answer(Standing.UNKNOWN, ())
    weaker = min(ours, theirs, key=lambda answer: strength(answer.standing))
    used = _used(instrument, ours)
    if party is not None and theirs is not ours:
        used += _used(party, theirs)
    return _resting(weaker.standing, used)


def one_side_on(row: Instrument | Party, on: date) -> Pair:
    """How one side alone stands on a day: ours of an instrument, the partner's of a party."""
    answer = _answer(row, on)
    return _resting(answer.standing, _used(row, answer))


def strength(standing: Standing) -> int:
    """How much a standing amounts to: in force is the most."""
    return _ORDER.index(standing)


_Used = list[tuple[str, dict[str, Any] | None]]


def _used(row: Instrument | Party, answer: Answer) -> _Used:
    return [(name, row.provenance.get(name)) for name in answer.rests_on]


def _resting(standing: Standing, used: _Used) -> Pair:
    held = [origin for _name, origin in used if origin]
    return Pair(
        standing=standing,
        confidence=weakest([origin["confidence"] for origin in held]),
        sources=tuple(dict.fromkeys(origin["source"] for origin in held)),
        as_of=min((origin["as_of"] for name, origin in used if origin and name == "stated"), default=""),
    )


_CONFIDENCE = ("confirmed", "sourced", "secondary", "recollection")


def weakest(confidences: Iterable[str]) -> str:
    """The weakest of some confidences; blanks say nothing."""
    return max(filter(None, confidences), key=_CONFIDENCE.index, default="")


def _is_bilateral(instrument: Instrument) -> bool:
    return instrument.kind != InstrumentKind.MULTILATERAL


def _answer(row: Instrument | Party, on: date) -> Answer:
    if isinstance(row, Instrument) and row.adopted_on is not None and on < row.adopted_on:
        return Answer(Standing.NONE, ("adopted_on",))
    said = row.provenance.get("stated")
    return standing_of(
        Side(
            signed_on=row.signed_on,
            signed_partial=getattr(row, "signed_partial", ""),
            joined_on=row.joined_on,
            in_force_on=row.in_force_on,
            terminated_on=row.terminated_on,
            stated=row.stated,
            stated_as_of=bounds(said["as_of"])[1] if said and said["as_of"] else None,
        ),
        on,
    )

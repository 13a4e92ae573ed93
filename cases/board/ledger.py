"""The custody ledger of a set of cases: all their time, each microsecond attributed to exactly one holder, tier and phase.

Sums are of exact time; days and percent are shown to a tenth so that what is shown adds up too: the whole is parted among the
sides by largest remainder, what a side got among its tiers and phases, what a tier got among its holders. So a quantity that
appears in two lists has one figure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from agencies import prepared
from cases.board.numbers import parts_of
from cases.models import Case, Leg, Mark, Phase, Side
from cases.queries.custody import ABROAD, DORMANT, HOME, LIAISON

# No page waits longer for its sums; who asks for more than can be counted in time is told that it is too much.
TIME_LIMIT = "10s"
_MICROSECOND = timedelta(microseconds=1)
_PERMILLE = 1000
_LISTS = {"kinds": "kind", "tiers": "tier", "phases": "phase", "holders": "holder"}
_TENTH = timedelta(days=1) / 10
_KINDS = {Side.DOMESTIC: HOME, Side.EXTERNAL: LIAISON, Side.FOREIGN: ABROAD}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who held: one of our agencies, another central organ, or a country; `kind` as in a case's own ledger."""

    kind: str
    name: str
    code: str


class _Stretch(NamedTuple):
    """Time in microseconds with one holder in one phase; `whole` is the key that all have."""

    whole: str
    kind: str
    tier: str
    phase: str
    holder: Holder
    micros: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole: exact, in tenths of a day as shown, and its share in tenths of a percent."""

    of: Any
    time: timedelta
    tenths: int
    permille: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """`whole` is counted for itself, from the first begin to the last end of each case; the parts of each list sum to it."""

    cases: int
    as_of: datetime
    whole: timedelta
    kinds: Sequence[Part]
    tiers: Sequence[Part]
    phases: Sequence[Part]
    holders: Sequence[Part]

    @property
    def tenths(self) -> int:
        return _tenths(self.whole)


def ledger(cases: QuerySet[Case], now: datetime) -> Ledger:
    """The ledger of these cases, as far as they are no work secrets; a running stretch counts up to `now`."""
    prepared.rows(f"SELECT set_config('statement_timeout', '{TIME_LIMIT}', true)")
    chosen = cases.exclude(mark=Mark.WORK_SECRET).order_by().values("pk")
    legs = Leg.objects.filter(case__in=chosen).order_by()
    until = Coalesce("closed_at", Value(now, output_field=DateTimeField()))
    spans = legs.values("case").annotate(span=_duration(Max(until) - Min("opened_at")))
    whole = spans.aggregate(n=Count("case"), time=Sum("span"))
    rows = list(
        legs.values("side", "phase", "agency__tier", "agency__name", "agency__code", "external_body", "country__code")
        .annotate(time=Sum(_duration(until - F("opened_at"))))
        .order_by()
    )
    stretches = [_stretch(row) for row in rows]
    total = whole["time"] or timedelta()
    parts = _parts(stretches, _tenths(total))
    return Ledger(cases=whole["n"], as_of=now, whole=total, **parts)


def _duration(expression: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(expression, output_field=DurationField())


def _holder(row: Mapping[str, Any]) -> Holder:
    side = Side(row["side"])
    if side == Side.DOMESTIC:
        kind = DORMANT if row["phase"] == Phase.ENDED else HOME
        return Holder(kind, row["agency__name"], row["agency__code"])
    code = row["external_body"] if side == Side.EXTERNAL else row["country__code"]
    return Holder(_KINDS[side], "", code or "")


def _stretch(row: Mapping[str, Any]) -> _Stretch:
    holder = _holder(row)
    tier = row["agency__tier"] if holder.kind == HOME else holder.kind
    return _Stretch("", holder.kind, tier, row["phase"], holder, row["time"] // _MICROSECOND)


def _parts(stretches: Sequence[_Stretch], tenths: int) -> dict[str, list[Part]]:
    """Each list with the largest first, its tenths and shares summing to those of the whole."""
    days, shares = _shown(stretches, tenths), _shown(stretches, _PERMILLE)
    found = {}
    for name, of in _LISTS.items():
        sums = _sums(stretches, of)
        ordered = sorted(sums, key=lambda key: (-sums[key], str(key)))
        found[name] = [Part(key, sums[key] * _MICROSECOND, days[name][key], shares[name][key]) for key in ordered]
    return found


def _shown(stretches: Sequence[_Stretch], whole: int) -> dict[str, Mapping[Any, int]]:
    """The whole number `whole` parted step by step, for each list by its keys."""
    kinds = _within({"": whole}, stretches, "whole", "kind")
    tiers = _within(kinds, stretches, "kind", "tier")
    phases = _within(kinds, stretches, "kind", "phase")
    return {"kinds": kinds, "tiers": tiers, "phases": phases, "holders": _within(tiers, stretches, "tier", "holder")}


def _within(above: Mapping[Any, int], stretches: Sequence[_Stretch], outer: str, inner: str) -> Mapping[Any, int]:
    """What each key of `above` has, parted among the keys that `inner` gives to its stretches."""
    found: Counter[Any] = Counter()
    for key, n in above.items():
        sums = _sums([one for one in stretches if getattr(one, outer) == key], inner)
        if any(sums.values()):
            found.update(dict(zip(sums, parts_of(n, list(sums.values())), strict=True)))
    return found


def _sums(stretches: Iterable[_Stretch], of: str) -> dict[Any, int]:
    sums: defaultdict[Any, int] = defaultdict(int)
    for one in stretches:
        sums[getattr(one, of)] += one.micros
    return dict(sorted(sums.items(), key=lambda item: str(item[0])))


def _tenths(time: timedelta) -> int:
    """Tenths of a day, to the nearest."""
    return (time + _TENTH / 2) // _TENTH

"""The custody ledger of a set of cases: all their time, each microsecond attributed to exactly one holder, tier and phase.

Sums are of exact time; days are shown to a tenth so that what is shown adds up too (the largest remainders are rounded up).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from agencies import prepared
from cases.board.numbers import parts_of
from cases.models import Case, Leg, Mark, Phase, Side
from cases.queries.custody import ABROAD, DORMANT, HOME, LIAISON

# No page waits longer for its sums; who asks for more than can be counted in time is told that it is too much.
TIME_LIMIT = "10s"
_TENTH = timedelta(days=1) / 10
_KINDS = {Side.DOMESTIC: HOME, Side.EXTERNAL: LIAISON, Side.FOREIGN: ABROAD}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who held: one of our agencies, another central organ, or a country; `kind` as in a case's own ledger."""

    kind: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole: exact, in tenths of a day as shown, and its share in percent."""

    of: Any
    time: timedelta
    tenths: int
    percent: float


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
    sums: dict[str, defaultdict[Hashable, timedelta]] = {
        name: defaultdict(timedelta) for name in ("kind", "tier", "phase", "holder")
    }
    for row in rows:
        holder = _holder(row)
        sums["kind"][holder.kind] += row["time"]
        sums["tier"][row["agency__tier"] if holder.kind == HOME else holder.kind] += row["time"]
        sums["phase"][row["phase"]] += row["time"]
        sums["holder"][holder] += row["time"]
    shown = {name: _parts(parts) for name, parts in sums.items()}
    return Ledger(
        cases=whole["n"],
        as_of=now,
        whole=whole["time"] or timedelta(),
        kinds=shown["kind"],
        tiers=shown["tier"],
        phases=shown["phase"],
        holders=shown["holder"],
    )


def _duration(expression: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(expression, output_field=DurationField())


def _holder(row: Mapping[str, Any]) -> Holder:
    side = Side(row["side"])
    if side == Side.DOMESTIC:
        kind = DORMANT if row["phase"] == Phase.ENDED else HOME
        return Holder(kind, row["agency__name"], row["agency__code"])
    code = row["external_body"] if side == Side.EXTERNAL else row["country__code"]
    return Holder(_KINDS[side], "", code or "")


def _parts(sums: Mapping[Any, timedelta]) -> list[Part]:
    """The largest first; their tenths sum to the tenths of the whole."""
    ordered = sorted(sums.items(), key=lambda item: (-item[1], str(item[0])))
    micros = [time // timedelta(microseconds=1) for _of, time in ordered]
    total = sum(micros)
    if not total:
        return []
    tenths = parts_of(_tenths(timedelta(microseconds=total)), micros)
    return [
        Part(of, time, tenth, 100 * micro / total)
        for (of, time), tenth, micro in zip(ordered, tenths, micros, strict=True)
    ]


def _tenths(time: timedelta) -> int:
    """Tenths of a day, to the nearest."""
    return (time + _TENTH / 2) // _TENTH

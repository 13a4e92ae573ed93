"""Which internal limit holds: by kind, urgency, direction, family and tier, on a day; the ministry's, or a province's
tighter one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from agencies.models import Agency
from cases.models import Case, InternalLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rows that may hold for one case on one day."""

    rows: list[InternalLimit]

    def of(self, kind: str, agency: Agency | None) -> InternalLimit | None:
        """The limit of `kind` at this agency: what the ministry says, unless a province above it says less."""
        fitting = [row for row in self.rows if row.kind == kind and row.tier in ("", agency.tier if agency else "")]
        national = _best(row for row in fitting if row.agency_id is None)
        above = agency.ancestors if agency else []
        own = _best(row for row in fitting if row.agency_id in above)
        if national is None or own is None:
            return national
        return own if own.unit == national.unit and own.amount < national.amount else national


def limits_for(case: Case, on: date, *, kind: str = "") -> Limits:
    """One query; `kind` reads the rows of that kind alone."""
    family = case.request_type.family if case.request_type is not None else ""
    rows = in_force(on).filter(
        urgency=case.urgency,
        direction__in=["", case.direction],
        family__in=["", family],
        **({"kind": kind} if kind else {}),
    )
    return Limits(rows=list(rows))


def in_force(on: date) -> QuerySet[InternalLimit]:
    """What has been set to hold by that day; later rows win over earlier ones."""
    return InternalLimit.objects.filter(Q(effective_from__lte=on))


def weight(row: InternalLimit) -> int:
    """How much a row says: the family more than the tier, the tier more than the direction."""
    return 4 * bool(row.family) + 2 * bool(row.tier) + bool(row.direction)


def _best(rows: Iterable[InternalLimit]) -> InternalLimit | None:
    """The row that says most; of several the one that holds from the latest day, set last."""
    return max(rows, key=lambda row: (weight(row), row.effective_from, row.set_at is not None, row.pk), default=None)

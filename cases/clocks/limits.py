"""Which internal limit holds: by kind, urgency, direction, family and tier, on a day; the ministry's, or a province's
tighter one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from math import inf

from django.db.models import QuerySet

from agencies.models import Agency
from cases.models import Case, InternalLimit

# What a province may make smaller, never larger.
BOUNDS = ("amount", "extend_by", "escalate_after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rows that may hold for one case on one day."""

    rows: list[InternalLimit]

    def of(self, kind: str, agency: Agency | None) -> InternalLimit | None:
        """The limit of `kind` at this agency: what the ministry says, unless a province above it says less."""
        rows = (row for row in self.rows if row.kind == kind)
        return resolve(rows, agency.tier if agency else "", agency.ancestors if agency else ())


def resolve(rows: Iterable[InternalLimit], tier: str, above: Collection[int]) -> InternalLimit | None:
    """Which of `rows` (of one kind, urgency, direction and family, in force) holds at an agency of this tier with these
    agencies above it: the national one, or a province's tighter one."""
    fitting = [row for row in rows if row.tier in ("", tier)]
    national = best(row for row in fitting if row.agency_id is None)
    own = best(row for row in fitting if row.agency_id in above)
    return national if national is None or own is None else _tighter(own, national)


def _tighter(own: InternalLimit, national: InternalLimit) -> InternalLimit:
    """The province's limit where it is tighter, with no more room to extend and no later escalation than the nation's."""
    if own.unit != national.unit or own.amount > national.amount:
        return national
    taken = copy(own)
    taken.extend_by = min(own.extend_by, national.extend_by)
    taken.escalate_after = min(own.escalate_after, national.escalate_after)
    return taken if any(getattr(taken, name) < getattr(national, name) for name in BOUNDS) else national


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
    return InternalLimit.objects.filter(effective_from__lte=on)


def weight(row: InternalLimit) -> int:
    """How much a row says: the family more than the tier, the tier more than the direction."""
    return 4 * bool(row.family) + 2 * bool(row.tier) + bool(row.direction)


def best(rows: Iterable[InternalLimit]) -> InternalLimit | None:
    """The row that says most; of one cell the one that holds from the latest day, set last. What is withdrawn says nothing;
    what somebody set comes before Coopdesk's default."""
    latest = {row.cell: row for row in sorted(rows, key=_order)}
    standing = (row for row in latest.values() if not row.withdrawn)
    return max(standing, key=lambda row: (weight(row), row.set_by_id is not None), default=None)


def _order(row: InternalLimit) -> tuple[date, float]:
    """Which of two rows of one cell is the later; one that is not saved yet would be the last."""
    return row.effective_from, row.pk or inf

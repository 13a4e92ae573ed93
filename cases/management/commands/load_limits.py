"""Load Coopdesk's defaults: internal limits and retention periods; says what changed, a second run changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from agencies.seeding import rows_of, upsert
from cases.models import InternalLimit, RetentionPeriod


class Command(BaseCommand):
    help = "Load seeds/internal_limits.csv and seeds/retention_periods.csv."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(self._limits())
        self.stdout.write(
            str(upsert(RetentionPeriod, [_period(row) for row in rows_of("retention_periods.csv")], key="code"))
        )

    def _limits(self) -> str:
        """Coopdesk's defaults stand beside what the ministry or a province has set, which is kept."""
        rows = [_limit(row) for row in rows_of("internal_limits.csv")]
        stored = {_key(limit): limit for limit in InternalLimit.objects.filter(set_by=None)}
        changed = 0
        for row in rows:
            limit = stored.get(_key(row))
            if limit is not None and all(getattr(limit, name) == getattr(row, name) for name in _VALUES):
                continue
            row.pk = limit.pk if limit is not None else None
            row.save()
            changed += 1
        return f"internal limits: {len(rows)} rows, {changed} changed"


_NAMES = ("kind", "direction", "family", "tier", "urgency")
_VALUES = ("amount", "unit", "warn_before", "escalate_after", "extend_by", "basis")


def _key(limit: InternalLimit) -> tuple[str, ...]:
    return tuple(getattr(limit, name) for name in _NAMES)


def _limit(row: dict[str, str]) -> InternalLimit:
    numbers = {name: int(row[name]) for name in ("amount", "warn_before", "escalate_after", "extend_by")}
    return InternalLimit(**row | numbers)


def _period(row: dict[str, str]) -> RetentionPeriod:
    plain = {name: row[name] for name in ("code", "name_zh", "name_en", "basis", "confidence")}
    years = int(row["years"]) if row["years"] else None
    return RetentionPeriod(years=years, statuses=row["statuses"].split(), **plain)

"""Load Coopdesk's defaults: internal limits and retention periods; says what changed, a second run changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from agencies.seeding import rows_of, upsert
from cases.models import InternalLimit, RetentionPeriod


class Command(BaseCommand):
    help = "Load seeds/internal_limits.csv and seeds/retention_periods.csv."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = rows_of("internal_limits.csv")
        changed = 0
        stored = {(limit.phase, limit.urgency): limit for limit in InternalLimit.objects.all()}
        for row in rows:
            values = {"working_days": int(row["working_days"]), "basis": row["basis"]}
            limit = stored.get((row["phase"], row["urgency"]))
            if limit is not None and all(getattr(limit, name) == value for name, value in values.items()):
                continue
            InternalLimit.objects.update_or_create(phase=row["phase"], urgency=row["urgency"], defaults=values)
            changed += 1
        self.stdout.write(f"internal limits: {len(rows)} rows, {changed} changed")
        self.stdout.write(
            str(upsert(RetentionPeriod, [_period(row) for row in rows_of("retention_periods.csv")], key="code"))
        )


def _period(row: dict[str, str]) -> RetentionPeriod:
    plain = {name: row[name] for name in ("code", "name_zh", "name_en", "basis", "confidence")}
    years = int(row["years"]) if row["years"] else None
    return RetentionPeriod(years=years, statuses=row["statuses"].split(), **plain)

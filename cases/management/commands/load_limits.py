"""Load Coopdesk's default internal limits; says what changed, a second run changes nothing."""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.models import InternalLimit


class Command(BaseCommand):
    help = "Load seeds/internal_limits.csv."

    def handle(self, *args: Any, **options: Any) -> None:
        with (settings.BASE_DIR / "seeds" / "internal_limits.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
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

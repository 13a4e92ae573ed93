"""Load request types with their periods, channels, refusal grounds and return reasons; safe to run again at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from treaties.seed import load_treaties


class Command(BaseCommand):
    help = "Make request types, periods, channels, refusal grounds and return reasons equal to seeds/."

    def handle(self, *args: Any, **options: Any) -> None:
        for tally in load_treaties():
            self.stdout.write(str(tally))

"""Load the partner countries, their ledgers and the work calendar; safe to run again at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from countries.ledger_seed import load_ledgers
from countries.seed import load_calendar, load_countries


class Command(BaseCommand):
    help = "Make the countries equal to seeds/countries.csv and add the work calendar of seeds/holidays.csv."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(load_countries()))
        self.stdout.write(str(load_calendar()))
        for tally in load_ledgers():
            self.stdout.write(str(tally))

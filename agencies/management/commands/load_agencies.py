"""Load the agency tree; safe to run again at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from agencies.tree_seed import load_agencies


class Command(BaseCommand):
    help = "Make the agency tree equal to seeds/agencies.csv."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(load_agencies()))

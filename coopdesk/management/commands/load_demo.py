"""`manage.py load_demo`: the demo cases; with --accounts the officers and the API client, which are printed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coopdesk.celery import app as celery
from coopdesk.demo.accounts import lines, make_accounts
from coopdesk.demo.delegations import make_delegations
from coopdesk.demo.loader import load_cases
from coopdesk.demo.supervision import make_supervision
from coopdesk.demo.world import DemoRefused, require_demo

_EVERY = 20


class Command(BaseCommand):
    help = "Loads the demo world into the embedded database; starting it again goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only the accounts, quickly; prints them")

    def handle(self, *args: Any, accounts: bool, **options: Any) -> None:
        try:
            require_demo()
            make_accounts()
            if accounts:
                self.stdout.write("\n".join(lines()))
            else:
                self._load()
        except DemoRefused as refused:
            raise CommandError(str(refused)) from None

    def _load(self) -> None:
        made = load_cases(self._progress)
        make_delegations()
        make_supervision()
        if made:
            # The week's count may be over; the new cases are to be in the countries' records at once.
            celery.send_task("cases.tasks.refresh_records", kwargs={"anew": True})
            self.stdout.write(f"演示案件已就绪，新做 {made} 件")

    def _progress(self, there: int, total: int) -> None:
        if there % _EVERY == 0 or there == total:
            self.stdout.write(f"演示案件 {there}/{total}")
            self.stdout.flush()

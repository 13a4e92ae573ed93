"""The first officers of a production set: who may open accounts, who may grant roles, who reads the trail."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agencies.actors import SYSTEM
from agencies.commands import accounts, appointments
from agencies.commands.accounts import NewOfficer
from agencies.errors import DomainError
from agencies.models import Agency, Officer
from agencies.roles import Role

FIRST = (
    ("sysadmin", "系统管理员", Role.SYSTEM_ADMIN),
    ("secadmin1", "安全管理员一", Role.SECURITY_ADMIN),
    ("secadmin2", "安全管理员二", Role.SECURITY_ADMIN),
    ("auditor", "审计员", Role.AUDITOR),
)


class Command(BaseCommand):
    help = (
        "Make one system administrator, two security administrators and one auditor at the ministry's desk, and print"
        " their one-time passwords once. Refuses when any officer exists."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "police_numbers",
            nargs="*",
            metavar="POLICE_NUMBER",
            help="the four police numbers, in that order (default: sysadmin secadmin1 secadmin2 auditor)",
        )

    def handle(self, *args: Any, police_numbers: list[str], **options: Any) -> None:
        if police_numbers and len(police_numbers) != len(FIRST):
            raise CommandError("give four police numbers, or none")
        numbers = police_numbers or [number for number, _name, _role in FIRST]
        with transaction.atomic():
            made = self._make(numbers)
        for number, role, password in made:
            self.stdout.write(f"{role:<15} {number:<20} {password}")
        self.stdout.write("Each password works once within 24 hours and must then be changed. It is not shown again.")

    @staticmethod
    def _make(numbers: list[str]) -> list[tuple[str, str, str]]:
        if Officer.objects.exists():
            raise CommandError("there are officers already; bootstrap makes only the first ones")
        desk = Agency.objects.filter(is_terminal=True).first()
        if desk is None:
            raise CommandError("there is no agency tree yet; run load_agencies first")
        made = []
        for number, (_default, name, role) in zip(numbers, FIRST, strict=True):
            try:
                officer, password = accounts.create_officer(actor=SYSTEM, new=NewOfficer(number, name))
                appointments.grant(actor=SYSTEM, officer_id=officer.pk, agency_id=desk.pk, role=role)
            except DomainError as error:
                raise CommandError(f"{number}: {'; '.join(str(r.words) for r in error.reasons) or error}") from None
            made.append((officer.police_number, role.value, password))
        return made

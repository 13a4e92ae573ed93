"""Check the audit trail; exit status 1 when anything was edited, inserted, deleted or reordered."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from agencies import verification


class Command(BaseCommand):
    help = "Verify the audit chain against the events and the signed checkpoints."

    def handle(self, *args: Any, **options: Any) -> None:
        report = verification.verify()
        self.stdout.write(
            f"sealed {report.sealed}, unsealed {report.unsealed}, "
            f"checkpoints {report.checkpoints} (last at {report.last_checkpoint})"
        )
        for code, where in report.faults:
            self.stdout.write(f"FAULT {code} at {where}")
        if not report.whole:
            sys.exit(1)
        self.stdout.write("the trail is whole")

"""Write docs/generated/workflow.md from the workflow table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from cases.workflow_doc import document


class Command(BaseCommand):
    help = "Generate docs/generated/workflow.md."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "generated" / "workflow.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        with translation.override("zh-hans"):
            path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"wrote {path.name}")

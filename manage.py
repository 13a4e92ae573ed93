#!/usr/bin/env python
"""Django's command line, connecting with the database role that the command needs."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Commands that do the work of the officers' or the system's own processes; everything else is administration.
ROLE_OF_COMMAND = {"runserver": "app", "check": "app", "verify_audit": "worker", "load_demo": "app"}


def load_stack_environment() -> None:
    """Beside a running `make run`, use its servers (written to the state folder as KEY=value lines)."""
    state = Path(os.environ.get("COOPDESK_STATE", ROOT / "var"))
    file = state / "stack.env"
    if "DATABASE_URL" in os.environ or not file.exists():
        return
    for line in file.read_text().splitlines():
        key, sep, value = line.partition("=")
        if sep:
            os.environ.setdefault(key, value)


def main() -> None:
    load_stack_environment()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("COOPDESK_DB_ROLE", ROLE_OF_COMMAND.get(command, "migrate"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coopdesk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""`python -m coopdesk.stack run | stop | status | backup | restore FILE`"""

from __future__ import annotations

import argparse
import os
import sys

from coopdesk.stack import archive
from coopdesk.stack.layout import Layout, StackError, default_state
from coopdesk.stack.lock import Lock
from coopdesk.stack.supervisor import Supervisor


def _lock() -> Lock:
    return Lock(Layout(default_state(os.environ), os.geteuid()).lock)


def stop() -> int:
    """Ask the running stack to stop, and wait until it has."""
    print("Stopped." if _lock().stop_holder() else "Coopdesk is not running here.")
    return 0


def status() -> int:
    """0 when the stack runs, 3 when it does not (as service managers have it)."""
    holder = _lock().holder()
    print(holder or "Coopdesk is not running here.")
    return 0 if holder else 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m coopdesk.stack", description="The embedded stack.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything, stay in the foreground")
    commands.add_parser("stop", help="stop the running stack")
    commands.add_parser("status", help="say whether it runs, and where")
    backup = commands.add_parser("backup", help="write one archive of database, files and checkpoints")
    backup.add_argument("--no-keys", action="store_true", help="leave the secret key and the audit key out")
    restore = commands.add_parser("restore", help="put such an archive back")
    restore.add_argument("file")
    arguments = parser.parse_args()
    try:
        match arguments.command:
            case "run":
                Supervisor().run()
                return 0
            case "stop":
                return stop()
            case "backup":
                return archive.backup(keys=not arguments.no_keys)
            case "restore":
                return archive.restore(arguments.file)
        return status()
    except (StackError, OSError) as error:
        print(f"Coopdesk: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""What the processes are told: servers, keys, folders. The same variables that production sets by hand."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from coopdesk.stack.accounts import Account, open_for
from coopdesk.stack.layout import Layout, StackError

SERVERS = ("DATABASE_URL", "WORKER_DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL")


def names_servers(environ: Mapping[str, str]) -> bool:
    """Whether the environment names servers to use. StackError when it names some of the four only."""
    missing = [name for name in SERVERS if not environ.get(name)]
    if missing and len(missing) < len(SERVERS):
        raise StackError(f"set all of {', '.join(SERVERS)} or none of them; missing: {', '.join(missing)}")
    return not missing


def embedded(layout: Layout, account: Account | None, urls: Mapping[str, str]) -> dict[str, str]:
    """The variables of the embedded default: its servers, its own secret key, the demo world unless COOPDESK_DEMO=0."""
    return {
        **urls,
        "COOPDESK_EMBEDDED": "1",
        "COOPDESK_STATE": str(layout.state),
        "COOPDESK_SECRET_KEY": os.environ.get("COOPDESK_SECRET_KEY") or _secret_key(layout, account),
        "COOPDESK_DEMO": os.environ.get("COOPDESK_DEMO", "1"),
    }


def _secret_key(layout: Layout, account: Account | None) -> str:
    if not layout.secret_key.exists():
        write_private(layout.secret_key, secrets.token_urlsafe(48), account)
    return layout.secret_key.read_text().strip()


def write_private(path: Path, text: str, account: Account | None) -> None:
    """Write a file, whole or not at all, that only its account can read."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    with open(open_for(account, draft, os.O_WRONLY | os.O_EXCL), "w") as file:
        file.write(text)
    draft.replace(path)


def write_stack_environment(layout: Layout, account: Account | None, env: Mapping[str, str]) -> None:
    """stack.env: by it `manage.py` works beside a running stack."""
    write_private(layout.environment, "".join(f"{name}={value}\n" for name, value in env.items()), account)

"""Where everything lies: the checkout, the state folder and what is in it, the folder of the sockets."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# sockaddr_un holds 107 bytes; the longest name in the folder is "/.s.PGSQL.5432".
SOCKET_FOLDER_LIMIT = 107 - len("/.s.PGSQL.5432")


class StackError(Exception):
    """The stack cannot start or go on; the text says why and what to do."""


@dataclass(frozen=True)
class Layout:
    """The state folder and its parts. `uid` is the account that will own them."""

    state: Path
    uid: int

    @property
    def postgres(self) -> Path:
        return self.state / "pg"

    @property
    def valkey(self) -> Path:
        return self.state / "valkey"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def metrics(self) -> Path:
        return self.state / "metrics"

    @property
    def beat(self) -> Path:
        return self.state / "beat"

    @property
    def files(self) -> Path:
        return self.state / "files"

    @property
    def checkpoints(self) -> Path:
        return self.state / "checkpoints"

    @property
    def secret_key(self) -> Path:
        return self.state / "secret.key"

    @property
    def audit_key(self) -> Path:
        return self.state / "audit.key"

    @property
    def environment(self) -> Path:
        return self.state / "stack.env"

    @property
    def lock(self) -> Path:
        return self.state / "stack.lock"

    @property
    def welcome(self) -> Path:
        return self.state / "welcome.txt"

    @property
    def sockets(self) -> Path:
        """In the state folder; where that path is too long for a socket, a short private folder for temporary files."""
        folder = self.state / "run"
        if len(os.fsencode(folder)) <= SOCKET_FOLDER_LIMIT:
            return folder
        temporary = tempfile.gettempdir() if len(os.fsencode(tempfile.gettempdir())) < 40 else "/tmp"  # noqa: S108
        return Path(temporary) / f"coopdesk-{self.uid}-{tag(self.state)}"

    def folders(self) -> list[Path]:
        """All that must exist, private to the account, before anything starts."""
        own = [self.valkey, self.logs, self.metrics, self.beat, self.files, self.checkpoints]
        return [self.state, self.sockets, *own]

    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"


def tag(path: Path) -> str:
    """A short name for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def default_state(environ: Mapping[str, str]) -> Path:
    """COOPDESK_STATE, else var/ in the checkout (which may be a link to where root had to put it)."""
    chosen = environ.get("COOPDESK_STATE")
    return Path(chosen).expanduser().absolute() if chosen else (ROOT / "var").resolve()

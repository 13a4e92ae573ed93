"""One stack per state folder. The kernel releases the lock whatever happens to its holder."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path

from coopdesk.stack.layout import StackError


class Lock:
    """Held from `take` to the end of the process; its file says who holds it and where he answers."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self) -> None:
        """StackError when somebody else holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StackError(f"it is already running here: {self.holder()} (`make stop` ends it)") from None
        self._descriptor = descriptor
        self.note("starting")

    def note(self, address: str) -> None:
        """Say where we answer."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"process {os.getpid()}, {address}".encode(), 0)

    def holder(self) -> str | None:
        """What the holder noted; None when nobody holds the lock."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            return os.pread(descriptor, 500, 0).decode()
        finally:
            os.close(descriptor)

    def stop_holder(self, timeout: float = 90.0) -> bool:
        """Ask the holder to stop and wait for it; False when nobody held the lock."""
        text = self.holder()
        if not text:
            return False
        os.kill(int(text.split(",")[0].split()[1]), signal.SIGTERM)
        deadline = time.monotonic() + timeout
        while self.holder() is not None:
            if time.monotonic() > deadline:
                raise StackError(f"{text} has not stopped within {timeout:.0f} s")
            time.sleep(0.1)
        return True

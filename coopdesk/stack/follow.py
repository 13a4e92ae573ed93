"""Shows at the terminal what the logs say at level error; everything else stays in the log files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

_MARKS = (b'"level": "error"', b'"level": "critical"')


class Follower:
    """Reads the lines that were added to some log files since it last looked."""

    def __init__(self, logs: Sequence[Path]) -> None:
        self._positions = {log: _size(log) for log in logs}

    def errors(self) -> Iterator[str]:
        """The new lines of level error or critical, each with the name of its log."""
        for log, position in self._positions.items():
            size = _size(log)
            if size == position:
                continue
            with open(log, "rb") as file:
                file.seek(position if size > position else 0)  # smaller: a new file took its place
                added = file.read()
            whole = added[: added.rfind(b"\n") + 1]
            self._positions[log] = size - (len(added) - len(whole))
            for line in whole.splitlines():
                if any(mark in line for mark in _MARKS):
                    yield f"{log.stem}: {line.decode(errors='replace')}"


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0

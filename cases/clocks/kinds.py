"""The codes that a clock's kind may have."""

from __future__ import annotations

from cases.models import AssignmentKind, ClockKind, Phase

OURS = frozenset({*Phase.values, *AssignmentKind.values, *ClockKind.values})


def known_kinds() -> frozenset[str]:
    """Those of our own limits."""
    return OURS

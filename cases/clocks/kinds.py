"""The codes that a clock's kind may have."""

from __future__ import annotations

from cases.models import AssignmentKind, ClockKind, Phase
from treaties.models import TimeLimit

OURS = frozenset({*Phase.values, *AssignmentKind.values, *ClockKind.values})


def known_kinds() -> frozenset[str]:
    """Those of our own limits, and the keys of the law's."""
    return OURS | frozenset(TimeLimit.objects.values_list("key", flat=True))

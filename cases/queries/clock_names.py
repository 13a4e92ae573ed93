"""What clocks are called: our own kinds, and the periods of the law by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agencies.language import english
from cases.models import AssignmentKind, ClockKind, Phase
from treaties.models import TimeLimit


@dataclass(frozen=True, slots=True)
class Law:
    """A period of the law as a clock names it."""

    name: str
    article: str


def laws_of() -> dict[str, Law]:
    """The names and articles of the law's periods, by key; those of one key bear one name."""
    return {row.key: Law(row.name, row.article if english() else row.article_zh) for row in TimeLimit.objects.all()}


def kind_word(kind: str, known: Mapping[str, Law]) -> str:
    """What a clock of this kind is for."""
    for choices in (Phase, AssignmentKind, ClockKind):
        if kind in choices.values:
            return str(choices(kind).label)
    return known[kind].name if kind in known else kind

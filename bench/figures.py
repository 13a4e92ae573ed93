"""What was measured, against what, with which goal."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RUNS = 5
CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `floor` in `unit`; the ratio is value/floor. `most` turns the goal round: at most so many times."""

    name: str
    value: float
    floor: float
    unit: str
    goal: float
    most: bool = False

    @property
    def ratio(self) -> float:
        return self.value / self.floor

    @property
    def ok(self) -> bool:
        return self.ratio <= self.goal if self.most else self.ratio >= self.goal


def interleaved(variants: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The median of RUNS runs of each variant after one that warms up, taken in turns so that noise meets all alike."""
    runs: dict[str, list[float]] = {name: [] for name in variants}
    for measure in variants.values():
        measure()
    for _run in range(RUNS):
        for name, measure in variants.items():
            runs[name].append(measure())
    return {name: statistics.median(values) for name, values in runs.items()}


def table(figures: Sequence[Figure]) -> str:
    """The figures as text for a terminal."""
    rows = [("name", "figure", "floor", "unit", "ratio", "goal", "")]
    for figure in figures:
        sign = "<=" if figure.most else ">="
        rows.append(
            (
                figure.name,
                _short(figure.value),
                _short(figure.floor),
                figure.unit,
                f"{figure.ratio:.2f}",
                f"{sign} {figure.goal:.2f}",
                "ok" if figure.ok else "MISS",
            )
        )
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)) for row in rows
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

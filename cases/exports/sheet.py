"""An export as PDF: a table across the page, its head repeated, the mark, who and when on every page (paper/table.typ)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.exports.kinds import Batch, Cell, Column
from cases.exports.written import About
from cases.paper import press

MEDIA_TYPE = "application/pdf"


class Sheet:
    """Gathers the rows; `close` prints them into `target`. Columns for which paper has no room are left out."""

    def __init__(self, target: IO[bytes], columns: Sequence[Column], title: str) -> None:
        self._target = target
        self._shown = [n for n, column in enumerate(columns) if column.printed]
        self._columns = columns
        self._title = title
        self._rows: list[list[str]] = []

    def add(self, batch: Batch) -> None:
        """Keep the rows."""
        self._rows += [[_text(row[n]) for n in self._shown] for row in batch.rows]

    def close(self, about: About) -> None:
        """Print. What no font has stands as a mark with its code point: one title must not keep the list from everybody
        above its author. Raises TooLarge for a book."""
        facts = [[label, _text(value)] for label, value in about.lines]
        marks = press.without_glyph(text for row in [*self._rows, *facts] for text in row)
        made = press.pdf(
            "table",
            {
                "heading": self._title,
                "mark": about.mark,
                "as_of": about.line,
                "facts": _marked(facts, marks),
                "heads": [str(self._columns[n].label) for n in self._shown],
                "widths": [0 if self._columns[n].whole else self._columns[n].width for n in self._shown],
                "rows": _marked(self._rows, marks),
                "none": _("没有符合条件的内容。"),
                "about": _("说明"),
            },
        )
        self._target.write(made)


def _marked(rows: Sequence[Sequence[str]], marks: dict[int, str]) -> list[list[str]]:
    return [[text.translate(marks) for text in row] for row in rows] if marks else [list(row) for row in rows]


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, float):
        return f"{cell:.1%}"
    return "" if cell is None else str(cell)

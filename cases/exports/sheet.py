"""An export as PDF: a table for each section across the page, its head repeated, the mark, who and when on every page
(paper/table.typ)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.board.numbers import shade
from cases.exports.kinds import Batch, Cell, Kind, Row, Section
from cases.exports.written import About
from cases.paper import press

MEDIA_TYPE = "application/pdf"


@dataclass(slots=True)
class _Table:
    section: Section
    rows: list[list[str]] = field(default_factory=list)
    shades: list[list[int]] = field(default_factory=list)

    def add(self, rows: Sequence[Row]) -> None:
        """Columns for which paper has no room are left out."""
        shown = [n for n, column in enumerate(self.section.columns) if column.printed]
        self.rows += [[_text(row[n]) for n in shown] for row in rows]
        if self.section.steps is not None:
            self.shades += [
                [shade(cell, self.section.steps) if type(cell) is int else 0 for cell in row] for row in rows
            ]

    def data(self, marks: dict[int, str], *, named: bool) -> dict[str, Any]:
        """For the template."""
        shown = [column for column in self.section.columns if column.printed]
        return {
            "title": str(self.section.label) if named else "",
            "note": str(self.section.note),
            "heads": [str(column.label) for column in shown],
            "widths": [0 if column.whole else column.width for column in shown],
            "rows": _marked(self.rows, marks),
            "shades": self.shades,
        }


class Sheet:
    """Gathers the rows; `close` prints them into `target`."""

    def __init__(self, target: IO[bytes], kind: Kind) -> None:
        self._target = target
        self._list = bool(kind.columns)
        self._tables = [_Table(Section(kind.label, kind.columns))] if self._list else []

    def add(self, batch: Batch) -> None:
        """Keep the rows."""
        if batch.section is not None:
            self._tables.append(_Table(batch.section))
        self._tables[-1].add(batch.rows)

    def close(self, about: About) -> None:
        """Print. What no font has stands as a mark with its code point: one title must not keep the list from everybody
        above its author. Raises TooLarge for a book."""
        facts = [[label, _text(value)] for label, value in about.lines]
        rows = [row for table in self._tables for row in table.rows]
        marks = press.without_glyph(text for row in [*rows, *facts] for text in row)
        made = press.pdf(
            "table",
            {
                "heading": about.heading,
                "mark": about.mark,
                "as_of": about.line,
                "facts": _marked(facts, marks),
                "tables": [table.data(marks, named=not self._list) for table in self._tables],
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
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.1%}"
    if isinstance(cell, Decimal):
        return f"{cell:,.1f}"
    return "" if cell is None else str(cell)

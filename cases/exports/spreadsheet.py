"""An export as XLSX: a sheet for each section and one that says what they are, before them if they are many.

Text is written as text, never read as a formula, a number or a link, whatever it begins with: what users typed is not
changed. Where it begins like a formula the cell also carries Excel's own mark for text (quote prefix), so that editing
the cell leaves it text.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from agencies.spreadsheets import A4, AS_TYPED, FORMULAS
from cases.exports.kinds import Batch, Cell, Kind, Section
from cases.exports.written import About
from countries.calendars import SHANGHAI

# The most characters a cell holds.
LONGEST = 32_767
_FOOT = 120  # a foot holds 255 characters
_TAB = 31  # the longest name of a sheet
# From pale to deep, dark text readable on each (also in paper/table.typ).
SHADES = ("#DCEAF0", "#B4D3DF", "#86B6C8", "#5897AE")


class Spreadsheet:
    """Writes row by row, in constant memory; `close` gives the file to `target`."""

    def __init__(self, target: IO[bytes], kind: Kind) -> None:
        self._book = xlsxwriter.Workbook(target, {**AS_TYPED, "constant_memory": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self._share = self._book.add_format({"num_format": "0.0%", "valign": "top"})
        self._tenth = self._book.add_format({"num_format": "#,##0.0", "valign": "top"})
        self._text = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._quoted = self._book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._head = self._book.add_format({"bold": True, "bg_color": "#E8ECF1", "bottom": 1, "valign": "vcenter"})
        self._sheet: Any = None
        self._row = 0
        self._sections: list[Section] = []
        self._done: list[Any] = []
        self._told = None if kind.columns else self._book.add_worksheet(_("说明"))
        if kind.columns:
            self._begin(Section(kind.label, kind.columns))

    def add(self, batch: Batch) -> None:
        """Write the rows below what is there, or on the sheet that they begin."""
        if batch.section is not None:
            self._begin(batch.section)
        for row in batch.rows:
            self._row += 1
            for n, cell in enumerate(row):
                self._write(self._sheet, self._row, n, cell)

    def close(self, about: About) -> None:
        """The sheet that says what the rows are, the print settings, and the file."""
        self._end()
        for sheet in self._done:
            self._print(sheet, about)
            sheet.repeat_rows(0)
        told = self._told or self._book.add_worksheet(_("说明"))
        told.set_column(0, 0, 26 if self._told else 18)
        told.set_column(1, 1, 80)
        notes = [(str(section.label), str(section.note)) for section in self._sections if section.note]
        for n, (label, value) in enumerate([*about.lines, *notes]):
            told.write_string(n, 0, label, self._head)
            self._write(told, n, 1, value)
        self._print(told, about)
        self._book.close()

    def _begin(self, section: Section) -> None:
        self._end()
        self._sheet = self._book.add_worksheet(str(section.label)[:_TAB])
        self._row = 0
        self._sections.append(section)
        for n, column in enumerate(section.columns):
            self._sheet.set_column(n, n, column.width)
            self._sheet.write_string(0, n, str(column.label), self._head)
        self._sheet.freeze_panes(1, 0 if section.steps is None else 1)

    def _end(self) -> None:
        """Finish the sheet at hand: what needs to know how many rows it has."""
        if self._sheet is None:
            return
        section = self._sections[-1]
        if section.steps is None:
            self._sheet.autofilter(0, 0, self._row, len(section.columns) - 1)
        else:
            self._shade(section)
        self._done.append(self._sheet)

    def _shade(self, section: Section) -> None:
        """Colour a heat map, all but the names and the sums."""
        begins = list(zip(section.steps or (), SHADES, strict=False))
        for step, colour in reversed(begins):
            rule = {"type": "cell", "criteria": ">=", "value": step, "stop_if_true": True}
            rule["format"] = self._book.add_format({"bg_color": colour})
            self._sheet.conditional_format(1, 1, max(self._row - 1, 1), len(section.columns) - 2, rule)

    def _write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, date):
            self._write_time(sheet, row, column, cell)
        elif isinstance(cell, float | int | Decimal):
            styles = {float: self._share, int: self._text, Decimal: self._tenth}
            sheet.write_number(row, column, cell, styles[type(cell)])
        elif cell:
            style = self._quoted if cell.startswith(FORMULAS) else self._text
            sheet.write_string(row, column, cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…", style)

    def _write_time(self, sheet: Any, row: int, column: int, cell: date) -> None:
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell.astimezone(SHANGHAI).replace(tzinfo=None), self._moment)
        else:
            sheet.write_datetime(row, column, cell, self._day)

    def _print(self, sheet: Any, about: About) -> None:
        """On paper: across, one page wide, the mark and the heading above, the page below."""
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{about.mark}&C{about.heading}")
        line = about.line[:_FOOT].replace("&", "&&")
        sheet.set_footer(f"&L{line}&R&P / &N")

"""An export as XLSX: a sheet with the rows and one that says what they are.

Text is written as text, never read as a formula, a number or a link, whatever it begins with: what users typed is not
changed. Where it begins like a formula the cell also carries Excel's own mark for text (quote prefix), so that editing
the cell leaves it text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from cases.exports.kinds import Batch, Cell, Column
from cases.exports.written import About
from countries.calendars import SHANGHAI

# What a spreadsheet takes for the beginning of a formula.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The most characters a cell holds.
LONGEST = 32_767
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AS_TYPED = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
_A4 = 9
_FOOT = 120  # a foot holds 255 characters


class Spreadsheet:
    """Writes row by row, in constant memory; `close` gives the file to `target`."""

    def __init__(self, target: IO[bytes], columns: Sequence[Column], title: str) -> None:
        self._book = xlsxwriter.Workbook(target, {**_AS_TYPED, "constant_memory": True})
        self._sheet = self._book.add_worksheet(title)
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
        self._share = self._book.add_format({"num_format": "0.0%", "valign": "top"})
        self._text = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._quoted = self._book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._head = self._book.add_format({"bold": True, "bg_color": "#E8ECF1", "bottom": 1, "valign": "vcenter"})
        self._row = 0
        self._columns = columns
        for n, column in enumerate(columns):
            self._sheet.set_column(n, n, column.width)
            self._sheet.write_string(0, n, str(column.label), self._head)
        self._sheet.freeze_panes(1, 0)

    def add(self, batch: Batch) -> None:
        """Write the rows below what is there."""
        for row in batch.rows:
            self._row += 1
            for n, cell in enumerate(row):
                self._write(self._sheet, self._row, n, cell)

    def close(self, about: About) -> None:
        """The sheet that says what the rows are, the print settings, and the file."""
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        self._print(self._sheet, about)
        self._sheet.repeat_rows(0)
        told = self._book.add_worksheet(_("说明"))
        told.set_column(0, 0, 18)
        told.set_column(1, 1, 80)
        for n, (label, value) in enumerate(about.lines):
            told.write_string(n, 0, label, self._head)
            self._write(told, n, 1, value)
        self._print(told, about)
        self._book.close()

    def _write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            sheet.write_datetime(row, column, cell.astimezone(SHANGHAI).replace(tzinfo=None), self._moment)
        elif isinstance(cell, float):
            sheet.write_number(row, column, cell, self._share)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, self._text)
        elif cell:
            style = self._quoted if cell.startswith(DANGEROUS) else self._text
            sheet.write_string(row, column, cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…", style)

    def _print(self, sheet: Any, about: About) -> None:
        """On paper: across, one page wide, the mark and the heading above, the page below."""
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L{about.mark}&C{about.heading}")
        line = about.line[:_FOOT].replace("&", "&&")
        sheet.set_footer(f"&L{line}&R&P / &N")

"""Accounts from a CSV file: read, look at every row, then open all of them or none. A file grants no roles."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.commands import accounts
from agencies.commands.accounts import NewOfficer
from agencies.errors import GuardFailed, Malformed, Reason
from agencies.models import Officer
from agencies.roles import Role

ROWS_LIMIT, BYTES_LIMIT = 2_000, 512 * 1024
COLUMNS = {"警号": "police_number", "姓名": "name", "邮箱": "email"}
NEEDED = ("police_number", "name")


@dataclass(slots=True)
class Row:
    """One line of the file, normalised, with what is wrong with it."""

    line: int
    new: NewOfficer
    faults: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """The whole file, looked through."""

    rows: list[Row]

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.faults]

    @property
    def good(self) -> bool:
        return bool(self.rows) and not self.bad


def decode(data: bytes) -> str:
    """The text of an uploaded file, UTF-8 or else GBK (what spreadsheets on Chinese desktops save).

    Raises Malformed for a file that is too big or is not text.
    """
    if len(data) > BYTES_LIMIT:
        raise _unfit("file_too_big", _("文件太大，最多 512 KB；分几次导入。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unfit("not_text", _("读不出文字。请把表格另存为 CSV（UTF-8 或 GBK）再上传。"))


def read(text: str) -> Sheet:
    """Look at every row: form, doubles in the file, police numbers taken. Raises Malformed for a file without shape."""
    table = _table(text)
    names = [COLUMNS.get(title.strip(), title.strip().lower()) for title in table[0]]
    if any(name not in names for name in NEEDED):
        raise _unfit("no_header", _("第一行要有列名：警号、姓名、邮箱（邮箱可以不要）。"))
    rows = [
        Row(line, _new(dict(zip(names, cells, strict=False))))
        for line, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise _unfit("no_rows", _("文件里没有人员。"))
    if len(rows) > ROWS_LIMIT:
        raise _unfit("too_many_rows", _("一次最多 2,000 人，分几次导入。"))
    _check(rows)
    return Sheet(rows)


def import_officers(*, actor: Actor, text: str) -> list[tuple[Officer, str]]:
    """Open an account for every row; returns them with their one-time passwords, which cannot be shown again.

    Raises NotPermitted, Malformed, GuardFailed with a reason per bad row: then nothing was opened.
    """
    accounts.require(actor, Role.SYSTEM_ADMIN)
    sheet = read(text)
    if not sheet.good:
        raise GuardFailed(
            reasons=[
                Reason(fault.code, fault.words, f"/{row.line}{fault.pointer}")
                for row in sheet.bad
                for fault in row.faults
            ]
        )
    return accounts.create_officers(actor=actor, rows=[row.new for row in sheet.rows])


def _table(text: str) -> list[list[str]]:
    if "\x00" in text:
        raise _unfit("not_text", _("读不出文字。请把表格另存为 CSV（UTF-8 或 GBK）再上传。"))
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise _unfit("not_csv", _("表格的引号不成对，读不出各列；请另存为 CSV 再上传。")) from None
    if not table:
        raise _unfit("no_rows", _("文件里没有人员。"))
    return table


def _new(cells: dict[str, str]) -> NewOfficer:
    return NewOfficer(cells.get("police_number", ""), cells.get("name", ""), cells.get("email", "")).normalized()


def _check(rows: list[Row]) -> None:
    known = accounts.taken([row.new.police_number for row in rows])
    first: dict[str, int] = {}
    for row in rows:
        number = row.new.police_number
        row.faults += row.new.faults()
        if number in known:
            row.faults.append(accounts.already_taken())
        if number and number in first:
            words = _("与第 %(line)s 行的警号相同。")
            row.faults.append(Reason("number_twice", words % {"line": first[number]}, "/police_number"))
        first.setdefault(number, row.line)


def _unfit(code: str, words: str) -> Malformed:
    return Malformed(words, reasons=[Reason(code, words, "/file")])

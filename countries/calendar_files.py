"""A file of holidays and make-up days: every line read and judged before anything changes.

Columns: date, is_workday (or kind), name, status, source, by these names or the Chinese ones; others are passed over.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from agencies.errors import Malformed, Reason
from countries.models import DayStatus
from countries.tables import Day, Table, noticed_years

BYTES_LIMIT, ROWS_LIMIT = 512 * 1024, 2_000
NAME_LIMIT, SOURCE_LIMIT = 40, 120
FIRST_YEAR, LAST_YEAR = 2000, 2100
COLUMNS = {
    "日期": "date",
    "是否上班": "is_workday",
    "上班": "is_workday",
    "类型": "kind",
    "名称": "name",
    "节日": "name",
    "状态": "status",
    "来源": "source",
    "依据": "source",
}
_WORKED = {
    **dict.fromkeys(("1", "true", "yes", "是", "上班", "调休上班", "补班", "班", "adjusted_workday"), True),
    **dict.fromkeys(("0", "false", "no", "否", "放假", "休", "节假日", "holiday"), False),
}
_STATUS = {
    **dict.fromkeys(("", "official", "已公布", "正式"), DayStatus.OFFICIAL),
    **dict.fromkeys(("provisional", "暂定"), DayStatus.PROVISIONAL),
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SATURDAY = 5
Cells = Mapping[str, str]


@dataclass(slots=True)
class Line:
    """One line of the file: the day it states, or what is wrong with it."""

    number: int
    day: date | None = None
    special: Day | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, code: str, words: str, **values: Any) -> None:
        self.faults.append((code, words % values if values else words))

    @property
    def complaint(self) -> Reason | None:
        """Everything that is wrong with the line, in one; about the file as a whole, so that it is listed once."""
        if not self.faults:
            return None
        said = " ".join(words for _code, words in self.faults)
        text = _("第 %(line)s 行：%(words)s") % {"line": self.number, "words": said}
        return Reason(self.faults[0][0], text)


def decode(data: bytes) -> str:
    """The text of an uploaded file: UTF-8 with or without mark, else GBK/GB18030. Raises Malformed."""
    if len(data) > BYTES_LIMIT:
        raise _unfit("file_too_big", _("文件太大，最多 512 KB。日历文件一年只有几十行，看看是不是选错了文件。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unfit("not_text", _("读不出文字。请把表格另存为 CSV（UTF-8 或 GBK）再上传。"))


def read(text: str, *, title: str, table: Table) -> Table:
    """The table after this file: its days stated anew, the provisional days of every year it makes official gone.

    `title` is the source of lines that name none. Raises Malformed with every line that is wrong and all that is wrong with it.
    """
    lines = [_line(number, cells, title) for number, cells in _rows(text)]
    _judge_together(lines, table)
    if faults := [line.complaint for line in lines if line.complaint]:
        raise Malformed(_("文件里有 %(n)s 处不对，什么都没有改。") % {"n": len(faults)}, reasons=faults)
    stated = {line.day: line.special for line in lines if line.day and line.special}
    noticed = noticed_years(stated)
    kept = {day: special for day, special in table.items() if not (special.provisional and day.year in noticed)}
    return kept | stated


def _rows(text: str) -> Iterator[tuple[int, Cells]]:
    """The lines that hold anything, by column name, with their numbers in the file."""
    if "\x00" in text:
        raise _unfit("not_text", _("读不出文字。请把表格另存为 CSV（UTF-8 或 GBK）再上传。"))
    delimiter = max(",\t;，", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        table = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error:
        raise _unfit("not_csv", _("表格的引号不成对，读不出各列；请另存为 CSV 再上传。")) from None
    if len(table) < 2:
        raise _unfit("no_rows", _("文件里没有日期。"))
    if len(table) > ROWS_LIMIT:
        raise _unfit("too_many_rows", _("一次最多 2,000 行，分几次导入。"))
    names = [COLUMNS.get(title, title.lower()) for title in table[0][1]]
    if not {"date", "name"} <= set(names) or not {"is_workday", "kind"} & set(names):
        raise _unfit("no_header", _("第一行要有列名：日期、是否上班（或类型）、名称；状态、来源可以不要。"))
    for number, cells in table[1:]:
        yield number, dict(zip(names, cells, strict=False))


def _line(number: int, cells: Cells, title: str) -> Line:
    line = Line(number)
    line.day = _read_day(line, cells.get("date", ""))
    worked = _read_worked(line, cells)
    status = _read_status(line, cells.get("status", ""))
    name, source = cells.get("name", ""), cells.get("source", "") or title
    if not 0 < len(name) <= NAME_LIMIT:
        line.fault("bad_name", _("写明是什么节日，最多 %(limit)s 个字。"), limit=NAME_LIMIT)
    if len(source) > SOURCE_LIMIT:
        line.fault("bad_source", _("来源最多 %(limit)s 个字。"), limit=SOURCE_LIMIT)
    if line.day and worked and line.day.weekday() < _SATURDAY:
        line.fault("plain_day", _("%(day)s 是周一到周五，本来就上班，不用列出；看看日期对不对。"), day=line.day)
    if worked is not None and status is not None:
        line.special = Day(worked, name, status, source)
    return line


def _read_day(line: Line, text: str) -> date | None:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        line.fault("bad_date", _("没有“%(text)s”这个日期，写成 2027-01-31。"), text=text)
    elif not FIRST_YEAR <= day.year <= LAST_YEAR:
        line.fault("bad_year", _("%(year)s 年不在 2000 至 2100 年之间。"), year=day.year)
        return None
    return day


def _read_worked(line: Line, cells: Cells) -> bool | None:
    text = cells.get("is_workday") or cells.get("kind", "")
    worked = _WORKED.get(unicodedata.normalize("NFKC", text).lower())
    if worked is None:
        line.fault(
            "bad_kind",
            _("不知道“%(text)s”是上班还是放假。放假写 0 或 holiday，调休上班写 1 或 adjusted_workday。"),
            text=text,
        )
    return worked


def _read_status(line: Line, text: str) -> str | None:
    """official, provisional, or the latter with a remark after a colon."""
    status = _STATUS.get(unicodedata.normalize("NFKC", text).partition(":")[0].strip().lower())
    if status is None:
        line.fault("bad_status", _("状态只有“已公布”（official）和“暂定”（provisional），没有“%(text)s”。"), text=text)
    return status


def _judge_together(lines: list[Line], table: Table) -> None:
    """A date twice, and provisional days of a year that has a notice, in the table or in this file."""
    stated = {line.day: line.special for line in lines if line.day and line.special}
    noticed = noticed_years(table) | noticed_years(stated)
    first: dict[date, int] = {}
    for line in lines:
        if line.day is None:
            continue
        if line.day in first:
            line.faults.clear()  # the line goes anyway
            line.fault("date_twice", _("%(day)s 与第 %(other)s 行重复。"), day=line.day, other=first[line.day])
            continue
        first[line.day] = line.number
        if line.special and line.special.provisional and line.day.year in noticed:
            line.fault("already_noticed", _("%(year)s 年已有公布的安排，不能再有暂定的日子。"), year=line.day.year)


def _unfit(code: str, words: str) -> Malformed:
    return Malformed(words, reasons=[Reason(code, words, "/file")])

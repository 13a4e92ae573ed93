"""Files of holidays: what is taken, and every fault with its line, nothing changed."""

from __future__ import annotations

from datetime import date

import pytest

from agencies.errors import Malformed
from countries import calendar_files
from countries.tables import Day

TITLE = "国办发明电〔2026〕7号"
TABLE = {
    date(2026, 10, 1): Day(False, "国庆节", "official", "old"),
    date(2027, 1, 1): Day(False, "元旦", "provisional", "old"),
    date(2027, 6, 9): Day(False, "端午节", "provisional", "old"),
}
OURS = "date,is_workday,name,status,source\n2027-01-01,0,元旦,official,通知\n2027-02-14,1,春节,official,通知\n"
SHARED = (
    "date,weekday,kind,name,in_lieu,source,status\n"
    "2027-01-01,Fri,holiday,元旦,0,通知,official\n"
    "2027-02-14,Sun,adjusted_workday,春节,0,通知,official\n"
)
CHINESE = "日期,是否上班,名称,状态,来源\n2027年1月1日,放假,元旦,已公布,通知\n2027/2/14,调休上班,春节,,通知\n"


def read(text: str, title: str = TITLE) -> dict[date, Day]:
    return calendar_files.read(text, title=title, table=TABLE)


@pytest.mark.parametrize("text", [OURS, SHARED, CHINESE, CHINESE.replace(",", "\t"), CHINESE.replace(",", "，")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_forms_and_encodings(text, encoding):
    """The official year loses its provisional days; another year keeps its own."""
    assert read(calendar_files.decode(text.encode(encoding))) == {
        date(2026, 10, 1): TABLE[date(2026, 10, 1)],
        date(2027, 1, 1): Day(False, "元旦", "official", "通知"),
        date(2027, 2, 14): Day(True, "春节", "official", "通知"),
    }


def test_a_provisional_file_replaces_nothing_else():
    table = read("date,kind,name,status\n2027-02-05,holiday,除夕,provisional: statutory days only\n")
    assert table == TABLE | {date(2027, 2, 5): Day(False, "除夕", "provisional", TITLE)}


@pytest.mark.parametrize(
    "line, words",
    [
        ("2027-02-30,0,春节,official,", "第 3 行：没有“2027-02-30”这个日期"),
        ("元旦,0,春节,official,", "第 3 行：没有“元旦”这个日期"),
        (",0,春节,official,", "第 3 行：没有“”这个日期"),
        ("1927-02-05,0,春节,official,", "第 3 行：1927 年不在"),
        ("2027-01-01,0,元旦,official,", "第 3 行：2027-01-01 与第 2 行重复"),
        ("2027-01-01,1,元旦,provisional,", "第 3 行：2027-01-01 与第 2 行重复。"),
        ("2027-02-05,2,春节,official,", "第 3 行：不知道“2”是上班还是放假"),
        ("2027-02-05,,春节,official,", "第 3 行：不知道“”是上班还是放假"),
        ("2027-02-05,0,,official,", "第 3 行：写明是什么节日"),
        (f"2027-02-05,0,{'节' * 41},official,", "第 3 行：写明是什么节日"),
        ("2027-02-05,0,春节,maybe,", "第 3 行：状态只有"),
        ("2027-02-05,1,春节,official,", "第 3 行：2027-02-05 是周一到周五"),
        ("2026-12-31,0,元旦,provisional,", "第 3 行：2026 年已有公布的安排"),
        ("2027-02-05,0,春节,provisional,", "第 3 行：2027 年已有公布的安排"),
        (f"2027-02-05,0,春节,official,{'源' * 121}", "第 3 行：来源最多"),
    ],
)
def test_a_bad_line(line, words):
    with pytest.raises(Malformed) as refusal:
        read(f"date,is_workday,name,status,source\n2027-01-01,0,元旦,official,通知\n{line}\n")
    assert words in str(refusal.value.reasons[0].words)
    assert len(refusal.value.reasons) == 1


def test_every_fault_at_once():
    with pytest.raises(Malformed) as refusal:
        read("日期,是否上班,名称\n2027-13-01,也许,\n\n2027-02-05,1,春节\n2027-02-05,0,春节\n")
    lines = [str(reason.words).partition("：")[0] for reason in refusal.value.reasons]
    assert lines == ["第 2 行", "第 4 行", "第 5 行"]
    assert all(part in str(refusal.value.reasons[0].words) for part in ("2027-13-01", "也许", "什么节日"))


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "没有日期"),
        ("日期,是否上班,名称\n".encode(), "没有日期"),
        ("日期,名称\n2027-01-01,元旦\n".encode(), "第一行要有列名"),
        (b"\x00\x01\x02", "读不出文字"),
        (b"\xff\xff\xff\xff", "读不出文字"),
        ('日期,是否上班,名称\n2027-01-01,0,"元旦\n'.encode(), "引号不成对"),
        (b"x" * (512 * 1024 + 1), "文件太大"),
        (("日期,是否上班,名称\n" + "2027-01-01,0,元旦\n" * 2000).encode(), "2,000 行"),
    ],
)
def test_no_calendar_at_all(data, words):
    with pytest.raises(Malformed) as refusal:
        read(calendar_files.decode(data))
    assert words in str(refusal.value.reasons[0].words)

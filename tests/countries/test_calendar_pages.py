"""The work calendar in the browser's eyes: a year, its changes, the administrator's forms."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies import outbox
from countries import calendar_effects, notices
from countries.calendar_effects import Moved
from countries.models import CalendarNotice, NoticeKind, NoticeState
from tests.browsing import log_in
from tests.conftest import django_connected_as

TITLE = "国务院办公厅关于2027年部分节假日安排的通知"
NOTICE = "日期,是否上班,名称\n2027-02-05,0,春节\n2027-02-14,1,春节\n"
TAG = re.compile("<[^>]+>")


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


def upload(text: str, encoding: str = "utf-8", **fields: str) -> dict:
    return {"title": TITLE, "file": SimpleUploadedFile("2027.csv", text.encode(encoding)), **fields}


@pytest.mark.parametrize("login", ["kunshan.officer", "jiangsu.supervisor", "secadmin", "auditor"])
def test_every_officer_reads_it_and_changes_nothing(db, cast, login):
    client = log_in(cast, login)
    assert reverse("calendar") in client.get(reverse("internal-limit-list")).text
    page = client.get(reverse("calendar-year", args=[2026])).text
    assert "全年 248 个工作日，安排已公布" in page
    assert page.count('<table class="month">') == 12
    assert all(words in page for words in ("2月15日", "2月23日", "放假 9 天"))
    assert reverse("calendar-import") not in page
    assert reverse("calendar-day") not in page
    waiting = notices.clear_day(actor=cast.actor("sysadmin"), day=date(2026, 5, 9), title="尚未应用的改动")
    listed = client.get(reverse("calendar-notice-list")).text
    assert "seeds/holidays.csv" in listed
    assert "尚未应用的改动" not in listed
    assert client.get(reverse("calendar-notice", args=[waiting.pk])).status_code == 404
    for name, args in (("import", []), ("day", []), ("notice-state", [waiting.pk])):
        assert client.get(reverse(f"calendar-{name}", args=args)).status_code == 403


def test_marks_by_shape_and_word(db, cast):
    client = log_in(cast, "kunshan.officer")
    page = client.get(reverse("calendar-year", args=[2026])).text
    assert page.count('data-look="worked"') == 6 + 1  # and the key
    assert page.count('<span class="mark">班</span>') == 6
    assert '<span class="mark">暂休</span>' not in page
    coming = client.get(reverse("calendar-year", args=[2027])).text
    assert coming.count('<span class="mark">暂休</span>') == 19
    assert "还没有公布" in coming
    assert "没有这一年的安排" in client.get(reverse("calendar-year", args=[2030])).text
    for year in (1999, 2101):
        assert client.get(reverse("calendar-year", args=[year])).status_code == 404
    for query in ("?country=CN", "?country=XX", "?after=x", "?after=99999", "?after=²"):
        assert client.get(reverse("calendar-year", args=[2026]) + query).status_code == 404


def test_from_the_file_to_the_calendar(real_db, cast, monkeypatch):
    moved = [Moved("江苏省公安厅", date(2027, 2, 9), date(2027, 2, 12), 1204)]
    monkeypatch.setattr(calendar_effects, "_previews", [lambda *_: moved])
    monkeypatch.setattr(calendar_effects, "_applies", [lambda *_: moved])
    admin = log_in(cast, "sysadmin")
    answer = admin.post(reverse("calendar-import"), upload(NOTICE, "gbk"))
    notice = CalendarNotice.objects.get(state=NoticeState.ASKED)
    assert answer.url == reverse("calendar-notice", args=[notice.pk])
    state = reverse("calendar-notice-state", args=[notice.pk])
    waiting = admin.get(answer.url).text
    assert "正在统计" in waiting
    assert f'hx-get="{state}"' in waiting
    assert "应用到日历" not in waiting
    drain()
    shown = admin.get(state).text
    assert "hx-get" not in shown
    assert "<html" not in shown
    assert all(words in shown for words in ("江苏省公安厅", "2月9日", "2月12日", "1,204", "应用到日历"))
    days = admin.get(answer.url).text
    assert 'data-change="removed"' in days  # 元旦, provisional until now
    assert "2月14日 周日" in TAG.sub("", days)
    assert "文件里只有2027年2月的日子" in shown
    assert re.search(r"其余的 \d+ 个暂定假日会被去掉", shown)
    assert "都已经过去" not in shown
    confirm = reverse("calendar-notice-confirm", args=[notice.pk])
    unsaid = admin.post(confirm, follow=True).text
    assert "确认这是全年的安排再应用" in unsaid
    assert "应用到日历" in unsaid
    followed = admin.post(confirm, {"whole_year": "yes"}, follow=True).text
    assert "正在应用" in followed
    drain()
    assert "移动了哪些到期日" in admin.get(state).text
    # Everybody reads what changed, nobody but the administrator what it moved.
    officer = log_in(cast, "kunshan.officer")
    assert TITLE in officer.get(reverse("calendar-notice-list")).text
    read = officer.get(answer.url).text
    assert "2月14日 周日" in TAG.sub("", read)
    assert "江苏省公安厅" not in read
    assert "安排已公布" in officer.get(reverse("calendar-year", args=[2027])).text
    # The calendar as it was before.
    seed = CalendarNotice.objects.get(kind=NoticeKind.SEED)
    old = officer.get(reverse("calendar-year", args=[2027]) + f"?after={seed.pk}").text
    assert "不是现在的" in old
    assert old.count('<span class="mark">暂休</span>') == 19


def test_a_small_number_names_no_agency(real_db, cast, monkeypatch):
    """One deadline of one agency would tell the administrator where a case is and when it is due."""
    monday, friday, later = date(2027, 2, 8), date(2027, 2, 12), date(2027, 2, 15)
    moved = [
        Moved("江苏省公安厅", monday, friday, 3),
        Moved("昆山市公安局", monday, friday, 2),
        Moved("瑞丽市公安局", monday, friday, 2),
        Moved("苏州市公安局", monday, later, 1),
    ]
    monkeypatch.setattr(calendar_effects, "_previews", [lambda *_: moved])
    admin = log_in(cast, "sysadmin")
    answer = admin.post(reverse("calendar-import"), upload(NOTICE))
    drain()
    stored = CalendarNotice.objects.get(state=NoticeState.READY).moved
    assert [(row["agency"], row["n"]) for row in stored["rows"]] == [("", 4), ("江苏省公安厅", 3), ("", 0)]
    page = TAG.sub("", admin.get(answer.url).text)
    assert not any(name in page for name in ("昆山市公安局", "瑞丽市公安局", "苏州市公安局"))
    assert all(words in page for words in ("江苏省公安厅3", "其他机关4", "其他机关少于 3", "列出 7 个"))


def test_a_file_of_the_whole_year_needs_no_more_said_and_one_of_the_past_is_doubted(real_db, cast):
    admin = log_in(cast, "sysadmin")
    whole = "日期,是否上班,名称\n2027-01-01,0,元旦\n2027-10-10,1,国庆节\n"
    past = "日期,是否上班,名称\n2024-05-06,0,劳动节\n"
    for text, words in ((whole, ()), (past, ("都已经过去",))):
        page = admin.post(reverse("calendar-import"), upload(text), follow=True)
        notice = CalendarNotice.objects.get(state=NoticeState.ASKED)
        drain()
        shown = admin.get(reverse("calendar-notice-state", args=[notice.pk])).text
        assert 'name="whole_year"' not in shown, page.text
        assert [words for words in ("文件里只有", "都已经过去") if words in shown] == list(words)
        admin.post(reverse("calendar-notice-cancel", args=[notice.pk]))


def test_a_bad_file_says_every_line_and_keeps_the_title(db, cast):
    text = "日期,是否上班,名称\n2027-02-30,0,春节\n2027-02-05,0,春节\n2027-02-05,0,春节\n"
    answer = log_in(cast, "sysadmin").post(reverse("calendar-import"), upload(text))
    assert answer.status_code == 400
    assert "第 2 行：没有“2027-02-30”这个日期" in answer.text
    assert answer.text.count("第 4 行：2027-02-05 与第 3 行重复") == 1
    assert "有 2 处要改" in answer.text
    assert TITLE in answer.text
    assert not CalendarNotice.objects.exclude(kind=NoticeKind.SEED).exists()


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"title": ""}, "写明通知的名称和文号"),
        ({"country": "CN"}, "在列表里选一个国家"),
        ({"file": ""}, "选一个文件"),
    ],
)
def test_an_import_form_that_is_not_filled_in(db, cast, fields, words):
    answer = log_in(cast, "sysadmin").post(reverse("calendar-import"), upload(NOTICE) | fields)
    assert answer.status_code == 400
    assert words in answer.text


def test_a_day_from_the_grid(db, cast):
    admin = log_in(cast, "sysadmin")
    year = admin.get(reverse("calendar-year", args=[2026])).text
    link = f"{reverse('calendar-day')}?day=2026-10-10"
    assert f'href="{link}"' in year
    form = admin.get(link).text
    assert 'value="2026-10-10"' in form
    assert 'value="国庆节"' in form
    day = {"day": "2026-10-10", "what": "off", "name": "国庆节", "title": "更正"}
    for change, words in (
        ({"title": ""}, "写明依据或理由"),
        ({"day": "2026-10-32"}, "写成 2026-01-31"),
        ({"what": "worked", "day": "2026-10-12"}, "本来就上班"),
        ({"name": ""}, "写明是什么节日"),
        ({"what": ""}, "选一项"),
        ({"what": "plain", "day": "2026-10-12"}, "日历里已经是这样"),
    ):
        answer = admin.post(reverse("calendar-day"), day | change)
        assert (answer.status_code, words in answer.text) == (400, True), change
    answer = admin.post(reverse("calendar-day"), day | {"country": "TH"})
    notice = CalendarNotice.objects.exclude(kind=NoticeKind.SEED).get()
    assert answer.url == reverse("calendar-notice", args=[notice.pk])
    assert (notice.country.code, notice.years) == ("TH", [2026])
    taken_back = admin.post(reverse("calendar-notice-cancel", args=[notice.pk]), follow=True).text
    assert "日历没有改" in taken_back
    refused = admin.post(reverse("calendar-notice-recount", args=[notice.pk]), follow=True).text
    assert "不再统计" in refused


def test_the_sample_is_a_file_that_is_taken(db, cast):
    admin = log_in(cast, "sysadmin")
    sample = admin.get(reverse("calendar-import-sample")).content
    answer = admin.post(reverse("calendar-import"), {"title": TITLE, "file": SimpleUploadedFile("a.csv", sample)})
    assert answer.status_code == 302

"""The board as a file: every part of the page, the same numbers as `stats/`, nothing from outside the own subtree; and
the list behind a tile as a file, row by row."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.errors import Malformed, NotPermitted, NotVisible
from agencies.scope import acting
from cases.exports import jobs, running
from cases.models import Export
from tests import watching
from tests.browsing import log_in
from tests.cast import PLACES, Cast
from tests.conftest import connected_as, django_connected_as

SUPERVISOR = "jiangsu.supervisor"
PARTS = (
    "当前情况",
    "按期与质量",
    "超期，按机关和周",
    "报送，按机关和周",
    "各机关",
    "走到哪一级，在哪一级退回",
    "各级用时",
    "我方用时与外方用时",
    "用时的分布",
    "按类型",
    "按国家",
    "每周报送与办结",
    "超期最久",
)
TIERS = {"县": "county", "市": "city", "省": "province", "部": "ministry"}


def a_world():
    """Late, near, abroad, ended, sent back, a draft and a secret, in Jiangsu and elsewhere."""
    past = watching.Past(Cast(), watching.random.Random(3))
    past.begin(9).submitted("kunshan", title="=1+1")
    past.begin(8).dispatched("kunshan", country="US")
    past.begin(12).closed("suzhou")
    past.begin(10).closed("kunshan", country="US")
    past.begin(7).at("returned", "kunshan")
    past.begin(0).submitted("suzhou", urgency="most_urgent")
    past.begin(5).submitted("kunshan", mark="work_secret")
    past.begin(2).draft("kunshan")
    past.begin(9).submitted("ruili")
    past.begin(12).closed("ruili")
    past.begin(1).skipped(country="BA")
    past.begin(1).asked("suzhou")
    watching.fold()
    return past


@pytest.fixture
def world(real_world):
    return real_world(a_world)


def asked(cast, login: str, kind: str = "board", file_format: str = "xlsx", **params: str) -> Export:
    actor = cast.actor(login)
    with acting(actor):
        return jobs.start(actor=actor, kind=kind, file_format=file_format, params=params)


def worked(client: Client, job: Export) -> io.BytesIO:
    with django_connected_as("worker"):
        assert running.run_next()
    response = client.get(reverse("export-file", args=[job.pk]))
    assert response.status_code == 200, response.content.decode()
    return io.BytesIO(b"".join(response.streaming_content))


def made(cast, login: str = SUPERVISOR, **params: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(worked(log_in(cast, login), asked(cast, login, **params)))


def rows(book: openpyxl.Workbook, name: str) -> list[tuple]:
    return list(book[name].iter_rows(min_row=2, values_only=True))


def test_every_part_is_in_the_workbook_and_equals_the_api(world, cast):
    client = log_in(cast, SUPERVISOR)
    book = made(cast, period="26")
    stats = client.get(reverse("api-stats"), {"period": "26"}).json()
    assert book.sheetnames == ["说明", *PARTS]
    now_and_period_agree(book, stats)
    by_agency_and_week_agree(book, stats)
    days_agree(book, stats)
    lists_agree(book, stats)
    longest_agrees(book, client)
    said = dict(row[:2] for row in book["说明"].iter_rows(values_only=True))
    as_of = timezone.localtime(timezone.datetime.fromisoformat(stats["as_of"])).replace(tzinfo=None)
    assert abs(said["截至"] - as_of) < timedelta(seconds=1)
    assert said["时段"] == "近 26 周"
    assert {part for part in PARTS if part in said} >= {"各级用时", "各机关", "超期最久"}


def now_and_period_agree(book, stats) -> None:
    assert [n for _label, n in rows(book, "当前情况")] == [
        stats["now"][name] for name in ("open", "overdue", "near", "abroad", "returned")
    ]
    internal, statutory = stats["internal_deadlines"], stats["statutory_limits"]
    assert [row[1:] for row in rows(book, "按期与质量")] == [
        (stats["filed"], None, None),
        (stats["ended"], None, None),
        (stats["filed_outgoing"], stats["returned"], pytest.approx(stats["first_time_right"])),
        (internal["ended"], internal["late"], internal["in_time"] and pytest.approx(internal["in_time"])),
        (statutory["ended"], statutory["late"], statutory["in_time"] and pytest.approx(statutory["in_time"])),
    ]


def by_agency_and_week_agree(book, stats) -> None:
    for name, key in (("超期，按机关和周", "overdue"), ("报送，按机关和周", "filed")):
        heat = rows(book, name)
        whole = [week[key] for week in stats["weeks"]]
        assert list(heat[-1][1:-1]) == whole
        assert heat[-1][-1] == sum(whole) > 0
        assert [sum(column) for column in zip(*(row[1:-1] for row in heat[:-1]), strict=True)] == whole
        assert len(book[name].conditional_formatting) > 0
    lines = {row[0]: row for row in rows(book, "各机关")}
    assert list(lines) == ["苏州市公安局", "江苏省公安厅 本级", "江苏省公安厅 合计"]
    for part in stats["below"]:
        line = lines[part["agency"]["name"] + (" 本级" if part["own"] else "")]
        assert line[1:6] == tuple(part["now"][name] for name in ("open", "overdue", "near", "abroad", "returned"))
        assert (line[6], line[8], line[10]) == (
            part["filed"],
            part["internal_deadlines"]["in_time"],
            part["first_time_right"],
        )


def days_agree(book, stats) -> None:
    assert [row[1:] for row in rows(book, "走到哪一级，在哪一级退回")] == [
        (one["reached"], one["returned"] if one["stage"] in TIERS.values() else None) for one in stats["stages"]
    ]
    spent = {row[0]: row[1:] for row in (*rows(book, "各级用时"), *rows(book, "我方用时与外方用时"))}
    codes = {**TIERS, "其他机关": "external", "外方": "abroad", "我方用时": "home", "外方用时": "abroad"}
    assert {codes[label]: (n, median, ninth) for label, (n, median, ninth, _mean) in spent.items()} == {
        part: (days["cases"], days["median"], days["p90"]) for part, days in stats["days"].items()
    }
    for label, (n, _median, _ninth, mean) in spent.items():
        seconds = stats["days"][codes[label]]["seconds"]
        assert mean == (pytest.approx(seconds / n / 86_400, abs=0.051) if n else None), label
    spread = rows(book, "用时的分布")
    for label in ("我方用时", "外方用时"):
        assert sum(n for said, _days, n in spread if said == label) == spent[label][0] > 0


def lists_agree(book, stats) -> None:
    countries = sorted(row[1:] for row in rows(book, "按国家"))
    assert countries == sorted((one["open"], one["overdue"], one["filed"]) for one in stats["countries"])
    types = sorted(row[1:4] for row in rows(book, "按类型"))
    assert types == sorted((one["open"], one["overdue"], one["filed"]) for one in stats["request_types"])
    assert [(f"{row[0]:%Y-%m-%d}", *row[1:4]) for row in rows(book, "每周报送与办结")] == [
        (week["week"], week["filed"], week["ended"], week["overdue"]) for week in stats["weeks"]
    ]


def longest_agrees(book, client) -> None:
    shown = client.get(reverse("board")).context["longest"]
    assert [row[0] for row in rows(book, "超期最久")] == [late["row"]["number"] for late in shown] != []
    typed = [cell for (cell,) in book["超期最久"].iter_rows(min_row=2, min_col=2, max_col=2) if cell.value == "=1+1"]
    assert [(cell.data_type, cell.quotePrefix) for cell in typed] == [("s", True)]


def test_every_part_is_in_the_pdf(world, cast):
    book = made(cast)
    reader = PdfReader(worked(log_in(cast, SUPERVISOR), asked(cast, SUPERVISOR, file_format="pdf")))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert all("".join(part.split()) in text for part in PARTS)
    for name in PARTS:
        for row in rows(book, name):
            assert "".join(str(row[0]).removesuffix(" 00:00:00").split()) in text, (name, row[0])
    heat = rows(book, "报送，按机关和周")[-1]
    assert "".join(str(cell) for cell in heat[1:]) in text, "a line of the heat map, number by number"


def test_only_the_own_subtree(world, cast):
    held = {login: made(cast, login) for login in (SUPERVISOR, "ruili.supervisor", "guohe.supervisor")}
    opened = {login: rows(book, "当前情况")[0][1] for login, book in held.items()}
    assert opened[SUPERVISOR] + opened["ruili.supervisor"] == opened["guohe.supervisor"]
    assert opened["ruili.supervisor"] == 1
    names = {str(cell) for sheet in held[SUPERVISOR] for row in sheet.iter_rows(values_only=True) for cell in row}
    assert not any("瑞丽" in name or "云南" in name for name in names)
    below = made(cast, SUPERVISOR, agency=PLACES["suzhou"])
    assert rows(below, "各机关")[-1][0] == "苏州市公安局 合计"
    with pytest.raises(NotPermitted):
        asked(cast, "kunshan.officer")
    with pytest.raises(NotVisible):
        asked(cast, SUPERVISOR, agency=PLACES["ruili"])


def test_before_the_first_fold_and_when_it_has_stopped_the_file_says_so(real_db, cast, story):
    story.submitted()
    early = made(cast)
    assert early.sheetnames == ["说明", "当前情况"]
    assert rows(early, "当前情况") == []
    watching.fold()
    with connected_as("worker") as raw:
        raw.execute("UPDATE cases_boardfold SET as_of = as_of - interval '6 minutes'")
    said = dict(row[:2] for row in made(cast)["说明"].iter_rows(values_only=True))
    assert said["当前情况"].startswith("统计停了：数字截至")


def test_in_english(world, cast):
    client = log_in(cast, SUPERVISOR)
    client.cookies["coopdesk_language"] = "en"
    client.post(reverse("export-list"), {"kind": "board", "format": "xlsx"})
    with acting(cast.actor(SUPERVISOR)):
        job = Export.objects.get()
    book = openpyxl.load_workbook(worked(client, job))
    assert len(book.sheetnames) == len(PARTS) + 1
    assert all(name.isascii() for name in book.sheetnames), book.sheetnames


def test_the_list_behind_each_tile_is_exported_as_it_is_shown(world, cast):
    client = log_in(cast, SUPERVISOR)
    sizes = set()
    for tile in client.get(reverse("board")).context["tiles"]:
        page = client.get(tile["url"])
        assert page.context["n_rows"] == tile["count"]
        form = {f"list-{name}": value for name, value in page.context["asked"].exported.items()}
        assert form["list-board"] == "1"
        assert all(f'name="{name}" value="{value}"' in page.content.decode() for name, value in form.items())
        client.post(reverse("export-list"), {"kind": "cases", "format": "xlsx", **form})
        with acting(cast.actor(SUPERVISOR)):
            job = Export.objects.latest("pk")
        numbers = [row[0] for row in rows(openpyxl.load_workbook(worked(client, job)), "案件列表")]
        assert len(numbers) == tile["count"], tile["label"]
        html = page.content.decode()
        assert [html.index(number) for number in numbers] == sorted(html.index(number) for number in numbers)
        sizes.add(len(numbers))
    without = asked(cast, SUPERVISOR, "cases", view="agency")
    everything = rows(openpyxl.load_workbook(worked(client, without)), "案件列表")
    assert len(everything) not in sizes, "the board's terms must leave something out"
    with pytest.raises(Malformed):
        asked(cast, SUPERVISOR, "cases", board="1")
    assert client.get(reverse("case-list"), {"board": "1"}).status_code == 400

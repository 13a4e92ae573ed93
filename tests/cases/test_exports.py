"""Exports: what is in them, for whom, and what becomes of a run that is cancelled, killed or overtaken.

The worker's own task functions run on real commits as the worker's role; files are opened again as a reader would.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import openpyxl
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.models import AuditEvent
from agencies.scope import acting
from cases.exports import jobs, running
from cases.exports.registry import KINDS
from cases.models import Export, Supervision
from cases.queries import queue
from countries.calendars import work_calendar
from tests.browsing import log_in
from tests.conftest import connected_as, django_connected_as
from tests.stories import Story

OFFICER = "kunshan.officer"
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    '=HYPERLINK("http://x.test","x")',
    "00123",
    "http://x.test",
)


def ask(cast, login=OFFICER, kind="cases", file_format="xlsx", **params) -> Export:
    actor = cast.actor(login)
    with acting(actor):
        return jobs.start(actor=actor, kind=kind, file_format=file_format, params=params)


def work() -> bool:
    """What the worker's task does, once."""
    with django_connected_as("worker"):
        return running.run_next()


def fresh(cast, job: Export, login=OFFICER) -> Export:
    with acting(cast.actor(login)):
        return Export.objects.get(pk=job.pk)


def fetched(cast, job: Export, login=OFFICER) -> bytes:
    response = log_in(cast, login).get(reverse("export-file", args=[job.pk]))
    assert response.status_code == 200, response.content.decode()
    return b"".join(response.streaming_content)


def made(cast, login=OFFICER, **asked) -> openpyxl.Workbook:
    job = ask(cast, login, **asked)
    assert work()
    return openpyxl.load_workbook(io.BytesIO(fetched(cast, job, login)))


def table(book: openpyxl.Workbook) -> list[tuple[object, ...]]:
    """The rows below the head."""
    return list(book.worksheets[0].iter_rows(min_row=2, values_only=True))


def about(book: openpyxl.Workbook) -> dict[str, object]:
    return {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}


def kinds_of(job: Export) -> list[str]:
    return list(AuditEvent.objects.filter(subject=f"export:{job.pk}").order_by("pk").values_list("kind", flat=True))


def listed(cast, login: str, **params: str) -> list[str]:
    """The numbers on the page of the list, in its order."""
    actor = cast.actor(login)
    with acting(actor):
        now = queue.moment_of(timezone.now(), work_calendar())
        return [
            row["number"] for row in queue.page(actor, queue.Wanted(view=queue.ALL, sort="filed", **params), now).rows
        ]


class TestWhatIsInIt:
    def test_exactly_what_the_list_holds(self, real_db, cast, story):
        for origin in ("kunshan", "ruili", "chaoyang"):
            story.submitted(origin)
        story.dispatched()
        story.draft()
        story.submitted(mark="work_secret")
        held = {}
        for login in (OFFICER, "kunshan.desk", "suzhou.chief", "jiangsu.supervisor", "ruili.officer", "guohe.desk"):
            held[login] = [row[0] for row in table(made(cast, login))]
            assert held[login] == listed(cast, login), login
        assert len({tuple(numbers) for numbers in held.values()}) >= 4, "the cast must differ in what it sees"

    def test_beyond_one_page_and_within_the_filters(self, real_db, cast, story, monkeypatch):
        monkeypatch.setattr(queue, "PAGE", 2)
        cases = [story.submitted(urgency="urgent").number for _n in range(5)]
        story.submitted()
        book = made(cast, urgency="urgent")
        assert [row[0] for row in table(book)] == list(reversed(cases))
        assert about(book)["紧急"] == "加急"
        assert about(book)["行数"] == 5

    def test_a_work_secret_is_in_it_for_who_sees_it_and_marks_the_file(self, real_db, cast, story):
        secret = story.submitted(mark="work_secret").number
        open_one = story.submitted().number
        for_desk, for_chief = made(cast, "kunshan.desk"), made(cast, "kunshan.chief")
        assert [row[0] for row in table(for_desk)] == [open_one]
        assert about(for_desk)["密级标志"] == "内部"
        assert {row[0] for row in table(for_chief)} == {secret, open_one}
        assert about(for_chief)["密级标志"] == "工作秘密"
        assert "工作秘密" in for_chief.worksheets[0].oddHeader.left.text

    def test_what_users_typed_stays_text(self, real_db, cast, story):
        for text in FORMULAS:
            case = story.draft()
            with connected_as("migrate") as raw:  # no form lets a tab through; an import may
                raw.execute("SET ROLE coopdesk_owner")
                raw.execute("UPDATE cases_case SET title = %s WHERE id = %s", [text, case.pk])
        cells = [row[1] for row in made(cast).worksheets[0].iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert {cell.value.strip() for cell in cells} == {text.strip() for text in FORMULAS}
        assert not any(cell.hyperlink for cell in cells)
        assert {cell.value for cell in cells if not cell.quotePrefix} == {"00123", "http://x.test"}

    def test_dates_are_dates_in_shanghai_and_the_head_stays(self, real_db, cast, story):
        case = story.submitted()
        book = made(cast)
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        submitted = sheet.cell(2, heads.index("报送") + 1).value
        local = timezone.localtime(story.fresh(case).submitted_at).replace(tzinfo=None)
        assert isinstance(submitted, datetime)
        assert abs(submitted - local) < timedelta(seconds=1)
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["B"].width > 30
        said = about(book)
        assert said["导出人"] == f"演{OFFICER} {OFFICER}"
        assert said["身份"] == "昆山市公安局 承办人"

    def test_a_pdf_has_the_rows_the_mark_and_who(self, real_db, cast, story):
        numbers = [story.submitted().number for _n in range(3)]
        job = ask(cast, file_format="pdf")
        work()
        reader = PdfReader(io.BytesIO(fetched(cast, job)))
        text = "".join("".join(page.extract_text() for page in reader.pages).split())
        assert all(number in text for number in numbers)
        assert "内部" in text
        assert f"演{OFFICER}" in text
        assert reader.pages[0].mediabox.width > reader.pages[0].mediabox.height

    def test_in_english_on_an_english_page(self, real_db, cast, story):
        story.submitted()
        client = log_in(cast, OFFICER)
        client.cookies["coopdesk_language"] = "en"
        client.post(reverse("export-list"), {"kind": "cases", "format": "xlsx", "list-status": "in_review"})
        work()
        with acting(cast.actor(OFFICER)):
            job = Export.objects.get()
        book = openpyxl.load_workbook(io.BytesIO(fetched(cast, job)))
        assert "Thailand" in table(book)[0]
        assert job.params == {"status": "in_review"}

    def test_running_clocks(self, real_db, cast, story):
        case = story.submitted()
        story.closed()
        rows = table(made(cast, kind="deadlines"))
        assert [(row[0], row[3]) for row in rows] == [(case.number, "昆山市公安局")]
        assert isinstance(rows[0][6], datetime)
        assert table(made(cast, "ruili.officer", kind="deadlines")) == []
        assert table(made(cast, kind="deadlines", when="late")) == []

    def test_the_ledger_of_supervision(self, real_db, cast, story):
        number = order(story)
        assert [row[0] for row in table(made(cast, "jiangsu.supervisor", kind="supervision"))] == [number]
        assert [row[0] for row in table(made(cast, "kunshan.chief", kind="supervision"))] == [number]
        assert table(made(cast, "ruili.supervisor", kind="supervision")) == []

    def test_nothing_found_is_a_whole_file_too(self, real_db, cast):
        for kind in KINDS:
            book = made(cast, "dehong.chief", kind=kind)
            assert all(sheet.max_row == 1 for sheet in book.worksheets if sheet.title != "说明"), kind
            job = ask(cast, "dehong.chief", kind=kind, file_format="pdf")
            work()
            assert fetched(cast, job, "dehong.chief").startswith(b"%PDF")


def order(story: Story) -> str:
    """A supervision order of Jiangsu's to Kunshan."""
    case, cast = story.submitted(), story.cast
    actor = cast.actor("jiangsu.supervisor")
    with acting(actor):
        row = Supervision.objects.create(
            case=case,
            kind="order",
            state="open",
            number="DB-1",
            agency=cast.agency("kunshan"),
            issued_by=cast.agency("jiangsu"),
            officer_id=actor.officer_id,
            text="=1+1 请说明。",
            issued_at=timezone.now(),
        )
    return row.number

"""A case on paper: what stands on each sheet, who may print, that user text stays text, that the same case gives the
same bytes, and that a character without a glyph is named instead of left out."""

from __future__ import annotations

import hashlib
import io
import time

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from agencies.errors import NotVisible, TooLarge
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import notes
from cases.paper import press, sheets
from cases.paper.printing import Paper, print_paper
from tests.browsing import log_in

pytestmark = pytest.mark.django_db
MARKUP = '#set page(width: 1cm) *粗* $x^2$ @引 <标> `码` // 注 \\u{41} #read("/etc/passwd")'


@pytest.fixture
def printed(cast):
    """`printed(case, "leg_list", "kunshan.officer")`: the text of the paper as that officer gets it."""

    def text(case, paper, login="kunshan.officer"):
        pages = PdfReader(io.BytesIO(content(cast, case, paper, login))).pages
        return "\n".join(page.extract_text() for page in pages)

    return text


def content(cast, case, paper, login="kunshan.officer"):
    actor = cast.actor(login)
    with acting(actor):
        return print_paper(actor=actor, case_id=case.pk, paper=paper).content


def joined(text: str) -> str:
    """Without the breaks of lines and cells."""
    return "".join(text.split())


# --- What stands on it -----------------------------------------------------------------------------------------------


def test_the_approval_sheet_has_the_content_and_every_opinion(story, printed):
    case = story.submitted(urgency="most_urgent")
    for place in ("kunshan", "suzhou", "jiangsu"):
        story.step(f"{place}.desk", case, "recommend", opinion=f"{place}拟同意上报。")
        story.step(f"{place}.chief", case, "approve", opinion=f"{place}同意。")
    story.step("guohe.desk", case, "return_for_correction", reasons=["facts_unclear"], opinion="写清起止日期。")
    text = joined(printed(case, "approval_sheet"))
    for words in (
        "国际执法合作请求审批表",
        case.number,
        "内部",
        "特急",
        "昆山市公安局",
        "泰国",
        "跨境刷单返利诈骗案",
        "资金流入泰国账户。",
        "证明资金去向。",
        "张示例",
        "犯罪嫌疑人",
        "1.查明开户人。",
        "2.调取交易明细。",
        "写清起止日期。",
        "原因：",
        "待补正",
    ):
        assert words in text, words
    for place in ("kunshan", "suzhou", "jiangsu"):
        assert f"{place}拟同意上报。" in text
        assert f"{place}同意。" in text
        assert f"演{place}.chief" in text
    assert text.index("kunshan同意。") < text.index("suzhou同意。") < text.index("写清起止日期。")


def test_document_numbers_are_masked_on_paper_too(story, printed):
    assert "ZZ9000001" not in joined(printed(story.submitted(), "approval_sheet"))


def test_the_leg_list_has_every_holder_and_both_sums(story, printed):
    case = story.closed()
    text = joined(printed(case, "leg_list"))
    for words in (
        "昆山市公安局",
        "苏州市公安局",
        "江苏省公安厅",
        "公安部国际合作局",
        "泰国皇家警察总署",
        "我方",
        "外方",
    ):
        assert words in text, words
    assert "在办" not in text
    assert text.count("个工作日") == sum(leg.side == "domestic" for leg in legs(story, case))


def legs(story, case):
    with acting(story.cast.actor("kunshan.officer")):
        return list(case.legs.all())


def test_the_cover_has_what_an_archivist_looks_for(story, printed):
    text = joined(printed(story.closed(), "dossier_cover"))
    for words in ("卷宗", "立卷单位", "昆山市公安局", "起止日期", "至", "已办结", "保管期限", "电子文件0件"):
        assert words in text, words


def test_a_draft_that_says_nothing_yet_can_be_printed(story, printed):
    case = story.draft(title="", summary="", purpose="", subjects=[], items=[])
    for paper in Paper.values:
        assert case.number in printed(case, paper)


def test_the_papers_are_chinese_on_an_english_page(story, printed):
    case = story.submitted()
    with translation.override("en"):
        text = joined(printed(case, "approval_sheet"))
    assert "泰国" in text
    assert "报送审批" in text
    assert "Thailand" not in text


def test_a_mark_of_ours_stands_without_the_signs_of_a_state_secret(story, printed):
    text = joined(printed(story.submitted(mark="work_secret"), "dossier_cover"))
    assert text.startswith("工作秘密")
    assert "★" not in text
    assert not joined(printed(story.submitted(mark="public"), "dossier_cover")).startswith("公开")


def test_an_opinion_of_another_agency_only_goes_to_who_reads_it(story, cast, printed):
    case = story.submitted()
    actor = cast.actor("kunshan.chief")
    with acting(actor):
        notes.add_note(actor=actor, case_id=case.pk, text="本机关内部的话。", audience="agency")
    story.step("kunshan.chief", case, "approve", opinion="沿线都能看的话。")
    for login in ("kunshan.officer", "suzhou.chief"):
        text = joined(printed(case, "approval_sheet", login))
        assert "沿线都能看的话。" in text
        assert "本机关内部的话。" not in text


# --- User text is data -----------------------------------------------------------------------------------------------


def test_markup_in_user_text_is_printed_as_it_was_typed(story, printed):
    case = story.submitted(title=MARKUP, summary=MARKUP, subjects=[{"kind": "person", "name": MARKUP[:60]}])
    story.step("kunshan.chief", case, "approve", opinion=MARKUP)
    text = joined(printed(case, "approval_sheet"))
    assert text.count(joined(MARKUP)) >= 3
    assert joined(MARKUP) in joined(printed(case, "leg_list"))
    assert joined(MARKUP) in joined(printed(case, "dossier_cover"))


def test_long_names_and_rare_characters_are_kept(story, printed):
    name = "阿不都热合曼·买买提吐尔逊（Šžğİß Łódź Корольская Nguyễn）"
    case = story.submitted(title="喆祎堃龘䶮𬱖𫖮" * 20, subjects=[{"kind": "person", "name": name}] * 12)
    text = joined(printed(case, "approval_sheet"))
    assert text.count(joined(name)) == 12
    assert "喆祎堃龘䶮𬱖𫖮" * 20 in text


# --- The same bytes, or a named character -----------------------------------------------------------------------------


@pytest.mark.parametrize("paper", Paper.values)
def test_the_same_case_gives_the_same_bytes_and_their_hash_is_recorded(story, cast, paper):
    case = story.closed()
    first, second = content(cast, case, paper), content(cast, case, paper)
    assert first == second
    assert first.startswith(b"%PDF-")
    events = AuditEvent.objects.filter(kind="case.print", subject=f"case:{case.pk}")
    digest = hashlib.sha256(first).hexdigest()
    assert [event.facts for event in events] == [{"paper": paper, "sha256": digest}] * 2
    story.step("kunshan.chief", case, "reopen", opinion="再看。")
    assert content(cast, case, paper) != first


def test_the_clock_leaves_no_mark_in_the_bytes(story, cast):
    case = story.submitted()
    first = content(cast, case, "leg_list")
    time.sleep(1.1)  # a PDF carries its time in whole seconds
    assert content(cast, case, "leg_list") == first


def test_a_character_without_a_glyph_is_named_and_nothing_is_recorded(story, cast):
    case = story.submitted(title="演示 𠮷 案")
    client = log_in(cast, "kunshan.officer")
    response = client.get(reverse("case-paper", args=[case.pk, "approval_sheet"]))
    assert response.status_code == 422
    assert "「𠮷」U+20BB7" in response.content.decode()
    assert f"这个字在 {case.number} 的“演示 𠮷 案”里" in response.content.decode()
    assert not AuditEvent.objects.filter(kind="case.print").exists()


def test_marks_for_what_no_font_has():
    many = "".join(chr(0x13001 + n) for n in range(100))
    marks = press.without_glyph(["演示 𠮷 案 šž", "x\U00013000\n", many])
    assert "演示 𠮷 案 \U00013000".translate(marks) == "演示 [U+20BB7] 案 [U+13000]"
    assert set(marks) == {0x20BB7, 0x13000, *map(ord, many)}
    assert press.without_glyph([]) == {}


def test_a_folder_of_fonts_of_ones_own_is_read(tmp_path):
    press._fonts.cache_clear()
    try:
        with override_settings(PAPER_FONTS=str(tmp_path)):
            assert "Noto Serif SC" in press._fonts().families()
    finally:
        press._fonts.cache_clear()


def test_a_book_is_refused_before_the_page_waits():
    with pytest.raises(TooLarge):
        press.pdf("leg_list", {"heading": "案" * (press.LIMIT + 1)})


def test_days_are_written_as_the_standard_writes_them(story):
    case = story.draft()
    assert sheets.day(case.created_at.replace(year=2026, month=1, day=5, hour=4)) == "2026年1月5日"


# --- Who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["ruili.officer", "yunnan.chief", "auditor", "sysadmin"])
def test_whoever_does_not_see_the_case_prints_nothing_of_it(story, cast, login):
    case = story.submitted()
    with pytest.raises(NotVisible):
        content(cast, case, "approval_sheet", login)
    response = log_in(cast, login).get(reverse("case-paper", args=[case.pk, "approval_sheet"]))
    assert response.status_code == 404
    assert not AuditEvent.objects.filter(kind="case.print").exists()


def test_a_work_secret_is_printed_by_who_handles_it_alone(story, cast):
    case = story.submitted(mark="work_secret")
    assert content(cast, case, "approval_sheet", "suzhou.chief")
    with pytest.raises(NotVisible):
        content(cast, case, "approval_sheet", "suzhou.desk")


def test_a_paper_that_there_is_not_is_absent(story, cast):
    client: Client = log_in(cast, "kunshan.officer")
    assert client.get(reverse("case-paper", args=[story.draft().pk, "frame"])).status_code == 404


def test_it_is_sent_as_a_file_under_the_number_from_both_doors(story, cast):
    case = story.submitted()
    client = log_in(cast, "kunshan.officer")
    for name in ("case-paper", "api-case-paper"):
        response = client.get(reverse(name, args=[case.pk, "leg_list"]))
        assert response.status_code == 200, name
        assert b"".join(response.streaming_content).startswith(b"%PDF-")
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith("attachment;")
        assert case.number in response["Content-Disposition"]
        assert "no-store" in response["Cache-Control"]


def test_printing_is_no_line_of_the_timeline(story, cast):
    case = story.submitted()
    client = log_in(cast, "kunshan.officer")
    before = client.get(reverse("case-detail", args=[case.pk])).context["n_story"]
    content(cast, case, "leg_list")
    assert client.get(reverse("case-detail", args=[case.pk])).context["n_story"] == before

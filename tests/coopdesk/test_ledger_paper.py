"""国别台账 as a PDF: what the page says with its sources, in two languages, without contacts."""

from __future__ import annotations

import hashlib
import subprocess

import pytest
from django.http import FileResponse
from django.urls import reverse

from agencies.models import AuditEvent
from countries import sections
from countries.models import Country, LedgerEntry
from countries.sections import Words
from tests.browsing import log_in
from tests.cast import Cast
from tests.ledgers import done, keep_post

pytestmark = pytest.mark.django_db
PAPER = reverse("country-paper", args=["TH"])


def printed(cast: Cast, language: str, login: str = "kunshan.officer") -> tuple[FileResponse, bytes, str]:
    answer = log_in(cast, login).get(PAPER, {"language": language})
    assert answer.status_code == 200
    content = b"".join(answer)
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return answer, content, told.stdout.decode()


def write_habits(cast: Cast) -> None:
    desk, thailand = cast.actor("guohe.desk"), Country.objects.get(code="TH")
    words = Words(text_zh="【演示】先打电话，再发函。", text_en="【Demo】Call first.", sources="【演示】会谈纪要")
    row = done(sections.write, actor=desk, country=thailand, section="habits", words=words, based_on=None)
    done(sections.submit, actor=desk, text_id=row.pk)
    done(sections.publish, actor=cast.actor("guohe.chief"), text_id=row.pk)


def test_it_says_what_the_page_says_with_its_sources(cast: Cast) -> None:
    write_habits(cast)
    keep_post(cast)
    answer, content, text = printed(cast, "zh")
    flat = "".join(text.split())
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    for words in (
        "泰国国别台账",
        "怎么请求",
        "条约与协定",
        "我们的记录",
        "待核实",
        "先打电话，再发函。",
        "【演示】会谈纪要",
    ):
        assert words in flat, words
    capital = LedgerEntry.objects.get(country__code="TH", topic__code="capital")
    assert "Bangkok" in flat
    assert "".join(capital.provenance["text_en"]["source"].split())[:40] in flat
    assert "【演示】警务联络官" in flat
    assert "【演示】任命通知" in flat
    assert "【演示】电话" not in flat
    event = AuditEvent.objects.filter(kind="ledger.print").latest("pk")
    assert event.subject == "country:TH"
    assert event.facts == {"language": "zh-hans", "sha256": hashlib.sha256(content).hexdigest()}


def test_it_is_whole_in_english(cast: Cast) -> None:
    write_habits(cast)
    _answer, _content, text = printed(cast, "en", "auditor")
    flat = " ".join(text.split())
    for words in ("Country ledger: Thailand", "Call first.", "conventions", "Sources", "To be verified"):
        assert words in flat, words
    assert "先打电话" not in flat


def test_a_character_that_no_font_has_stops_nothing(cast: Cast) -> None:
    desk, thailand = cast.actor("guohe.desk"), Country.objects.get(code="TH")
    row = done(
        sections.write,
        actor=desk,
        country=thailand,
        section="habits",
        words=Words(text_zh="【演示】\U00013000", sources="【演示】纪要"),
        based_on=None,
    )
    done(sections.submit, actor=desk, text_id=row.pk)
    done(sections.publish, actor=cast.actor("guohe.chief"), text_id=row.pk)
    assert "[U+13000]" in printed(cast, "zh")[2]


def test_there_is_none_of_no_country(cast: Cast) -> None:
    for code in ("CN", "XX"):
        assert log_in(cast, "kunshan.officer").get(reverse("country-paper", args=[code])).status_code == 404

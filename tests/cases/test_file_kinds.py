"""What may be attached, told by content; what a file may be called."""

from __future__ import annotations

import io

import pytest

from agencies.errors import Reason
from cases import file_kinds
from cases.file_names import MAX_BYTES, clean_name
from cases.secrecy import marked, marked_title
from tests import samples


def judge(name: str, content: bytes) -> str:
    """The code of the refusal, or '' when the file is taken."""
    refused = file_kinds.refuse_name(clean_name(name))
    verdict = refused or file_kinds.inspect(clean_name(name), io.BytesIO(content))
    return verdict.code if isinstance(verdict, Reason) else ""


@pytest.mark.parametrize("name", samples.GOOD)
def test_documents_pictures_sound_and_film_are_taken(name):
    assert judge(name, samples.GOOD[name]) == ""


@pytest.mark.parametrize(
    "name", [name for name, (_c, code) in samples.BAD.items() if code not in ("file_empty", "state_secret")]
)
def test_programs_pages_scripts_macros_and_disguises_are_refused(name):
    content, code = samples.BAD[name]
    assert judge(name, content) == code


def test_a_picture_renamed_is_refused():
    assert judge("照片.png", samples.JPG) == "file_mismatch"
    assert judge("照片.pdf", samples.PNG) == "file_mismatch"


def test_a_scanners_junk_before_the_pdf_head_is_forgiven_but_not_another_format():
    assert judge("a.pdf", b"\r\n\r\n" + samples.PDF) == ""
    assert judge("a.pdf", b"<html>" + samples.PDF) == "file_mismatch"
    assert judge("a.pdf", samples.EXE + samples.PDF) == "file_mismatch"


def test_text_in_the_encodings_of_offices_is_text():
    assert judge("a.txt", "\ufeff资金".encode()) == ""
    assert judge("a.txt", "资金".encode("utf-16")) == ""
    assert judge("a.txt", b"\x00\x01\x02") == "file_mismatch"
    # The head ends in the middle of a character.
    assert judge("a.txt", b"a" + "资".encode() * 30_000) == ""


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("C:\\tmp\\报告.pdf", "报告.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\u200b\u0000\r\nb.pdf", "ab.pdf"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ('a:b*?"<>|.pdf', "a_b______.pdf"),
        (" .hidden.pdf. ", "hidden.pdf"),
        ("con.pdf", "_con.pdf"),
        ("\ud800a.pdf", "a.pdf"),
        ("", ""),
        ("..", ""),
    ],
)
def test_a_name_is_made_safe(raw, clean):
    assert clean_name(raw) == clean


def test_a_long_name_keeps_its_extension():
    name = clean_name("很" * 300 + ".pdf")
    assert name.endswith("很.pdf")
    assert len(name.encode()) <= MAX_BYTES


@pytest.mark.parametrize(
    "text",
    [
        "机密★10年 请示",
        "绝密文件",
        "【秘密】请示",
        "秘密级 请示",
        "请示（机密）",
        "报告_绝密",
        "秘密",
        "机 密★",
        "秘密：请示",
        "ＸＸ机密☆",
    ],
)
def test_markings_at_mark_positions_are_seen(text):
    assert marked_title(text)


@pytest.mark.parametrize(
    "text",
    [
        "侵犯商业秘密案",
        "秘密会社案",
        "秘密窃取公民信息案",
        "非法获取国家机密案",
        "泄露工作秘密",
        "刺探军事机密案",
        "【演示】侵犯商业秘密案",
    ],
)
def test_words_are_not_markings(text):
    assert not marked_title(text)
    assert not marked(text)


def test_running_text_is_refused_only_under_a_starred_marking():
    assert marked("第一行\n机密★10年\n第三行")
    assert not marked("机密文件被带出，涉嫌非法获取国家秘密。")

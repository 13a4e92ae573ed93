"""Typst at work: one template and its data to the bytes of a PDF. The same data give the same bytes.

A sheet takes some milliseconds once the fonts are read (bench: ten pages in 30 ms), so it is printed within the request.
PDF/A-2b, because there a character without a glyph is an error; otherwise it would be left out in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agencies.errors import GuardFailed, Reason, TooLarge

_HERE = Path(__file__).resolve().parent
# More words than any real case has; far above it, a page would have to wait.
LIMIT = 2_000_000
PATIENCE = 64
_UNSEEN = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@cache
def _fonts() -> typst.Fonts:
    """Read once a process. A folder of one's own comes first: who owns the standard's fonts gets the standard's look."""
    folders = [path for path in (settings.PAPER_FONTS, str(pylopdf_fonts_zh_cn.serif_path().parent)) if path]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `template`.typ with `data`, which reaches it as JSON and is never read as markup.

    Raises GuardFailed naming the character that no font has and where it stands, TooLarge for a book.
    """
    try:
        return _compiled(template, data)
    except _Unseen as unseen:
        raise _no_glyph(unseen.text, data) from None


def without_glyph(texts: Iterable[str]) -> dict[int, str]:
    """For str.translate: each character of the texts that no font has, to a mark that can be seen, such as [U+13000].

    Typst names one at a time, so after PATIENCE of them one stands for all its neighbours (256 code points).
    """
    left: set[str] = set().union(*texts)
    marks: dict[int, str] = {}
    while left:
        try:
            _compiled("glyphs", {"as_of": "", "text": " ".join(sorted(left))})
        except _Unseen as unseen:
            found = left & set(unseen.text)
            if len(marks) >= PATIENCE:
                rows = {ord(char) >> 8 for char in found}
                found = {char for char in left if ord(char) >> 8 in rows}
            if not found:
                break
            marks |= {ord(char): f"[U+{ord(char):04X}]" for char in found}
            left -= found
        else:
            break
    return marks


class _Unseen(Exception):
    """Some of this text has no glyph."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def _compiled(template: str, data: dict[str, Any]) -> bytes:
    """Raises _Unseen, TooLarge."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    if len(text) > LIMIT:
        raise TooLarge(_("内容太多，一份文书放不下。请在案件页上看，或者分文件下载。"))
    compiler = typst.Compiler(
        _HERE / f"{template}.typ",
        root=_HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": text},
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=["a-2b"])
    except typst.TypstError as error:
        if unseen := _UNSEEN.search(error.message):
            shown = unseen[1]
            raise _Unseen(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), shown)) from None
        raise
    assert isinstance(made, bytes)  # a PDF is one file
    return made


def _no_glyph(text: str, data: dict[str, Any]) -> GuardFailed:
    """The refusal with every character that has no glyph, its code point (it may not show on the screen either), the
    number of the paper's case and the words in which it stands."""
    named = "、".join(f"「{char}」U+{ord(char):04X}" for char in dict.fromkeys(text))
    place = next((words for words in _texts(data) if text in words), text)
    told = {"chars": named, "number": data.get("number", ""), "place": Truncator(place).chars(40)}
    words = _(
        "字体里没有 %(chars)s，文书没有生成。这个字在 %(number)s 的“%(place)s”里，可以改写；"
        "或者请系统管理员把含有这个字的字体放进 COOPDESK_FONTS 指的文件夹。"
    )
    return GuardFailed(words % told, reasons=[Reason("missing_glyph", words % told)])


def _texts(data: Any) -> Iterator[str]:
    """Every text in it."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list | tuple):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _texts(part)

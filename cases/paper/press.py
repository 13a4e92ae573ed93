"""Typst at work: one template and its data to the bytes of a PDF. The same data give the same bytes.

A sheet takes some milliseconds once the fonts are read (bench: ten pages in 30 ms), so it is printed within the request.
PDF/A-2b, because there a character without a glyph is an error; otherwise it would be left out in silence.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from django.utils.translation import gettext as _

from agencies.errors import GuardFailed, Reason, TooLarge

_HERE = Path(__file__).resolve().parent
# More words than any real case has; far above it, a page would have to wait.
LIMIT = 2_000_000
_UNSEEN = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


@cache
def _fonts() -> typst.Fonts:
    """Read once a process. A folder of one's own comes first: who owns the standard's fonts gets the standard's look."""
    folders = [path for path in (settings.PAPER_FONTS, str(pylopdf_fonts_zh_cn.serif_path().parent)) if path]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `template`.typ with `data`, which reaches it as JSON and is never read as markup.

    Raises GuardFailed naming the character that no font has, TooLarge for a book.
    """
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
            raise _no_glyph(unseen[1]) from None
        raise
    assert isinstance(made, bytes)  # a PDF is one file
    return made


def _no_glyph(shown: str) -> GuardFailed:
    """The refusal with every character that has no glyph, and its code point: it may not show on the screen either."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), shown)
    named = "、".join(f"「{char}」U+{ord(char):04X}" for char in dict.fromkeys(text))
    words = _("字体里没有 %(chars)s，文书没有生成。请系统管理员把含有这个字的字体放进 COOPDESK_FONTS 指的文件夹。")
    return GuardFailed(words % {"chars": named}, reasons=[Reason("missing_glyph", words % {"chars": named})])

"""Finds words in the wrong language on a page: Chinese on an English one, English sentences on a Chinese one.

User data and official names stand in elements marked `data-user` or with another `lang`; they stay as they are.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3001-\u303f\uff01-\uff5e]+")
SENTENCE = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[\s,]+[A-Za-z][A-Za-z'’-]*){3,}")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_SILENT = frozenset({"script", "style", "template", "title", "textarea", "svg"})
# What is read out or shown without being text, and the words that scripts show.
_SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-busy")


class _Reader(HTMLParser):
    """Collects the words that the product itself says on a page."""

    def __init__(self, foreign: str) -> None:
        super().__init__(convert_charrefs=True)
        self.foreign = foreign
        self.said: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        theirs = self._theirs or "data-user" in given or given.get("lang", "").startswith(self.foreign)
        if not theirs:
            self.said += [given[name] for name in given if name in _SPOKEN or name.startswith("data-word-")]
        if tag not in _VOID:
            self._open.append((tag, theirs or tag in _SILENT))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._theirs and data.strip():
            self.said.append(" ".join(data.split()))

    @property
    def _theirs(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def wrong_words(html: str, language: str) -> list[str]:
    """What stands on the page in the other language: for "en" every run of Chinese, for "zh-hans" English sentences."""
    english = language.startswith("en")
    reader = _Reader("zh" if english else "en")
    reader.feed(html)
    wrong = HAN if english else SENTENCE
    return [text for text in reader.said if wrong.search(text)]

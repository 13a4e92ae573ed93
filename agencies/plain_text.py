"""What may be stored as text."""

from __future__ import annotations

import re
import unicodedata

_UNFIT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> bool:
    """Has it no NUL and no lone surrogate? The database takes neither."""
    return _UNFIT.search(text) is None


def visible(text: str) -> bool:
    """Does it show everything that it holds? Control characters (but line ends and tabs), zero-width and bidirectional
    marks do not show."""
    return storable(text) and not any(unicodedata.category(one) in ("Cc", "Cf") and one not in "\n\r\t" for one in text)


def shown(text: str) -> str:
    """The text with what does not show in it (`visible`) as its code point, to be told of."""
    return "".join(one if visible(one) else f"[U+{ord(one):04X}]" for one in text)


def says(text: str) -> bool:
    """Has it at least one letter or digit, of any script?"""
    return any(map(str.isalnum, text))


def fits(text: str, limit: int) -> bool:
    """Is it there, storable, and at most `limit` characters long?"""
    return bool(text) and len(text) <= limit and storable(text)

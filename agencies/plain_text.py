"""What may be stored as text."""

from __future__ import annotations

import re

# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> bool:
    """Has it no NUL and no lone surrogate? The database takes neither."""
    return _UNFIT.search(text) is None


def fits(text: str, limit: int) -> bool:
    """Is it there, storable, and at most `limit` characters long?"""
    return bool(text) and len(text) <= limit and storable(text)

"""What a case's number looks like, so that it is told where none may stand."""

from __future__ import annotations

import re
import unicodedata

PREFIX = "GJHZ"
_NUMBER = re.compile(rf"{PREFIX}[^0-9a-z]{{0,3}}[0-9]{{4}}", re.IGNORECASE)


def names_a_case(text: str) -> bool:
    """Does the text hold the number of a case, however its letters, digits and dashes are set?"""
    return _NUMBER.search(unicodedata.normalize("NFKC", text)) is not None

"""The name of an uploaded file: made safe to keep, to show and to send, without losing what its owner called it."""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 200
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\\/]+")
_FORBIDDEN = re.compile(r'[:*?"<>|]')


def clean_name(raw: str) -> str:
    """The name alone (no folders), NFC, without control, bidi and invisible characters, at most 200 bytes; '' for none.

    The extension survives shortening, so that a name never changes its type.
    """
    name = _SEPARATORS.split(raw)[-1]
    # Cc control, Cf bidi and zero-width, Cs lone surrogates, Co private use, Zl/Zp line breaks.
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    name = unicodedata.normalize("NFC", name)
    name = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", name)).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shorten(name)


def _shorten(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if len(name.encode()) <= MAX_BYTES or not dot or len(extension) > 10:
        return name.encode()[:MAX_BYTES].decode(errors="ignore").strip()
    room = MAX_BYTES - len(extension.encode()) - 1
    return f"{stem.encode()[:room].decode(errors='ignore').strip()}.{extension}"


def extensions(name: str) -> list[str]:
    """The extensions of a name, lower case, outermost last: a.PDF → [pdf], a.pdf.exe → [pdf, exe]."""
    return [part.strip().lower() for part in unicodedata.normalize("NFKC", name).split(".")[1:]]


def stem(name: str) -> str:
    """The name without its last extension."""
    return name.rpartition(".")[0] or name

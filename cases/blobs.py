"""Stored contents, under their SHA-256 (ab/cd/<hash>, in a folder of their own kind), so that nothing changes unnoticed.

A content may outlive a transaction that failed: it is found again by its hash.
"""

from __future__ import annotations

import hashlib
import logging
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from agencies.errors import Unavailable

logger = logging.getLogger(__name__)
_BLOCK = 256 * 1024


class OverLimit(Exception):
    """The content is larger than allowed."""


def key_of(sha256: str, folder: str = "") -> str:
    """Where the content lies in the storage."""
    return f"{folder}{sha256[:2]}/{sha256[2:4]}/{sha256}"


def measure(content: IO[bytes], limit: int | None = None) -> tuple[str, int]:
    """SHA-256 and size in bytes, read block by block; OverLimit beyond the limit."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if limit is not None and size > limit:
            raise OverLimit
    return digest.hexdigest(), size


def store(sha256: str, content: IO[bytes], folder: str = "") -> None:
    """Put the content under its hash; what lies there already is kept if whole, and replaced if damaged.

    Raises Unavailable when the storage cannot take it.
    """
    key = key_of(sha256, folder)
    try:
        if default_storage.exists(key):
            with default_storage.open(key, "rb") as stored:
                if measure(stored)[0] == sha256:
                    return
            default_storage.delete(key)
        content.seek(0)
        taken = default_storage.save(key, content if isinstance(content, File) else File(content))
        if taken != key:  # somebody stored the same bytes in between
            default_storage.delete(taken)
    except OSError as error:
        logger.error("file storage failed: %s", type(error).__name__)
        raise Unavailable(_("文件暂时保存不了，请稍后再试；其他内容不受影响。")) from error


def whole(sha256: str, folder: str = "") -> tuple[IO[bytes] | None, str]:
    """The content for reading, hashed again; None when it is not what was stored, with what was found instead."""
    try:
        stream: IO[bytes] = default_storage.open(key_of(sha256, folder), "rb")
        found, _size = measure(stream)
    except OSError as error:
        return None, type(error).__name__
    if found != sha256:
        stream.close()
        return None, found
    stream.seek(0)
    return stream, found


def erase(sha256: str, folder: str = "") -> None:
    """Delete the content; the caller has seen that nothing needs it, and holds the turn over it."""
    default_storage.delete(key_of(sha256, folder))

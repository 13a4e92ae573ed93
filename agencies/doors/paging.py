"""Cursor paging: `cursor` is opaque and signed by its shape alone, `page_size` is 1 to 100."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agencies.errors import Malformed, Reason

DEFAULT, LARGEST = 50, 100


def page_size(params: Mapping[str, Any]) -> int:
    """The wanted number of rows, or Malformed."""
    text = str(params.get("page_size", DEFAULT))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LARGEST):
        raise Malformed(reasons=[Reason("bad_page_size", _("每页 1 到 100 行。"), "/page_size")])
    return int(text)


def encode(position: list[Any]) -> str:
    """A cursor for the row after which the next page starts."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode(text: str, parts: int) -> list[str]:
    """The position in a cursor with so many parts, as text, or Malformed."""
    try:
        position = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        position = None
    if not isinstance(position, list) or len(position) != parts or not all(isinstance(p, str) for p in position):
        raise Malformed(reasons=[Reason("bad_cursor", _("翻页的位置无效，请从第一页重新开始。"), "/cursor")])
    return position


def only(params: Mapping[str, Any], known: set[str]) -> None:
    """Refuse unknown and repeated query parameters."""
    reasons = [Reason("unknown_parameter", _("不认识的查询参数。"), f"/{name}") for name in params if name not in known]
    getlist = getattr(params, "getlist", None)
    if getlist is not None:
        twice = [name for name in params if len(getlist(name)) > 1]
        reasons += [Reason("repeated_parameter", _("同一个查询参数出现了两次。"), f"/{name}") for name in twice]
    if reasons:
        raise Malformed(reasons=reasons)

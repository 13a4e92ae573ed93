"""Cursor paging: the cursor is opaque, `page_size` is 1 to 100."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.errors import Malformed, Reason

DEFAULT, LARGEST = 50, 100


def page_size(params: Mapping[str, Any]) -> int:
    """The wanted number of rows, or Malformed."""
    text = str(params.get("page_size", DEFAULT))
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST):
        raise Malformed(reasons=[Reason("bad_page_size", _("每页 1 到 100 行。"), "/page_size")])
    return int(text)


def answer(request: Request, rows: Sequence[dict[str, Any]], size: int, *keys: str) -> Response:
    """A page of `rows`, of which there is one more than `size` when another page follows; `keys` order them."""
    shown = rows[:size]
    cursor = encode([shown[-1][key] for key in keys]) if len(rows) > size else None
    query = request.query_params.copy()
    if cursor is not None:
        query["cursor"] = cursor
    link = None if cursor is None else request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return Response({"results": shown, "next": link, "next_cursor": cursor})


def encode(position: list[str]) -> str:
    """A cursor for the row after which the next page starts."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode(text: str, parts: int, name: str = "cursor") -> list[str]:
    """The position in a cursor with so many parts, as text, or Malformed; `name` is the parameter that holds it."""
    try:
        position = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        position = None
    if not isinstance(position, list) or len(position) != parts or not all(map(_storable, position)):
        raise bad_cursor(name)
    return position


def _storable(part: object) -> bool:
    return isinstance(part, str) and part.isprintable() and len(part) <= 100


def bad_cursor(name: str = "cursor") -> Malformed:
    """The cursor in this parameter is not one of ours."""
    return Malformed(reasons=[Reason("bad_cursor", _("翻页的位置无效，请从第一页重新开始。"), f"/{name}")])


def only(params: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse unknown and repeated query parameters."""
    if not params:
        return
    reasons = [Reason("unknown_parameter", _("不认识的查询参数。"), f"/{name}") for name in params if name not in known]
    getlist = getattr(params, "getlist", None)
    if getlist is not None:
        twice = [name for name in params if len(getlist(name)) > 1]
        reasons += [Reason("repeated_parameter", _("同一个查询参数出现了两次。"), f"/{name}") for name in twice]
    if reasons:
        raise Malformed(reasons=reasons)

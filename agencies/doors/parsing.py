"""Strict JSON: limited in size and depth, no duplicate keys, no NUL, no lone surrogate, no NaN."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from agencies.errors import Malformed, Reason, TooLarge
from agencies.plain_text import storable

# A whole string (or an unclosed one), or one bracket; brackets inside strings are words, not structure.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)


class LengthRequired(APIException):
    """A body sent in chunks without a length never reaches a WSGI application: say so instead of dropping it."""

    status_code, default_code = 411, "length_required"


class OnlyUtf8(APIException):
    """JSON is UTF-8 (RFC 8259 §8.1); a body that says otherwise would be read as something else than it means."""

    status_code, default_code = 415, "unsupported_charset"


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        charset = _CHARSET.search(media_type or "")
        if charset and charset[1].lower() not in ("utf-8", "utf8"):
            raise OnlyUtf8(_("请用 UTF-8 编码。"))
        body = stream.read(settings.API_BODY_LIMIT + 1)
        if len(body) > settings.API_BODY_LIMIT:
            raise TooLarge(_("内容太大，最多 1 MB。"))
        return load(body)


def object_of(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """The body as a JSON object, or Malformed; when it is `optional`, no body is {}."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired(_("请求体要带 Content-Length。"))
    data = request.data
    if not isinstance(data, dict) or (request.stream is None and not optional):
        raise Malformed(reasons=[Reason("not_an_object", _("内容要是一个 JSON 对象。"))])
    return data


def load(body: bytes) -> Any:
    """The JSON value, or ParseError in words."""
    try:
        text = body.decode("utf-8")
        _check_depth(text)
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ParseError(_("不是有效的 JSON：%(why)s") % {"why": _why(error)}) from None
    _check_text(value)
    return value


class _Duplicate(ValueError):
    pass


class _TooDeep(ValueError):
    pass


def _why(error: Exception) -> str:
    if isinstance(error, _Duplicate):
        return _("同一个键出现了两次。")
    if isinstance(error, _TooDeep):
        return _("嵌套太深。")
    if isinstance(error, UnicodeDecodeError):
        return _("须用 UTF-8 编码。")
    return _("格式不对。")


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    depth = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > settings.API_JSON_DEPTH:
                raise _TooDeep
        elif first in "]}":
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Duplicate
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if not storable(value):
            raise ParseError(_("含有无法保存的字符，请删去后再试。"))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)

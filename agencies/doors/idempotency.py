"""Idempotency-Key on creates and steps: a retry gets the answer the first call got.

Missing → 400, same key with another body → 422, still running → 409 (an advisory lock says so, and goes with the
transaction). The answer is kept in the transaction of the effect: either both exist or neither.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.authentication import actor_of
from agencies.doors.rendering import dumps
from agencies.models import IdempotencyKey

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class KeyMissing(APIException):
    status_code, default_code = 400, "idempotency_key_missing"


class KeyReused(APIException):
    status_code, default_code = 422, "idempotency_key_reused"


class KeyBusy(APIException):
    status_code, default_code = 409, "idempotency_key_in_progress"


def once(request: Request, act: Callable[[], Response]) -> Response:
    """Answer from memory, or act and remember. Call inside the request's transaction."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise KeyMissing(_("请求头要带 Idempotency-Key：1 到 128 个可见的 ASCII 字符，每件事一个。"))
    caller = actor_of(request).label
    fingerprint = _fingerprint(request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7310002))", [f"{caller} {key}"])
        if not cursor.fetchone()[0]:
            raise KeyBusy(_("同一个 Idempotency-Key 的请求正在办理，请稍后再试。"))
    known = IdempotencyKey.objects.filter(caller=caller, key=key).first()
    if known is not None:
        if known.fingerprint != fingerprint:
            raise KeyReused(_("这个 Idempotency-Key 已用于内容不同的请求。"))
        return _replay(known)
    response = act()
    IdempotencyKey.objects.create(
        caller=caller,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        body=orjson.loads(dumps(response.data)),
        etag=response.get("ETag", ""),
    )
    return response


def _fingerprint(request: Request) -> str:
    content = orjson.dumps([request.method, request.path, request.data], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(content).hexdigest()


def _replay(known: IdempotencyKey) -> Response:
    headers: dict[str, Any] = {"Idempotency-Replayed": "true"}
    if known.etag:
        headers["ETag"] = known.etag
    return Response(known.body, status=known.status, headers=headers)

"""Idempotency-Key on creates, steps and uploads: a retry gets the answer the first call got.

Missing → 400, same key with another body → 422, still running → 409 (an advisory lock says so, and goes with the
transaction). The answer is kept in the transaction of the effect: either both exist or neither.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from agencies import turns
from agencies.actors import Actor
from agencies.doors.authentication import actor_of
from agencies.doors.rendering import dumps
from agencies.errors import NotPermitted
from agencies.models import IdempotencyKey

_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_KEPT_HEADERS = ("ETag", "Location")
KEPT = timedelta(days=7)


class KeyMissing(APIException):
    status_code, default_code = 400, "idempotency_key_missing"


class KeyReused(APIException):
    status_code, default_code = 422, "idempotency_key_reused"


class KeyBusy(APIException):
    status_code, default_code, wait = 409, "idempotency_key_in_progress", 1


def once(request: Request, act: Callable[[], Response]) -> Response:
    """Answer from memory, or act and remember. Call inside the request's transaction; refusals are not remembered."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise KeyMissing(_("请求头要带 Idempotency-Key：1 到 128 个可见的 ASCII 字符，每件事一个。"))
    actor = actor_of(request)
    if actor.agency_id is None:
        raise NotPermitted
    fingerprint = _fingerprint(request, actor)
    _lock(actor, key)
    known = IdempotencyKey.objects.filter(agency_id=actor.agency_id, known_as=actor.known_as, key=key).first()
    if known is not None:
        if known.fingerprint != fingerprint:
            raise KeyReused(_("这个 Idempotency-Key 已用于内容不同的请求。"))
        headers = {**known.headers, "Idempotency-Replayed": "true"}
        return Response(orjson.Fragment(known.body), status=known.status, headers=headers)
    response = act()
    IdempotencyKey.objects.create(
        agency_id=actor.agency_id,
        known_as=actor.known_as,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in _KEPT_HEADERS if name in response},
        body=dumps(response.data).decode(),
    )
    return response


def forget() -> int:
    """Drop answers older than KEPT (worker only); returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=Now() - KEPT).delete()[0]


def _lock(actor: Actor, key: str) -> None:
    if not turns.take(turns.Turn.ANSWER, f"{actor.agency_id} {actor.known_as} {key}"):
        raise KeyBusy(_("同一个 Idempotency-Key 的请求正在办理，请稍后再试。"))


def _fingerprint(request: Request, actor: Actor) -> str:
    """What was asked, files by their content, and in which role and for whom: an answer given to a role that was lent is
    not given again under another. Headers such as If-Match do not count."""
    asked = [request.method, request.path, request.data, actor.role, actor.appointment_id, actor.for_officer_id]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        digest = hashlib.sha256()
        for chunk in value.chunks():
            digest.update(chunk)
        value.seek(0)
        return [value.name, digest.hexdigest()]
    return str(value)

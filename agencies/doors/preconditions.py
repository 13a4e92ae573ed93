"""ETag and If-Match: the ETag is the quoted version. Missing → 428; stale → 412 by the command."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

# A proxy that compresses may have made the tag weak (W/); the version in it is as good.
_ETAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


class PreconditionRequired(APIException):
    status_code, default_code = 428, "precondition_required"


class BadPrecondition(APIException):
    status_code, default_code = 400, "malformed"


def etag(version: int) -> str:
    """The ETag of a case's version."""
    return f'"{version}"'


def expected_version(request: Request) -> int:
    """The version in If-Match."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired(_("请求头要带 If-Match，值为案件的 ETag。"))
    match = _ETAG.fullmatch(given)
    if match is None:
        raise BadPrecondition(_('If-Match 要写案件的 ETag，例如 "7"。'))
    return int(match[1])

"""`POST /oauth/token/` and `/oauth/revoke/`: client credentials only, by django-oauth-toolkit. Errors are RFC 6749's."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from oauth2_provider.models import get_access_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import RevokeTokenView, TokenView

from agencies import audit
from agencies.doors.authentication import service_actor
from agencies.doors.throttle import WINDOW, address_of, too_often
from agencies.models import ServiceAccount

# A request costs one slow hash, in this process; so the limit is counted in this process.
REQUESTS = 120  # a minute
_BODY_LIMIT = 16 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ServiceValidator(OAuth2Validator):
    """A client is known while its service account and its agency are active."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(super().authenticate_client(request, *args, **kwargs)) and _active(request.client.pk)


def _active(application_id: int) -> bool:
    accounts = ServiceAccount.objects.filter(application_id=application_id)
    return accounts.filter(is_active=True, agency__is_active=True).exists()


class _Strict:
    """What both doors refuse before the toolkit looks at the request."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refused := _refuse(request):
            return refused
        try:
            response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        except (ValueError, DataError):  # oauthlib's on a body it cannot read, the database's on a NUL in a credential
            return _error(400, "invalid_request", _("请求无法读懂。"))
        response.headers["Cache-Control"] = "no-store"
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _error(405, "invalid_request", _("只接受 POST。"))
        response.headers["Allow"] = "POST"
        return response


class Token(_Strict, TokenView):
    """Client id and secret in, a bearer token for 15 minutes out."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("grant_type", "client_credentials") != "client_credentials":
            return _error(400, "unsupported_grant_type", _("只支持 client_credentials。"))
        if too_often("oauth-token", address_of(request), REQUESTS):
            response = _error(429, "slow_down", _("请求令牌太频繁，请稍后再试；一个令牌可用 15 分钟。"))
            response.headers["Retry-After"] = str(WINDOW)
            return response
        response = super().post(request, *args, **kwargs)
        if response.status_code == 200:
            _record(orjson.loads(response.content)["access_token"])
        return response


class Revoke(_Strict, RevokeTokenView):
    """Ends a token before its time."""


def _refuse(request: HttpRequest) -> HttpResponse | None:
    if request.META.get("QUERY_STRING"):
        return _error(400, "invalid_request", _("参数写在请求体里，不写在网址里。"))
    if request.content_type not in _FORMS:
        return _error(415, "invalid_request", _("请求体用 application/x-www-form-urlencoded。"))
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdigit() or int(length[:12]) > _BODY_LIMIT:
        return _error(413, "invalid_request", _("内容太大。"))
    if any("\x00" in text for pair in request.POST.lists() for text in (pair[0], *pair[1])):
        return _error(400, "invalid_request", _("含有无法保存的字符，请删去后再试。"))
    return None


def _record(token: str) -> None:
    checksum = hashlib.sha256(token.encode()).hexdigest()
    row = get_access_token_model().objects.get(token_checksum=checksum)
    account = ServiceAccount.objects.get(application_id=row.application_id)
    actor = service_actor(account.pk, account.agency_id)
    audit.record(actor=actor, kind="client.token", subject=f"client:{account.pk}", facts={"scopes": row.scope.split()})


def _error(status: int, code: str, words: str) -> HttpResponse:
    return JsonResponse(
        {"error": code, "error_description": words}, status=status, headers={"Cache-Control": "no-store"}
    )

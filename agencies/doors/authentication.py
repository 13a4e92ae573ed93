"""Who knocks at the API: an officer with a web session (and CSRF), or a service account with a 15-minute token."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from agencies import prepared
from agencies.actors import Actor
from agencies.errors import NotPermitted
from agencies.models import Officer
from agencies.roles import Role

_ACCOUNT_OF = (
    "SELECT s.id, s.agency_id, t.scope, s.name FROM oauth2_provider_accesstoken t"
    " JOIN agencies_serviceaccount s ON s.application_id = t.application_id"
    " JOIN agencies_agency a ON a.id = s.agency_id"
    " WHERE t.token_checksum = %s::text AND t.expires > now() AND s.is_active AND a.is_active"
)


class CsrfFailed(NotPermitted):
    code = "csrf_failed"


class Machine:
    """The authenticated user of a token: a service account, never an officer."""

    is_authenticated = True
    pk = None

    def __init__(self, service_id: int, agency_id: int, scopes: str, name: str) -> None:
        self.name = name
        self.scopes = frozenset(scopes.split())
        self.actor = service_actor(service_id, agency_id)

    def __str__(self) -> str:
        return self.actor.label


def service_actor(service_id: int, agency_id: int) -> Actor:
    """A service account files for its agency as a drafter, and nothing else."""
    return Actor(label=f"service:{service_id}", role=Role.DRAFTER, agency_id=agency_id, service_id=service_id)


class ServiceTokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer …`. One query; revoking a client or its agency works at the next request."""

    def authenticate(self, request: Request) -> tuple[Machine, str] | None:
        kind, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        checksum = hashlib.sha256(token.strip().encode("utf-8", "surrogatepass")).hexdigest()
        found = prepared.rows(_ACCOUNT_OF, [checksum])
        if not found:
            raise exceptions.AuthenticationFailed(_("令牌无效或已过期，请重新取得。"))
        return Machine(*found[0]), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class OfficerSessionAuthentication(authentication.SessionAuthentication):
    """The web session, with CSRF on writes. The acting appointment was set by ActorMiddleware."""

    def authenticate(self, request: Request) -> tuple[Officer, None] | None:
        officer = getattr(request._request, "user", None)
        if not isinstance(officer, Officer) or not officer.is_active:
            return None
        self.enforce_csrf(request)
        return officer, None

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            raise CsrfFailed(_("请求头要带 X-CSRFToken，值取自 csrftoken Cookie。")) from None

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def actor_of(request: Any) -> Actor:
    """The actor behind an authenticated request of either kind."""
    if isinstance(request.user, Machine):
        return request.user.actor
    actor: Actor = request._request.actor
    return actor

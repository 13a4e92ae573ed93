"""Locked accounts at the door: under which name axes counts, how many tries are left, and the page of a lock."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agencies import locks
from agencies.models import Officer


def axes_username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name under which axes counts failures (agencies/locks.py)."""
    return locks.key_of(_typed(request, credentials))


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page instead of an answer once five tries have failed; the same for a police number that nobody has."""
    number = _typed(request, credentials)
    until = locks.locked_until([number]).get(number, timezone.now() + settings.AXES_COOLOFF_TIME)
    seconds = max(60, (until - timezone.now()).total_seconds())
    context = {"minutes": -int(-seconds // 60), "limit": settings.AXES_FAILURE_LIMIT}
    response = render(request, "account/locked.html", context, status=429)
    response["Retry-After"] = str(int(seconds))
    return response


def tries_left(request: HttpRequest) -> int | None:
    """How many tries are left after the failure in this request; None when nothing failed."""
    failures = getattr(request, "axes_failures_since_start", None)
    return None if failures is None else max(0, settings.AXES_FAILURE_LIMIT - failures)


def code_allowed(request: HttpRequest, officer: Officer) -> bool:
    """Whether a code may be tried at all: passwords and codes share one count. Tries wait for one another from here."""
    locks.one_at_a_time(officer.police_number)
    credentials = {"username": officer.police_number}
    if AxesProxyHandler.is_allowed(request, credentials):
        return True
    request.axes_locked_out, request.axes_credentials = True, credentials  # type: ignore[attr-defined]
    return False


def code_failed(request: HttpRequest, officer: Officer) -> bool:
    """Count a wrong code as axes counts a wrong password; whether that locked the account."""
    user_login_failed.send(sender=__name__, credentials={"username": officer.police_number}, request=request)
    return bool(getattr(request, "axes_locked_out", False))


def _typed(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    given = (credentials or {}).get("username") or (credentials or {}).get(settings.AXES_USERNAME_FORM_FIELD)
    if not given and request is not None:
        given = request.POST.get(settings.AXES_USERNAME_FORM_FIELD, "")
    return str(given or "")

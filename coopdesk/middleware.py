"""What surrounds every request: an id, kind refusal of hostile bytes, session limits, language, and the acting officer."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib import auth
from django.db import DataError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from agencies import scope
from agencies.errors import DomainError, Malformed
from agencies.models import Officer
from agencies.officers import actor_for, appointments_of, unappointed
from agencies.plain_text import storable
from coopdesk.errors import in_domain_words, in_house_shape, render_error, wants_json

Handler = Callable[[HttpRequest], HttpResponse]


logger = structlog.get_logger("coopdesk.request")


class RequestIdMiddleware:
    """Every answer carries X-Request-ID; logs and audit events carry the same. One line is logged for each request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        actor = getattr(request, "actor", None)
        logger.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(1000 * (time.perf_counter() - began), 1),
            actor=actor.label if actor else "",
        )
        return response


class HostileInputMiddleware:
    """NUL bytes and lone surrogates cannot be stored; say so before any view sees them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = [request.path, *request.COOKIES.values(), *request.GET]
        given += [value for _name, values in request.GET.lists() for value in values]
        if any(map(self._hostile, given)):
            return render_error(request, Malformed())
        return self.get_response(request)

    @staticmethod
    def _hostile(text: str | list[Any]) -> bool:
        return not all(map(storable, text))


class SessionLimitMiddleware:
    """Ends a session after the idle limit or the absolute limit (settings), whichever comes first."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if auth.SESSION_KEY in session:
            now = time.time()
            began, seen = session.setdefault("began", now), session.get("seen", now)
            idle, absolute = settings.SESSION_IDLE_LIMIT, settings.SESSION_ABSOLUTE_LIMIT
            if now - seen > idle.total_seconds() or now - began > absolute.total_seconds():
                session.flush()
                session["ended"] = "limit"
            elif now - seen > 30 or "seen" not in session:
                session["seen"] = now
        return self.get_response(request)


class LanguageMiddleware:
    """The switch's cookie, else the officer's choice, else Chinese; at the machine doors Accept-Language comes first."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._chosen(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    @staticmethod
    def _chosen(request: HttpRequest) -> str:
        if wants_json(request) and (accepted := _accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))):
            return accepted
        known = dict(settings.LANGUAGES)
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in known and isinstance(request.user, Officer):
            language = request.user.language
        return language if language in known else "zh-hans"


def _accepted(header: str) -> str:
    for code, _quality in parse_accept_lang_header(header):
        with contextlib.suppress(LookupError):
            return str(get_supported_language_variant(code))
    return ""


class ActorMiddleware:
    """One transaction per request, in which the database knows who acts; domain errors become pages here.

    A session user acts under one appointment, looked up anew at each request: moving or ending it works at once. API
    views set the scope after their own authentication (agencies/doors/api.py).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "outside_transaction", False):
            return None
        try:
            with transaction.atomic():
                self._enter(request)
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and callable(response.render):
                    response = response.render()
                return in_house_shape(request, response)
        except (DomainError, DataError, OperationalError) as error:
            refusal = in_domain_words(error)
            if isinstance(refusal, DomainError):
                return render_error(request, refusal)
            raise

    @staticmethod
    def _enter(request: HttpRequest) -> None:
        officer = request.user
        if not isinstance(officer, Officer):
            return
        posts = appointments_of(officer)
        request.appointments = posts  # type: ignore[attr-defined]
        request.actor = actor_for(posts[0]) if posts else unappointed(officer)  # type: ignore[attr-defined]
        scope.enter(request.actor)  # type: ignore[attr-defined]

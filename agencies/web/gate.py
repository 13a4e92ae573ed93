"""The gate before every page: who has not logged in, must change his password, or still owes a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from agencies.models import Officer

PASSWORD_PAGE, FACTORS_PAGE = "account_change_password", "mfa_index"
_WHILE_ENROLLING = ("mfa_", "account_")


class GateMiddleware(LoginRequiredMiddleware):
    """Django's login gate, which brings the officer back to where he was, and two duties that come before work."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view_func, "login_required", True) and not request.path.startswith("/api/"):
            return None
        if not isinstance(request.user, Officer):
            if getattr(view_func, "answers_signed_out", False):
                return None
            return super().process_view(request, view_func, view_args, view_kwargs)  # type: ignore[return-value]
        page = duty_of(request)
        return self._send(request, page) if page else None

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        """To the log-in page, with the way back: the page that sent a form, not the address the form went to."""
        back = request.get_full_path()
        if "HX-Request" in request.headers:
            back = _own_page(request, "HX-Current-URL")
        elif request.method not in ("GET", "HEAD"):
            back = _own_page(request, "Referer")
        answer = redirect_to_login(back, resolve_url(settings.LOGIN_URL)) if back else _to(settings.LOGIN_URL)
        return HttpResponseClientRedirect(answer.url) if "HX-Request" in request.headers else answer

    @staticmethod
    def _send(request: HttpRequest, page: str) -> HttpResponse:
        if request.path.startswith("/api/"):
            words = {PASSWORD_PAGE: _("先在网页上修改初始密码。"), FACTORS_PAGE: _("先在网页上添加第二因素。")}
            code = {PASSWORD_PAGE: "password_change_required", FACTORS_PAGE: "second_factor_required"}[page]
            body = {
                "type": f"/problems/{code}",
                "title": _("没有权限"),
                "status": 403,
                "code": code,
                "detail": words[page],
            }
            return JsonResponse(body, status=403, content_type="application/problem+json")
        return HttpResponseClientRedirect(reverse(page)) if "HX-Request" in request.headers else _to(page)


def duty_of(request: HttpRequest) -> str:
    """The page an officer must pass before any other; empty when he is free."""
    name = (request.resolver_match.url_name if request.resolver_match else "") or ""
    if request.user.must_change_password:  # type: ignore[union-attr]
        return "" if name == PASSWORD_PAGE else PASSWORD_PAGE
    if settings.REQUIRE_MFA and not name.startswith(_WHILE_ENROLLING) and not has_second_factor(request.user):
        return FACTORS_PAGE
    return ""


def has_second_factor(officer: Any) -> bool:
    """An authenticator app or a passkey; recovery codes alone do not count."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=officer.pk, type__in=kinds).exists())


def _own_page(request: HttpRequest, header: str) -> str:
    """The path of a page of ours named in a header, or nothing."""
    url = urlsplit(request.headers.get(header, ""))
    if url.netloc != request.get_host():
        return ""
    return f"{url.path}?{url.query}" if url.query else url.path


def _to(page: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(resolve_url(page))

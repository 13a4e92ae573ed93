"""allauth's pages, mounted one by one with our checks around them (agencies/web/account_urls.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from agencies import locks
from agencies.models import Officer
from agencies.web import lockout, session_events
from agencies.web.gate import has_second_factor

View = Callable[..., HttpResponse]


def _ours(view: View) -> View:
    """Run a page of allauth inside the request's transaction: record changed factors, turn its exceptions into pages."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        officer = _watched(request)
        before = session_events.factors_of(officer) if officer else {}
        try:
            response = view(request, *args, **kwargs)
        except ImmediateHttpResponse as answer:
            response = answer.response
        except ReauthenticationRequired:
            return _prove_first(request)
        if hasattr(response, "render"):
            response = response.render()
        if officer and request.method == "POST":
            session_events.factors_changed(officer, before)
        return response

    return page


def _watched(request: HttpRequest) -> Officer | None:
    """The officer whose factors this page may change; None for the page within a page that follows a new proof."""
    if getattr(request, "factors_watched", False) or not isinstance(request.user, Officer):
        return None
    request.factors_watched = True  # type: ignore[attr-defined]
    return request.user


def _prove_first(request: HttpRequest) -> HttpResponse:
    """Ask for the password (or a factor) again; the form that was sent is carried out after that."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    page = methods[0]["url"] if methods else reverse("account_login")
    response: HttpResponse = flows.reauthentication.suspend_request(request, page)
    return response


class _LoginView(account.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"tries_left": lockout.tries_left(self.request)}


class _FactorsView(mfa.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        has_factor = has_second_factor(self.request.user)
        return context | {"has_factor": has_factor, "must_enrol": settings.REQUIRE_MFA and not has_factor}


_login = _ours(_LoginView.as_view())


def list_passkeys(request: HttpRequest) -> HttpResponse:
    """Passkeys stand on the page of all second factors."""
    return redirect("mfa_index")


@wraps(_login)
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page. Tries for one police number wait for one another: twenty at once are still five."""
    if request.method == "POST":
        locks.one_at_a_time(request.POST.get("login", ""))
    return _login(request)


log_out = _ours(account.logout)
change_password = _ours(account.password_change)
reauthenticate = _ours(account.reauthenticate)

factors = _ours(_FactorsView.as_view())
authenticate_code = _ours(mfa.authenticate)
reauthenticate_code = _ours(mfa.reauthenticate)
activate_totp = _ours(totp.activate_totp)
deactivate_totp = _ours(totp.deactivate_totp)
view_recovery_codes = _ours(recovery_codes.view_recovery_codes)
generate_recovery_codes = _ours(recovery_codes.generate_recovery_codes)
login_passkey = _ours(webauthn.login_webauthn)
add_passkey = _ours(webauthn.add_webauthn)
edit_passkey = _ours(webauthn.edit_webauthn)
remove_passkey = _ours(webauthn.remove_webauthn)
reauthenticate_passkey = _ours(webauthn.reauthenticate_webauthn)

"""我的账户: who I am, my appointments, my password and second factors, how I like the pages."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies import delegation_notices, delegations
from agencies.commands.own_account import NOTICE_SETTINGS, PREFERENCES, set_notice_settings, set_preferences
from agencies.doors.forms import attach, sent
from agencies.errors import Malformed
from agencies.models import Appointment, CalendarFeed, Officer
from agencies.notice_settings import settings_of
from agencies.people import history_of
from agencies.roles import CASE_ROLES
from agencies.web.forms import PreferencesForm
from agencies.web.notice_settings_form import NO_HOUR, NoticeSettingsForm


@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: HttpRequest) -> HttpResponse:
    """Show it; a POST stores the preferences."""
    officer = _officer(request)
    form = PreferencesForm(sent(request), initial=_preferences(officer))
    if request.method == "POST" and form.is_valid():
        set_preferences(actor=request.actor, officer=officer, **form.cleaned_data)  # type: ignore[attr-defined]
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("设置已保存。"))
        response = redirect("my-account")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
        return response
    delegation_notices.read(request.actor)  # type: ignore[attr-defined]
    return _page(request, officer, form, NoticeSettingsForm(initial=_notice_settings(officer)))


@require_POST
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Store how he hears of things outside the inbox, or show what cannot stand beside the fields."""
    officer = _officer(request)
    form = NoticeSettingsForm(request.POST, initial=_notice_settings(officer))
    if form.is_valid():
        try:
            set_notice_settings(actor=request.actor, officer=officer, **form.cleaned_data)  # type: ignore[attr-defined]
        except Malformed as error:
            attach(form, error)
        else:
            messages.success(request, _("通知设置已保存。"))
            return redirect(f"{reverse('my-account')}#notices")
    return _page(request, officer, PreferencesForm(initial=_preferences(officer)), form)


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer)
    return request.user


def _preferences(officer: Officer) -> dict[str, Any]:
    return {name: getattr(officer, name) for name in PREFERENCES}


def _notice_settings(officer: Officer) -> dict[str, Any]:
    stored = settings_of([officer.pk])[officer.pk]
    values = {name: getattr(stored, name) for name in NOTICE_SETTINGS}
    return {name: NO_HOUR if value is None else value for name, value in values.items()}


def _page(
    request: HttpRequest, officer: Officer, form: PreferencesForm, notices_form: NoticeSettingsForm
) -> HttpResponse:
    factors = Authenticator.objects.filter(user_id=officer.pk).values_list("type", flat=True)
    context = {
        "form": form,
        "notices_form": notices_form,
        "posts": _lendable(history_of(officer)),
        "delegations": delegations.of_officer(officer),
        "feed": CalendarFeed.objects.filter(officer=officer).first(),
        "totp": Authenticator.Type.TOTP in factors,
        "passkeys": sum(kind == Authenticator.Type.WEBAUTHN for kind in factors),
    }
    status = 400 if form.errors or notices_form.errors else 200
    return render(request, "agencies/my_account.html", context, status=status)


def _lendable(posts: list[Appointment]) -> list[Appointment]:
    """Each with `lendable`: case work only, and in office."""
    for post in posts:
        now = not (post.ended or post.coming)  # type: ignore[attr-defined]
        post.lendable = post.role in CASE_ROLES and now  # type: ignore[attr-defined]
    return posts

"""我的账户: who I am, my appointments, my password and second factors, how I like the pages."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies import delegation_notices, delegations
from agencies.commands.own_account import PREFERENCES, set_preferences
from agencies.doors.forms import sent
from agencies.models import Appointment, CalendarFeed, Officer
from agencies.people import history_of
from agencies.roles import CASE_ROLES
from agencies.web.forms import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: HttpRequest) -> HttpResponse:
    """Show it; a POST stores the preferences."""
    officer = request.user
    assert isinstance(officer, Officer)
    initial = {name: getattr(officer, name) for name in PREFERENCES}
    form = PreferencesForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        set_preferences(actor=request.actor, officer=officer, **form.cleaned_data)  # type: ignore[attr-defined]
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("设置已保存。"))
        response = redirect("my-account")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
        return response
    delegation_notices.read(request.actor)  # type: ignore[attr-defined]
    factors = Authenticator.objects.filter(user_id=officer.pk).values_list("type", flat=True)
    context = {
        "form": form,
        "posts": _lendable(history_of(officer)),
        "delegations": delegations.of_officer(officer),
        "feed": CalendarFeed.objects.filter(officer=officer).first(),
        "totp": Authenticator.Type.TOTP in factors,
        "passkeys": sum(kind == Authenticator.Type.WEBAUTHN for kind in factors),
    }
    return render(request, "agencies/my_account.html", context, status=400 if form.errors else 200)


def _lendable(posts: list[Appointment]) -> list[Appointment]:
    """Each with `lendable`: case work only, and in office."""
    for post in posts:
        now = not (post.ended or post.coming)  # type: ignore[attr-defined]
        post.lendable = post.role in CASE_ROLES and now  # type: ignore[attr-defined]
    return posts

"""日历订阅 on 我的账户: make the address, which is shown once, and take it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agencies.commands import feeds


@require_POST
@never_cache
def feed_make(request: HttpRequest) -> HttpResponse:
    """A new address, shown on this page and nowhere else."""
    token = feeds.make(actor=request.actor)  # type: ignore[attr-defined]
    address = request.build_absolute_uri(reverse("calendar-feed", args=[token]))
    return render(request, "agencies/feed_done.html", {"address": address}, status=201)


@require_POST
def feed_revoke(request: HttpRequest) -> HttpResponse:
    """End it: calendars get nothing any more."""
    if feeds.revoke(actor=request.actor):  # type: ignore[attr-defined]
        messages.success(request, _("日历订阅已停用，原来的地址立即失效。"))
    return redirect("my-account")

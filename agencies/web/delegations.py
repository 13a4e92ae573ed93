"""代办: an officer lends a role from his account; both sides and the security administrator end it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.actors import Actor
from agencies.commands import delegations
from agencies.commands.accounts import require
from agencies.delegations import whole_area
from agencies.doors.forms import attach, sent
from agencies.doors.reading import Query
from agencies.errors import Conflict, Malformed
from agencies.models.delegations import COMING, LONGEST, RUNNING
from agencies.officers import officers_at
from agencies.roles import Role
from agencies.web.forms import DelegationForm

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def delegation_lend(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Lend one of one's own roles: to whom, until when, why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    post = delegations.lendable(actor, appointment_id)
    colleagues = officers_at(post.agency_id).exclude(pk=post.officer_id)
    form = DelegationForm(sent(request), colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        to, why = form.cleaned_data["delegate"], form.cleaned_data["reason"]
        begins, ends = form.period()
        try:
            delegations.lend(
                actor=actor, appointment_id=post.pk, delegate=to, starts_at=begins, ends_at=ends, reason=why
            )
        except (Malformed, Conflict) as error:
            attach(form, error)
        else:
            messages.success(request, _("已请人代办，到期自动结束，随时可以收回。"))
            return redirect("my-account")
    context = {
        "form": form,
        "post": post,
        "colleagues": colleagues,
        "last_day": timezone.localdate() + LONGEST - timedelta(days=1),
    }
    return render(request, "agencies/delegation_lend.html", context, status=400 if form.errors else 200)


@require_POST
def delegation_revoke(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """Take a role back, give it back, or end it as security administrator."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        delegations.revoke(actor=actor, delegation_id=delegation_id)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("代办已结束，下一次操作就生效。"))
    return redirect("delegation-list" if actor.role == Role.SECURITY_ADMIN else "my-account")


@require_safe
def delegation_list(request: HttpRequest) -> HttpResponse:
    """The delegations of the security administrator's area, those that can still be ended by default."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Role.SECURITY_ADMIN)
    query = Query(request.GET)
    every = query.one_of("state", ("", "all")) == "all"
    query.check()
    found = whole_area(actor)
    rows = list(found[:SHOWN] if every else found.filter(state__in=_OPEN)[:SHOWN])
    context = {"rows": rows, "every": every, "running": found.filter(state=RUNNING).count()}
    return render(request, "agencies/delegation_list.html", context)


_OPEN = (RUNNING, COMING)

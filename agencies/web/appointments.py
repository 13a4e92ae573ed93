"""Appointments: the security administrator grants and ends them; every officer chooses under which of his own he acts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import people
from agencies.actors import Actor
from agencies.commands import appointments, delegations
from agencies.commands.accounts import require
from agencies.doors.forms import attach, sent
from agencies.doors.home import home_of
from agencies.errors import Conflict, Malformed, NotPermitted, NotVisible
from agencies.models import Officer
from agencies.queries import search_agencies
from agencies.roles import Role
from agencies.web.forms import PICKED, AppointmentForm


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_grant(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Appoint an officer: agency, role, from, until."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Role.SECURITY_ADMIN)
    officer = people.get_officer(actor, officer_id)
    if officer.pk == actor.officer_id:
        raise NotPermitted(_("不能改动自己的任职，请另一名安全管理员办理。"))
    form = AppointmentForm(sent(request))
    if request.method == "POST" and form.is_valid() and form.picked is not None:
        try:
            appointments.grant(
                actor=actor,
                officer_id=officer.pk,
                agency_id=form.picked.pk,
                role=form.cleaned_data["role"],
                **form.period(),
            )
        except (Malformed, Conflict) as error:
            attach(form, error)
        else:
            messages.success(request, _("已任命，他的下一次操作就生效。"))
            return redirect("officer-detail", officer.pk)
    context = {"form": form, "person": officer, "posts": people.history_of(officer, within=actor)}
    return render(request, "agencies/appointment_grant.html", context, status=400 if form.errors else 200)


@require_POST
def appointment_end(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """End an appointment now, or call off one that has not begun."""
    try:
        appointment = appointments.end(actor=request.actor, appointment_id=appointment_id)  # type: ignore[attr-defined]
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("officer-list")
    messages.success(request, _("任职已结束，他的下一次操作就生效。"))
    return redirect("officer-detail", appointment.officer_id)


@require_safe
def agency_options(request: HttpRequest) -> HttpResponse:
    """Agencies to choose from while typing: a fragment of radio buttons."""
    text = request.GET.get("agency_text", "")[:100]
    return render(request, "agencies/_agency_options.html", {"options": search_agencies(text, PICKED), "asked": text})


@require_POST
def acting_as(request: HttpRequest) -> HttpResponse:
    """Act under another of one's own appointments, or under one that was lent, from the next page on; begins at its first
    page.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    officer = request.user
    assert isinstance(officer, Officer)
    if "delegation" in request.POST:
        delegations.act_for(actor=actor, officer=officer, delegation_id=_number(request.POST["delegation"]))
    else:
        appointments.act_as(actor=actor, officer=officer, appointment_id=_number(request.POST.get("appointment", "")))
    officer.refresh_from_db(fields=["acting_appointment", "acting_delegation"])
    return redirect(home_of(officer))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotVisible
    return int(text)

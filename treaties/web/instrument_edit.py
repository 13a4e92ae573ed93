"""The desk's forms of the registry: a value corrected or confirmed, a new instrument, a new party."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.actors import Actor
from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible, StaleVersion
from treaties.family_words import family_name
from treaties.instrument_commands import Row, add_instrument, add_party, add_provision, correct_value, correctable
from treaties.models import DOMESTIC, Instrument, InstrumentKind, Provision
from treaties.policies import require_desk
from treaties.queries import registry
from treaties.web.fact_words import LABELS, officers_of, titled, value_of
from treaties.web.instrument_forms import NewInstrumentForm, NewPartyForm, NewProvisionForm, ReasonForm, ValueForm
from treaties.web.instruments import actor_of, instrument_or_404, party_or_404
from treaties.withdrawing import restore, withdraw

_REFUSALS = (Malformed, GuardFailed, Conflict)


@require_http_methods(["GET", "HEAD", "POST"])
def value_edit(request: HttpRequest, code: str, field: str, country: str = "", family: str = "") -> HttpResponse:
    """Correct or confirm one value of an instrument, of a party or of a provision. When somebody was faster, his value
    stands beside what was typed, and nothing is saved until it is sent again."""
    actor = actor_of(request)
    require_desk(actor)
    instrument = instrument_or_404(actor, code)
    row, back, about = _target(actor, instrument, country, family)
    if field not in correctable(row):
        raise NotVisible
    form = _value_form(request, row, field)
    stale: StaleVersion | None = None
    if form.is_bound and form.is_valid():
        try:
            correct_value(actor=actor, row=row, new=form.new())
        except StaleVersion as error:
            stale = error
            row.refresh_from_db()
            form = _value_form(request, row, field, seen=_seen(row, field))
        except _REFUSALS as error:
            attach(form, error)
        else:
            messages.success(request, _("已保存。原来的值和它的出处留在沿革里。"))
            return redirect(back)
    context = {
        "form": form,
        "label": LABELS[field],
        "title": titled(instrument),
        "about": about,
        "back": back,
        "stale": stale,
        "held": value_of(row, field, officers=officers_of([row])),
        "history": registry.last_change(row, field),
    }
    status = stale.status if stale else 400 if form.errors else 200
    return render(request, "treaties/instrument_value.html", context, status=status)


def _value_form(request: HttpRequest, row: Row, field: str, seen: int | None = None) -> ValueForm:
    held = getattr(row, field)
    data = sent(request)
    if data is not None and seen is not None:
        data = data.copy()
        data["seen"] = str(seen)
    first = {"value": " ".join(held) if isinstance(held, list) else held, "seen": _seen(row, field)}
    return ValueForm(data, row, field, initial=first | {"as_of": timezone.localdate()})


def _seen(row: Row, field: str) -> int:
    last = registry.last_change(row, field)
    return last.pk if last else 0


def _target(actor: Actor, instrument: Instrument, country: str, family: str) -> tuple[Row, str, Any]:
    """The row that is meant, the page to go back to, and whose value it is."""
    page = reverse("instrument-detail", kwargs={"code": instrument.code})
    if country:
        _one, party = party_or_404(actor, instrument.code, country)
        back = reverse("instrument-party", kwargs={"code": instrument.code, "country": country})
        return party, back, party.country.name
    if family:
        provision = Provision.objects.filter(instrument=instrument, family=family).first()
        if provision is None:
            raise NotVisible
        return provision, f"{page}#provisions", family_name(family)
    return instrument, page, ""


@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, code: str, country: str = "") -> HttpResponse:
    """Withdraw what was entered by mistake, or bring back what was withdrawn; with a reason."""
    actor = actor_of(request)
    require_desk(actor)
    instrument = instrument_or_404(actor, code)
    row, back, about = _target(actor, instrument, country, "")
    assert not isinstance(row, Provision)
    withdrawn = row.withdrawn_at is not None
    form = ReasonForm(sent(request))
    if form.is_bound and form.is_valid():
        try:
            (restore if withdrawn else withdraw)(actor=actor, row=row, reason=form.cleaned_data["reason"])
        except _REFUSALS as error:
            attach(form, error)
        else:
            messages.success(request, _("已恢复。") if withdrawn else _("已撤下，只有录入人员还能看到。"))
            return redirect(back)
    context = {
        "form": form,
        "title": titled(instrument),
        "about": about,
        "back": back,
        "row": row,
        "withdrawn": withdrawn,
    }
    return render(request, "treaties/instrument_withdraw.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def instrument_new(request: HttpRequest) -> HttpResponse:
    """Enter a treaty, an agreement, a convention or an assurance, with its source."""
    actor = actor_of(request)
    require_desk(actor)
    form = NewInstrumentForm(sent(request), initial={"as_of": timezone.localdate(), **request.GET.dict()})
    if form.is_bound and form.is_valid():
        try:
            instrument = add_instrument(actor=actor, new=form.new())
        except _REFUSALS as error:
            attach(form, error)
        else:
            messages.success(request, _("已录入。其他资料可以在这一页逐项补充。"))
            return redirect("instrument-detail", code=instrument.code)
    return render(request, "treaties/instrument_new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def party_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a country's part in a convention."""
    actor = actor_of(request)
    require_desk(actor)
    instrument = instrument_or_404(actor, code)
    if instrument.kind != InstrumentKind.MULTILATERAL:
        raise NotVisible
    form = NewPartyForm(sent(request), initial={"as_of": timezone.localdate()})
    if form.is_bound and form.is_valid() and (new := form.new()) is not None:
        try:
            add_party(actor=actor, instrument=instrument, new=new)
        except _REFUSALS as error:
            attach(form, error)
        else:
            messages.success(request, _("已添加缔约方。"))
            return redirect("instrument-party", code=code, country=new.country.code)
    context = {"form": form, "title": titled(instrument), "instrument": instrument}
    return render(request, "treaties/instrument_party_new.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def provision_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter that an instrument covers further requests, and what it demands of them."""
    actor = actor_of(request)
    require_desk(actor)
    instrument = instrument_or_404(actor, code)
    if instrument.kind in DOMESTIC:
        raise NotVisible
    form = NewProvisionForm(sent(request), initial={"as_of": timezone.localdate()})
    if form.is_bound and form.is_valid():
        try:
            add_provision(actor=actor, instrument=instrument, new=form.new())
        except _REFUSALS as error:
            attach(form, error)
        else:
            messages.success(request, _("已录入。"))
            return redirect(f"{reverse('instrument-detail', kwargs={'code': code})}#provisions")
    context = {"form": form, "title": titled(instrument), "instrument": instrument}
    return render(request, "treaties/instrument_provision_new.html", context, status=400 if form.errors else 200)

"""法定期限: every period of the law, which of them hold for a country on a day, and the ministry's treaty periods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.actors import Actor
from agencies.doors.forms import attach, sent
from agencies.doors.words import period
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible
from countries.policies import keeps_facts
from treaties.commands import end_override, set_override
from treaties.models import PeriodOverride, RequestType, TimeLimit
from treaties.policies import require_desk
from treaties.queries import GROUPS, overrides, time_limits_for
from treaties.web.forms import EndForm, LimitFilter, OverrideForm
from treaties.web.period_words import own_alarms, sections


@require_safe
def limit_list(request: HttpRequest) -> HttpResponse:
    """The periods of every request type or of one; for a country and a day with what its treaty puts in their place."""
    today = timezone.localdate()
    form = LimitFilter({"on": today.isoformat()} | {name: value for name, value in request.GET.items() if value})
    kind, country, on = form.asked()
    limits = time_limits_for(kind, country_id=country.pk if country else None, on=on)
    found = sections(limits, RequestType.objects.all(), kind)
    context = {
        "form": form,
        "kind": kind,
        "country": country,
        "on": on,
        "narrowed": bool(kind or country or on != today),
        "sections": found,
        "unchecked": sum(row.unchecked for section in found for row in section.rows),
        "overrides": _told(overrides(country)),
        "may_write": keeps_facts(_actor(request)),
    }
    return render(request, "treaties/limit_list.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def override_new(request: HttpRequest) -> HttpResponse:
    """Enter a treaty's period; a link from a row of the list brings the period, the country and the type along."""
    actor = _actor(request)
    require_desk(actor)
    form = OverrideForm(sent(request), initial={name: value for name, value in request.GET.items() if value})
    if form.is_bound and form.is_valid() and (new := form.new()) is not None:
        try:
            row = set_override(actor=actor, new=new)
        except (Malformed, GuardFailed, Conflict) as error:
            attach(form, error)
        else:
            messages.success(request, _("已录入。以后开始计的时限按它，正在计的不变。"))
            return redirect(f"{reverse('time-limit-list')}?country={row.country.code}")
    return render(request, "treaties/override_new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def override_end(request: HttpRequest, override_id: int) -> HttpResponse:
    """End one; it stays on record."""
    actor = _actor(request)
    require_desk(actor)
    row = overrides(None).filter(pk=override_id).first()
    if row is None:
        raise NotVisible
    form = EndForm(sent(request), initial={"valid_to": timezone.localdate()})
    if form.is_bound and form.is_valid():
        try:
            end_override(actor=actor, override_id=row.pk, **form.cleaned_data)
        except (Malformed, Conflict) as error:
            attach(form, error)
        else:
            messages.success(request, _("已终止，记录留着。"))
            return redirect(f"{reverse('time-limit-list')}?country={row.country.code}")
    context = {"form": form, "told": _told([row])[0]}
    return render(request, "treaties/override_end.html", context, status=400 if form.errors else 200)


def _told(rows: Iterable[PeriodOverride]) -> list[dict[str, Any]]:
    """Overrides with their words: the period, the amount, the types they are for, their state today."""
    names = {row.key: row.name for row in TimeLimit.objects.all()}
    groups = dict(GROUPS)
    return [
        {
            "row": row,
            "name": names.get(row.key, row.key),
            "amount": period(row.amount, row.unit),
            "alarms": own_alarms(row),
            "scope": row.request_type.name if row.request_type else groups.get(row.family, _("所有有这个期限的类型")),
            "mark": _mark(row),
            "unchecked": row.confidence != PeriodOverride.Confidence.CONFIRMED,
        }
        for row in rows
    ]


def _mark(row: PeriodOverride) -> tuple[str, str]:
    """A shape of the status marks and the word beside it."""
    today = timezone.localdate()
    if row.valid_to is not None and row.valid_to <= max(today, row.valid_from):
        return "withdrawn", _("已终止")
    return ("waiting", _("还没有开始")) if row.valid_from > today else ("closed", _("适用中"))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor

"""The page of one frontier: how long it is and where that comes from, its history, and the desk's form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, Malformed, NotVisible, StaleVersion
from agencies.models import Officer
from coopdesk.web import country_words
from coopdesk.web.countries import actor_of, country_or_404
from countries.ledger import history_of, officers_in
from countries.ledger_commands import LENGTHS, fingerprint, state_length
from countries.models import FactChange, Frontier
from countries.policies import keeps_facts, require_keeper
from countries.source_form import SourceForm
from countries.source_words import Notes


class LengthForm(SourceForm):
    """A length with its source."""

    approx_km = forms.IntegerField(
        label=gettext_lazy("边界长度（公里）"),
        min_value=LENGTHS.start,
        max_value=LENGTHS.stop - 1,
        error_messages={"required": gettext_lazy("写明多少公里。"), "invalid": gettext_lazy("写整数。")},
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    field_order = ("approx_km", "source", "as_of", "seen")


@require_http_methods(["GET", "HEAD", "POST"])
def frontier_page(request: HttpRequest, code: str, division: str) -> HttpResponse:
    """Everybody reads the length and its history; the ministry's desk states it."""
    country, actor = country_or_404(code), actor_of(request)
    row = Frontier.objects.filter(country=country, division_code=division).first()
    if row is None:
        raise NotVisible
    if request.method == "POST":
        require_keeper(actor)
    form = LengthForm(sent(request), initial={"approx_km": row.approx_km, "seen": fingerprint(row)})
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        said = {name: typed[name] for name in ("source", "as_of", "seen")}
        try:
            state_length(actor=actor, frontier=row, value=typed["approx_km"], **said)
        except StaleVersion as error:
            row.refresh_from_db()
            form = LengthForm({**dict(form.data.items()), "seen": fingerprint(row)})
            form.add_error(None, str(error.message))
        except (Malformed, Conflict) as error:
            attach(form, error)
        else:
            messages.success(request, _("已记录，出处和日期一并保存，原来的值在历史里。"))
            return redirect("ledger-frontier", country.code, row.division_code)
    context = _context(row) | {"country": country, "row": row, "form": form if keeps_facts(actor) else None}
    return render(request, "coopdesk/ledger_frontier.html", context, status=400 if form.errors else 200)


def _context(row: Frontier) -> dict[str, Any]:
    changes = history_of(row)
    ids = officers_in([*row.provenance.values(), *(change.after for change in changes if change.after)])
    notes = Notes(Officer.objects.in_bulk(ids) if ids else {})
    return {"one": country_words.length(row, notes), "history": [_past(change, notes) for change in changes]}


def _past(change: FactChange, notes: Notes) -> dict[str, Any]:
    before, after = (country_words.kilometres(held.get("value")) for held in (change.before, change.after))
    facts = notes.pairs([change.after]) if change.after else []
    return {
        "change": change,
        "before": before,
        "after": after,
        "facts": facts,
        "confirmed": bool(before) and before == after,
    }

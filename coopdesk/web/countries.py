"""国别台账: the page of a country and of one request type there, composed from what each room offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.errors import NotVisible
from agencies.models import Officer
from agencies.roles import Role
from cases.queries.choices import asked_of_others
from cases.record.reading import read
from cases.web.record_rows import shown
from coopdesk.web import country_words
from countries.ledger import Ledger, ledger_of, officers_in
from countries.lookup import country_by_code
from countries.models import Country, LedgerRecord
from countries.policies import keeps_facts, proposes
from countries.record_words import officers_of
from countries.records import PURPOSES, records_of
from countries.source_form import day_field
from countries.source_words import Notes, Shown, plain
from countries.written import country_and_written
from treaties.codes import request_type_by_code
from treaties.legal_basis import legal_basis_for
from treaties.models import Standing
from treaties.of_country import Held, treaties_of


class DayForm(forms.Form):
    """The day for which standings are told; today unless one is named."""

    on = day_field(gettext_lazy("状态日期"), required=False)

    def asked(self, today: date) -> date:
        """The day that was asked for; what is wrong counts as today, and stands in `errors`."""
        self.full_clean()
        return self.cleaned_data.get("on") or today


def country_or_404(code: str) -> Country:
    """The partner country; NotVisible for every other code."""
    country = country_by_code(code.upper())
    if country is None:
        raise _no_partner()
    return country


def _no_partner() -> NotVisible:
    """No partner country has this code; the page leads to the list of them."""
    return NotVisible(_("没有这个伙伴国家。"), countries=reverse("country-list"))


def is_desk(request: HttpRequest) -> bool:
    """May he state values here? The middleware has read under which appointment he acts."""
    posts = getattr(request, "appointments", [])
    return bool(posts) and keeps_facts(actor_of(request), posts[0].agency)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_safe
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is known of a country before it is asked for anything, on a day."""
    found, today = country_and_written(code.upper()), timezone.localdate()
    if found is None:
        raise _no_partner()
    country, written = found
    form = DayForm({"on": request.GET.get("on") or today.isoformat()})
    on = form.asked(today)
    held, ledger, actor = treaties_of(country, on), ledger_of(country), actor_of(request)
    kept = list(records_of(country))
    notes = Notes(_officers(held, ledger, kept))
    there = [one for one in held if one.pair.standing not in (Standing.NONE, Standing.UNKNOWN)]
    zones, frontiers = _zones(country, notes), [(row, country_words.length(row, notes)) for row in ledger.frontiers]
    marks = len(ledger.unsettled) + zones.check + sum(length.check for _row, length in frontiers)
    known = country_words.Known(ledger=ledger, records=kept, written=written)
    parts = country_words.parts(known, notes, today, record=True)
    parts[0].rows.append(zones)
    region, subregion, other_name = country_words.place(country)
    context: dict[str, Any] = {
        "country": country,
        "region": region,
        "subregion": subregion,
        "other_name": other_name,
        "form": form,
        "on": on,
        "lede": country_words.lede(held, ledger, country_words.ongoing(kept, on)),
        "unsettled": marks,
        "unsettled_treaties": sum(one.unsettled for one in there),
        "parts": parts,
        "record": shown(read(country, actor)),
        "treaties": [country_words.treaty_row(one, notes) for one in there],
        "others": [country_words.treaty_row(one, notes) for one in held if one not in there],
        "two_sided": sum(one.bilateral for one in there),
        "many_sided": sum(not one.bilateral for one in there),
        "asking": country_words.matrix(
            ledger, country_words.asking(ledger, asked_of_others(), held, notes), availability=True
        ),
        "frontiers": frontiers,
        "desk": is_desk(request),
        "may_open": proposes(actor),
        "files": actor.role == Role.DRAFTER,
        "purposes": PURPOSES.items(),
        "sources": notes,
    }
    return render(request, "coopdesk/country.html", context, status=400 if form.errors else 200)


def _officers(held: Iterable[Held], ledger: Ledger, records: Iterable[LedgerRecord]) -> dict[int, Officer]:
    origins = [origin for one in held for row in (one.instrument, one.party) for origin in row.provenance.values()]
    origins += [origin for value in ledger.values for origin in value.origins]
    ids = officers_in(origins) | officers_of(records)
    return Officer.objects.in_bulk(ids) if ids else {}


def _zones(country: Country, notes: Notes) -> Shown:
    """The time zones, which stand with the country's own source."""
    origin = {"source": country.source, "as_of": "", "confidence": country.confidence or "secondary", "by": None}
    return plain(_("时区"), "、".join(country.time_zones), [origin] if country.source else [], notes)


@require_safe
def asking_page(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """How to ask the country for one type of request: every value by type, and the bases in law on a day."""
    country, today = country_or_404(code), timezone.localdate()
    request_type = request_type_by_code(kind)
    if request_type is None:
        raise NotVisible
    form = DayForm({"on": request.GET.get("on") or today.isoformat()})
    on = form.asked(today)
    ledger = ledger_of(country)
    notes = Notes(_officers([], ledger, []))
    bases = legal_basis_for(country, request_type, on)
    context = {
        "country": country,
        "kind": request_type,
        "form": form,
        "on": on,
        "rows": [*country_words.demanded(bases, notes), *country_words.type_rows(ledger, request_type, notes)],
        "bases": [country_words.basis_row(one, notes) for one in bases],
        "desk": is_desk(request),
        "sources": notes,
    }
    return render(request, "coopdesk/country_asking.html", context, status=400 if form.errors else 200)

"""条约法律: the registry's list, its timeline, the page of an instrument, the page of a party."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.errors import NotVisible
from agencies.language import english
from countries import facts
from countries.lookup import sound
from countries.models import UNSETTLED, Country, FactChange
from countries.policies import keeps_facts
from treaties.family_words import covered, family_name
from treaties.models import DOMESTIC, Instrument, InstrumentKind, Party, Provision, Standing
from treaties.queries import articles, registry
from treaties.queries.registry import Row
from treaties.standing import Pair
from treaties.web.fact_words import (
    LABELS,
    Value,
    fields_of,
    mark_of,
    merged_origins,
    officers_of,
    party_line,
    said,
    titled,
    value_of,
)
from treaties.web.instrument_forms import InstrumentFilter, OnDay, PartyFilter

PAGE = 50
EVENTS_SHOWN = 500
_KINDS = list(InstrumentKind.values)
# What the list can be ordered by; what has no day comes last.
_SORTS: dict[str, Callable[[Row], Any]] = {
    "kind": lambda row: (_KINDS.index(row.instrument.kind), row.instrument.code),
    "name": lambda row: (row.instrument.title_zh, row.instrument.code),
    "signed": lambda row: (row.first_day or date.max, row.instrument.code),
    "force": lambda row: (row.instrument.in_force_on or date.max, row.instrument.code),
}


def actor_of(request: HttpRequest) -> Actor:
    """Who is at the page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    """The instruments as they stand on a day, fifty at a time."""
    may_write = keeps_facts(actor_of(request))
    form = InstrumentFilter(request.GET, keeps=may_write)
    asked = form.asked()
    sort = request.GET.get("sort", "")
    sort = sort if sort in _SORTS else "kind"
    rows = sorted(registry.instruments_on(asked), key=_SORTS[sort])
    start, shown = _page(rows, request.GET.get("after", ""))
    context = {
        "form": form,
        "asked": asked,
        "sort": sort,
        "rows": [_listed(row) for row in shown],
        "first": start + 1,
        "last": start + len(shown),
        "total": len(rows),
        "previous": _before(rows, start),
        "following": shown[-1].instrument.code if start + len(shown) < len(rows) else "",
        "narrowed": form.narrowed(),
        "columns": [("name", _("名称")), ("kind", _("种类")), ("signed", _("签署")), ("force", LABELS["in_force_on"])],
        "may_write": may_write,
    }
    return render(request, "treaties/instrument_list.html", context, status=400 if form.errors else 200)


def _page(rows: Sequence[Row], after: str) -> tuple[int, Sequence[Row]]:
    """The rows after the one with this code; from the first when there is no such row."""
    start = next((n for n, row in enumerate(rows, 1) if row.instrument.code == after), 0)
    return start, rows[start : start + PAGE]


def _before(rows: Sequence[Row], start: int) -> str | None:
    """After which row the page before begins: "" for the first page, None when this is the first."""
    if start == 0:
        return None
    return rows[start - PAGE - 1].instrument.code if start > PAGE else ""


def _listed(row: Row) -> dict[str, Any]:
    one = row.instrument
    signed = "signed_on" if one.signed_on or not one.signed_partial else "signed_partial"
    return {
        "row": row,
        "title": titled(one),
        "kind": one.get_kind_display(),
        "partners": row.partners,
        "signed": value_of(one, signed, officers={}),
        "force": value_of(one, "in_force_on", officers={}),
        "mark": mark_of(row.pair),
        "unsettled": len(row.unsettled),
    }


@require_safe
def instrument_timeline(request: HttpRequest) -> HttpResponse:
    """What was signed, joined, came into force and ended, by year, the latest first."""
    form = InstrumentFilter(request.GET)
    asked = form.asked()
    events = registry.timeline(asked)
    years: dict[int, list[dict[str, Any]]] = {}
    for event in events[:EVENTS_SHOWN]:
        origin = value_of(event.row, event.field, officers={})
        told = {"event": event, "title": titled(event.instrument), "label": LABELS[event.field], "value": origin}
        years.setdefault(event.day.year, []).append(told)
    context = {
        "form": form,
        "asked": asked,
        "years": list(years.items()),
        "total": len(events),
        "cut": len(events) > EVENTS_SHOWN,
        "narrowed": form.narrowed(),
    }
    return render(request, "treaties/instrument_timeline.html", context, status=400 if form.errors else 200)


# --- One instrument --------------------------------------------------------------------------------------------------


@require_safe
def instrument_page(request: HttpRequest, code: str) -> HttpResponse:
    """One instrument: how it stands, its values with their sources, its parties, what it covers, what was changed."""
    actor = actor_of(request)
    instrument = instrument_or_404(actor, code)
    may_write = keeps_facts(actor)
    open_to_all = instrument.kind == InstrumentKind.MULTILATERAL
    on = PartyFilter(request.GET, []).day()
    sides = registry.parties_on(instrument, on)
    form = PartyFilter(request.GET, regions_of(side.country for side, _pair in sides))
    form.full_clean()
    provisions = registry.provisions_of(instrument)
    rows = [instrument, *(side for side, _pair in sides), *provisions]
    officers = officers_of(rows)
    pair = registry.standing_with(instrument, None if open_to_all or not sides else sides[0][0], on)
    values = [_value(instrument, name, officers, may_write, code=code) for name in fields_of(instrument)]
    # That no end is known is nothing to read; the desk may enter one.
    values = [value for value in values if may_write or value.text or value.field != "terminated_on"]
    shown = _wanted(sides, form)
    context = {
        "instrument": instrument,
        "name": registry.name_of(instrument),
        "title": titled(instrument),
        "form": form,
        "on": on,
        "mark": mark_of(pair),
        "values": values,
        "unsettled": sum(len(facts.unsettled(row)) for row in (instrument, *provisions)),
        "open_to_all": open_to_all,
        "domestic": instrument.kind in DOMESTIC,
        "parties": [_side(side, pair, officers, long=open_to_all) for side, pair in shown],
        "recorded": len(sides),
        "counts": _counts(sides) if open_to_all else [],
        "provisions": [_provision(one, officers, may_write, code) for one in provisions],
        "covered": covered(one.family for one in provisions),
        "articles": articles.articles_of_law(code) if instrument.kind in DOMESTIC else [],
        "events": [_dated(event, values) for event in registry.events_of(instrument)],
        "changes": [_change(change, rows) for change in registry.changes_of(rows)],
        "narrowed": form.narrowed("on"),
        "may_write": may_write,
        "withdrawn_parties": registry.withdrawn_parties(instrument) if may_write else [],
    }
    return render(request, "treaties/instrument.html", context, status=400 if form.errors else 200)


@require_safe
def party_page(request: HttpRequest, code: str, country: str) -> HttpResponse:
    """One country's part in an instrument, value by value."""
    actor = actor_of(request)
    instrument, party = party_or_404(actor, code, country)
    may_write = keeps_facts(actor)
    officers = officers_of([party])
    asked = OnDay(request.GET)
    on = asked.day()
    context = {
        "instrument": instrument,
        "title": titled(instrument),
        "party": party,
        "on": on,
        "mark": mark_of(registry.standing_with(instrument, party, on)),
        "values": [_value(party, name, officers, may_write, code=code, country=country) for name in fields_of(party)],
        "changes": [_change(change, [party]) for change in registry.changes_of([party])],
        "may_write": may_write,
    }
    return render(request, "treaties/instrument_party.html", context, status=400 if asked.errors else 200)


def instrument_or_404(actor: Actor, code: str) -> Instrument:
    """The instrument, or NotVisible: what was withdrawn only who keeps the registry sees."""
    instrument = registry.instrument_by_code(code)
    if instrument is None or (instrument.withdrawn_at and not keeps_facts(actor)):
        raise NotVisible
    return instrument


def party_or_404(actor: Actor, code: str, country: str) -> tuple[Instrument, Party]:
    """A convention and a country's part in it, or NotVisible: of a bilateral one the values are the instrument's own."""
    instrument = instrument_or_404(actor, code)
    party = registry.party_of(instrument, country)
    if party is None or instrument.kind != InstrumentKind.MULTILATERAL:
        raise NotVisible
    if party.withdrawn_at and not keeps_facts(actor):
        raise NotVisible
    return instrument, party


def regions_of(countries: Any) -> list[tuple[str, str]]:
    """The regions of these countries as a filter offers them: the Chinese name stands for the region."""
    found = {one.region_zh: one.region_en if english() else one.region_zh for one in countries if one.region_zh}
    return sorted(found.items(), key=lambda pair: pair[1])


def by_name(country: Country) -> str:
    """By what lists of countries are sorted in the language of the page."""
    return country.name_en if english() else sound(country)


# --- Parts of the page -----------------------------------------------------------------------------------------------


def _value(row: Any, name: str, officers: dict[int, str], may_write: bool, **place: str) -> Value:
    door = {1: "instrument-value", 2: "instrument-party-value"}[len(place)]
    url = reverse(door, kwargs={**place, "field": name}) if may_write else ""
    return value_of(row, name, officers=officers, url=url)


def _wanted(sides: Sequence[tuple[Party, Pair]], form: PartyFilter) -> list[tuple[Party, Pair]]:
    """The parties that were asked for, in the order of their names."""
    standing, region = (form.cleaned_data.get(name) or "" for name in ("standing", "region"))
    shown = [
        (side, pair)
        for side, pair in sides
        if standing in ("", pair.standing) and region in ("", side.country.region_zh)
    ]
    return sorted(shown, key=lambda one: by_name(one[0].country))


def _side(party: Party, pair: Pair, officers: dict[int, str], *, long: bool) -> dict[str, Any]:
    return {
        "party": party,
        "mark": mark_of(pair),
        "dates": party_line(party),
        "texts": [said(name, getattr(party, name))[0] for name in ("joined_by", "reservation", "authority")],
        "origin": merged_origins(party, officers),
        "check": any(held["confidence"] in UNSETTLED for held in party.provenance.values()),
        "long": long,
    }


def _counts(sides: Sequence[tuple[Party, Pair]]) -> list[tuple[Standing, int]]:
    found = [pair.standing for _side, pair in sides]
    return [(standing, found.count(standing)) for standing in Standing if standing in found]


def _provision(one: Provision, officers: dict[int, str], may_write: bool, code: str) -> dict[str, Any]:
    place = {"code": code, "family": one.family}
    urls = {name: reverse("instrument-provision-value", kwargs={**place, "field": name}) for name in fields_of(one)}
    values = [value_of(one, name, officers=officers, url=urls[name] if may_write else "") for name in urls]
    return {
        "family": value_of(one, "family", officers=officers),
        "name": family_name(one.family),
        "values": values[:2],
        "demands": [value for value in values[2:] if value.text],
        # What the desk may enter.
        "blank": [value for value in values[2:] if may_write and not value.text],
    }


def _dated(event: registry.Event, values: Sequence[Value]) -> dict[str, Any]:
    found = next((value for value in values if value.field == event.field), None)
    return {"event": event, "label": LABELS[event.field], "value": found}


def _change(change: FactChange, rows: Sequence[Any]) -> dict[str, Any]:
    """One line of the history: what it was, what it became, on whose word."""
    row = next((one for one in rows if one.subject == change.subject), None)
    of = row.country.name if isinstance(row, Party) else family_name(row.family) if isinstance(row, Provision) else ""
    before, after = (said(change.field, part.get("value"))[0] for part in (change.before, change.after))
    return {
        "change": change,
        "of": of,
        "label": LABELS.get(change.field, change.field),
        "before": before,
        "after": after,
        "confirmed": bool(before) and before == after,
        "source": change.after.get("source", ""),
    }

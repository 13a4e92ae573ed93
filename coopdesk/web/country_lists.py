"""The home of the ledgers: find a country, what awaits checking, what changed, what is stale, and two to four side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies.language import english
from agencies.models import Officer
from coopdesk.web import change_words, country_words
from coopdesk.web.countries import is_desk
from countries import ledger
from countries.ledger import Origins, Value
from countries.lookup import country_by_code, partner_countries, search_countries, sound
from countries.models import Country, Frontier, LedgerEntry, LedgerTopic
from countries.section_care import overdue
from countries.section_words import age_of
from countries.source_words import Notes, Shown, shown
from treaties.models import InstrumentKind
from treaties.of_country import in_force_by_country

MOST_COMPARED, CHANGES_SHOWN = 4, 200
Tab = dict[str, Any]
_TABS: tuple[tuple[str, str | Promise], ...] = (
    ("country-list", gettext_lazy("台账")),
    ("country-unsettled", gettext_lazy("待核实")),
    ("country-changes", gettext_lazy("本月变动")),
    ("country-stale", gettext_lazy("久未复核")),
    ("ledger-proposal-list", gettext_lazy("建议")),
)


# For the ministry's desk alone.
_WORK: tuple[str, str | Promise] = ("ledger-work", gettext_lazy("等我办的"))


def tabs_of(current: str, *, desk: bool) -> list[Tab]:
    """The tabs of the ledgers' home; `desk`: for an officer of the ministry's desk."""
    named = [_TABS[0], _WORK, *_TABS[1:]] if desk else _TABS
    return [{"url": reverse(name), "label": label, "count": None, "current": name == current} for name, label in named]


def _by_name(rows: Iterable[Country]) -> list[Country]:
    key: Callable[[Country], str] = (lambda row: row.name_en) if english() else sound
    return sorted(rows, key=key)


@dataclass(frozen=True, slots=True)
class Row:
    """A country in the list."""

    country: Country
    treaties: str
    conventions: int
    unsettled: int
    changed: datetime | None


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    """Every partner country, found by whatever of its names or codes is typed, and by region."""
    typed, region = request.GET.get("q", "").strip()[:100], request.GET.get("region", "")
    everything = list(partner_countries())
    found = search_countries(typed, limit=len(everything)) if typed else _by_name(everything)
    regions = sorted({(row.region_zh, _region(row)) for row in everything if row.region_zh})
    if region:
        found = [row for row in found if row.region_zh == region]
    forced = in_force_by_country(timezone.localdate(), [row.pk for row in found])
    unsettled, changed = ledger.unsettled_by_country(), ledger.last_changes()
    rows = [_row(row, forced.get(row.pk, Counter()), unsettled[row.pk], changed.get(row.pk)) for row in found]
    context = {
        "tabs": tabs_of("country-list", desk=is_desk(request)),
        "rows": rows,
        "typed": typed,
        "regions": regions,
        "region": region,
        "desk": is_desk(request),
    }
    return render(request, "coopdesk/country_list.html", context)


def _region(country: Country) -> str:
    return country.region_en if english() else country.region_zh


def _row(country: Country, forced: Counter[str], unsettled: int, changed: datetime | None) -> Row:
    conventions = forced.pop(InstrumentKind.MULTILATERAL, 0)
    named = [_counted(kind, forced[kind]) for kind in InstrumentKind if forced[kind]]
    return Row(country, (", " if english() else "、").join(named), conventions, unsettled, changed)


def _counted(kind: InstrumentKind, count: int) -> str:
    return str(kind.label) if count == 1 else f"{kind.label} {count}"


# --- What awaits somebody --------------------------------------------------------------------------------------------


@require_safe
def unsettled_list(request: HttpRequest) -> HttpResponse:
    """What awaits checking, country by country, or the values of one."""
    said = gettext_lazy("凭记忆或者转引的值，引用前先查原文。台账里有 %(n)s 处。")
    return _values(
        request, "country-unsettled", ledger.unsettled_entries(), said, frontiers=ledger.unsettled_frontiers()
    )


@require_safe
def stale_list(request: HttpRequest) -> HttpResponse:
    """What was looked at longer ago than the review interval."""
    said = gettext_lazy("一年以上没有人复核的值。台账里有 %(n)s 处。")
    today = timezone.localdate()
    country, texts = _one_country(request), overdue(today)
    if country is not None:
        texts = [care for care in texts if care.country_id == country.pk]
    lapsed = [(care, age_of(care.reviewed_on, today)) for care in texts]
    return _values(request, "country-stale", ledger.stale_entries(today), said, lapsed)


def _values(
    request: HttpRequest,
    tab: str,
    entries: QuerySet[LedgerEntry],
    said: Any,
    lapsed: Sequence[object] = (),
    frontiers: Iterable[Frontier] = (),
) -> HttpResponse:
    country = _one_country(request)
    if country is not None:
        entries = entries.filter(country=country)
        frontiers = [row for row in frontiers if row.country_id == country.pk]
    held, lengths = list(entries), list(frontiers)
    counted = Counter([*(row.country for row in held), *(row.country for row in lengths)])
    values = [Value(entry.topic, entry) for entry in held] if country is not None else []
    origins = [origin for row in lengths if country is not None for origin in row.provenance.values()]
    notes = Notes(_officers(values, origins))
    rows = [
        shown(value, notes, country_words.value_url(country, value.topic.code, value.entry.about))
        for value in values
        if country is not None and value.entry is not None
    ]
    if country is not None:
        border = _("边界长度")
        rows += [country_words.length(row, notes, f"{border} · {row.division_name}") for row in lengths]
    context = {
        "tabs": tabs_of(tab, desk=is_desk(request)),
        "country": country,
        "said": said % {"n": len(held) + len(lengths)},
        "counted": [(row, counted[row]) for row in _by_name(counted)],
        "rows": rows,
        "tab": tab,
        "lapsed": lapsed,
    }
    return render(request, "coopdesk/country_values.html", context)


def _one_country(request: HttpRequest) -> Country | None:
    return country_by_code(request.GET.get("c", "").upper())


def _officers(values: Iterable[Value], others: Iterable[Origins] = ()) -> dict[int, Officer]:
    ids = ledger.officers_in([*(origin for value in values for origin in value.origins), *others])
    return Officer.objects.in_bulk(ids) if ids else {}


# --- What changed ----------------------------------------------------------------------------------------------------


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """What was entered, corrected or confirmed since the month began."""
    country = _one_country(request)
    begun = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    changes = ledger.changes_since(begun)
    if country is not None:
        changes = changes.filter(country=country)
    found = list(changes[: CHANGES_SHOWN + 1])
    context = {
        "tabs": tabs_of("country-changes", desk=is_desk(request)),
        "country": country,
        "rows": change_words.told(found[:CHANGES_SHOWN]),
        "cut": len(found) > CHANGES_SHOWN,
        "most": CHANGES_SHOWN,
    }
    return render(request, "coopdesk/country_changes.html", context)


# --- Side by side ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """One topic and what each country says of it."""

    section: str | Promise
    topic: LedgerTopic
    cells: list[Shown]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four countries side by side."""
    codes = list(dict.fromkeys(code.upper() for code in request.GET.getlist("c") if code))
    countries = [row for code in codes[:MOST_COMPARED] if (row := country_by_code(code)) is not None]
    fault = _fault(codes, countries)
    topics = list(LedgerTopic.objects.filter(per_type=False))
    held = ledger.entries_of(countries, topics) if not fault else {}
    values = {key: Value(entry.topic, entry) for key, entry in held.items()}
    notes = Notes(_officers(values.values()))
    context = {
        "countries": countries,
        "choices": _by_name(partner_countries()),
        "places": [row.code for row in countries[:MOST_COMPARED]] + [""] * (MOST_COMPARED - len(countries)),
        "columns": len(countries) + 1,
        "fault": fault,
        "treaties": [] if fault else _compared_treaties(countries, timezone.localdate()),
        "rows": [] if fault else [_compared(topic, countries, values, notes) for topic in topics],
        "sources": notes,
    }
    return render(request, "coopdesk/country_compare.html", context, status=400 if fault and codes else 200)


def _fault(codes: Sequence[str], countries: Sequence[Country]) -> str:
    """Why these cannot be compared; "" when they can."""
    if not 2 <= len(codes) <= MOST_COMPARED:
        return _("选两个到四个国家。")
    if len(countries) < len(codes):
        return _("有的国家代码不认识，在列表里选。")
    return ""


def _compared(
    topic: LedgerTopic, countries: Sequence[Country], values: dict[tuple[int, int], Value], notes: Notes
) -> Compared:
    cells = [
        shown(values.get((country.pk, topic.pk)) or Value(topic), notes, country_words.value_url(country, topic.code))
        for country in countries
    ]
    return Compared(topic.get_section_display(), topic, cells)


def _compared_treaties(countries: Sequence[Country], on: date) -> list[tuple[str | Promise, list[int]]]:
    """How many treaties of each kind are in force with each; kinds that none of them has are left out."""
    forced = in_force_by_country(on, [row.pk for row in countries])
    counts = [(kind.label, [forced.get(row.pk, Counter())[kind] for row in countries]) for kind in InstrumentKind]
    return [(label, held) for label, held in counts if any(held)]

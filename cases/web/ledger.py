"""时间账: all the time of a set of cases, by who held it. The set is narrowed by the filters of the list of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.doors import words
from agencies.models.tree import Tier
from agencies.moments import clock
from cases.board import ledger as ledgers
from cases.models import Body, Phase
from cases.queries import choices, queue
from cases.queries.custody import ABROAD, DORMANT, HOME, LIAISON
from cases.web.list_params import of_everything
from cases.web.workbench import case_actor, filters_of
from countries.calendars import work_calendar

SHOWN = 40
_BARS = {HOME: "b-home", ABROAD: "b-abroad", LIAISON: "b-pause", DORMANT: "b-pause"}


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every day of the chosen cases attributed to one holder; the parts add up to the whole."""
    actor = case_actor(request)
    asked = of_everything(request.GET)
    now = clock()
    cases = queue.keyed(actor, asked.wanted, queue.moment_of(now, work_calendar()))
    found = ledgers.ledger(cases, now)
    context: dict[str, Any] = {
        "asked": asked,
        "filters": filters_of(actor.seat_id, asked),
        "ledger": found,
        "total": _days(found.tenths),
        "tables": [
            {"id": "kinds", "title": _("我方与外方"), "head": _("哪一方"), "rows": _rows(found.kinds, _kind_words())},
            {"id": "tiers", "title": _("各级"), "head": _("级别"), "rows": _rows(found.tiers, _tier_words())},
        ],
        "phases": {
            "id": "phases",
            "title": _("各环节"),
            "head": _("环节"),
            "rows": _rows(found.phases, _phase_words()),
        },
        "holders": _holders(found.holders),
        "list_url": f"{reverse('case-list')}{asked.link()}",
    }
    return render(request, "cases/ledger.html", context)


def _kind_words() -> dict[str, str]:
    return {HOME: _("我方"), ABROAD: _("外方"), LIAISON: _("其他中央机关"), DORMANT: _("办结后到重新启用前")}


def _tier_words() -> dict[str, str]:
    return {tier.value: str(tier.label) for tier in Tier} | _kind_words()


def _phase_words() -> dict[str, str]:
    return {phase.value: str(phase.label) for phase in Phase}


def _rows(parts: Sequence[ledgers.Part], names: dict[str, str]) -> list[dict[str, Any]]:
    return [_row(part, names[part.of], _bar(part.of)) for part in parts]


def _bar(of: str) -> str:
    """Time abroad never has the colour of our own."""
    if of in (ABROAD, Phase.ABROAD, Phase.SUPPLEMENT, Phase.REPLIED):
        return _BARS[ABROAD]
    return _BARS[LIAISON] if of in (LIAISON, DORMANT, Phase.LIAISON, Phase.ENDED) else _BARS[HOME]


def _row(part: ledgers.Part, name: str, bar: str) -> dict[str, Any]:
    return {
        "name": name,
        "days": _days(part.tenths),
        "width": f"{part.permille / 10:.1f}",
        "share": f"{part.permille / 10:.1f}%",
        "bar": bar,
    }


def _holders(parts: Sequence[ledgers.Part]) -> list[dict[str, Any]]:
    """Those who held longest, and the rest in one line, so that the column adds up."""
    countries = {code: str(offer[1]) for code, offer in choices.countries().items()}
    bodies = {body.value: str(body.label) for body in Body}
    rows = []
    for part in parts[:SHOWN]:
        of = part.of
        name = of.name or (bodies if of.kind == LIAISON else countries).get(of.code, of.code)
        row = _row(part, name, _BARS[of.kind])
        rows.append(row | {"official": bool(of.name), "dormant": of.kind == DORMANT, "abroad": of.kind == ABROAD})
    rest = parts[SHOWN:]
    if rest:
        time = sum((one.time for one in rest), timedelta())
        whole = ledgers.Part("", time, sum(one.tenths for one in rest), sum(one.permille for one in rest))
        rows.append(_row(whole, _("其余 %(n)s 个") % {"n": words.grouped(len(rest))}, _BARS[DORMANT]))
    return rows


def _days(tenths: int) -> str:
    return f"{tenths / 10:,.1f}"

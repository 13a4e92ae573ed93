"""督办看板: what the agencies below come to, read from the figures of the last fold; every number leads to its cases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.doors.reading import Query
from agencies.models import Agency
from cases.board import access, facts, fold, reading
from cases.board.longest import longest_over
from cases.queries.queue import ABROAD, AGENCY, LATE, NEAR
from cases.web import board_charts, board_rows
from cases.web.bulk import acts_offered

DEFAULT = 13


@require_safe
def board(request: HttpRequest, code: str = "") -> HttpResponse:
    """The board of the agency in the address; without one that of the own agency."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    top = access.top_of(actor)
    agency = access.board_of(actor, code)
    period, heat = _asked(request)
    found = reading.read(agency, period=period, heats=(heat,))
    asked = {"period": period, "heat": heat}
    context: dict[str, Any] = {
        "board": found,
        "agency": agency,
        "above": [{"name": one.short_name, "url": address(one, **asked)} for one in access.above(agency, top)],
        "periods": [{"weeks": weeks, "label": weeks_said(weeks)} for weeks in reading.PERIODS],
        "period_said": weeks_said(period),
        "heat_name": heat,
        "asked": {"agency": agency.code, "period": str(period)},
        "heat_late": heat == facts.LATE,
        "heat_urls": {name: address(agency, period=period, heat=name) for name in reading.HEATS},
    }
    if found.as_of is not None:
        context |= {
            "tiles": tiles(found),
            "rates": board_rows.rates(found.whole),
            "heat": board_rows.heat(found, heat, lambda one: address(one, **asked)),
            "rows": board_rows.below(found, lambda one: address(one, **asked)),
            "stages": board_rows.stages(found.whole),
            "tiers": board_rows.tiers(found.whole),
            "types": board_rows.types(found.whole),
            "countries": board_rows.countries(found.whole),
            "trend": board_charts.trend(found),
            "spreads": board_charts.spreads(found.whole),
            "sum": board_rows.whole_line(found),
            "longest": board_rows.longest(longest_over(actor, found.longest, timezone.now())),
            "bulk": acts_offered(actor),
            "ledger_url": f"{reverse('case-ledger')}?{urlencode({'origin': agency.code})}",
        }
    return render(request, "cases/board.html", context)


def _asked(request: HttpRequest) -> tuple[int, str]:
    """The period in weeks and the measure of the heat map; anything unknown is a fault."""
    query = Query(request.GET)
    period = query.one_of("period", [str(weeks) for weeks in reading.PERIODS])
    heat = query.one_of("heat", reading.HEATS)
    query.check()
    return int(period or DEFAULT), heat or facts.LATE


def address(agency: Agency, **asked: object) -> str:
    """The board of an agency, in the same period and view."""
    return f"{reverse('board-of', args=[agency.code])}?{urlencode(asked)}"


def weeks_said(weeks: int) -> str:
    return ngettext("近 %(n)s 周", "近 %(n)s 周", weeks) % {"n": weeks}


def tiles(found: reading.Board) -> list[dict[str, Any]]:
    """What is so now; each number opens the list of exactly these cases."""
    base = {"view": AGENCY, "origin": found.agency.code, "board": "1"}
    rows: list[tuple[str, str, str, dict[str, str]]] = [
        (fold.OPEN, "", _("在办"), {}),
        (fold.OVERDUE, "late", _("已超期"), {"when": LATE}),
        (fold.NEAR, "near", _("2 个工作日内到期"), {"when": NEAR}),
        (fold.WAITING_ABROAD, "abroad", _("在外方"), {"when": ABROAD}),
        (fold.CORRECTION, "", _("待补正"), {"status": "returned"}),
    ]
    return [
        {
            "url": f"{reverse('workbench')}?{urlencode(base | more)}",
            "due": due,
            "label": label,
            "count": found.whole.standing(measure),
            "unit": _("件"),
        }
        for measure, due, label, more in rows
    ]

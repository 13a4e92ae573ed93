"""The agency tree: browse it, search it, one organ with its route. Public to every officer; people are not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.doors.reading import Query
from agencies.errors import NotVisible
from agencies.models import Agency
from agencies.queries import (
    agency_by_code,
    ancestors_of,
    appointments_at,
    children_of,
    heads,
    route_of,
    search_agencies,
)
from agencies.roles import Role

SHOWN = 50
PICKED = 20
_SEES_PEOPLE = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


@require_safe
def agency_list(request: HttpRequest) -> HttpResponse:
    """Search by `?q=`, or the ministry and the provinces to begin with."""
    return render(request, "agencies/agency_list.html", _found(_text(request)))


@require_safe
def agency_search(request: HttpRequest) -> HttpResponse:
    """The same result as a fragment for the page, or as JSON `{"agencies": [{code, name, short_name}]}` for a picker."""
    text = _text(request)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        found = search_agencies(text, PICKED)
        return JsonResponse({"agencies": [{"code": a.code, "name": a.name, "short_name": a.short_name} for a in found]})
    return render(request, "agencies/_found.html", _found(text))


@require_safe
def agency_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One organ: who is above, who is below, the way of its cases to the terminal desk; in office, for administrators."""
    agency = agency_by_code(code)
    if agency is None:
        raise NotVisible
    route = route_of(agency)
    seen = request.actor.role in _SEES_PEOPLE  # type: ignore[attr-defined]
    context = {
        "agency": agency,
        "above": ancestors_of(agency),
        "children": children_of(agency),
        "route": route,
        "stops": _stops(route),
        "posts": list(appointments_at(agency)) if seen else None,
        "reorganises": request.actor.role == Role.SYSTEM_ADMIN and not agency.is_terminal,  # type: ignore[attr-defined]
    }
    return render(request, "agencies/agency_detail.html", context)


def _text(request: HttpRequest) -> str:
    query = Query(request.GET)
    text = query.text("q")
    query.check()
    return text


def _found(text: str) -> dict[str, Any]:
    if not text:
        return {"q": "", "agencies": heads()}
    found = search_agencies(text, SHOWN + 1)
    return {"q": text, "agencies": found[:SHOWN], "more": len(found) > SHOWN, "shown": SHOWN}


def _stops(route: list[Agency]) -> list[dict[str, Any]]:
    return [
        {"state": "next" if position else "now", "tier": stop.get_tier_display(), "name": stop.name, "days": ""}
        for position, stop in enumerate(route)
    ]

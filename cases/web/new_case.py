"""新建请求, the first two steps: which country, which kind of request. Then a draft exists, with its number."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.actors import Actor
from agencies.doors.once import fresh_token
from agencies.errors import NotPermitted
from agencies.language import english
from agencies.models import Agency
from agencies.roles import Role
from cases import drafts
from cases.models import Case, Direction
from cases.queries.drafting import basis_of, recent_countries, types_on_offer
from cases.web.once import open_once
from cases.web.type_words import TYPE_WORDS
from countries.lookup import country_by_code, partner_countries, search_countries, sound
from countries.models import Country
from treaties.models import RequestType

_FOUND = 60
# Asia first: most requests go to neighbours.
_NEAREST = {"Asia": 0, "Europe": 1, "Americas": 2, "Africa": 3, "Oceania": 4}


@require_http_methods(["GET", "POST"])
def new_case(request: HttpRequest) -> HttpResponse:
    """Choose the country, then the type; the POST opens the draft and goes on to its content."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role != Role.DRAFTER or actor.agency_id is None:
        raise NotPermitted(_("新建请求由承办人办理。请承办人新建，或者在右上角换成承办人身份。"))
    if request.method == "GET":
        return choose(request, country=chosen_country(request.GET.get("country", "")))
    country = chosen_country(request.POST.get("country", ""))
    kind = chosen_type(actor, country, request.POST.get("request_type", ""))
    if country is None or kind is None:
        return choose(request, country=country, status=400)
    content = {"direction": Direction.OUTGOING, "country": country, "request_type": kind}
    case_id = open_once(
        actor,
        request.POST.get("token", ""),
        lambda: drafts.open_case(actor=actor, content=content),
        what="case-new",
        otherwise=_("请从第一步重新选择国家和类型。"),
    )
    return redirect("case-edit", case_id=case_id)


def choose(
    request: HttpRequest, *, country: Country | None, case: Case | None = None, status: int = 200
) -> HttpResponse:
    """Step 1 without a country, step 2 with one; for a new case, or to change those of a draft."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = request.GET.get("q", "").strip()[:60]
    context: dict[str, Any] = {
        "case": case,
        "country": country,
        "q": asked,
        "here": f"{reverse('case-edit', args=[case.pk])}?step=type&" if case else f"{reverse('case-new')}?",
        "back": f"{reverse('case-edit', args=[case.pk])}?step=country" if case else reverse("case-new"),
        "failed": status != 200,
    }
    if country is None:
        context |= {"regions": _regions(asked), "recent": [] if asked else recent_countries(actor)}
    else:
        groups = types_on_offer(_agency(actor), country)
        basis = basis_of(groups)
        context |= {
            "groups": [
                (words, [(kind, TYPE_WORDS.get(kind.code, ""), basis.get(kind.pk, [])) for kind in kinds])
                for words, kinds in groups
            ],
            "token": fresh_token(),
        }
    return render(request, "cases/new.html", context, status=status)


def chosen_country(code: str) -> Country | None:
    """The partner country with this code; None for none and for codes that are none."""
    return country_by_code(code.strip().upper()) if re.fullmatch(r"\s*[A-Za-z]{2}\s*", code) else None


def chosen_type(actor: Actor, country: Country | None, code: str) -> RequestType | None:
    """The type with this code, if the actor's agency may open it towards the country."""
    offered = types_on_offer(_agency(actor), country)
    return next((kind for _words, kinds in offered for kind in kinds if kind.code == code), None)


def _agency(actor: Actor) -> Agency:
    assert actor.agency_id is not None  # a drafter sits somewhere
    return Agency.objects.get(pk=actor.agency_id)


def _regions(asked: str) -> list[tuple[str, list[Country]]]:
    """All partner countries by region, or those that are asked for, the likeliest first, without a heading."""
    if asked:
        return [("", search_countries(asked, _FOUND))]
    regions: dict[str, list[Country]] = {}
    for country in sorted(partner_countries(), key=_by_name if english() else _by_sound):
        regions.setdefault(country.region_en if english() else country.region_zh, []).append(country)
    return list(regions.items())


def _by_name(country: Country) -> tuple[int, str]:
    return _NEAREST.get(country.region_en, 9), country.name_en


def _by_sound(country: Country) -> tuple[int, str]:
    return _NEAREST.get(country.region_en, 9), sound(country)

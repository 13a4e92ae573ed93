"""What the filters of a list offer. Small tables that hardly change, kept for some minutes by each process.

Offers never depend on the cases there are: a country that is offered because of a work secret would tell of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db.models import Value

from agencies.language import english
from agencies.models import Agency
from agencies.queries import children_of
from countries.lookup import partner_countries
from treaties.models import Channel, RefusalGround, RequestType

_KEEP = 300  # seconds
# (code, name, group)
Offer = tuple[str, str, str]


def _kept(key: str, make: Callable[[], list[Any]]) -> list[Any]:
    found: list[Any] | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, _KEEP)
    return found


def countries() -> dict[str, Offer]:
    """Every partner country by code, in the language of the page, grouped by region."""
    rows = _kept(
        "choices.countries",
        lambda: list(partner_countries().order_by("region_en", "code").values_list(*_COUNTRY)),
    )
    language = 1 if english() else 0
    return {code: (code, names[language], names[2 + language]) for code, *names in rows}


_COUNTRY = ("code", "name_zh", "name_en", "region_zh", "region_en")


def request_types() -> dict[str, Offer]:
    """Every request type by code, in the language of the page."""
    language = 1 if english() else 0
    return {code: (code, names[language], "") for code, names, _family, direction in _codes() if direction}


def asked_of_others() -> list[RequestType]:
    """The request types that we may ask of others, with their code, names and family alone."""
    return [
        RequestType(code=code, name_zh=names[0], name_en=names[1], family=family)
        for code, names, family, direction in _codes()
        if direction in ("outgoing", "both")
    ]


def channels() -> dict[str, str]:
    """The name of every channel by its code, in the language of the page."""
    language = 1 if english() else 0
    return {code: names[language] for code, names, _family, direction in _codes() if not direction}


def refusal_grounds() -> dict[str, str]:
    """The name of every ground of refusal by its code, in the language of the page."""
    rows = _kept("choices.refusal_grounds", lambda: list(RefusalGround.objects.values_list(*_NAMES)))
    language = 1 if english() else 0
    return {code: names[language] for code, *names in rows}


_NAMES = ("code", "name_zh", "name_en")


def _codes() -> list[tuple[str, tuple[str, str], str, str]]:
    """Request types with their family and direction, and channels, which have none; in one query."""
    blank = Value("")
    types = RequestType.objects.values_list(*_NAMES, "family", "direction", "position")
    ways = Channel.objects.values_list(*_NAMES, blank, blank, "position")
    rows = _kept("choices.codes", lambda: list(types.union(ways, all=True).order_by("position")))
    return [(code, (zh, en), family, direction) for code, zh, en, family, direction, _position in rows]


def origins(agency_id: int, chosen: Agency | None) -> list[Offer]:
    """Agencies to narrow a list to: one's own and those right below, and below the chosen one to go on from.

    The terminal desk sees the whole country, so it begins at the top of the tree.
    """
    offers: list[Offer] = list(_kept(f"choices.origins.{agency_id}", lambda: _origins(agency_id)))
    if chosen is not None:
        known = {code for code, _name, _group in offers}
        if chosen.code not in known:
            offers.append((chosen.code, chosen.short_name, ""))
        offers += [(child.code, child.short_name, chosen.short_name) for child in children_of(chosen)]
    return list({offer[0]: offer for offer in offers}.values())


def _origins(agency_id: int) -> list[Offer]:
    own = Agency.objects.filter(pk=agency_id).first()
    if own is None:
        return []
    top = Agency.objects.filter(parent=None).first() if own.is_terminal else own
    below = children_of(top) if top is not None else []
    return [(one.code, one.short_name, "") for one in dict.fromkeys([own, *below])]

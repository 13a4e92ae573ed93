"""`countries/`: the partner countries. A fact from recollection says so and is 待核实."""

from __future__ import annotations

import unicodedata

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import PAGING, TEXT, closed, doc, listed, page_of, shape
from agencies.errors import NotVisible
from countries.lookup import country_by_code, partner_countries
from countries.models import Country

_FIELDS = {
    "code": TEXT,
    "iso3": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "name_en_official": TEXT,
    "aliases": listed(TEXT),
    "region_zh": TEXT,
    "region_en": TEXT,
    "subregion_zh": TEXT,
    "subregion_en": TEXT,
    "official_languages": listed(TEXT),
    "time_zones": listed(TEXT),
    "confidence": TEXT,
}
COUNTRY = shape("Country", closed(_FIELDS))
# Where the rest of what is known of a country stands.
_LINKS = {
    "ledger": "api-country-ledger",
    "record": "api-country-record",
    "legal_basis": "api-country-legal-basis",
    "page": "country-detail",
}
LINKS = closed(dict.fromkeys((*_LINKS, "instruments"), TEXT))
COUNTRY_DETAIL = shape("CountryDetail", closed({**_FIELDS, "links": LINKS}))
_QUERY = {"q": (TEXT, _("名称、拼音或代码里的词。")), **PAGING}


class Countries(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(_("查国家"), page_of(COUNTRY), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size = paging.page_size(params)
        query = Query(params)
        words = unicodedata.normalize("NFKC", query.text("q")).casefold().split()[:6]
        query.check()
        found = partner_countries().order_by("code")
        for word in words:
            found = found.filter(search_text__contains=word)
        if "cursor" in params:
            found = found.filter(code__gt=paging.decode(params["cursor"], 1)[0])
        return paging.answer(request, list(found.values(*_FIELDS)[: size + 1]), size, "code")


class CountryDetail(Door):
    reads = ""

    @doc(_("看一个国家"), COUNTRY_DETAIL)
    def get(self, request: Request, code: str) -> Response:
        row = country_by_code(code.upper())
        if row is None:
            raise NotVisible
        return Response({name: getattr(row, name) for name in _FIELDS} | {"links": links_of(row)})


def links_of(country: Country) -> dict[str, str]:
    """Where the rooms of the product tell of the country, as paths."""
    found = {name: reverse(door, args=[country.code]) for name, door in _LINKS.items()}
    return found | {"instruments": f"{reverse('api-instrument-list')}?country={country.code}"}

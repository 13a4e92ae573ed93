"""`countries/`: the partner countries. A fact from recollection says so and is 待核实."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import PAGING, TEXT, closed, doc, listed, page_of, shape
from agencies.errors import NotVisible
from countries.lookup import country_by_code, partner_countries

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

    @doc(_("看一个国家"), COUNTRY)
    def get(self, request: Request, code: str) -> Response:
        row = country_by_code(code.upper())
        if row is None:
            raise NotVisible
        return Response({name: getattr(row, name) for name in _FIELDS})

"""`agencies/`: the tree, for every caller."""

from __future__ import annotations

import unicodedata

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import FLAG, PAGING, TEXT, Json, closed, doc, listed, nullable, one_of, page_of, shape
from agencies.errors import NotVisible
from agencies.models import Agency
from agencies.models.tree import Tier
from agencies.queries import agency_by_code, route_of

NAMED = shape("Named", closed({"code": TEXT, "name": TEXT}))
_FIELDS = {
    "code": TEXT,
    "name": TEXT,
    "short_name": TEXT,
    "alt_name": TEXT,
    "tier": one_of(Tier.values),
    "kind": TEXT,
    "desk_name": TEXT,
    "division_code": TEXT,
    "parent": nullable(TEXT),
    "route_to": nullable(TEXT),
    "is_terminal": FLAG,
    "is_border": FLAG,
    "border_countries": listed(TEXT),
    "is_active": FLAG,
}
AGENCY = shape("Agency", closed(_FIELDS))
AGENCY_DETAIL = shape("AgencyDetail", closed({**_FIELDS, "route": listed(NAMED)}))
_QUERY = {
    "q": (TEXT, _("名称、拼音、首字母或代码里的词。")),
    "parent": ({**TEXT, "pattern": "^[0-9]{12}$"}, _("上级机关的代码。")),
    "tier": (one_of(Tier.values), _("层级。")),
    **PAGING,
}


class Agencies(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(_("查机关"), page_of(AGENCY), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size = paging.page_size(params)
        found = _found(Query(params))
        if "cursor" in params:
            found = found.filter(code__gt=paging.decode(params["cursor"], 1)[0])
        return paging.answer(request, [body(row) for row in found[: size + 1]], size, "code")


class AgencyDetail(Door):
    reads = ""

    @doc(_("看一个机关"), AGENCY_DETAIL)
    def get(self, request: Request, code: str) -> Response:
        row = agency_by_code(code)
        if row is None:
            raise NotVisible
        route = [{"code": stop.code, "name": stop.name} for stop in route_of(row)]
        return Response({**body(row), "route": route})


def _found(query: Query) -> QuerySet[Agency]:
    """Active organs that match, by code."""
    words = unicodedata.normalize("NFKC", query.text("q")).casefold().split()[:6]
    tier, parent = query.one_of("tier", Tier.values), query.text("parent", 12)
    above = agency_by_code(parent) if parent else None
    if above is None and query.given("parent"):
        query.unknown("parent")
    query.check()
    found = Agency.objects.filter(is_active=True).select_related("parent", "route_to").order_by("code")
    for word in words:
        found = found.filter(search_text__contains=word)
    if tier:
        found = found.filter(tier=tier)
    return found.filter(parent=above) if above else found


def body(row: Agency) -> Json:
    plain = {name: getattr(row, name) for name in _FIELDS if name not in ("parent", "route_to")}
    return {**plain, "parent": row.parent and row.parent.code, "route_to": row.route_to and row.route_to.code}

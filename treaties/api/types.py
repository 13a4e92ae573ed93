"""`request-types/`: what may be asked for, by whom, and what the law says about it, each line with its article."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import FLAG, PAGING, TEXT, Json, closed, doc, listed, one_of, page_of, shape
from agencies.errors import NotVisible
from agencies.models.tree import Tier
from treaties.codes import request_type_by_code
from treaties.models import Course, RequestType, TypeLaw

_DIRECTIONS = ["outgoing", "incoming", "both"]
_FIELDS = {
    "code": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "family": TEXT,
    "direction": one_of(_DIRECTIONS),
    "course": one_of(Course.values),
    "record_only": FLAG,
    "opened_by": listed(one_of(Tier.values)),
    "opened_by_article": TEXT,
}
REQUEST_TYPE = shape("RequestType", closed(_FIELDS))
REQUEST_TYPE_DETAIL = shape("RequestTypeDetail", closed({**_FIELDS, "law": {"type": "object"}}))
_QUERY = {"direction": (one_of(_DIRECTIONS[:2]), _("请求方向；两个方向都用的类型总在内。")), **PAGING}


class RequestTypes(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(_("查请求类型"), page_of(REQUEST_TYPE), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size = paging.page_size(params)
        query = Query(params)
        direction = query.one_of("direction", _DIRECTIONS[:2])
        query.check()
        found = RequestType.objects.order_by("code")
        if direction:
            found = found.filter(direction__in=[direction, "both"])
        if "cursor" in params:
            found = found.filter(code__gt=paging.decode(params["cursor"], 1)[0])
        return paging.answer(request, list(found.values(*_FIELDS)[: size + 1]), size, "code")


class RequestTypeDetail(Door):
    reads = ""

    @doc(_("看一种请求类型"), REQUEST_TYPE_DETAIL)
    def get(self, request: Request, code: str) -> Response:
        row = request_type_by_code(code)
        if row is None:
            raise NotVisible
        law: Any = TypeLaw.objects.filter(request_type=row).values_list("data", flat=True).first()
        found: Json = {name: getattr(row, name) for name in _FIELDS}
        return Response({**found, "law": law or {}})

"""`cases/`: the list with its filters, and opening a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.idempotency import once
from agencies.doors.parsing import object_of
from agencies.doors.preconditions import etag
from agencies.doors.reading import Query
from agencies.doors.schema import PAGING, TEXT, Parameters, doc, json_body, one_of, some_of
from agencies.errors import GuardFailed, Malformed, Reason
from agencies.queries import agency_by_code
from cases import content_input, drafts
from cases.api import inputs, shapes
from cases.api.bodies import case_body
from cases.api.door import CaseDoor
from cases.models import Direction, Status, Urgency
from cases.queries import api_list
from cases.registration import register_case
from countries.lookup import country_by_code
from treaties.codes import request_type_by_code

_REQUIRED = frozenset({"direction", "country", "request_type"})
_AGENCY = {**TEXT, "pattern": "^[0-9]{12}$"}
_MOMENT = {**TEXT, "format": "date-time"}
_QUERY: Parameters = {
    "status": (some_of(Status.values), gettext_lazy("状态，几个用逗号隔开。")),
    "urgency": (some_of(Urgency.values), gettext_lazy("紧急程度，几个用逗号隔开。")),
    "direction": (one_of(Direction.values), gettext_lazy("请求方向。")),
    "country": ({**TEXT, "pattern": "^[A-Z]{2}$"}, gettext_lazy("国家代码。")),
    "request_type": ({**TEXT, "pattern": "^[a-z_]+$"}, gettext_lazy("请求类型。")),
    "origin": (_AGENCY, gettext_lazy("报送机关的代码。")),
    "holder": (_AGENCY, gettext_lazy("案件现在所在机关的代码。")),
    "archive": (
        one_of(list(api_list.ARCHIVE)),
        gettext_lazy("归档：none 没有归档，kept 保管中，due 保管期满，disposed 已销毁。"),
    ),
    "q": (TEXT, gettext_lazy("编号或标题里的词。")),
    "created_from": (_MOMENT, gettext_lazy("开案不早于。")),
    "created_before": (_MOMENT, gettext_lazy("开案早于。")),
    "updated_from": (_MOMENT, gettext_lazy("最近变动不早于。")),
    "updated_before": (_MOMENT, gettext_lazy("最近变动早于。")),
    **PAGING,
}


class Cases(CaseDoor):
    """GET lists what the acting agency may see; POST opens a draft, or registers a foreign request."""

    query = frozenset(_QUERY)

    @doc(gettext_lazy("查案件"), shapes.CASES, query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size = paging.page_size(params)
        wanted = _wanted(params) if params else api_list.Wanted()
        rows = api_list.page(self.actor, wanted, size=size, after=_after(params))
        return paging.answer(request, rows, size, "id")

    @doc(
        gettext_lazy("起草请求，或者登记来函"), shapes.CASE, status=201, body=json_body(inputs.NEW_CASE), headers="key"
    )
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        raw = object_of(request)
        content, responsible = _parsed(raw, names_officer=self.actor.service)
        opened = register_case if content["direction"] == Direction.INCOMING else drafts.open_case
        case = opened(actor=self.actor, content=content, responsible=responsible)
        headers = {"ETag": etag(case.version), "Location": request.build_absolute_uri(f"{request.path}{case.pk}/")}
        return Response(case_body(self.actor, case), status=201, headers=headers)


def _parsed(raw: Mapping[str, object], *, names_officer: bool) -> tuple[dict[str, Any], str]:
    """The content, and the police number that a machine names. Every fault of either is said at once: as Malformed when
    something cannot be read, as GuardFailed when only the officer is missing.

    Whether the officer is one of the agency's is for the command to say.
    """
    number = raw.get("responsible_officer") or ""
    missing: list[Reason] = []
    unread: list[Reason] = []
    if names_officer:
        raw = {name: value for name, value in raw.items() if name != "responsible_officer"}
        if not isinstance(number, str) or len(number) > 40:
            unread.append(Reason("not_text", _("写警号。"), "/responsible_officer"))
        elif not number.strip():
            words = _("写明负责这件请求的承办人警号。")
            missing.append(Reason("responsible_officer_missing", words, "/responsible_officer"))
    try:
        content = content_input.parse(raw, required=_REQUIRED)
    except Malformed as error:
        raise Malformed(reasons=[*error.reasons, *unread, *missing]) from None
    if unread:
        raise Malformed(reasons=unread)
    if missing:
        raise GuardFailed(reasons=missing)
    return content, str(number)


def _after(params: Mapping[str, str]) -> UUID | None:
    if "cursor" not in params:
        return None
    (position,) = paging.decode(params["cursor"], 1)
    try:
        return UUID(position)
    except ValueError:
        raise paging.bad_cursor() from None


def _wanted(params: Mapping[str, str]) -> api_list.Wanted:
    query = Query(params)
    wanted = api_list.Wanted(
        statuses=tuple(query.some_of("status", Status.values)),
        urgencies=tuple(query.some_of("urgency", Urgency.values)),
        direction=query.one_of("direction", Direction.values),
        country=_row_id(query, "country", country_by_code),
        request_type=_row_id(query, "request_type", request_type_by_code),
        origin=_row_id(query, "origin", agency_by_code),
        holder=_row_id(query, "holder", agency_by_code),
        archive=query.one_of("archive", api_list.ARCHIVE),
        words=tuple(query.text("q").split()[:6]),
        created_from=query.moment("created_from"),
        created_before=query.moment("created_before"),
        updated_from=query.moment("updated_from"),
        updated_before=query.moment("updated_before"),
    )
    query.check()
    return wanted


def _row_id(query: Query, name: str, find: Callable[[str], Any]) -> int | None:
    """The id of the row with the code in the parameter; an unknown code is a fault, not an empty list."""
    code = query.text(name, 60)
    row = find(code) if code else None
    if row is None and query.given(name):
        query.unknown(name)
    return None if row is None else row.pk

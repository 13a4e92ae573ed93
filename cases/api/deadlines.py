"""`deadlines/` over all cases in sight, `cases/{id}/deadlines/` of one, and what is done to a clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.actors import Actor
from agencies.doors import paging
from agencies.doors.idempotency import once
from agencies.doors.parsing import object_of
from agencies.doors.reading import Query
from agencies.doors.schema import PAGING, TEXT, Parameters, doc, json_body, some_of
from agencies.moments import clock
from agencies.queries import agency_by_code
from cases import deadlines as commands
from cases import policies
from cases.api import bodies, inputs, shapes
from cases.api.door import CaseDoor
from cases.api.parts import whole
from cases.clocks.kinds import known_kinds
from cases.models import ClockState, Deadline
from cases.queries import deadlines as listed
from cases.queries.dossier import clocks_of

_MOMENT = {**TEXT, "format": "date-time"}
_QUERY: Parameters = {
    "due_after": (_MOMENT, _("到期不早于。")),
    "due_before": (_MOMENT, _("到期早于。")),
    "kind": ({**TEXT, "pattern": "^[a-z_]+(,[a-z_]+)*$"}, _("时限的种类，几个用逗号隔开。")),
    "agency": ({**TEXT, "pattern": "^[0-9]{12}$"}, _("机关的代码，含它的下级。")),
    "state": (some_of(ClockState.values), _("时限的状态，几个用逗号隔开。")),
    **PAGING,
}


class Deadlines(CaseDoor):
    """The clocks of every case in sight, the earliest due first."""

    query = frozenset(_QUERY)

    @doc(_("查时限"), shapes.CASE_DEADLINES, query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size, after, wanted = paging.page_size(params), _after(params), _wanted(params)
        rows = listed.page(self.actor, wanted, clock(), size=size, after=after)
        return paging.answer(request, rows, size, "due_at", "id")


def _wanted(params: Mapping[str, str]) -> listed.Wanted:
    query = Query(params)
    code = query.text("agency", 60)
    row = agency_by_code(code) if code else None
    if row is None and query.given("agency"):
        query.unknown("agency")
    wanted = listed.Wanted(
        due_after=query.moment("due_after"),
        due_before=query.moment("due_before"),
        kinds=tuple(query.some_of("kind", known_kinds())),
        under=row.pk if row else None,
        states=tuple(query.some_of("state", ClockState.values)),
    )
    query.check()
    return wanted


_DUE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)


def _after(params: Mapping[str, str]) -> listed.Place | None:
    if "cursor" not in params:
        return None
    due, pk = paging.decode(params["cursor"], 2)
    try:
        if not _DUE.fullmatch(due):
            raise ValueError(due)
        datetime.fromisoformat(due)
        return due, str(UUID(pk))
    except ValueError:
        raise paging.bad_cursor() from None


class OfCase(CaseDoor):
    """GET gives the clocks of one case, in the order in which they started; POST starts one whose trigger is recorded."""

    @doc(_("案件的时限"), shapes.DEADLINES)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = policies.get_visible(self.actor, case_id)
        now = clock()
        return whole([bodies.deadline(row, now) for row in clocks_of(self.actor, case)])

    @doc(_("登记期限起算"), shapes.DEADLINE, status=201, body=json_body(inputs.RECORD), headers="key")
    def post(self, request: Request, case_id: UUID) -> Response:
        return once(request, lambda: self._record(request, case_id))

    def _record(self, request: Request, case_id: UUID) -> Response:
        row = commands.record_trigger(actor=self.actor, case_id=case_id, data=object_of(request))
        return Response(bodies.deadline(row, clock()), status=201)


class _Command(Protocol):
    def __call__(
        self, *, actor: Actor, case_id: UUID | str, deadline_id: UUID | str, data: Mapping[str, Any]
    ) -> Deadline: ...


class _Act(CaseDoor):
    """The answer is the clock as it then is."""

    def take(self, request: Request, command: _Command, case_id: UUID, deadline_id: UUID) -> Response:
        return once(request, lambda: self._take(request, command, case_id, deadline_id))

    def _take(self, request: Request, command: _Command, case_id: UUID, deadline_id: UUID) -> Response:
        data = object_of(request, optional=True)
        row = command(actor=self.actor, case_id=case_id, deadline_id=deadline_id, data=data)
        return Response(bodies.deadline(row, clock()))


class Pause(_Act):
    @doc(_("暂停时限"), shapes.DEADLINE, body=json_body(inputs.PAUSE), headers="key")
    def post(self, request: Request, case_id: UUID, deadline_id: UUID) -> Response:
        return self.take(request, commands.pause, case_id, deadline_id)


class Resume(_Act):
    @doc(_("恢复计时"), shapes.DEADLINE, body=json_body(inputs.RESUME), headers="key")
    def post(self, request: Request, case_id: UUID, deadline_id: UUID) -> Response:
        return self.take(request, commands.resume, case_id, deadline_id)


class Extend(_Act):
    @doc(_("延长时限"), shapes.DEADLINE, body=json_body(inputs.EXTEND), headers="key")
    def post(self, request: Request, case_id: UUID, deadline_id: UUID) -> Response:
        return self.take(request, commands.extend, case_id, deadline_id)


class Explain(_Act):
    @doc(_("写明超期原因"), shapes.DEADLINE, body=json_body(inputs.EXPLAIN), headers="key")
    def post(self, request: Request, case_id: UUID, deadline_id: UUID) -> Response:
        return self.take(request, commands.explain, case_id, deadline_id)


class Finish(_Act):
    @doc(_("登记期限办结"), shapes.DEADLINE, body=json_body(inputs.RESUME), headers="key")
    def post(self, request: Request, case_id: UUID, deadline_id: UUID) -> Response:
        return self.take(request, commands.finish, case_id, deadline_id)

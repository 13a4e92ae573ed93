"""`cases/{id}/legs/`, `items/`, `duplicates/` and `events/`: the parts of one case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.schema import PAGING, doc
from cases import duplicates, policies
from cases.api import bodies, shapes
from cases.api.door import CaseDoor
from cases.queries import api_events

MOST = 2**63 - 1


def whole(rows: list[dict[str, Any]]) -> Response:
    """A list that always fits one page, in the envelope of every list."""
    return Response({"results": rows, "next": None, "next_cursor": None})


class Legs(CaseDoor):
    """Custody from the opening to now: no overlap, no gap."""

    @doc(_("案件的环节"), shapes.LEGS)
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = policies.get_visible(self.actor, case_id).legs.select_related("agency", "country", "handler")
        return whole([bodies.leg(row) for row in rows.order_by("seq")])


class Items(CaseDoor):
    @doc(_("案件的请求事项"), shapes.ITEMS)
    def get(self, request: Request, case_id: UUID) -> Response:
        rows = policies.get_visible(self.actor, case_id).items.select_related("ground")
        return whole([bodies.item(row) for row in rows.order_by("position")])


class Duplicates(CaseDoor):
    """Open requests in the caller's own sight about the same person to the same country."""

    @doc(_("可能重复的请求"), shapes.DUPLICATES)
    def get(self, request: Request, case_id: UUID) -> Response:
        found = duplicates.shown_to(self.actor, policies.get_visible(self.actor, case_id))
        return whole([bodies.duplicate(match) for match in found])


class Events(CaseDoor):
    """What happened, oldest first; the last cursor is where to ask on from."""

    query = frozenset(PAGING)

    @doc(_("案件的经过"), shapes.EVENTS, query=PAGING)
    def get(self, request: Request, case_id: UUID) -> Response:
        params = request.query_params
        size, after = paging.page_size(params), None
        if "cursor" in params:
            (text,) = paging.decode(params["cursor"], 1)
            if not (text.isascii() and text.isdigit() and int(text) <= MOST):
                raise paging.bad_cursor()
            after = int(text)
        case = policies.get_visible(self.actor, case_id)
        return paging.answer(request, api_events.page(self.actor, case, size=size, after=after), size, "id")

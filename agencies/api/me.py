"""`me/`: who is asking, and as whom."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.api.tree import NAMED
from agencies.doors.api import Door
from agencies.doors.authentication import Machine
from agencies.doors.schema import TEXT, Json, closed, doc, listed, nullable, one_of, shape
from agencies.models import Agency, Appointment
from agencies.roles import Role

_LENDER = shape("Lender", closed({"police_number": TEXT, "name": TEXT}))
_POST = shape("Appointment", closed({"role": one_of(Role.values), "agency": NAMED, "on_behalf_of": nullable(_LENDER)}))
ME = shape(
    "Me",
    closed(
        {
            "kind": one_of(["officer", "service"]),
            "police_number": nullable(TEXT),
            "name": TEXT,
            "acting": nullable(_POST),
            "appointments": listed(_POST),
            "scopes": nullable(listed(TEXT)),
        }
    ),
)


class Me(Door):
    reads = ""

    @doc(_("我是谁"), ME)
    def get(self, request: Request) -> Response:
        return Response(self._machine(request.user) if isinstance(request.user, Machine) else self._officer(request))

    def _machine(self, machine: Machine) -> Json:
        post: Json = {"role": self.actor.role, "agency": _named(Agency.objects.get(pk=self.actor.agency_id or 0))}
        post |= {"on_behalf_of": None}
        return {
            "kind": "service",
            "police_number": None,
            "name": machine.name,
            "acting": post,
            "appointments": [post],
            "scopes": sorted(machine.scopes),
        }

    @staticmethod
    def _officer(request: Any) -> Json:
        posts = [_post(row) for row in request._request.appointments]
        return {
            "kind": "officer",
            "police_number": request.user.police_number,
            "name": request.user.name,
            "acting": posts[0] if posts else None,
            "appointments": posts,
            "scopes": None,
        }


def _post(row: Appointment) -> Json:
    """An appointment of his own, or another's that was lent to him (代办)."""
    lender = row.officer if row.delegation_id else None
    behalf = lender and {"police_number": lender.police_number, "name": lender.name}
    return {"role": row.role, "agency": _named(row.agency), "on_behalf_of": behalf}


def _named(row: Agency) -> Json:
    return {"code": row.code, "name": row.name}

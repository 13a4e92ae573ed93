"""The base of every API view: authenticated, scoped, strict."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies import scope
from agencies.actors import Actor
from agencies.doors import paging
from agencies.doors.authentication import Machine, actor_of
from agencies.errors import NotPermitted

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ScopeMissing(NotPermitted):
    """A token without the OAuth scope that the door asks for."""

    code = "insufficient_scope"


class Door(APIView):
    """After authentication the database knows who acts, and unknown query parameters are refused.

    `reads` and `writes` are the OAuth scopes that a machine needs ("" for none), `query` the parameters that GET knows.
    """

    reads: ClassVar[str] = "cases:read"
    writes: ClassVar[str] = "cases:file"
    query: ClassVar[frozenset[str]] = frozenset()

    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.should_append_slash = False  # type: ignore[attr-defined]  # a redirect would turn a POST into a GET
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method or "")
        self.actor = actor_of(request)
        if isinstance(request.user, Machine):
            needed = self.reads if request.method in SAFE else self.writes
            if needed and needed not in request.user.scopes:
                raise ScopeMissing(_("令牌没有 %(scope)s 范围。") % {"scope": needed})
            request._request.actor = self.actor  # for the log line
            scope.enter(self.actor)
        self.admit()
        paging.only(request.query_params, self.query if request.method in SAFE else frozenset())

    def admit(self) -> None:
        """Raise NotPermitted when nobody in the actor's role has any business at this door."""

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The allowed methods stand in the Allow header; the document at schema/ says the rest."""
        return Response(status=204)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

"""The base of every API view: authenticated, scoped, strict."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from agencies import scope
from agencies.actors import Actor
from agencies.doors.authentication import Machine, actor_of


class Door(APIView):
    """After authentication the database knows who acts. `reads`/`writes` are the OAuth scopes a machine needs."""

    reads: ClassVar[str] = "cases:read"
    writes: ClassVar[str] = "cases:file"

    actor: Actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.actor = actor_of(request)
        if isinstance(request.user, Machine):
            needed = self.reads if request.method in ("GET", "HEAD", "OPTIONS") else self.writes
            if needed not in request.user.scopes:
                raise PermissionDenied(_("令牌没有 %(scope)s 范围。") % {"scope": needed})
            scope.enter(self.actor)

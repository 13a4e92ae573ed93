"""A case that is opened by a form is opened once, however often the form is sent."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from agencies.actors import Actor
from agencies.doors.once import do_once
from cases.models import Case


def open_once(actor: Actor, token: str, make: Callable[[], Case], *, what: str, otherwise: str) -> UUID:
    """The case that `make` opens, or the one that the form with this token opened before. Raises what do_once raises."""
    return UUID(do_once(actor, token, lambda: str(make().pk), what=what, otherwise=otherwise))

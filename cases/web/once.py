"""A form that opens a case opens one, however often it is sent: a double click, a step back."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from django.utils.crypto import get_random_string

from agencies import turns
from agencies.actors import Actor
from agencies.errors import Malformed, Reason
from agencies.models import IdempotencyKey
from cases.models import Case

_TOKEN = re.compile(r"[A-Za-z0-9]{22}")


def fresh_token() -> str:
    """The token of a form, which makes it one."""
    return get_random_string(22)


def open_once(actor: Actor, token: str, make: Callable[[], Case], *, what: str, otherwise: str) -> UUID:
    """The case that `make` opens, or the one that the form with this token opened before.

    `what` keeps the tokens of different forms apart. Raises Malformed with the words `otherwise` for what is no token,
    NotPermitted for an actor without an agency, and what `make` raises.
    """
    if not _TOKEN.fullmatch(token):
        raise Malformed(reasons=[Reason("bad_token", otherwise, "/token")])
    key = f"{what}:{token}"
    turns.wait(turns.Turn.FORM, f"{actor.officer_id} {key}")
    mine = {"agency_id": actor.seat_id, "known_as": actor.known_as, "key": key}
    known = IdempotencyKey.objects.filter(**mine).first()
    if known is not None:
        return UUID(known.body)
    case = make()
    IdempotencyKey.objects.create(**mine, fingerprint="", status=303, body=str(case.pk))
    return case.pk

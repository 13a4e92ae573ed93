"""A form that does something does it once, however often it is sent: a double click, a step back."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.crypto import get_random_string

from agencies import turns
from agencies.actors import Actor
from agencies.errors import Malformed, Reason
from agencies.models import IdempotencyKey

_TOKEN = re.compile(r"[A-Za-z0-9]{22}")


def fresh_token() -> str:
    """The token of a form, which makes it one."""
    return get_random_string(22)


def do_once(actor: Actor, token: str, make: Callable[[], str], *, what: str, otherwise: str) -> str:
    """What `make` gives, or what it gave when the form with this token was sent before.

    `what` keeps the tokens of different forms apart. Raises Malformed with the words `otherwise` for what is no token,
    NotPermitted for an actor without an agency, and what `make` raises.
    """
    if not _TOKEN.fullmatch(token):
        raise Malformed(reasons=[Reason("bad_token", otherwise, "/token")])
    turns.wait(turns.Turn.FORM, f"{actor.officer_id} {what}:{token}")
    known = done_before(actor, token, what=what)
    if known is not None:
        return known
    made = make()
    IdempotencyKey.objects.create(**_mine(actor, token, what), fingerprint="", status=303, body=made)
    return made


def done_before(actor: Actor, token: str, *, what: str) -> str | None:
    """What the form with this token gave when it was sent; None when it was not."""
    known = IdempotencyKey.objects.filter(**_mine(actor, token, what)).first()
    return known.body if known is not None else None


def _mine(actor: Actor, token: str, what: str) -> dict[str, object]:
    """Whose row it is. A key of the API has no space (doors/idempotency.py), so neither takes the other's for its own."""
    return {"agency_id": actor.seat_id, "known_as": actor.known_as, "key": f"{what} {token}"}

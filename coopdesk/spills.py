"""Refused state secrets leave a record, whichever door they came in by: pages, autosave, API, steps, notes, files."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from agencies.actors import Actor
from cases import secrecy


class SpillMiddleware:
    """Once a request, after its own transaction, which a refusal has mostly rolled back: who, on what, in which fields.

    What was written is in no event and in no log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with secrecy.watched() as places:
            response = self.get_response(request)
        actor: Actor | None = getattr(request, "actor", None)
        if places and actor is not None:
            with transaction.atomic():
                secrecy.report(actor, _subject(request, actor), places)
        return response


def _subject(request: HttpRequest, actor: Actor) -> str:
    """The case that the address names; where there is none yet, who tried."""
    match = request.resolver_match
    case_id = match.kwargs.get("case_id") if match else None
    return f"case:{case_id}" if case_id else actor.label

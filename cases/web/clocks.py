"""What officers do to the clocks of a case, from its page; a refusal comes back with everything that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agencies.errors import DomainError, NotVisible
from cases import deadlines
from cases.models import Deadline
from cases.queries.dossier import dossier
from cases.web import clock_panel
from cases.web.case import actor_of
from cases.web.clock_forms import DONE, LABELS, Posted
from cases.web.clock_words import resumed

_COMMANDS: dict[str, Callable[..., Deadline]] = {
    "pause": deadlines.pause,
    "resume": deadlines.resume,
    "extend": deadlines.extend,
    "explain": deadlines.explain,
    "finish": deadlines.finish,
}


@require_POST
def act(request: HttpRequest, case_id: UUID, deadline_id: UUID, act: str) -> HttpResponse:
    """Pause, resume, extend, explain or finish a clock."""
    if act not in _COMMANDS:
        raise NotVisible
    actor, data = actor_of(request), _typed(request)
    before = Deadline.objects.filter(pk=deadline_id, case_id=case_id).values_list("due_at", flat=True).first()
    try:
        clock = _COMMANDS[act](actor=actor, case_id=case_id, deadline_id=deadline_id, data=data)
    except NotVisible:
        raise
    except DomainError as error:
        told = dossier(actor, case_id)
        shown = clock_panel.one(told, deadline_id, act, Posted(data=data, error=error))
        if shown is None:
            raise NotVisible from error
        return _again(request, act, error, {"case": told.case, "clock": shown, "form": shown["forms"][0]})
    return _done(request, case_id, resumed(clock, before) if act == "resume" and before else str(DONE[act]))


@require_POST
def record(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Start a period of the law whose trigger an officer records."""
    actor, data = actor_of(request), _typed(request)
    try:
        deadlines.record_trigger(actor=actor, case_id=case_id, data=data)
    except NotVisible:
        raise
    except DomainError as error:
        told = dossier(actor, case_id)
        form = clock_panel.record_again(told, Posted(data=data, error=error))
        return _again(request, "record", error, {"case": told.case, "clock": None, "form": form})
    return _done(request, case_id, str(DONE["record"]))


def _typed(request: HttpRequest) -> dict[str, str]:
    """Every field of the form as it was typed."""
    return {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}


def _again(request: HttpRequest, act: str, error: DomainError, context: dict[str, Any]) -> HttpResponse:
    page = {"title": LABELS[act], "error": error, **context}
    return render(request, "cases/clock.html", page, status=error.status)


def _done(request: HttpRequest, case_id: UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{reverse('case-detail', args=[case_id])}#clocks")

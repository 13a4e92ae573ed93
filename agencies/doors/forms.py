"""Forms of every room: what was sent, and a command's refusal beside the fields it is about."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, QueryDict

from agencies.errors import DomainError


def sent(request: HttpRequest) -> QueryDict | None:
    """The data of a form that was sent, also of one sent empty; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def attach(form: forms.Form, error: DomainError) -> None:
    """Put the reasons of a refusal beside the fields they point to, the others at the head of the form."""
    for reason in error.reasons:
        name = reason.pointer.strip("/")
        form.add_error(name if name in form.fields else None, str(reason.words))
    if not error.reasons:
        form.add_error(None, str(error.message))

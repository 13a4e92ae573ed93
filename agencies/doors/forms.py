"""Forms of every room: what was sent, and a command's refusal beside the fields it is about."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from agencies.errors import DomainError, Malformed

# What stands for bytes that could not be read.
_LOST = "\ufffd"


def sent(request: HttpRequest) -> QueryDict | None:
    """The data of a form that was sent, also of one sent empty; None for a page that is only opened.

    Raises Malformed for bytes that are no text: they would be stored as what nobody wrote.
    """
    if request.method != "POST":
        return None
    if any(_LOST in text for _name, texts in request.POST.lists() for text in texts):
        raise Malformed(_("送来的文字不是 UTF-8，没有保存。"))
    return request.POST


def attach(form: forms.Form, error: DomainError) -> None:
    """Put the reasons of a refusal beside the fields they point to, the others at the head of the form."""
    for reason in error.reasons:
        name = reason.pointer.strip("/")
        form.add_error(name if name in form.fields else None, str(reason.words))
    if not error.reasons:
        form.add_error(None, str(error.message))

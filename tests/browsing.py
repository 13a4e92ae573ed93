"""Pages as members of the cast see them: a client that is logged in, and what the drafting page posts."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from agencies.scope import acting
from cases import drafts
from cases.models import Case
from cases.policies import visible_to
from tests.cast import Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def log_in(cast: Cast, login: str) -> Client:
    """A client logged in as a member of the cast."""
    client = Client()
    client.force_login(cast.officer(login), backend=BACKEND)
    return client


def draft_form(case: Case, **changes: str) -> dict[str, str]:
    """What the drafting page posts for a case as the story makes it; `changes` replace or add fields."""
    return {
        "version": str(case.version),
        "rows": "1",
        "title": "跨境刷单返利诈骗案",
        "urgency": "normal",
        "mark": "internal",
        "summary": "资金流入泰国账户。",
        "purpose": "证明资金去向。",
        "subjects-0-kind": "person",
        "subjects-0-name": "张示例",
        "subjects-0-role": "suspect",
        "subjects-0-document_number": "ZZ9000001",
        "items-0-description": "查明开户人。",
        "items-1-description": "调取交易明细。",
        **changes,
    }


def edit_url(case: Case) -> str:
    return reverse("case-edit", args=[case.pk])


def stored(cast: Cast, case: Case, login: str = "kunshan.officer") -> dict:
    """The content of the case in the database."""
    with acting(cast.actor(login)):
        return drafts.content_of(visible_to(cast.actor(login)).get(pk=case.pk))

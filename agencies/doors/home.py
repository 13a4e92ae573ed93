"""Where an officer begins, by what he does here. Log-in, `/`, the logo and a change of office all ask this."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from agencies.models import Officer
from agencies.officers import appointments_of
from agencies.roles import CASE_ROLES, Role

_PAGES = dict.fromkeys(CASE_ROLES, "workbench") | {
    Role.SUPERVISOR: "board",
    Role.SYSTEM_ADMIN: "officer-list",
    Role.SECURITY_ADMIN: "officer-list",
    Role.AUDITOR: "audit-log",
}


def first_page(role: str) -> str:
    """The workbench, the board, the officers, or the trail; without an office the account."""
    return reverse(_PAGES[Role(role)] if role in Role.values else "my-account")


def home_of(user: Officer | AnonymousUser) -> str:
    """The first page of whoever is logged in under the office he acts in; the log-in page for nobody."""
    if not isinstance(user, Officer):
        return reverse("account_login")
    posts = appointments_of(user)
    return first_page(posts[0].role if posts else "")

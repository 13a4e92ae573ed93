"""Where an officer begins, by what he does here."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from agencies.models import Officer
from agencies.officers import appointments_of
from agencies.roles import Role

_HOMES = {Role.SYSTEM_ADMIN: "officer-list", Role.SECURITY_ADMIN: "officer-list", Role.AUDITOR: "audit-log"}


def home_of(user: Officer | AnonymousUser) -> str:
    """The first page after logging in: the workbench, the officers, or the trail; without an office, the account."""
    if not isinstance(user, Officer):
        return reverse("account_login")
    posts = appointments_of(user)
    if not posts:
        return reverse("my-account")
    return reverse(_HOMES.get(Role(posts[0].role), "workbench"))

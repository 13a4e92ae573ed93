"""What the shell of every page needs: the rooms, who acts and as what, unread notices, theme, environment and clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.doors.home import first_page
from agencies.models import Appointment, Officer
from agencies.officers import appointments_of
from agencies.roles import CASE_ROLES, Role
from cases.queries import inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One entry of the main navigation: whom it is for, and which URLs are inside it."""

    url: str
    label: Promise | str
    roles: frozenset[Role]
    inside: tuple[str, ...] = ()
    key: str = ""


_EVERYONE = frozenset(Role)
ROOMS = (
    Room(url="workbench", label=_("工作台"), roles=CASE_ROLES, key="g w"),
    Room(url="case-list", label=pgettext_lazy("room", "案件"), roles=CASE_ROLES, inside=("case", "export"), key="g l"),
    Room(
        url="country-list",
        label=_("国别台账"),
        roles=_EVERYONE,
        inside=("country", "ledger"),
        key="g c",
    ),
    # The tabs of this room: treaties/_law_tabs.html.
    Room(
        url="instrument-list",
        label=pgettext_lazy("room", "条约法律"),
        roles=_EVERYONE,
        inside=("instrument", "law"),
        key="g t",
    ),
    Room(url="advice", label=_("渠道建议"), roles=CASE_ROLES),
    Room(
        url="board",
        label=_("督办看板"),
        roles=frozenset({Role.APPROVER, Role.SUPERVISOR}),
        inside=("board",),
        key="g b",
    ),
    Room(
        url="supervision-list",
        label=pgettext_lazy("room", "督办"),
        roles=CASE_ROLES,
        inside=("supervision", "bulk"),
        key="g s",
    ),
    Room(url="archive-list", label=pgettext_lazy("room", "归档"), roles=CASE_ROLES, inside=("archive",)),
    # The tabs of this room: components/limit_tabs.html.
    Room(
        url="internal-limit-list",
        label=pgettext_lazy("room", "时限"),
        roles=_EVERYONE,
        inside=("internal-limit", "time-limit", "calendar"),
    ),
    Room(url="agency-list", label=_("机关"), roles=_EVERYONE, inside=("agency",), key="g a"),
    Room(
        url="unattended-list",
        label=_("无人办理"),
        roles=frozenset({Role.APPROVER, Role.DESK, Role.SUPERVISOR}),
        inside=("handover", "unattended"),
    ),
    Room(
        url="officer-list",
        label=_("民警与任职"),
        roles=frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.APPROVER}),
        inside=("officer", "appointment"),
    ),
    Room(
        url="delegation-list",
        label=_("代办"),
        roles=frozenset({Role.SECURITY_ADMIN}),
        inside=("delegation",),
    ),
    Room(
        url="reorganisation-list",
        label=_("机构调整"),
        roles=frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}),
        inside=("reorganisation",),
    ),
    Room(url="client-list", label=_("接口客户端"), roles=frozenset({Role.SECURITY_ADMIN}), inside=("client",)),
    Room(url="audit-log", label=_("审计日志"), roles=frozenset({Role.AUDITOR}), inside=("audit",)),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html. Nothing here reads the database before the template asks."""
    officer = getattr(request, "user", None)
    officer = officer if isinstance(officer, Officer) else None
    posts = _appointments(request, officer)
    role = posts[0].role if posts else ""
    return {
        "officer": officer,
        "acting": posts[0] if posts else None,
        "appointments": posts,
        "nav": list(_nav(request, role)),
        "home": first_page(role) if officer else "/",
        "placed": (),
        "case_work": role in CASE_ROLES,
        "unread_count": lambda: _unread(officer),
        "theme": officer.theme if officer else "auto",
        "single_keys": officer.single_key_shortcuts if officer else True,
        "demo": settings.DEMO,
        "debug_links": settings.DEBUG,
        "now": timezone.now,
    }


def _appointments(request: HttpRequest, officer: Officer | None) -> list[Appointment]:
    """What the middleware found; for a request that reached no view (an unknown address) looked up here."""
    if officer is None or hasattr(request, "appointments"):
        return getattr(request, "appointments", [])
    try:
        return appointments_of(officer)
    except DatabaseError:  # the page that says so must not fail for the same reason
        return []


def _nav(request: HttpRequest, role: str) -> Iterable[dict[str, Any]]:
    match = getattr(request, "resolver_match", None)
    here = (match.url_name or "") if match else ""
    for room in ROOMS:
        if role in room.roles:
            current = here in (room.url, *room.inside) or here.startswith(tuple(f"{name}-" for name in room.inside))
            yield {"url": reverse(room.url), "label": room.label, "current": current, "key": room.key}


def _unread(officer: Officer | None) -> int:
    """For the bell; on the page that says that the database is away, nothing."""
    try:
        return inbox.unread_count(officer.pk) if officer else 0
    except DatabaseError:
        return 0

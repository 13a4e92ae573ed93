"""System checks: what production refuses to start with. Each has an id, a reason and a hint.

They stand aside for the embedded default and for the tests: `in_production` is the one place that says so. Set-up and
the web server run them when they start, and so does `manage.py check --deploy --database default`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connections

from agencies.models import Officer
from coopdesk import roles
from coopdesk.demo.world import posts

KEY_LENGTH = 50
OLDEST_SERVER = 18


def in_production() -> bool:
    """Whatever is neither the embedded default nor the tests."""
    return not (settings.EMBEDDED or settings.TESTING)


@register(Tags.security, deploy=True)
def environment(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """What the environment must say."""
    return list(_environment()) if in_production() else []


def _environment() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("Debugging is on.", hint="Unset COOPDESK_DEBUG.", id="coopdesk.E001")
    if settings.SECRET_KEY.startswith("insecure") or len(settings.SECRET_KEY) < KEY_LENGTH:
        yield Error(
            "The secret key is missing, short or the default one.",
            hint=f"Set COOPDESK_SECRET_KEY to {KEY_LENGTH} or more random characters.",
            id="coopdesk.E002",
        )
    if not os.environ.get("COOPDESK_HOSTS") or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "The host names are not set.", hint="Set COOPDESK_HOSTS to the names of this site.", id="coopdesk.E003"
        )
    if not settings.AUDIT_KEY.is_file() and (settings.DB_ROLE == "worker" or not settings.AUDIT_PUBLIC_KEY.is_file()):
        yield Error(
            "There is no key for the audit trail's checkpoints.",
            hint="Make one with `openssl genpkey -algorithm ed25519` and name its file in the worker's COOPDESK_AUDIT_KEY,"
            " its public half (`openssl pkey -pubout`) in the web's COOPDESK_AUDIT_PUBLIC_KEY.",
            id="coopdesk.E004",
        )
    if settings.DEMO:
        yield Error("The demo world is switched on.", hint="Unset COOPDESK_DEMO.", id="coopdesk.E005")
    if not settings.HTTPS:
        yield Warning(
            "The site's address is not an https one, so cookies travel in the clear.",
            hint="Set COOPDESK_ORIGIN to https://<the site's name>.",
            id="coopdesk.W001",
        )


@register(Tags.database, deploy=True)
def database(app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """What the database must be like. A server that does not answer is /readyz's affair, not ours."""
    if not databases or not in_production():
        return []
    try:
        return list(_database())
    except DatabaseError:
        return []


def _database() -> Iterator[CheckMessage]:
    yield from _server()
    yield from _roles()
    migrated = _value("SELECT to_regclass('agencies_officer') IS NOT NULL")
    demo = [login for login in posts() if "." in login]  # the others are names that a production set may use too
    if migrated and Officer.objects.filter(police_number__in=demo, is_active=True).exists():
        yield Error(
            "There are demo accounts in the database.",
            hint="Deactivate them; the demo world belongs to the embedded default only.",
            id="coopdesk.E010",
        )


def _server() -> Iterator[CheckMessage]:
    if int(_value("SHOW server_version_num")) < OLDEST_SERVER * 10_000:
        yield Error(f"PostgreSQL is older than {OLDEST_SERVER}.", hint="Upgrade the server.", id="coopdesk.E011")
    if not _value("SELECT show_trgm('电信诈骗') <> '{}'"):
        yield Error(
            "The database's locale does not know Chinese characters: the search has no index for them.",
            hint="Make the cluster with --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8.",
            id="coopdesk.E012",
        )
    for setting in ("synchronous_commit", "fsync", "full_page_writes"):
        if _value(f"SHOW {setting}") == "off":
            yield Error(
                f"{setting} is off: a crash would lose what officers were told is saved.",
                hint=f"Set {setting} = on.",
                id="coopdesk.E013",
            )


def _roles() -> Iterator[CheckMessage]:
    """The web and the worker connect as roles that own nothing and pass no policy by."""
    names = [roles.APP, roles.WORKER] if settings.DB_ROLE == "migrate" else [_value("SELECT current_user")]
    strong = _value(
        "SELECT string_agg(rolname, ', ') FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls"
        " OR pg_has_role(oid, (SELECT oid FROM pg_roles WHERE rolname = %s), 'MEMBER')"
        " OR EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = rolname))",
        [names, roles.OWNER],
    )
    if strong:
        yield Error(
            f"{strong} can pass row-level security by: a superuser, an owner of tables, or too mighty a role.",
            hint="Use the roles that `manage.py create_roles` makes.",
            id="coopdesk.E014",
        )


def _value(query: str, parameters: Sequence[Any] = ()) -> Any:
    with connections["default"].cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def refuse_unsafe() -> None:
    """Raise SystemCheckError with every reason why production may not start like this."""
    found = [*environment(None), *database(None, ["default"])]
    errors = [message for message in found if message.is_serious()]
    if errors:
        raise SystemCheckError("\n".join(["Coopdesk does not start like this:", *map(str, errors)]))

"""For machines that watch: is the process alive, can it serve, how much does it do. No log-in, nothing personal."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

View = Callable[[HttpRequest], HttpResponse]


def _for_machines(view: View) -> View:
    """Open to whoever can reach it, never cached, outside the transaction of a request."""
    view = login_not_required(never_cache(require_safe(view)))
    view.outside_transaction = True  # type: ignore[attr-defined]
    return view


@_for_machines
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers."""
    return JsonResponse({"status": "alive"})


@_for_machines
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, broker and schema are there; 503 with the names of those that are not."""
    missing = [name for name, there in _NEEDED.items() if not there()]
    return JsonResponse(
        {"status": "missing" if missing else "ready", "missing": missing}, status=503 if missing else 200
    )


@_for_machines
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures of all processes of this server, for a scraper that asks it directly; absent for all others."""
    if not _from_inside(request):
        raise Http404
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def _from_inside(request: HttpRequest) -> bool:
    """From this machine or a private network, and not handed on by a proxy, which has such an address itself."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded")):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_private


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


_migrated = False


def _schema() -> bool:
    """Looked up until it is complete; a process never outlives its own schema."""
    global _migrated
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
    return _migrated


def _broker() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


_NEEDED: dict[str, Callable[[], bool]] = {"database": _database, "broker": _broker, "schema": _schema}

"""The API's list and the HTML queue against the floor: three servers, measured in turns."""

from __future__ import annotations

import contextlib
import json
import os
import re
import urllib.parse
import urllib.request
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from oauth2_provider.models import get_application_model

from agencies.models import Agency, Officer, ServiceAccount
from bench.database import app_url, environment
from bench.django_at import django_at
from bench.figures import Figure, interleaved
from bench.http import Connection, rate, server
from bench.load import login
from bench.world import KUNSHAN

_LIST = "/api/v1/cases/"
_QUEUE = "/"
_ROWS = 50
_SECRET = "bench-only-secret"


def measure(_small: str, large: str) -> list[Figure]:
    """Requests per second of each, in the large database."""
    with django_at(large):
        agency = Agency.objects.get(code=KUNSHAN)
        service = _client(agency)
        cookie = session_of(Officer.objects.get(police_number=login(agency.code, "chief")))
    logs = Path(os.environ["COOPDESK_STATE"])
    floor_env = {"DATABASE_URL": app_url(large), "BENCH_AGENCY": str(agency.pk), "BENCH_SERVICE": str(service.pk)}
    with contextlib.ExitStack() as stack:
        floor = stack.enter_context(server("bench.floor:application", floor_env, logs / "floor.log"))
        product = stack.enter_context(server("coopdesk.wsgi", environment(large), logs / "web.log"))
        bearer = {"Authorization": f"Bearer {_token(product, service)}", "Accept": "application/json"}
        session = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Accept": "text/html"}
        _check(floor, product, bearer, session)
        rates = interleaved(
            {
                "floor": lambda: rate(floor, "/", {}),
                "list": lambda: rate(product, _LIST, bearer),
                "queue": lambda: rate(product, _QUEUE, session),
            }
        )
    return [
        Figure("API list, 50 rows, full DRF with a token", rates["list"], rates["floor"], "req/s", 0.40),
        Figure("HTML queue, 50 rows", rates["queue"], rates["floor"], "req/s", 0.12),
    ]


def _client(agency: Agency) -> ServiceAccount:
    applications = get_application_model()
    application = applications.objects.create(
        name="bench",
        client_type=applications.CLIENT_CONFIDENTIAL,
        authorization_grant_type=applications.GRANT_CLIENT_CREDENTIALS,
        client_secret=_SECRET,
    )
    return ServiceAccount.objects.create(application=application, agency=agency, name="bench")


def _token(port: int, service: ServiceAccount) -> str:
    """As a client gets it."""
    form = {"grant_type": "client_credentials", "scope": "cases:read"}
    form |= {"client_id": service.application.client_id, "client_secret": _SECRET}
    url = f"http://localhost:{port}/oauth/token/"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=60) as answer:
        return str(json.load(answer)["access_token"])


def session_of(officer: Officer) -> str:
    """A session as log-in leaves it."""
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.create()
    assert session.session_key is not None
    return session.session_key


def _check(floor: int, product: int, bearer: dict[str, str], session: dict[str, str]) -> None:
    """Both give the same rows, and as many as promised; otherwise nothing below means anything."""
    bare, full = (json.loads(_get(port, path, headers)) for port, path, headers in _asked(floor, product, bearer))
    if bare["results"] != full["results"] or len(full["results"]) != _ROWS:
        raise SystemExit("the floor and the API's list do not give the same 50 rows")
    numbers = set(re.findall(rb"GJHZ-\d{4}-\d+-\d+", _get(product, _QUEUE, session)))
    if len(numbers) != _ROWS:
        raise SystemExit(f"the queue shows {len(numbers)} cases, not {_ROWS}")


def _asked(floor: int, product: int, bearer: dict[str, str]) -> list[tuple[int, str, dict[str, str]]]:
    return [(floor, "/", {}), (product, _LIST, bearer)]


def _get(port: int, path: str, headers: dict[str, str]) -> bytes:
    connection = Connection(port, path, headers)
    status, body = connection.get()
    connection.close()
    if status != 200:
        raise SystemExit(f"{path} answered {status}: {body[:300].decode(errors='replace')}")
    return body

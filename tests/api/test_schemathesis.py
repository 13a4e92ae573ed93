"""The API against its own description, by schemathesis, as three callers: an officer, the last desk, a machine.

In process (WSGI) and in one thread: more threads trip over a fault of CPython 3.11. The plugin is off (pyproject.toml);
the library is driven here, so that the database is the test's own.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from schemathesis import HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from tests.api.conftest import new_token

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")]
EXAMPLES = 12
CSRF = "x" * 32
_product = get_wsgi_application()
# What no schema says: whether a file is one is in its bytes; an export's parameters depend on its kind, a limit's numbers
# on whether it is withdrawn; the ends of a window stand in order.
BEYOND = [
    "/api/v1/cases/{case_id}/files/",
    "/api/v1/exports/",
    "/api/v1/internal-limits/",
    "/api/v1/deadlines/",
]
# What a good request may hear besides 2xx, 401, 403, 404 and 409: stale, not ready or a key used before (the coverage
# phase has one key for all), and 428 for an empty header.
ACCEPTANCE = ["2xx", "401", "403", "404", "409", "412", "422", "428"]


@pytest.fixture
def cases(real_db, story):
    """A case in each status, so that ids and steps meet something."""
    statuses = ["draft", "draft", "in_review", "returned", "cleared", "dispatched", "answered", "delivered", "closed"]
    foreign = ["received", "in_review", "to_assign", "in_execution", "result_review", "cleared"]
    return [story.at(status) for status in statuses] + [story.incoming_at(status) for status in foreign]


def session_of(officer: Any) -> str:
    """The session key of an officer who has logged in."""
    client = Client()
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def browser(environ: dict[str, Any], start_response: Any) -> Any:
    """The product behind a browser that holds a CSRF cookie and sends its header."""
    environ["HTTP_COOKIE"] = "; ".join(filter(None, [environ.get("HTTP_COOKIE"), f"csrftoken={CSRF}"]))
    return _product({**environ, "HTTP_X_CSRFTOKEN": CSRF}, start_response)


@pytest.mark.parametrize("who", ["kunshan.officer", "guohe.desk", "machine"])
def test_it_does_what_it_says(cases, cast, credentials, who):
    who_calls: dict[str, Any]
    if who == "machine":
        who_calls = {"headers": {"Authorization": f"Bearer {new_token(*credentials)}"}}
    else:
        who_calls = {"auth": {"openapi": {"session": {"api_key": session_of(cast.officer(who))}}}}
    config = SchemathesisConfig.from_dict(
        {
            **who_calls,
            "seed": 20261125,
            "workers": 1,
            "generation": {"max-examples": EXAMPLES, "allow-x00": False, "codec": "utf-8"},
            "phases": {
                # Its good requests name no codes that exist; the hooks below help the fuzzing ones.
                "coverage": {"checks": {"positive_data_acceptance": {"enabled": False}}},
                # tests/cases/test_life_by_chance.py walks through the states.
                "stateful": {"enabled": False},
            },
            "checks": {
                # In process it cannot take a session away (tests/api/test_cases.py does).
                "ignored_auth": {"enabled": who == "machine"},
                "positive_data_acceptance": {"expected-statuses": ACCEPTANCE},
                "missing_required_header": {"expected-statuses": ["400", "401", "403", "422", "428"]},
            },
            "operations": [
                {"include-path": path, "checks": {"positive_data_acceptance": {"enabled": False}}} for path in BEYOND
            ],
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", browser, config=config)
    ids = [str(case.pk) for case in cases]

    @schema.hook
    def map_path_parameters(context: HookContext, path_parameters: Any) -> Any:
        return _real_ids(path_parameters, ids)

    @schema.hook
    def map_headers(context: HookContext, headers: Any) -> Any:
        return _near_versions(headers)

    @schema.hook
    def map_query(context: HookContext, query: Any) -> Any:
        return _known_codes(query)

    @schema.hook
    def map_body(context: HookContext, body: Any) -> Any:
        if isinstance(body, dict) and "responsible_officer" in body:
            body = {name: value for name, value in body.items() if name != "responsible_officer"}
            body |= {"responsible_officer": "kunshan.officer"} if who == "machine" else {}
        return _of_its_direction(_known_codes(_untrimmed(body)))

    faults = _faults(schema)
    assert not faults, "\n\n".join(faults)


# --- Hooks: what is well-formed gets a value that exists; what is malformed stays malformed ---------------------------

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Codes that the document cannot list, for they are rows; a wrong one is refused (tests/api/test_cases.py).
_CODES = {
    "country": ("[A-Za-z]{2}", "TH"),
    "nationality": ("[A-Za-z]{2}", "MM"),
    "request_type": (".{1,60}", "police_cooperation_out"),
    "channel": (".{1,60}", "police_liaison"),
    "ground": (".{0,60}", "cannot_execute"),
    "reasons": (".{0,60}", "facts_unclear"),
    "parent": ("[0-9]{12}", "320500000000"),
    "origin": ("[0-9]{12}", "320583000000"),
    "holder": ("[0-9]{12}", "000000010000"),
    "issued_by": ("[0-9]{12}", "320000000000"),
    "agency": (".{0,120}", "320000000000"),
    "agencies": (".{0,120}", "530000000000"),
    "grounds": (".{0,60}", "political_offence"),
    "received_via": (".{1,60}", "police_liaison"),
    "received_on": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-01-05"),
    "wanted_by": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-06-30"),
    "cursor": (".{1,}", None),
    "since": (".{1,}", None),
    "on": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-11-21"),
    "origin_agency": ("[0-9]{12}", "320583000000"),
}
_LISTS = ("reasons", "agencies", "grounds")


def _real_ids(parameters: dict[str, Any] | None, ids: list[str]) -> dict[str, Any] | None:
    """Most of the time an id that exists; always the same one for the same input."""
    given = str(parameters.get("case_id", "")) if parameters else ""
    if parameters is None or not _UUID.fullmatch(given):
        return parameters
    pick = zlib.crc32(given.encode()) % (len(ids) + 2)
    return {**parameters, "case_id": ids[pick]} if pick < len(ids) else parameters


def _near_versions(headers: Any) -> Any:
    """Versions that a young case may have."""
    if headers and re.fullmatch('(W/)?"?[0-9]{1,9}"?', str(headers.get("If-Match", ""))):
        headers["If-Match"] = f'"{zlib.crc32(headers["If-Match"].encode()) % 9 + 1}"'
    return headers


def _untrimmed(data: Any) -> Any:
    """The same with nothing around a text that would be trimmed before it is measured, which no schema can say: what is too
    long by a space stays too long."""
    if isinstance(data, list):
        return [_untrimmed(row) for row in data]
    if isinstance(data, dict):
        return {name: _untrimmed(value) for name, value in data.items()}
    if not isinstance(data, str) or not (text := data.strip()):
        return data
    before = len(data) - len(data.lstrip())
    return "*" * before + text + "*" * (len(data) - before - len(text))


def _known_codes(data: Any) -> Any:
    """The same with codes that exist, and without a cursor."""
    if isinstance(data, list):
        return [_known_codes(row) for row in data]
    if not isinstance(data, dict):
        return data
    if data.get("outcome") == "refused" and data.get("ground", "") in ("", None):
        data = {**data, "ground": "cannot_execute"}
    known = {name: _known_code(name, value) for name, value in data.items()}
    return {name: value for name, value in known.items() if value is not None or data[name] is None}


def _of_its_direction(body: Any) -> Any:
    """A foreign request with a type that may be foreign."""
    if isinstance(body, dict) and body.get("direction") == "incoming" and "request_type" in body:
        known = body["request_type"] == "police_cooperation_out"
        return {**body, "request_type": "mla_evidence_in"} if known else body
    return body


def _known_code(name: str, value: Any) -> Any:
    if name in _LISTS and isinstance(value, list):
        return [_known_code(name, row) if isinstance(row, str) else row for row in value]
    if name in _CODES and isinstance(value, str):
        pattern, code = _CODES[name]
        return code if re.fullmatch(pattern, value, re.DOTALL) else value
    return _known_codes(value)


# --- The run ---------------------------------------------------------------------------------------------------------


def _faults(schema: Any) -> list[str]:
    faults, calls = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            faults.append(str(getattr(event, "exception", event)))
        if isinstance(event, events.ScenarioFinished):
            calls += len(event.recorder.interactions)
            faults += [
                f"{event.label}: {node.name}: {node.failure_info.failure}\n{node.failure_info.code_sample}"
                for nodes in event.recorder.checks.values()
                for node in nodes
                if node.status == Status.FAILURE and node.failure_info is not None
            ]
    connection.close()
    assert calls > 300, "too little was tried"
    return faults

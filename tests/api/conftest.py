"""Callers of the API: officers with a session, a machine with a token."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from agencies.clients import register_client
from tests.cast import Cast
from tests.stories import CONTENT, COUNTERPART

BASE = "/api/v1/"
_keys = itertools.count(1)


class Caller:
    """`caller.get("cases/", status="draft")`, `caller.post("cases/", {...})`; writes carry a fresh Idempotency-Key."""

    def __init__(self, *, token: str = "", officer: Any = None, language: str = "zh-hans") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if officer is not None:
            self.client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
        return self.client.get(_url(path), params, headers={**self.headers, **(headers or {})})

    def send(self, method: str, path: str, data: Any = None, **headers: str | None) -> Any:
        """Any write; header names with underscores, None leaves a default out."""
        given = {
            **self.headers,
            "Idempotency-Key": f"test-{next(_keys)}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        body = data if isinstance(data, (bytes, str)) else b"" if data is None else json.dumps(data)
        return self.client.generic(
            method,
            _url(path),
            body,
            content_type=given.pop("Content-Type", "application/json"),
            headers={name: value for name, value in given.items() if value is not None},
        )

    def post(self, path: str, data: Any = None, **headers: str | None) -> Any:
        return self.send("POST", path, data, **headers)

    def patch(self, path: str, data: Any = None, **headers: str | None) -> Any:
        return self.send("PATCH", path, data, **headers)

    def step(self, case: Any, name: str, **data: Any) -> Any:
        """Take a step on the version that `case` has."""
        version = case["version"] if isinstance(case, dict) else case.version
        pk = case["id"] if isinstance(case, dict) else case.pk
        return self.post(f"cases/{pk}/steps/{name}/", data, If_Match=f'"{version}"')


def _url(path: str) -> str:
    return path if path.startswith(("/", "http")) else BASE + path


@pytest.fixture
def credentials(cast: Cast) -> tuple[str, str]:
    """Client id and secret of a machine of 昆山市公安局."""
    from agencies.scope import acting

    actor = cast.actor("secadmin")
    with acting(actor):
        return register_client(actor=actor, agency=cast.agency("kunshan"), name="昆山办案系统")


@pytest.fixture
def token(credentials: tuple[str, str]) -> str:
    return new_token(*credentials)


def new_token(client_id: str, secret: str, scope: str = "cases:read cases:file") -> str:
    """A token as a client gets it."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, "scope": scope}
    answer = Client().post("/oauth/token/", form)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


@pytest.fixture
def caller(cast: Cast) -> Callable[..., Caller]:
    """`caller("kunshan.officer")`: an officer with a session."""
    return lambda login, **more: Caller(officer=cast.officer(login), **more)


@pytest.fixture
def machine(token: str) -> Caller:
    return Caller(token=token)


@pytest.fixture
def nobody() -> Caller:
    return Caller()


def content(**changes: Any) -> dict[str, Any]:
    """A whole new request, as an officer posts it."""
    return {**CONTENT, **changes}


def problem(answer: Any, status: int, code: str = "") -> dict[str, Any]:
    """The answer is this problem; returns its body."""
    assert answer.status_code == status, (answer.status_code, answer.content[:600])
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    if code:
        assert body["code"] == code, body
    return body


def pointers(body: dict[str, Any]) -> set[str]:
    return {error["pointer"] for error in body.get("errors", [])}


__all__ = ["COUNTERPART", "Caller", "content", "new_token", "pointers", "problem"]

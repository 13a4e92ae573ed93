"""Bytes that reach us before any form: cookies, content types, credentials, page positions."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import RequestFactory

from coopdesk.wsgi import application

pytestmark = pytest.mark.django_db


def test_a_cookie_with_a_nul_is_refused(client):
    client.cookies["coopdesk_session"] = "abcdefgh\x00ijkl"
    assert client.get("/").status_code == 400


@pytest.mark.parametrize("kind", ["application/json; charset*=utf-8''%00", "multipart/form-data; boundary*=foo''x"])
def test_extended_parameters_of_a_content_type_are_refused(kind):
    environ = RequestFactory().post("/account/login/").environ | {"CONTENT_TYPE": kind}
    said: list[str] = []
    body = b"".join(application(environ, lambda status, _headers: said.append(status)))
    assert said == ["400 Bad Request"]
    assert body


def test_a_nul_in_a_clients_credentials_is_refused(client):
    basic = base64.b64encode(b"a\x00:b").decode()
    response = client.post(
        "/oauth/token/", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert 400 <= response.status_code < 500


def test_a_page_position_beyond_all_zones_is_refused(client, cast):
    client.force_login(cast.officer("kunshan.officer"))
    position = ["2026-01-01T00:00:00+23:59:59.5", "01a210dc-1783-7e7b-af0e-c92ec3d45781"]
    after = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")
    assert client.get("/", {"after": after}).status_code < 500

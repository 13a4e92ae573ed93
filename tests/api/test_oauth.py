"""Clients and their tokens: registered by the security administrator, client credentials only, revoked at once."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from agencies.clients import register_client, registered_clients, revoke_client
from agencies.errors import Malformed, NotPermitted, NotVisible
from agencies.models import Agency, AuditEvent, ServiceAccount
from tests.api.conftest import Caller, new_token, problem

pytestmark = pytest.mark.django_db


class TestRegistration:
    @pytest.mark.parametrize("login", ["sysadmin", "auditor", "kunshan.officer", "kunshan.chief"])
    def test_only_by_the_security_administrator(self, cast, login):
        with pytest.raises(NotPermitted):
            register_client(actor=cast.actor(login), agency=cast.agency("kunshan"), name="x")
        with pytest.raises(NotPermitted):
            revoke_client(actor=cast.actor(login), account_id=1)

    @pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "\ud800"])
    def test_bad_names(self, cast, name):
        with pytest.raises(Malformed):
            register_client(actor=cast.actor("secadmin"), agency=cast.agency("kunshan"), name=name)

    def test_the_secret_is_stored_hashed(self, cast, credentials):
        client_id, secret = credentials
        application = Application.objects.get(client_id=client_id)
        assert application.client_secret != secret
        assert [account.agency.code for account in registered_clients()] == ["320583000000"]
        event = AuditEvent.objects.get(kind="client.register")
        assert secret not in str(event.facts)

    def test_revoking(self, cast, credentials, token):
        account = ServiceAccount.objects.get()
        with pytest.raises(NotVisible):
            revoke_client(actor=cast.actor("secadmin"), account_id=0)
        assert Caller(token=token).get("me/").status_code == 200
        revoke_client(actor=cast.actor("secadmin"), account_id=account.pk)
        problem(Caller(token=token).get("me/"), 401)
        assert ask(*credentials).status_code == 401
        revoke_client(actor=cast.actor("secadmin"), account_id=account.pk)
        assert AuditEvent.objects.filter(kind="client.revoke").count() == 1


def ask(client_id="", secret="", **form):
    given = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **form}
    return Client().post("/oauth/token/", given)


class TestToken:
    def test_success(self, credentials):
        answer = ask(*credentials)
        body = answer.json()
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
        assert set(body["scope"].split()) == {"cases:read", "cases:file"}
        assert "refresh_token" not in body
        assert answer.headers["Cache-Control"] == "no-store"
        assert AuditEvent.objects.filter(kind="client.token").exists()

    def test_by_basic_authentication(self, credentials):
        basic = base64.b64encode(":".join(credentials).encode()).decode()
        answer = Client().post(
            "/oauth/token/",
            "grant_type=client_credentials",
            content_type="application/x-www-form-urlencoded",
            headers={"Authorization": f"Basic {basic}"},
        )
        assert answer.status_code == 200

    def test_it_is_stored_as_a_checksum(self, token):
        assert AccessToken.objects.get().token != token

    @pytest.mark.parametrize(
        "form,status,code",
        [
            ({"secret": "wrong"}, 401, "invalid_client"),
            ({"client_id": "wrong"}, 401, "invalid_client"),
            ({"client_id": "a\x00b"}, 400, "invalid_request"),
            ({"grant_type": "password", "username": "x", "password": "y"}, 400, "unsupported_grant_type"),
            ({"grant_type": "authorization_code", "code": "x"}, 400, "unsupported_grant_type"),
            ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, 400, ""),
            ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, 400, ""),
            ({"grant_type": ""}, 400, ""),
            ({"scope": "cases:decide"}, 400, "invalid_scope"),
        ],
    )
    def test_refusals(self, credentials, form, status, code):
        client_id, secret = credentials
        answer = ask(**{"client_id": client_id, "secret": secret, **form})
        assert answer.status_code == status, answer.content
        assert answer.headers["Content-Type"].startswith("application/json")
        assert code in answer.json()["error"]

    def test_the_form_and_nothing_else(self, credentials):
        client = Client()
        assert client.get("/oauth/token/").status_code == 405
        assert client.post("/oauth/token/?client_secret=x", {}).status_code == 400
        assert client.post("/oauth/token/", "{}", content_type="application/json").status_code == 415
        assert client.post("/oauth/token/", {"a": "x" * 20_000}).status_code == 413
        assert client.post("/oauth/authorize/", {}).status_code == 404
        assert client.post("/oauth/introspect/", {}).status_code == 404

    def test_it_is_slowed_down(self, credentials, monkeypatch):
        monkeypatch.setattr("agencies.api.oauth.REQUESTS", 2)
        assert [ask(*credentials).status_code for _ in range(3)] == [200, 200, 429]
        assert ask(*credentials).headers["Retry-After"] == "60"

    def test_revoking_one_token(self, credentials, token):
        client_id, secret = credentials
        form = {"token": token, "client_id": client_id, "client_secret": secret}
        assert Client().post("/oauth/revoke/", form).status_code == 200
        problem(Caller(token=token).get("me/"), 401)


class TestBearer:
    @pytest.mark.parametrize(
        "header", ["Bearer", "Bearer ", "Bearer nope", "Bearer \x00", "bearer x y", "Bearer " + "x" * 9000]
    )
    def test_401(self, header):
        who = Caller()
        who.headers["Authorization"] = header
        answer = who.get("cases/")
        problem(answer, 401, "authentication_failed")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_expired(self, token):
        row = AccessToken.objects.get()
        AccessToken.objects.update(expires=row.expires - timedelta(seconds=901))
        problem(Caller(token=token).get("cases/"), 401)

    def test_a_dissolved_agency(self, token, credentials):
        Agency.objects.filter(code="320583000000").update(is_active=False)
        problem(Caller(token=token).get("cases/"), 401)
        assert ask(*credentials).status_code == 401

    def test_a_token_opens_no_page(self, token):
        assert Client(headers={"Authorization": f"Bearer {token}"}).get("/").status_code == 302

    def test_the_token_counts_not_the_session_beside_it(self, caller, token, story):
        story.submitted("ruili")
        who = caller("ruili.officer")
        who.headers["Authorization"] = f"Bearer {token}"
        assert who.get("cases/").json()["results"] == []


class TestSession:
    def test_csrf(self, cast):
        client = Client(enforce_csrf_checks=True)
        client.force_login(
            cast.officer("kunshan.officer"), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        answer = client.post("/api/v1/cases/", "{}", content_type="application/json")
        problem(answer, 403, "csrf_failed")
        client.get("/")
        token = client.cookies["csrftoken"].value
        answer = client.post(
            "/api/v1/cases/",
            "{}",
            content_type="application/json",
            headers={"X-CSRFToken": token, "Idempotency-Key": "1"},
        )
        problem(answer, 400, "malformed")

    def test_an_account_switched_off(self, caller, cast):
        who = caller("kunshan.officer")
        officer = cast.officer("kunshan.officer")
        officer.is_active = False
        officer.save()
        problem(who.get("cases/"), 401)

    def test_a_new_token_needs_no_session(self, credentials):
        assert Caller(token=new_token(*credentials)).get("me/").status_code == 200

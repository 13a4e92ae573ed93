"""Second factors without a browser: what is stored, what counts, what is refused. The journeys do it in Chromium."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from agencies.models import AuditEvent
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = "mfa_authenticate"


@pytest.fixture
def armed(cast):
    """kunshan.officer with an authenticator app."""
    officer = cast.officer("kunshan.officer")
    return TOTP.activate(officer, SECRET).instance


def password_step(client, number: str = "kunshan.officer"):
    return client.post(reverse("account_login"), {"login": number, "password": PASSWORD})


def code(steps: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_the_password_alone_does_not_open(client, armed):
    assert password_step(client)["Location"] == reverse(CODE)
    assert client.get(reverse("my-account")).status_code == 302
    assert client.post(reverse(CODE), {"code": code()}).status_code == 302
    assert client.get(reverse("my-account")).status_code == 200
    assert AuditEvent.objects.get(kind="session.login").facts == {"methods": ["password", "totp"]}


@pytest.mark.parametrize("minutes", [0, 0.5, 1])
def test_a_code_works_once(client, armed, minutes):
    with time_machine.travel("2026-11-25T02:00:10Z", tick=False) as clock:
        used = code(1)
        password_step(client)
        assert client.post(reverse(CODE), {"code": used}).status_code == 302
        client.post(reverse("account_logout"))
        clock.shift(timedelta(minutes=minutes))
        password_step(client)
        again = client.post(reverse(CODE), {"code": f"{used[:3]} {used[3:]}"})
        assert "验证码不对，或者已经用过" in again.content.decode()


def test_wrong_codes_count_towards_the_lock(client, armed):
    password_step(client)
    said = [client.post(reverse(CODE), {"code": "000000"}).status_code for _time in range(5)]
    assert said == [200, 200, 200, 200, 429]
    assert client.post(reverse(CODE), {"code": code()}).status_code == 429, "the right code is late"
    assert password_step(client).status_code in (302, 429)
    assert client.get(reverse("my-account")).status_code == 302
    assert kinds().count("session.lockout") == 1


def test_the_secret_is_stored_encrypted(armed):
    stored = json.dumps(Authenticator.objects.get().data)
    assert SECRET not in stored


def test_removing_asks_for_the_password_again_and_is_recorded(client, armed):
    with time_machine.travel("2026-11-25T02:00:00Z", tick=False) as clock:
        password_step(client)
        client.post(reverse(CODE), {"code": code()})
        clock.shift(timedelta(minutes=6))
        asked = client.post(reverse("mfa_deactivate_totp"))
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        assert Authenticator.objects.exists()
        done = client.post(asked["Location"], {"password": PASSWORD, "next": reverse("mfa_deactivate_totp")})
        assert done.status_code == 302
    assert not Authenticator.objects.exists()
    assert kinds().count("session.mfa_remove") == 1, "once, though one page ran inside another"


def test_where_it_is_required(client, cast, settings):
    settings.REQUIRE_MFA = True
    assert password_step(client).status_code == 302
    assert client.get(reverse("agency-list"))["Location"] == reverse("mfa_index")
    api = client.get("/api/v1/agencies/")
    assert (api.status_code, api.json()["code"]) == (403, "second_factor_required")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    TOTP.activate(cast.officer("kunshan.officer"), SECRET)
    assert client.get(reverse("agency-list")).status_code == 200


HOSTILE = [
    "",
    "x",
    "null",
    "5",
    '"text"',
    "[]",
    "[[]]",
    "{}",
    '{"id": 5}',
    '{"response": 5}',
    '{"response": []}',
    '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "eA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": 5, "clientDataJSON": "e30",'
    ' "authenticatorData": "eA", "signature": "eA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "eA"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "enp6enp6enp6enp6enp6eg",'
    ' "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiZUEiLCJvcmlnaW4iOiJ4In0",'
    ' "authenticatorData": "' + "A" * 50 + '", "signature": "eA"}}',
    "[" * 100_000,
    '{"id": "\\u0000"}',
]


@pytest.mark.parametrize("credential", HOSTILE)
def test_hostile_credentials_are_wrong_keys(client, armed, credential):
    """Whatever a browser sends instead of a credential: refused in words, never an error page."""
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    refused = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert refused["Location"] == reverse("account_login")
    password_step(client)
    assert client.post(reverse(CODE), {"credential": credential}).status_code == 200
    client.post(reverse(CODE), {"code": code()})
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"credential": credential, "name": "x"}).status_code == 200


def test_anothers_key_cannot_be_touched(client, armed, cast):
    other = Authenticator.objects.create(
        user=cast.officer("suzhou.officer"), type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}}
    )
    password_step(client, "ruili.officer")
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
        assert client.post(reverse(name, args=[other.pk])).status_code == 404

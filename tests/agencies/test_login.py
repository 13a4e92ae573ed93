"""The door: logging in by any way of writing a police number, failing alike for known and unknown, the lock, the duties."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.test import Client
from django.urls import reverse

from agencies.commands import accounts
from agencies.models import AuditEvent, Officer
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def log_in(client: Client, number: str, password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"login": number, "password": password, **more})


def kinds(officer: Officer | None = None) -> list[str]:
    subject = f"officer:{officer.pk}" if officer else "officer:unknown"
    return list(AuditEvent.objects.filter(subject=subject).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    "number", ["kunshan.officer", " Kunshan.Officer ", "ＫＵＮＳＨＡＮ．ＯＦＦＩＣＥＲ", "kunshan．officer"]
)
def test_one_police_number_in_any_width_and_case(client, cast, number):
    response = log_in(client, number)
    assert (response.status_code, response["Location"]) == (302, reverse("workbench"))
    assert client.session["_auth_user_id"] == str(cast.officer("kunshan.officer").pk)
    assert kinds(cast.officer("kunshan.officer")) == ["session.login"]


@pytest.mark.parametrize(
    ("login", "home"), [("sysadmin", "officer-list"), ("secadmin", "officer-list"), ("auditor", "audit-log")]
)
def test_each_begins_where_his_work_is(client, login, home):
    assert log_in(client, login)["Location"] == reverse(home)
    assert log_in(Client(), login, next="/")["Location"] == "/"  # where a signed-out visitor of `/` comes from
    response = client.get("/", follow=True)
    assert (response.status_code, response.request["PATH_INFO"]) == (200, reverse(home))
    html = response.content.decode()
    assert f'<a class="brand" href="{reverse(home)}">' in html
    assert f'href="{reverse("workbench")}"' not in html


def test_without_an_office_one_begins_at_the_account(client, cast):
    officer, password = accounts.create_officer(actor=cast.actor("sysadmin"), new=accounts.NewOfficer("999001", "新警"))
    Officer.objects.filter(pk=officer.pk).update(must_change_password=False)
    assert log_in(client, "999001", password)["Location"] == reverse("my-account")
    assert client.get("/", follow=True).request["PATH_INFO"] == reverse("my-account")


def test_the_way_back(client):
    wanted = reverse("agency-list") + "?q=昆山"
    to_login = client.get(wanted)
    assert to_login.status_code == 302
    assert log_in(client, "kunshan.officer", next="/agencies/?q=1")["Location"] == "/agencies/?q=1"
    assert log_in(Client(), "kunshan.officer", next="https://elsewhere.test/")["Location"] == reverse("workbench")


def test_a_form_sent_too_late_leads_back_to_its_page(client):
    response = client.post(
        reverse("officer-reset", args=[1]), headers={"referer": "http://testserver/officers/1/"}, follow=False
    )
    assert response["Location"] == f"{LOGIN}?next=/officers/1/"
    elsewhere = client.post(reverse("officer-reset", args=[1]), headers={"referer": "https://elsewhere.test/x"})
    assert elsewhere["Location"] == LOGIN
    fragment = client.get(
        reverse("agency-options"), headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/officers/2/"}
    )
    assert fragment["HX-Redirect"] == f"{LOGIN}?next=/officers/2/"


def test_known_and_unknown_fail_alike(client, cast):
    known = log_in(client, "kunshan.officer", "wrong")
    unknown = log_in(client, "nobody.at.all", "wrong")
    strip = lambda response, name: response.content.decode().replace(name, "").partition("<h1")[2]  # noqa: E731
    assert known.status_code == unknown.status_code == 200
    assert "警号或密码不对" in known.content.decode()
    assert "再错 4 次，账号将锁定 30 分钟" in known.content.decode()
    body = lambda response, name: "".join(  # noqa: E731
        part.partition('">')[2] for part in strip(response, name).split("csrfmiddlewaretoken")
    )
    assert body(known, "kunshan.officer") == body(unknown, "nobody.at.all")
    assert kinds(cast.officer("kunshan.officer")) == ["session.login_failed"]
    assert kinds() == ["session.login_failed"]


def test_nothing_typed_is_written_down(client):
    log_in(client, "My-Secret-Password-1", "another-Secret-2")
    rows = [*AuditEvent.objects.values(), *AccessAttempt.objects.values()]
    text = repr(rows).casefold()
    assert "secret" not in text


def test_a_switched_off_account_fails_like_a_wrong_password(client, cast):
    accounts.deactivate(actor=cast.actor("sysadmin"), officer_id=cast.officer("suzhou.officer").pk)
    assert "警号或密码不对" in log_in(client, "suzhou.officer").content.decode()
    assert "再错 3 次" in log_in(client, "suzhou.officer").content.decode()


def test_five_failures_lock_for_thirty_minutes(client, cast):
    officer = cast.officer("kunshan.officer")
    with time_machine.travel("2026-11-25T02:00:00Z", tick=False) as clock:
        said = [log_in(client, "kunshan.officer", "wrong") for _time in range(5)]
        assert [response.status_code for response in said] == [200, 200, 200, 200, 429]
        assert "再错 1 次" in said[3].content.decode()
        assert "约 30 分钟后自动解锁" in said[4].content.decode()
        clock.shift(timedelta(minutes=20))
        right = log_in(client, "ＫＵＮＳＨＡＮ.officer")
        assert right.status_code == 429
        assert "约 10 分钟后自动解锁" in right.content.decode()
        assert right["Retry-After"] == "600"
        clock.shift(timedelta(minutes=10, seconds=1))
        assert log_in(client, "kunshan.officer").status_code == 302
    assert kinds(officer) == [*["session.login_failed"] * 5, "session.lockout", "session.login"]


def test_the_lock_is_the_same_for_a_name_nobody_has(client):
    said = [log_in(client, "nobody.at.all", "wrong").status_code for _time in range(6)]
    assert said == [200, 200, 200, 200, 429, 429]


def test_a_success_forgets_the_failures(client):
    for _time in range(4):
        log_in(client, "kunshan.officer", "wrong")
    assert log_in(client, "kunshan.officer").status_code == 302
    assert "再错 4 次" in log_in(Client(), "kunshan.officer", "wrong").content.decode()


def test_the_system_administrator_ends_a_lock(client, cast):
    for _time in range(5):
        log_in(client, "kunshan.officer", "wrong")
    accounts.release_lock(actor=cast.actor("sysadmin"), officer_id=cast.officer("kunshan.officer").pk)
    assert log_in(client, "kunshan.officer").status_code == 302
    assert "officer.release_lock" in kinds(cast.officer("kunshan.officer"))


def test_logging_out(client, cast):
    log_in(client, "kunshan.officer")
    assert client.get(reverse("account_logout")).status_code == 200, "asks first"
    response = client.post(reverse("account_logout"))
    assert response["Location"] == LOGIN
    assert client.get(reverse("my-account")).status_code == 302
    assert kinds(cast.officer("kunshan.officer")) == ["session.login", "session.logout"]


def test_there_is_no_sign_up_and_no_reset_by_mail(client):
    for path in ("signup/", "password/reset/", "email/", "inactive/"):
        assert client.get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"login": ""}, {"login": "\x00", "password": "\x00"}, {"login": "x" * 5000, "password": "y"}]
)
def test_bad_input_is_a_kind_page(client, body):
    response = client.post(LOGIN, body)
    assert response.status_code == 200
    assert "登录" in response.content.decode()


@pytest.mark.parametrize("number", ["kunshan.officer", "never.used", "switched.off", "nobody.at.all"])
def test_every_failure_costs_one_slow_hash(client, cast, monkeypatch, number):
    """Known, never used, switched off (with the right password) or unknown: the clock does not tell them apart."""
    accounts.create_officer(actor=cast.actor("sysadmin"), new=accounts.NewOfficer("never.used", "新警"))
    accounts.create_officer(actor=cast.actor("sysadmin"), new=accounts.NewOfficer("switched.off", "旧警"))
    off = Officer.objects.filter(police_number="switched.off")
    off.update(is_active=False, password=make_password("wrong"))
    hashed = []
    encode = MD5PasswordHasher.encode  # the slow hash of the tests
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    assert "警号或密码不对" in log_in(client, number, "wrong").content.decode()
    assert len(hashed) == 1


# --- Duties before work --------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(client, cast) -> str:
    """A new account, logged in with its one-time password."""
    _officer, password = accounts.create_officer(
        actor=cast.actor("sysadmin"), new=accounts.NewOfficer("999001", "新警")
    )
    log_in(client, "999001", password)
    return password


@pytest.mark.parametrize("path", ["/account/", "/agencies/", "/", "/account/factors/"])
def test_a_one_time_password_must_be_changed_first(client, fresh, path):
    assert client.get(path)["Location"] == reverse("account_change_password")


def test_the_api_says_so_in_its_own_way(client, fresh):
    response = client.get("/api/v1/agencies/")
    assert (response.status_code, response.json()["code"]) == (403, "password_change_required")


def change(client: Client, old: str, new: str, again: str | None = None):
    body = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(reverse("account_change_password"), body)


def test_changing_it_frees_the_account(client, fresh):
    assert "你用的是一次性密码" in client.get(reverse("account_change_password")).content.decode()
    assert change(client, fresh, "Brand-new-2026")["Location"] == reverse("my-account")
    assert client.get(reverse("my-account")).status_code == 200
    officer = Officer.objects.get(police_number="999001")
    assert not officer.must_change_password
    assert kinds(officer)[-2:] == ["session.login", "session.password_change"]


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short-A1", None, "至少 12 个字符"),
        ("alllowercase1", None, "至少三种"),
        ("Password1234", None, "太常见"),
        ("Brand-new-2026", "Brand-new-2027", "两次填写的新密码不一样"),
        ("Coopdesk-test-2026", None, "新密码不能和现在的一样"),
    ],
)
def test_password_rules(client, new, again, words):
    log_in(client, "kunshan.officer")
    response = change(client, PASSWORD, new, again)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_wrong_present_passwords_count_towards_the_lock(client):
    log_in(client, "kunshan.officer")
    said = [change(client, "wrong", "Brand-new-2026").status_code for _time in range(5)]
    assert said == [200, 200, 200, 200, 429]


def test_an_unused_one_time_password_dies_after_a_day(client, cast):
    with time_machine.travel("2026-11-25T02:00:00Z", tick=False) as clock:
        _officer, password = accounts.create_officer(
            actor=cast.actor("sysadmin"), new=accounts.NewOfficer("999002", "新警")
        )
        clock.shift(timedelta(hours=24, seconds=1))
        response = client.post(LOGIN, {"login": "999002", "password": password}, follow=True)
    assert "初始密码超过 24 小时没有使用" in response.content.decode()
    assert "_auth_user_id" not in client.session


# --- The end of a session ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "steps"), [(timedelta(minutes=31), 1), (timedelta(minutes=20), 37)])
def test_idle_and_absolute_limits(client, step, steps):
    """Half an hour without a sign, or twelve hours in all; the log-in page says why and leads back."""
    with time_machine.travel("2026-11-25T00:00:00Z", tick=False) as clock:
        log_in(client, "kunshan.officer")
        client.get("/agencies/")
        for number in range(steps):
            clock.shift(step)
            response = client.get("/agencies/")
            assert response.status_code == (302 if number == steps - 1 else 200), clock
        page = client.get(response["Location"]).content.decode()
        assert "登录已过期，已自动退出" in page
        assert 'name="next" value="/agencies/"' in page
        log_in(client, "kunshan.officer")
        assert "ended" not in client.session


def test_a_session_ends_with_the_account_or_the_password(client, cast):
    officer = cast.officer("kunshan.officer")
    log_in(client, "kunshan.officer")
    other = Client()
    log_in(other, "kunshan.officer")
    change(other, PASSWORD, "Brand-new-2026")
    assert client.get("/agencies/").status_code == 302, "a new password ends the other sessions"
    assert other.get("/agencies/").status_code == 200
    accounts.deactivate(actor=cast.actor("sysadmin"), officer_id=officer.pk)
    assert other.get("/agencies/").status_code == 302


def test_the_session_gets_a_new_key_at_login(client):
    client.get(LOGIN)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    log_in(client, "kunshan.officer")
    assert client.session.session_key != before

"""The people pages: who may open them, what they show, what their buttons do."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from agencies.commands import accounts
from agencies.models import Appointment, AuditEvent, Officer, ServiceAccount
from tests.cast import PARTS, PLACES

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def enter(client, cast):
    def entered(login: str):
        client.force_login(cast.officer(login), backend=BACKEND)
        return client

    return entered


def words(response) -> str:
    return response.content.decode()


# --- Who may -------------------------------------------------------------------------------------------------------

ADMINS = {"sysadmin", "secadmin", "auditor"}
EVERY = [*sorted(ADMINS), "kunshan.officer", "kunshan.desk", "kunshan.chief", "kunshan.supervisor"]
MAY_OPEN = {
    "officer-list": {"sysadmin", "secadmin", "kunshan.chief"},
    "officer-new": {"sysadmin"},
    "officer-import": {"sysadmin"},
    "client-list": {"secadmin"},
    "client-new": {"secadmin"},
    "audit-log": {"auditor"},
    "my-account": set(EVERY),
}


@pytest.mark.parametrize("login", EVERY)
@pytest.mark.parametrize("name", MAY_OPEN)
def test_who_may_open_which_page(enter, name, login):
    response = enter(login).get(reverse(name))
    assert response.status_code == (200 if login in MAY_OPEN[name] else 403)


@pytest.mark.parametrize("login", EVERY)
@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("officer-reset", {"sysadmin"}),
        ("officer-deactivate", {"sysadmin"}),
        ("officer-activate", {"sysadmin"}),
        ("officer-release-lock", {"sysadmin"}),
        ("officer-clear-factors", {"secadmin"}),
    ],
)
def test_who_may_press_which_button(enter, cast, name, may, login):
    target = cast.officer("suzhou.officer").pk
    response = enter(login).post(reverse(name, args=[target]))
    assert response.status_code in ((200, 302) if login in may else (403,))


def test_the_officer_an_approver_may_see_is_his_own(enter, cast):
    client = enter("kunshan.chief")
    own, other = cast.officer("kunshan.officer"), cast.officer("suzhou.officer")
    assert client.get(reverse("officer-detail", args=[own.pk])).status_code == 200
    assert client.get(reverse("officer-detail", args=[other.pk])).status_code == 404
    assert client.get(reverse("officer-detail", args=[10**30])).status_code == 404
    page = words(client.get(reverse("officer-list")))
    assert "kunshan.officer" in page
    assert "suzhou.officer" not in page
    assert "重置密码" not in words(client.get(reverse("officer-detail", args=[own.pk])))


# --- Finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found", "absent"),
    [
        ("q=ＫＵＮＳＨＡＮ", "kunshan.chief", "suzhou.chief"),
        ("q=演sysadmin", "sysadmin", "suzhou.chief"),
        ("state=inactive", "没有符合的民警", "kunshan.chief"),
        ("agency=320583000000", "kunshan.chief", "suzhou.chief"),
        ("after=suzhou.desk", "suzhou.officer", "kunshan.chief"),
    ],
)
def test_finding_officers(enter, query, found, absent):
    page = words(enter("sysadmin").get(f"{reverse('officer-list')}?{query}"))
    assert found in page
    assert absent not in page


@pytest.mark.parametrize("query", ["state=x", "agency=nowhere", f"q={'x' * 200}", "after=" + "x" * 50])
def test_bad_filters_are_refused_kindly(enter, query):
    assert enter("sysadmin").get(f"{reverse('officer-list')}?{query}").status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_rows(enter, cast, django_assert_max_num_queries):
    client = enter("sysadmin")
    client.get(reverse("officer-list"))
    assert len(PLACES) * len(PARTS) > 30
    with django_assert_max_num_queries(14):
        client.get(reverse("officer-list"))
    with django_assert_max_num_queries(14):
        client.get(reverse("officer-list") + "?q=kunshan")


# --- Accounts ------------------------------------------------------------------------------------------------------


def test_opening_an_account(enter):
    client = enter("sysadmin")
    response = client.post(reverse("officer-new"), {"police_number": "９９９００１", "name": "新警", "email": ""})
    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    officer = Officer.objects.get(police_number="999001")
    assert officer.check_password(response.context["one_time"])
    assert response.context["one_time"] in words(response)
    assert response.context["one_time"] not in words(client.get(reverse("officer-detail", args=[officer.pk])))


def test_faults_stand_beside_their_fields_and_nothing_typed_is_lost(enter):
    client = enter("sysadmin")
    body = {"police_number": "kunshan.officer", "name": "陈示文", "email": "x@example.test"}
    response = client.post(reverse("officer-new"), body)
    assert response.status_code == 400
    assert "这个警号已有账号" in words(response)
    assert 'value="陈示文"' in words(response)
    empty = client.post(reverse("officer-new"), {})
    assert set(empty.context["form"].errors) == {"police_number", "name"}


def test_resetting_shows_the_password_once(enter, cast):
    target = cast.officer("kunshan.officer")
    response = enter("sysadmin").post(reverse("officer-reset", args=[target.pk]))
    target.refresh_from_db()
    assert target.check_password(response.context["one_time"])


def test_correcting_a_name(enter, cast):
    client, target = enter("sysadmin"), cast.officer("kunshan.officer")
    page = reverse("officer-edit", args=[target.pk])
    assert client.post(page, {"name": "", "email": "x"}).status_code == 400
    assert client.post(page, {"name": "陈改名", "email": ""}).status_code == 302
    assert Officer.objects.get(pk=target.pk).name == "陈改名"


def test_why_not_is_said_in_words(enter, cast):
    response = enter("sysadmin").post(reverse("officer-deactivate", args=[cast.officer("auditor").pk]), follow=True)
    assert "这是最后一名在任的审计员" in words(response)


def test_lost_factors_are_the_security_administrators_matter(enter, cast):
    target = cast.officer("kunshan.officer")
    Authenticator.objects.create(user=target, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert "解除第二因素" not in words(enter("sysadmin").get(reverse("officer-detail", args=[target.pk])))
    response = enter("secadmin").post(reverse("officer-clear-factors", args=[target.pk]), follow=True)
    assert "第二因素已解除" in words(response)
    assert not Authenticator.objects.filter(user=target).exists()
    assert AuditEvent.objects.get(kind="officer.clear_factors").facts == {"factors": ["totp"]}


# --- Appointing ----------------------------------------------------------------------------------------------------


def appoint(client, officer: Officer, **fields):
    body = {"agency_text": "", "agency": "", "role": "drafter", "starts_on": "", "ends_on": ""} | fields
    return client.post(reverse("appointment-grant", args=[officer.pk]), body)


def test_appointing_by_name_by_code_and_by_choice(enter, cast):
    client, target = enter("secadmin"), cast.officer("kunshan.officer")
    assert appoint(client, target, agency_text="苏州市公安局").status_code == 302
    assert appoint(client, target, agency_text="320500000000", role="desk").status_code == 302
    several = appoint(client, target, agency_text="苏州市公安局虎丘")
    assert several.status_code in (302, 400)
    many = appoint(client, target, agency_text="苏州", role="supervisor")
    assert many.status_code == 400
    assert "符合的机关不止一个" in words(many)
    assert 'value="320500000000"' in words(many)
    chosen = appoint(client, target, agency_text="苏州", agency="320500000000", role="supervisor")
    assert chosen.status_code == 302
    posts = Appointment.objects.filter(officer=target, agency=cast.agency("suzhou"))
    assert set(posts.values_list("role", flat=True)) == {"drafter", "desk", "supervisor"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"agency_text": ""}, "写明机关"),
        ({"agency_text": "没有这样的地方"}, "没有这样的机关"),
        ({"agency_text": "昆山市公安局", "role": "x"}, "选一种角色"),
        ({"agency_text": "昆山市公安局"}, "已有同样的任职"),
        ({"agency_text": "昆山市公安局", "role": "auditor"}, "三类管理员互斥"),
        ({"agency_text": "苏州市公安局", "starts_on": "2020-01-01"}, "不能早于今天"),
        ({"agency_text": "苏州市公安局", "starts_on": "0001-01-01"}, "2000"),
        ({"agency_text": "苏州市公安局", "ends_on": "9999-12-31"}, "2100"),
        ({"agency_text": "苏州市公安局", "ends_on": "明天"}, "写成 2026-01-31"),
        ({"agency_text": "\x00"}, "没有任命"),
    ],
)
def test_what_is_wrong_is_said_in_words(enter, cast, fields, said):
    response = appoint(enter("secadmin"), cast.officer("kunshan.officer"), **fields)
    assert response.status_code == 400
    assert said in words(response)


def test_ending_from_the_page(enter, cast):
    post = Appointment.objects.get(officer__police_number="kunshan.officer")
    client = enter("secadmin")
    response = client.post(reverse("appointment-end", args=[post.pk]), follow=True)
    assert "任职已结束" in words(response)
    assert "已结束" in words(response)
    again = client.post(reverse("appointment-end", args=[post.pk]), follow=True)
    assert "这项任职已经结束" in words(again)
    assert client.post(reverse("appointment-end", args=[10**12])).status_code == 404


def test_not_ones_own(enter, cast):
    client, own = enter("secadmin"), cast.officer("secadmin")
    assert client.get(reverse("appointment-grant", args=[own.pk])).status_code == 403
    assert client.post(reverse("appointment-end", args=[own.appointments.get().pk])).status_code == 403
    assert "自己的任职由另一名安全管理员办理" in words(client.get(reverse("officer-detail", args=[own.pk])))


def test_agencies_to_choose_from_while_typing(enter):
    client = enter("secadmin")
    assert 'value="320583000000"' in words(client.get(reverse("agency-options") + "?agency_text=昆山"))
    assert "没有这样的机关" in words(client.get(reverse("agency-options") + "?agency_text=qqqqqq"))
    assert words(client.get(reverse("agency-options"))).strip() == ""


# --- API clients ---------------------------------------------------------------------------------------------------


def test_registering_and_ending_an_api_client(enter):
    client = enter("secadmin")
    response = client.post(reverse("client-new"), {"name": "昆山办案系统", "agency_text": "昆山市公安局"})
    assert response.status_code == 201
    assert "no-store" in response["Cache-Control"]
    assert response.context["secret"] in words(response)
    page = words(client.get(reverse("client-list")))
    assert response.context["client_id"] in page
    assert response.context["secret"] not in page
    account = ServiceAccount.objects.get()
    assert client.post(reverse("client-revoke", args=[account.pk])).status_code == 302
    assert not ServiceAccount.objects.get().is_active
    assert client.post(reverse("client-revoke", args=[10**9])).status_code == 404
    assert client.post(reverse("client-new"), {"name": "", "agency_text": "昆山市公安局"}).status_code == 400


# --- My account ----------------------------------------------------------------------------------------------------


def test_my_preferences(enter, cast):
    client = enter("kunshan.officer")
    body = {"language": "en", "theme": "dark"}
    response = client.post(reverse("my-account"), body, follow=True)
    assert "Settings saved" in words(response)
    officer = cast.officer("kunshan.officer")
    assert (officer.language, officer.theme) == ("en", "dark")
    assert not officer.single_key_shortcuts
    assert AuditEvent.objects.get(kind="officer.preferences").facts == {
        "fields": ["language", "single_key_shortcuts", "theme"]
    }
    assert 'media="screen"' in words(response)
    assert client.post(reverse("my-account"), {"language": "xx", "theme": "red"}).status_code == 400


def test_an_officer_without_office_sees_only_his_account(client, cast):
    officer, _password = accounts.create_officer(
        actor=cast.actor("sysadmin"), new=accounts.NewOfficer("999001", "新警")
    )
    Officer.objects.filter(pk=officer.pk).update(must_change_password=False)
    client.force_login(officer, backend=BACKEND)
    assert "有了任职才看得到案件" in words(client.get(reverse("my-account")))
    assert client.get(reverse("officer-list")).status_code == 403

"""The pages of delegations: lent from the account, acted under from the header, ended by either side or the administrator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.delegation_notices import notify
from agencies.models import AuditEvent, Delegation, Notice, Officer
from agencies.officers import appointments_of
from tests.browsing import log_in
from tests.delegating import lend, post_of

pytestmark = pytest.mark.django_db


def lend_url(cast, login: str) -> str:
    return reverse("delegation-lend", args=[post_of(cast, login).pk])


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def form(**changes: str) -> dict[str, str]:
    return {"delegate": "kunshan.desk", "starts_on": "", "ends_on": day(9), "reason": "出差", **changes}


def test_lent_from_the_account(cast):
    client = log_in(cast, "kunshan.chief")
    url = lend_url(cast, "kunshan.chief")
    assert url in client.get(reverse("my-account")).content.decode()
    shown = client.get(url).content.decode()
    assert 'value="kunshan.desk"' in shown
    assert 'value="kunshan.chief"' not in shown
    answer = client.post(url, form(), follow=True)
    assert answer.redirect_chain == [(reverse("my-account"), 302)]
    assert "演kunshan.desk 代 演kunshan.chief" in answer.content.decode()
    made = Delegation.objects.get()
    assert timezone.localdate(made.last_moment).isoformat() == day(9)
    assert made.reason == "出差"


def test_thirty_days_with_the_first_are_the_most(cast):
    client, url = log_in(cast, "kunshan.chief"), lend_url(cast, "kunshan.chief")
    answer = client.post(url, form(starts_on=day(1), ends_on=day(31)))
    assert answer.status_code == 400
    assert f"最晚到 {day(30)}" in answer.content.decode()
    assert client.post(url, form(starts_on=day(1), ends_on=day(30))).status_code == 302


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"delegate": ""}, "选一名本机关的民警"),
        ({"delegate": "suzhou.desk"}, "只能请本机关在任的民警代办"),
        ({"delegate": "kunshan.chief"}, "不能请自己代办"),
        ({"ends_on": ""}, "写明代办到哪一天"),
        ({"ends_on": "明天"}, "写成 2026-01-31"),
        ({"ends_on": day(-1)}, "结束日期不能早于"),
        ({"starts_on": day(-1)}, "开始日期不能早于今天"),
        ({"reason": ""}, "写明为什么请人代办"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(cast, change, words):
    typed = form(reason="去北京开会") | change
    answer = log_in(cast, "kunshan.chief").post(lend_url(cast, "kunshan.chief"), typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    if typed["reason"]:
        assert typed["reason"] in page
    assert not Delegation.objects.exists()


def test_a_loop_and_a_second_time_are_refused_on_the_form(cast):
    lend(cast, "kunshan.chief", "kunshan.desk")
    again = log_in(cast, "kunshan.chief").post(lend_url(cast, "kunshan.chief"), form())
    assert "已经在代办这个角色" in again.content.decode()
    back = log_in(cast, "kunshan.desk").post(lend_url(cast, "kunshan.desk"), form(delegate="kunshan.chief"))
    assert "不能互相代办" in back.content.decode()
    assert Delegation.objects.count() == 1


@pytest.mark.parametrize(
    ("login", "owner", "status"),
    [
        ("kunshan.desk", "kunshan.officer", 404),
        ("kunshan.desk", "kunshan.chief", 403),
        ("secadmin", "secadmin", 403),
    ],
)
def test_neither_anothers_nor_a_lent_nor_an_administrators_role(cast, login, owner, status):
    lend(cast, "kunshan.chief", "kunshan.desk")
    for method in ("get", "post"):
        assert getattr(log_in(cast, login), method)(lend_url(cast, owner)).status_code == status


def test_acting_under_it_and_back(cast, story):
    case, made = story.submitted(), lend(cast, "kunshan.chief", "kunshan.desk")
    client, switch = log_in(cast, "kunshan.desk"), reverse("acting-as")
    assert f'name="delegation" value="{made.pk}"' in client.get(reverse("workbench")).content.decode()
    assert client.post(switch, {"delegation": made.pk})["Location"] == reverse("workbench")
    page = client.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert 'id="act-approve"' in page
    assert '代 <span lang="zh-CN" data-user>演kunshan.chief</span>' in page
    client.post(switch, {"appointment": post_of(cast, "kunshan.desk").pk})
    assert 'id="act-approve"' not in client.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert AuditEvent.objects.filter(kind="appointment.act_as").count() == 2


def test_taken_back_it_works_at_the_next_request(cast, story):
    case, made = story.submitted(), lend(cast, "kunshan.chief", "kunshan.desk")
    client = log_in(cast, "kunshan.desk")
    client.post(reverse("acting-as"), {"delegation": made.pk})
    log_in(cast, "kunshan.chief").post(reverse("delegation-revoke", args=[made.pk]))
    refused = client.post(reverse("case-step", args=[case.pk, "approve"]), {"version": case.version})
    assert refused.status_code == 403
    assert client.post(reverse("acting-as"), {"delegation": made.pk}).status_code == 409
    assert "换一个身份" in client.post(reverse("acting-as"), {"delegation": made.pk}).content.decode()


@pytest.mark.parametrize("number", ["", "x", "-1", "999999999", "1" * 30])
def test_only_what_was_lent_to_oneself(cast, number):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    for asked in (number, made.pk):
        assert log_in(cast, "kunshan.officer").post(reverse("acting-as"), {"delegation": asked}).status_code == 404


@pytest.mark.parametrize(
    ("login", "page"),
    [("kunshan.chief", "my-account"), ("kunshan.desk", "my-account"), ("secadmin", "delegation-list")],
)
def test_ended_where_it_is_listed(cast, login, page):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    client, url = log_in(cast, login), reverse("delegation-revoke", args=[made.pk])
    assert url in client.get(reverse(page)).content.decode()
    assert client.post(url)["Location"] == reverse(page)
    assert len(appointments_of(cast.officer("kunshan.desk"))) == 1
    again = client.post(url, follow=True).content.decode()
    assert "不用再收回" in again
    assert url not in client.get(reverse(page)).content.decode()


@pytest.mark.parametrize("login", ["kunshan.officer", "suzhou.chief", "sysadmin", "auditor"])
def test_strangers_do_not_end_it(cast, login):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    assert log_in(cast, login).post(reverse("delegation-revoke", args=[made.pk])).status_code == 404
    assert Delegation.objects.get().revoked_at is None


def test_the_administrator_sees_all_also_what_has_ended(cast):
    running, ended = lend(cast, "kunshan.chief", "kunshan.desk"), lend(cast, "suzhou.chief", "suzhou.desk")
    client = log_in(cast, "secadmin")
    client.post(reverse("delegation-revoke", args=[ended.pk]))
    page = client.get(reverse("delegation-list")).content.decode()
    assert running.delegate.name in page
    assert ended.delegate.name not in page
    everything = client.get(reverse("delegation-list"), {"state": "all"}).content.decode()
    assert "演suzhou.desk 代 演suzhou.chief" in everything
    assert client.get(reverse("delegation-list"), {"state": "x"}).status_code == 400


def test_a_notice_that_the_account_page_marks_read(cast):
    lend(cast, "kunshan.chief", "kunshan.desk")
    notify(AuditEvent.objects.get(kind="delegation.lend"), {})
    for login in ("kunshan.chief", "kunshan.desk"):
        client = log_in(cast, login)
        inbox = client.get(reverse("notice-list")).content.decode()
        assert f"{reverse('my-account')}#delegations" in inbox
        assert Notice.objects.filter(officer__police_number=login, read_at=None).count() == 1
        client.get(reverse("my-account"))
        assert not Notice.objects.filter(officer__police_number=login, read_at=None).exists()


def test_the_api_lists_it_among_the_identities(cast):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    client = log_in(cast, "kunshan.desk")
    me = client.get(reverse("api-me")).json()
    lender = {"police_number": "kunshan.chief", "name": "演kunshan.chief"}
    assert [(post["role"], post["on_behalf_of"]) for post in me["appointments"]] == [
        ("desk", None),
        ("approver", lender),
    ]
    client.post(reverse("acting-as"), {"delegation": made.pk})
    acting = client.get(reverse("api-me")).json()["acting"]
    assert (acting["role"], acting["on_behalf_of"]) == ("approver", lender)


def test_an_event_says_for_whom_by_api(cast, story):
    case, made = story.submitted(), lend(cast, "kunshan.chief", "kunshan.desk")
    client = log_in(cast, "kunshan.desk")
    client.post(reverse("acting-as"), {"delegation": made.pk})
    headers = {"If-Match": f'"{case.version}"', "Idempotency-Key": "one", "X-CSRFToken": "x"}
    answer = client.post(reverse("api-case-step", args=[case.pk, "approve"]), {}, "application/json", headers=headers)
    assert answer.status_code == 200
    events = client.get(reverse("api-case-events", args=[case.pk])).json()["results"]
    assert [event["on_behalf_of"] for event in events if event["kind"] == "case.submit"] == [None]
    [approved] = [event for event in events if event["kind"] == "case.approve"]
    assert approved["by"]["police_number"] == "kunshan.desk"
    assert approved["on_behalf_of"] == {"police_number": "kunshan.chief", "name": "演kunshan.chief"}


def test_nobody_to_lend_to(cast):
    Officer.objects.filter(police_number__startswith="kunshan.").exclude(police_number="kunshan.chief").update(
        is_active=False
    )
    assert "没有别的在任民警" in log_in(cast, "kunshan.chief").get(lend_url(cast, "kunshan.chief")).content.decode()

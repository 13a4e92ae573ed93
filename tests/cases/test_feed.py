"""The calendar of one's deadlines: what is in it, for whom, without any name; and that its address is a key."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from agencies import audit
from agencies.actors import SYSTEM
from agencies.models import Appointment, AuditEvent, CalendarFeed, Officer
from agencies.roles import Role
from agencies.scope import acting
from cases.clocks.moves import MOVED
from cases.models import Deadline
from cases.web import feed
from tests.browsing import log_in
from tests.stories import CONTENT, FOREIGN

pytestmark = pytest.mark.django_db
OLD = "Worn-out-2025"
PEOPLE = ("kunshan.officer", "kunshan.desk", "kunshan.chief", "suzhou.chief", "guohe.desk", "ruili.chief")


@pytest.fixture
def address(cast):
    """`address(login)`: the path of a new feed, as the page shows it once."""

    def make(login: str) -> str:
        page = log_in(cast, login).post(reverse("feed-make"))
        assert page.status_code == 201
        text = page.content.decode()
        return text[text.index("/feeds/") : text.index(".ics") + 4]

    return make


def read(path: str) -> Calendar:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(response.content)


def summaries(path: str) -> list[str]:
    return [str(event["summary"]) for event in read(path).walk("VEVENT")]


def kinds(officer: Officer) -> list[str]:
    events = AuditEvent.objects.filter(kind__startswith="feed.", subject=f"officer:{officer.pk}")
    return list(events.order_by("pk").values_list("kind", flat=True))


def test_each_sees_what_waits_for_him(story, address):
    first, second = story.submitted(), story.step("kunshan.chief", story.submitted(), "approve")
    story.submitted(mark="work_secret")
    third = story.step("kunshan.chief", story.submitted(), "return_for_correction", reasons=["facts_unclear"])
    found = {login: summaries(address(login)) for login in PEOPLE}
    assert found == {
        "kunshan.officer": [f"补正 {third.number}"],
        "kunshan.desk": [],
        "kunshan.chief": [f"审核 {first.number}"],
        "suzhou.chief": [f"审核 {second.number}"],
        "guohe.desk": [],
        "ruili.chief": [],
    }


def test_an_event_says_when_and_where_and_nothing_of_the_case(story, cast, address):
    case = story.submitted()
    path = address("kunshan.chief")
    with acting(cast.actor("kunshan.chief")):
        clock = case.deadlines.get()
        Deadline.objects.filter(pk=clock.pk).update(provisional=True)
    (event,) = read(path).walk("VEVENT")
    assert event.decoded("dtstart") == clock.due_at.replace(microsecond=0)
    assert event["uid"] == f"{clock.pk}@coopdesk"
    assert event["status"] == "TENTATIVE"
    assert event["url"].endswith(reverse("case-detail", args=[case.pk]))
    assert event.decoded("last-modified") == event.decoded("dtstamp") == clock.started_at.replace(microsecond=0)
    text = Client().get(path).content.decode()
    for words in (CONTENT["title"], FOREIGN["title"], "张示例", "演", "泰国", "昆山"):
        assert words not in text, words


@pytest.mark.parametrize("kind, facts", [(MOVED, {"notice": 1}), ("case.edit", {"limit_days": [5, 2]})])
def test_an_event_is_changed_when_the_calendar_or_the_urgency_moved_it(story, cast, address, kind, facts):
    case, path = story.submitted(), address("kunshan.chief")
    with acting(cast.actor("kunshan.chief")):
        at = case.deadlines.get().started_at.replace(microsecond=0) + timedelta(hours=3)
    audit.record(actor=SYSTEM, kind="case.edit", subject=f"case:{case.pk}", facts={}, at=at + timedelta(hours=1))
    audit.record(actor=SYSTEM, kind=kind, subject=f"case:{case.pk}", facts=facts, at=at)
    (event,) = read(path).walk("VEVENT")
    assert event.decoded("last-modified") == event.decoded("dtstamp") == at


def test_each_appointment_within_its_own_scope(story, cast, address):
    """Chief at Kunshan, desk at Ruili: neither office lends the other its eyes."""
    here, there = story.submitted(), story.submitted("ruili")
    officer = cast.officer("kunshan.chief")
    Appointment.objects.create(officer=officer, agency=cast.agency("ruili"), role=Role.DESK)
    assert summaries(address("kunshan.chief")) == [f"审核 {here.number}"]
    Appointment.objects.create(officer=officer, agency=cast.agency("ruili"), role=Role.APPROVER)
    assert sorted(summaries(address("kunshan.chief"))) == sorted([f"审核 {here.number}", f"审核 {there.number}"])
    Appointment.objects.filter(officer=officer).update(ends_at=Now())
    path = CalendarFeed.objects.get(officer=officer)
    assert path.read_on is not None


def test_what_is_met_or_paused_is_gone(story, cast, address):
    case, path = story.submitted(), address("kunshan.chief")
    with acting(cast.actor("kunshan.chief")):
        Deadline.objects.filter(case=case).update(paused_at=Now(), next_alarm_at=None)
    assert summaries(path) == []
    story.step("kunshan.chief", story.submitted(), "approve")
    assert summaries(path) == []


def test_the_address_is_shown_once_and_stored_as_a_hash(cast, address):
    path = address("kunshan.officer")
    stored = CalendarFeed.objects.get()
    token = path.split("/")[2]
    assert len(token) >= 43
    assert token not in (stored.token_hash, str(stored.pk))
    page = log_in(cast, "kunshan.officer").get(reverse("my-account")).content.decode()
    assert token not in page
    assert "换一个地址" in page


def test_a_new_address_ends_the_old_one_and_revoking_ends_it(cast, address):
    old = address("kunshan.officer")
    new = address("kunshan.officer")
    assert Client().get(old).status_code == 404
    assert read(new).walk("VEVENT") == []
    page = log_in(cast, "kunshan.officer").post(reverse("feed-revoke"), follow=True).content.decode()
    assert "日历订阅已停用" in page
    assert Client().get(new).status_code == 404
    assert kinds(cast.officer("kunshan.officer")) == ["feed.create", "feed.create", "feed.read", "feed.revoke"]


def test_a_new_password_ends_it(cast, address):
    """Whoever knew the old password may have made the address."""
    path, officer = address("kunshan.officer"), cast.officer("kunshan.officer")
    admin = log_in(cast, "sysadmin")
    assert "日历订阅停用" in admin.get(reverse("officer-detail", args=[officer.pk])).content.decode()
    assert admin.post(reverse("officer-reset", args=[officer.pk])).status_code == 200
    assert Client().get(path).status_code == 404
    assert kinds(officer) == ["feed.create", "feed.revoke"]


def test_a_password_of_ones_own_ends_it_and_says_so(cast, address):
    officer = cast.officer("kunshan.officer")
    officer.set_password(OLD)
    officer.save()
    path, client = address("kunshan.officer"), log_in(cast, "kunshan.officer")
    new = {"oldpassword": OLD, "password1": "Brand-new-2026", "password2": "Brand-new-2026"}
    page = client.post(reverse("account_change_password"), new, follow=True).content.decode()
    assert "日历订阅随旧密码停用了" in page
    assert Client().get(path).status_code == 404
    assert kinds(officer) == ["feed.create", "feed.revoke"]


def test_an_unknown_one_and_one_of_an_inactive_officer_are_absent(cast, address):
    path = address("kunshan.officer")
    Officer.objects.filter(police_number="kunshan.officer").update(is_active=False)
    assert Client().get(path).status_code == 404
    assert Client().get(reverse("calendar-feed", args=["x" * 43])).status_code == 404


def test_readings_are_recorded_once_a_day(cast, address):
    path = address("kunshan.officer")
    for _n in range(3):
        read(path)
    assert kinds(cast.officer("kunshan.officer")) == ["feed.create", "feed.read"]
    CalendarFeed.objects.update(read_on="2026-01-01")
    read(path)
    assert kinds(cast.officer("kunshan.officer")) == ["feed.create", "feed.read", "feed.read"]


def test_unchanged_is_not_sent_again(story, address):
    case, path = story.submitted(), address("kunshan.chief")
    first = Client().get(path)
    assert "private" in first["Cache-Control"]
    again = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    story.step("kunshan.chief", case, "approve")
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_too_often_is_too_often(address, monkeypatch):
    monkeypatch.setattr(feed, "REQUESTS", 2)
    path, other = address("kunshan.officer"), address("kunshan.chief")
    assert [Client().get(path).status_code for _n in range(3)] == [200, 200, 429]
    assert Client().get(other).status_code == 200
    wrong = [Client().get(reverse("calendar-feed", args=[f"{n}"])).status_code for n in range(3)]
    assert wrong == [404, 404, 429]


def test_the_key_stays_out_of_the_logs(address, caplog):
    path = address("kunshan.officer")
    with caplog.at_level(logging.INFO):
        read(path)
    assert "/feeds/…" in caplog.text
    assert path.split("/")[2] not in caplog.text


def test_who_does_no_case_work_has_none(cast):
    assert log_in(cast, "auditor").post(reverse("feed-make")).status_code == 403
    assert "日历订阅" not in log_in(cast, "auditor").get(reverse("my-account")).content.decode()

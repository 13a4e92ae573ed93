"""The daily summary: once a day for whoever wants it and has something waiting; numbers and links, never a name."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from agencies import digests, outbox
from agencies.models import AuditEvent, Digest, Notice, NoticeSettings, Officer, OutboxMessage
from agencies.moments import clock
from tests.browsing import log_in
from tests.cases.test_sweep import OVER, pass_by
from tests.conftest import django_connected_as
from tests.language import wrong_words


@pytest.fixture
def noon(real_db):
    """Whatever the hour is: everybody's summary is due, nobody's hours are quiet. Gives the hour."""
    hour = timezone.localtime(clock()).hour
    NoticeSettings.objects.update(digest_at=hour, quiet_from=0, quiet_to=0)
    return hour


def send() -> dict[str, str]:
    """Order what is due and drain the outbox: the summaries sent so far, by receiver."""
    with django_connected_as("worker"):
        digests.order()
        outbox.drain()
    return {
        one.to[0].partition("@")[0]: one.body
        for one in mail.outbox
        if "汇总" in one.subject or "summary" in one.subject
    }


def test_it_counts_and_links_and_names_nothing(noon, story, cast):
    late, fresh = story.submitted(), story.submitted()
    pass_by(late, OVER)
    story.step("kunshan.chief", late, "assign_handler", handler="kunshan.chief")
    (said,) = [body for login, body in send().items() if login == "kunshan.chief"]
    for words in ("1 件逾期", "等你处理 2 件", "条新通知", "?view=mine&when=late", "/notices/"):
        assert words in said
    for case in (late, fresh):
        assert case.title not in said
        assert case.number not in said
    assert "昆山" not in said


def test_a_link_shows_what_was_counted(noon, story, cast):
    story.submitted()
    said = send()["kunshan.chief"]
    path = next(line for line in said.splitlines() if line.endswith("?view=mine"))
    page = log_in(cast, "kunshan.chief").get(path.removeprefix(settings.ORIGIN)).content.decode()
    assert "1 件等你处理" in page


def test_nothing_when_there_is_nothing(noon):
    assert send() == {}
    assert Digest.objects.count() == Officer.objects.filter(is_active=True).exclude(email="").count()


def test_once_a_day_also_with_two_beats_and_a_second_drain(noon, story):
    story.submitted()
    gate = threading.Barrier(2)

    def beat() -> None:
        gate.wait(30)
        digests.order()
        connection.close()

    with django_connected_as("worker"):
        beats = [threading.Thread(target=beat) for _ in range(2)]
        for one in beats:
            one.start()
        for one in beats:
            one.join(60)
    send()
    assert [one.to for one in mail.outbox].count(["kunshan.chief@example.test"]) == 2  # the submission, and the summary
    ordered = OutboxMessage.objects.filter(reaction=digests.MAIL).values_list("payload__officer", flat=True)
    assert len(ordered) == len(set(ordered)) == Digest.objects.count()
    assert sum(AuditEvent.objects.filter(kind=digests.ORDER).values_list("facts__count", flat=True)) == len(ordered)


def test_after_a_stopped_beat_late_and_once(noon, story):
    """Ordered two days ago, not yesterday: today's comes, with what is new since."""
    case = story.submitted()
    with django_connected_as("worker"):
        outbox.drain()
    chief = Officer.objects.get(police_number="kunshan.chief")
    Digest.objects.create(officer=chief, day=timezone.localdate() - timedelta(days=2), at=clock() - timedelta(days=2))
    NoticeSettings.objects.update(digest_at=0)
    Notice.objects.filter(officer=chief).update(created_at=clock() - timedelta(hours=30))
    said = send()["kunshan.chief"]
    assert "1 条新通知" in said
    assert case.number not in said
    send()
    assert Digest.objects.filter(officer=chief).count() == 2


@pytest.mark.parametrize("shift", ["later", "quiet", "none", "gone", "no address"])
def test_not_before_its_hour_nor_in_quiet_hours_nor_for_whoever_wants_none(noon, story, shift):
    story.submitted()
    chief = NoticeSettings.objects.filter(officer__police_number="kunshan.chief")
    if shift == "later" and noon == 23:
        pytest.skip("no hour is later today")
    changes = {
        "later": {"digest_at": min(noon + 1, 23)},
        "quiet": {"quiet_from": noon, "quiet_to": (noon + 1) % 24, "digest_at": 0 if noon else None},
        "none": {"digest_at": None},
    }
    if shift in changes:
        chief.update(**changes[shift])
    elif shift == "gone":
        Officer.objects.filter(police_number="kunshan.chief").update(is_active=False)
    else:
        Officer.objects.filter(police_number="kunshan.chief").update(email="")
    assert "kunshan.chief" not in send()
    assert not Digest.objects.filter(officer__police_number="kunshan.chief").exists()


def test_a_supervisor_hears_of_his_agency_and_below_in_his_language(noon, story):
    Officer.objects.filter(police_number="suzhou.supervisor").update(language="en")
    case = story.submitted()
    pass_by(case, OVER)
    # A change of the case brings the moved date into the queue.
    story.step("kunshan.chief", case, "assign_handler", handler="kunshan.officer")
    said = send()["suzhou.supervisor"]
    assert "overdue" in said
    assert "?view=agency&when=late" in said
    assert wrong_words(f"<html lang='en'><body>{said}</body></html>", "en") == []


def test_it_leaves_out_the_notices_of_which_he_wants_no_e_mail(noon, story):
    story.submitted()
    NoticeSettings.objects.filter(officer__police_number="kunshan.chief").update(cases="none")
    with django_connected_as("worker"):
        outbox.drain()
    assert "新通知" not in send()["kunshan.chief"]


def test_work_secrets_are_not_counted(noon, story):
    story.submitted()
    secret = story.submitted(mark="work_secret")
    pass_by(secret, OVER)
    story.step("kunshan.chief", secret, "assign_handler", handler="kunshan.chief")
    said = send()["kunshan.chief"]
    assert "等你处理 1 件" in said
    assert "逾期" not in said
    assert secret.number not in said


def test_notices_about_work_secrets_are_not_counted_either(noon, story):
    """What may not leave is not in the mail, not even as a number; what else is new is."""
    chief = Officer.objects.get(police_number="kunshan.chief")
    secret = story.submitted(mark="work_secret")
    with django_connected_as("worker"):
        outbox.drain()
    assert Notice.objects.filter(officer=chief, subject=f"case:{secret.pk}").count() == 1
    assert "kunshan.chief" not in send()
    Digest.objects.all().delete()
    story.submitted()
    with django_connected_as("worker"):
        outbox.drain()
    assert Notice.objects.filter(officer=chief).count() == 2
    assert "1 条新通知" in send()["kunshan.chief"]

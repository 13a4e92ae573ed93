"""How an officer hears of things outside the inbox: his channels, his quiet hours, and that an escalation is always heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies import audit, notice_settings, outbox
from agencies.actors import SYSTEM
from agencies.commands.own_account import set_notice_settings
from agencies.errors import Malformed
from agencies.mail import send_notice
from agencies.models import AuditEvent, NoticeSettings, OutboxMessage
from agencies.moments import clock
from tests.browsing import log_in
from tests.language import wrong_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = {
    "cases": "at_once",
    "clocks": "digest",
    "supervision": "none",
    "escalations": "digest",
    "quiet_from": "22",
    "quiet_to": "7",
    "digest_at": "9",
}


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)


class TestQuietHours:
    @pytest.mark.parametrize(
        ("quiet", "moment", "until"),
        [
            ((21, 8), at(27, 20, 59, 59), None),
            ((21, 8), at(27, 21), at(28, 8)),
            ((21, 8), at(27, 23, 59, 59), at(28, 8)),
            ((21, 8), at(28, 0), at(28, 8)),
            ((21, 8), at(28, 7, 59, 59), at(28, 8)),
            ((21, 8), at(28, 8), None),
            ((12, 14), at(28, 11, 59, 59), None),
            ((12, 14), at(28, 12), at(28, 14)),
            ((12, 14), at(28, 14), None),
            ((21, 0), at(28, 23), at(29, 0)),
            ((21, 0), at(29, 0), None),
            ((0, 8), at(28, 0), at(28, 8)),
            ((9, 9), at(28, 9), None),
        ],
    )
    def test_from_the_first_moment_to_the_last(self, quiet, moment, until):
        wanted = NoticeSettings(quiet_from=quiet[0], quiet_to=quiet[1])
        assert notice_settings.quiet_until(wanted, moment) == until

    def test_by_default_from_nine_in_the_evening_to_eight(self):
        assert (NoticeSettings().quiet_from, NoticeSettings().quiet_to) == (21, 8)

    @pytest.mark.django_db
    def test_a_message_waits_in_the_outbox_until_its_moment(self, cast):
        event = audit.record(actor=SYSTEM, kind="test.mail", subject="test:1")
        payload = {"officer": cast.officer("kunshan.chief").pk, "number": "GJHZ-1", "path": "/"}
        audit.enqueue(event, notice_settings.MAIL, payload, not_before=clock() + timedelta(hours=1))
        assert outbox.drain() == 0
        assert outbox.waiting() == 1
        OutboxMessage.objects.update(not_before=clock())
        assert outbox.drain() == 1
        assert len(mail.outbox) == 1


@pytest.mark.django_db
class TestCommand:
    def test_what_was_never_changed_is_the_default_and_one_change_keeps_the_rest(self, cast):
        officer = cast.officer("kunshan.officer")
        NoticeSettings.objects.filter(pk=officer.pk).delete()
        set_notice_settings(actor=cast.actor("kunshan.officer"), officer=officer, cases="none")
        stored = NoticeSettings.objects.get(pk=officer.pk)
        assert (stored.cases, stored.clocks, stored.quiet_from, stored.digest_at) == ("none", "at_once", 21, 8)
        assert AuditEvent.objects.get(kind="officer.notice_settings").facts == {"fields": ["cases"]}

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            ({"escalations": "none"}, "escalations_are_heard"),
            ({"digest_at": None, "clocks": "digest"}, "summary_needs_an_hour"),
            ({"quiet_from": 21, "quiet_to": 9, "digest_at": 8}, "summary_in_quiet_hours"),
            ({"quiet_from": 8, "quiet_to": 9, "digest_at": 8}, "summary_in_quiet_hours"),
        ],
    )
    def test_what_cannot_stand_is_refused_and_nothing_changes(self, cast, wanted, code):
        officer = cast.officer("kunshan.supervisor")
        before = NoticeSettings.objects.filter(pk=officer.pk).values().get()
        with pytest.raises(Malformed) as refused:
            set_notice_settings(actor=cast.actor("kunshan.supervisor"), officer=officer, **wanted)
        assert [reason.code for reason in refused.value.reasons] == [code]
        assert NoticeSettings.objects.filter(pk=officer.pk).values().get() == before
        assert not AuditEvent.objects.filter(kind="officer.notice_settings").exists()
        # The database says the same to whoever passes the command by.
        with pytest.raises(IntegrityError), transaction.atomic():
            NoticeSettings.objects.filter(pk=officer.pk).update(**wanted)

    def test_a_mail_ordered_before_he_switched_it_off_is_not_sent(self, cast):
        officer = cast.officer("kunshan.officer")
        event = audit.record(actor=SYSTEM, kind="test.mail", subject="test:1")
        payload = {"officer": officer.pk, "number": "GJHZ-1", "path": "/"}
        send_notice(event, payload)
        set_notice_settings(actor=cast.actor("kunshan.officer"), officer=officer, cases="digest")
        send_notice(event, payload)
        assert len(mail.outbox) == 1


@pytest.mark.django_db
class TestPage:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_page_says_that_an_escalation_cannot_be_switched_off(self, cast, language):
        client = log_in(cast, "kunshan.supervisor")
        client.cookies["coopdesk_language"] = language
        page = client.get(reverse("my-account")).content.decode()
        assert ("不能关闭" if language == "zh-hans" else "Cannot be switched off") in page
        assert wrong_words(page, language) == []

    def test_what_is_chosen_is_stored_and_said_and_stands_on_the_page(self, cast):
        client = log_in(cast, "kunshan.officer")
        page = client.post(reverse("notice-settings"), PLAIN, follow=True).content.decode()
        assert "通知设置已保存" in page
        stored = NoticeSettings.objects.get(officer=cast.officer("kunshan.officer"))
        assert {name: str(getattr(stored, name)) for name in PLAIN} == PLAIN
        assert '<option value="22" selected>22:00</option>' in page

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_what_cannot_stand_comes_back_with_its_reason_and_everything_chosen(self, cast, language):
        client = log_in(cast, "kunshan.officer")
        client.cookies["coopdesk_language"] = language
        response = client.post(reverse("notice-settings"), {**PLAIN, "digest_at": "23"})
        page = response.content.decode()
        assert response.status_code == 400
        assert ("汇总时间在免打扰时段内" if language == "zh-hans" else "falls into the quiet hours") in page
        assert '<option value="23" selected>23:00</option>' in page
        assert wrong_words(page, language) == []
        assert NoticeSettings.objects.get(officer=cast.officer("kunshan.officer")).digest_at == 8

    @pytest.mark.parametrize(
        "changes",
        [{"escalations": "none"}, {"quiet_from": "24"}, {"quiet_to": ""}, {"cases": "sms"}, {"digest_at": "x"}],
    )
    def test_a_form_made_by_hand_is_refused(self, cast, changes):
        client = log_in(cast, "kunshan.officer")
        assert client.post(reverse("notice-settings"), {**PLAIN, **changes}).status_code == 400
        assert NoticeSettings.objects.get(officer=cast.officer("kunshan.officer")).cases == "at_once"

    def test_no_summary_is_a_choice(self, cast):
        client = log_in(cast, "kunshan.officer")
        choice = {**PLAIN, "clocks": "none", "escalations": "at_once", "digest_at": "none"}
        page = client.post(reverse("notice-settings"), choice, follow=True).content.decode()
        assert '<option value="none" selected>不要汇总</option>' in page
        assert NoticeSettings.objects.get(officer=cast.officer("kunshan.officer")).digest_at is None

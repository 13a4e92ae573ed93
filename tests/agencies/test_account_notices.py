"""An officer hears of what others did to his account: in the inbox and by e-mail, once, with nothing to log in with."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from agencies import outbox
from agencies.commands import accounts
from agencies.models import Notice, NoticeSettings, Officer, OutboxMessage
from tests.browsing import log_in
from tests.conftest import django_connected_as
from tests.language import wrong_words


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


@pytest.fixture
def reset(real_db, cast):
    member = cast.officer("kunshan.officer")
    password = accounts.reset_password(actor=cast.actor("sysadmin"), officer_id=member.pk)
    return member, password


def test_a_reset_is_told_by_e_mail_whatever_the_settings_say(reset):
    member, password = reset
    NoticeSettings.objects.filter(pk=member.pk).update(cases="none", clocks="none", supervision="none", digest_at=None)
    drain()
    OutboxMessage.objects.update(done_at=None)
    drain()
    (sent,) = [message for message in mail.outbox if message.to == [member.email]][:1]
    assert "重置了你的密码" in sent.body
    assert "安全管理员" in sent.body
    assert password not in sent.body + sent.subject
    assert {message.extra_headers["Message-ID"] for message in mail.outbox} == {sent.extra_headers["Message-ID"]}
    assert Notice.objects.filter(officer=member, kind="officer.reset").count() == 1


def test_the_e_mail_is_in_the_officers_language(reset):
    Officer.objects.filter(pk=reset[0].pk).update(language="en")
    drain()
    (sent,) = mail.outbox
    assert wrong_words(f"<html lang='en'><body>{sent.subject} {sent.body}</body></html>", "en") == []
    assert "password" in sent.body


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_stands_in_the_inbox_until_it_is_read(reset, cast, language):
    drain()
    Officer.objects.filter(pk=reset[0].pk).update(must_change_password=False)
    client = log_in(cast, "kunshan.officer")
    client.cookies["coopdesk_language"] = language
    page = client.get("/notices/").content.decode()
    assert ("重置了你的密码" if language == "zh-hans" else "reset your password") in page
    assert wrong_words(page, language) == []
    client.post("/notices/read/")
    assert not Notice.objects.filter(officer=reset[0], read_at=None).exists()


def test_cleared_second_factors_are_told_too_and_other_changes_are_not(real_db, cast):
    member = cast.officer("kunshan.officer")
    Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data={})
    accounts.clear_factors(actor=cast.actor("secadmin"), officer_id=member.pk)
    accounts.release_lock(actor=cast.actor("sysadmin"), officer_id=member.pk)
    drain()
    assert list(Notice.objects.values_list("officer__police_number", "kind")) == [
        ("kunshan.officer", "officer.clear_factors")
    ]


def test_nobody_who_has_left_is_written_to(reset, cast):
    accounts.deactivate(actor=cast.actor("sysadmin"), officer_id=reset[0].pk)
    drain()
    assert mail.outbox == []
    assert not Notice.objects.exists()

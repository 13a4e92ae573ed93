"""E-mail: a number and a link, never names or words of a case. Sent from the outbox, with a Message-ID that a retry
repeats, so that a mail server may drop the second copy."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import AuditEvent, Channel, Officer
from agencies.notice_settings import Group, channel, group_of, settings_of

# What is new about the case, by the group of the notice.
_NEWS: dict[str, Promise] = {
    Group.CASES: gettext_lazy("案件 %(number)s 有新的进展"),
    Group.CLOCKS: gettext_lazy("案件 %(number)s 有期限提醒"),
    Group.SUPERVISION: gettext_lazy("案件 %(number)s 有督办或催办"),
    Group.ESCALATIONS: gettext_lazy("案件 %(number)s 已提级，请处理"),
}


def send_notice(event: AuditEvent, payload: dict[str, Any]) -> None:
    """Send the officer in `payload` a line about the case in `payload` (`number`, `path`), if he still wants it."""
    officer = Officer.objects.filter(pk=payload["officer"], is_active=True).first()
    if officer is None or not officer.email:
        return
    if channel(settings_of([officer.pk])[officer.pk], event.kind) != Channel.AT_ONCE:
        return
    with translation.override(officer.language):
        news = _NEWS[group_of(event.kind)] % {"number": payload["number"]}
        subject = _("Coopdesk：%(news)s") % {"news": news}
        body = _("%(news)s，请登录查看：") % {"news": news}
    EmailMessage(
        subject,
        f"{body}\n{settings.ORIGIN}{payload['path']}\n",
        to=[officer.email],
        headers={"Message-ID": f"<{event.pk}.{officer.pk}@coopdesk>"},
    ).send()

"""E-mail: a number and a link, never names or words of a case. Sent from the outbox, with a Message-ID that a retry
repeats, so that a mail server may drop the second copy."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.models import AuditEvent, Officer


def send_notice(event: AuditEvent, payload: dict[str, Any]) -> None:
    """Send the officer in `payload` a line about the case in `payload` (`number`, `path`)."""
    officer = Officer.objects.filter(pk=payload["officer"], is_active=True).first()
    if officer is None or not officer.email or not officer.notify_by_email:
        return
    with translation.override(officer.language):
        subject = _("Coopdesk：案件 %(number)s 有新的进展") % {"number": payload["number"]}
        body = _("案件 %(number)s 有新的进展，请登录查看：") % {"number": payload["number"]}
    EmailMessage(
        subject,
        f"{body}\n{settings.ORIGIN}{payload['path']}\n",
        to=[officer.email],
        headers={"Message-ID": f"<{event.pk}.{officer.pk}@coopdesk>"},
    ).send()

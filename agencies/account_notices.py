"""What an officer is told about his own account: that somebody reset his password or cleared his second factors.

Whoever did not ask for it must hear of it, so the e-mail goes out whatever his settings say; it holds nothing to log in
with.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import audit
from agencies.models import AuditEvent, Notice, Officer

MAIL = "account_mail"
WORDS: dict[str, Promise] = {
    "officer.reset": gettext_lazy("系统管理员重置了你的密码。"),
    "officer.clear_factors": gettext_lazy("安全管理员解除了你的第二因素。"),
}
ADVICE = gettext_lazy("如果不是你要求的，请马上联系本单位的安全管理员。")


def tell(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Reaction: a notice in the inbox, and an e-mail where there is an address. Telling twice is telling once."""
    officer = Officer.objects.filter(pk=int(event.subject.partition(":")[2]), is_active=True).first()
    if officer is None:
        return
    given = {"kind": event.kind, "subject": event.subject}
    _notice, new = Notice.objects.get_or_create(officer=officer, event=event, defaults=given)
    if new and officer.email:
        audit.enqueue(event, MAIL, {"officer": officer.pk})


def send(event: AuditEvent, payload: dict[str, Any]) -> None:
    """Reaction: the e-mail, in the officer's language."""
    officer = Officer.objects.filter(pk=payload["officer"], is_active=True).first()
    if officer is None or not officer.email:
        return
    with translation.override(officer.language):
        subject = _("Coopdesk：你的账号有变动")
        body = f"{WORDS[event.kind]}{' ' if officer.language == 'en' else ''}{ADVICE}"
    EmailMessage(
        subject,
        f"{body}\n{settings.ORIGIN}\n",
        to=[officer.email],
        headers={"Message-ID": f"<{event.pk}.{officer.pk}@coopdesk>"},
    ).send()

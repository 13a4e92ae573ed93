"""What the daily summary says: how many are overdue, near due and waiting, how many notices are new. Numbers and links only.

It counts what the officer sees when he follows the links, under the appointment he acts under, but for work secrets: the
mail leaves the house. A supervisor, for whom nothing waits, gets what is overdue and near due at his agency and below it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import AuditEvent, Channel, Digest, Notice, NoticeSettings, Officer
from agencies.moments import clock
from agencies.notice_settings import channel, settings_of
from agencies.officers import actor_for, appointments_of
from agencies.roles import CASE_ROLES, Role
from cases.notices import of_work_secrets
from cases.queries import queue
from countries.calendars import work_calendar


def send(event: AuditEvent, payload: dict[str, Any]) -> None:
    """Send the officer in `payload` his summary of the day in it; nothing when there is nothing to say."""
    officer = Officer.objects.filter(pk=payload["officer"], is_active=True).first()
    if officer is None or not officer.email:
        return
    wanted = settings_of([officer.pk])[officer.pk]
    if wanted.digest_at is None:
        return
    with translation.override(officer.language):
        lines = [*_cases(officer), *_notices(officer, wanted, date.fromisoformat(payload["day"]))]
        if not lines:
            return
        subject = _("Coopdesk：%(day)s汇总") % {"day": payload["day"]}
        body = "\n\n".join(f"{said}\n{settings.ORIGIN}{path}" for said, path in lines)
    EmailMessage(
        subject, f"{body}\n", to=[officer.email], headers={"Message-ID": f"<{event.pk}.{officer.pk}@coopdesk>"}
    ).send()


def _cases(officer: Officer) -> list[tuple[str, str]]:
    """What is overdue, near due and waiting, each with its link, as far as there is any."""
    post = next(iter(appointments_of(officer)), None)
    if post is None or post.role not in CASE_ROLES:
        return []
    actor, now = actor_for(post), queue.moment_of(clock(), work_calendar())
    view = queue.AGENCY if post.role == Role.SUPERVISOR else queue.MINE
    late, near, whole = (
        queue.keyed(actor, queue.Wanted(view=view, when=when), now).filter(secret=False).count()
        for when in (queue.LATE, queue.NEAR, "")
    )
    path = f"{reverse('workbench')}?view={view}"
    found = [
        (late, ngettext("%(n)s 件逾期", "%(n)s 件逾期", late), f"{path}&when={queue.LATE}"),
        (near, ngettext("%(n)s 件临近期限", "%(n)s 件临近期限", near), f"{path}&when={queue.NEAR}"),
    ]
    if view == queue.MINE:
        found.append((whole, ngettext("等你处理 %(n)s 件", "等你处理 %(n)s 件", whole), path))
    return [(said % {"n": n}, link) for n, said, link in found if n]


def _notices(officer: Officer, wanted: NoticeSettings, day: date) -> list[tuple[str, str]]:
    """How many notices came since the last summary and have not been read, without those he wants no e-mail about and those
    about work secrets: the inbox has them all."""
    unread = Notice.objects.filter(officer=officer, read_at=None, created_at__gt=_last(officer, day))
    rows = list(unread.values_list("kind", "subject"))
    secret = of_work_secrets({subject for _kind, subject in rows})
    count = sum(channel(wanted, kind) != Channel.NONE for kind, subject in rows if subject not in secret)
    if not count:
        return []
    return [(ngettext("%(n)s 条新通知", "%(n)s 条新通知", count) % {"n": count}, reverse("notice-list"))]


def _last(officer: Officer, day: date) -> datetime:
    """When the summary before that of `day` was ordered; for the first one, a day ago."""
    before = Digest.objects.filter(officer=officer, day__lt=day).order_by("-day").values_list("at", flat=True).first()
    return before or clock() - timedelta(days=1)

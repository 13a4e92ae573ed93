"""What an officer's settings mean: which e-mail goes out at once, until when one waits, what cannot be set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies import audit
from agencies.errors import Malformed, Reason
from agencies.models import AuditEvent, Channel, NoticeSettings, Officer
from agencies.moments import clock

MAIL = "mail"


class Group(StrEnum):
    """The kinds of notices that have a channel of their own: the columns of NoticeSettings."""

    CASES = "cases"
    CLOCKS = "clocks"
    SUPERVISION = "supervision"
    ESCALATIONS = "escalations"


# By how the kind of the event begins, the first that fits; everything else is work on cases.
_GROUPS = (
    ("deadline.escalation", Group.ESCALATIONS),
    ("case.supervision_escalate", Group.ESCALATIONS),
    ("case.supervis", Group.SUPERVISION),
    ("case.remind", Group.SUPERVISION),
    ("deadline.", Group.CLOCKS),
)


def group_of(kind: str) -> Group:
    """The group of notices to which events of this kind belong."""
    return next((group for start, group in _GROUPS if kind.startswith(start)), Group.CASES)


def channel(wanted: NoticeSettings, kind: str) -> str:
    """By which Channel these settings send notices of events of this kind."""
    found: str = getattr(wanted, group_of(kind))
    return found


def settings_of(officer_ids: Iterable[int]) -> Mapping[int, NoticeSettings]:
    """The settings of these officers; the defaults for whoever never changed any."""
    ids = set(officer_ids)
    return {pk: NoticeSettings(officer_id=pk) for pk in ids} | NoticeSettings.objects.in_bulk(ids)


def write(event: AuditEvent, officers: Iterable[Officer], *, number: str, path: str, waits: bool = True) -> None:
    """Order the e-mails about `event` to those of these officers who want one at once; in quiet hours it waits until they
    end, unless it must not (`waits`)."""
    now = clock()
    for pk, wanted in settings_of(officer.pk for officer in officers if officer.email).items():
        if channel(wanted, event.kind) == Channel.AT_ONCE:
            payload = {"officer": pk, "number": number, "path": path}
            audit.enqueue(event, MAIL, payload, not_before=quiet_until(wanted, now) if waits else None)


def quiet_until(wanted: NoticeSettings, at: datetime) -> datetime | None:
    """When the quiet hours end in which `at` falls; None outside them."""
    local, start, end = timezone.localtime(at), wanted.quiet_from, wanted.quiet_to
    if not quiet_at(start, end, local.hour):
        return None
    day = local.date() + timedelta(days=end <= local.hour)
    return timezone.make_aware(datetime.combine(day, time(end)))


def quiet_at(start: int, end: int, hour: int) -> bool:
    """Is this hour of the day among the quiet ones, from `start` to `end` (exclusive), maybe over midnight?"""
    return start <= hour < end if start <= end else hour >= start or hour < end


def require_sound(wanted: NoticeSettings) -> None:
    """Raise Malformed with every reason why these settings cannot stand."""
    reasons = []
    if wanted.escalations == Channel.NONE:
        words = _("提级的通知不能关闭，请选马上发邮件或只计入每日汇总。")
        reasons.append(Reason("escalations_are_heard", words, "/escalations"))
    if wanted.digest_at is None:
        if Channel.DIGEST in [getattr(wanted, group) for group in Group]:
            words = _("有的通知只计入每日汇总，请选一个汇总时间。")
            reasons.append(Reason("summary_needs_an_hour", words, "/digest_at"))
    elif quiet_at(wanted.quiet_from, wanted.quiet_to, wanted.digest_at):
        words = _("汇总时间在免打扰时段内，请改其中一个。")
        reasons.append(Reason("summary_in_quiet_hours", words, "/digest_at"))
    if reasons:
        raise Malformed(reasons=reasons)

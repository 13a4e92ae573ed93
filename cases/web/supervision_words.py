"""催办 and 督办 in words: how one stands, what it waits for, and its lines in the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agencies.doors import words
from cases.models import Deadline, Supervision, SupervisionKind, SupervisionState
from cases.queries.timeline import Entry
from cases.supervision.sight import awaits, withdrawn
from cases.web.sentences import named
from countries.calendars import Calendar, day_of


def state_of(one: Supervision) -> str:
    """One word for how it stands; a reminder waits for no feedback."""
    if one.kind == SupervisionKind.REMINDER and one.state == SupervisionState.OPEN:
        return _("已催办")
    if withdrawn(one):
        return pgettext("supervision", "已撤销")
    return str(SupervisionState(one.state).label)


def due_of(one: Supervision, clock: Deadline | None, now: datetime, calendar: Calendar) -> tuple[str, str] | None:
    """State and words of the feedback's clock: how long it still has, or whether it came in time."""
    if clock is None or clock.cancelled_at is not None:
        return None
    if clock.met_at is not None:
        late = clock.met_at > clock.due_at
        return ("late", _("逾期反馈")) if late else ("met", _("按期反馈"))
    if not awaits(one):
        return None
    if clock.paused_at is not None:
        return "pause", words.paused((day_of(now) - day_of(clock.paused_at)).days)
    return words.deadline(clock.due_at, calendar.working_days_between(now, clock.due_at), now)


def _to(entry: Entry) -> SafeString:
    return named(entry.to.name if entry.to else "")


def _number(entry: Entry) -> SafeString:
    return named(str(entry.event.facts.get("number", "")))


def _reminded(entry: Entry, _known: Any) -> SafeString:
    return format_html(_("催办{to}（{number}）"), to=_to(entry), number=_number(entry))


def _ordered(entry: Entry, _known: Any) -> SafeString:
    return format_html(_("督办{to}（{number}）"), to=_to(entry), number=_number(entry))


def _answered(entry: Entry, _known: Any) -> SafeString:
    return format_html(_("反馈了督办 {number}"), number=_number(entry))


def _raised(entry: Entry, _known: Any) -> SafeString:
    return format_html(_("督办 {number} 提级到{to}"), to=_to(entry), number=_number(entry))


def _closed(entry: Entry, _known: Any) -> SafeString:
    if entry.event.facts.get("withdrawn"):
        return format_html(_("撤销了督办 {number}"), number=_number(entry))
    form = {
        "ended": _("案件结束，{number} 随之办结"),
        "moved_on": _("{to}已办完，{number} 随之办结"),
        "merged": _("机构调整后不再需要，{number} 随之办结"),
    }.get(entry.event.facts.get("because", ""), _("办结了 {number}"))
    return format_html(form, to=_to(entry), number=_number(entry))


# Its lines in the timeline of a case and in the inbox.
SUPERVISED: Mapping[str, Callable[[Entry, Any], SafeString]] = {
    "remind": _reminded,
    "supervise": _ordered,
    "supervision_answer": _answered,
    "supervision_close": _closed,
    "supervision_escalate": _raised,
}

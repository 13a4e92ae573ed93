"""The rows of a list of cases. Written by a function, not a template: fifty of them are most of the page's work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.doors import words
from agencies.language import english
from cases.models import NO_DUE, Assignment, AssignmentKind, Direction, Phase, Status, Urgency
from countries.calendars import SHANGHAI, Calendar

DEMO = "【演示】"
# The foreign side has it, and no clock of ours runs.
_WITH_THEM = frozenset({Phase.ABROAD, Phase.SUPPLEMENT, Phase.REPLIED})
_SHORT = 60


@dataclass(kw_only=True)
class Rows:
    """Everything the rows of one page share. `unread` cases are set in bold; `by_filing` shows that date first,
    `pickable` puts a box before it, which belongs to the form of cases/_bulk_bar.html."""

    actor: Actor
    now: datetime
    calendar: Calendar
    unread: Collection[UUID] = ()
    asked: Mapping[UUID, Sequence[Assignment]] = field(default_factory=dict)
    by_filing: bool = False
    pickable: bool = False
    _days: dict[Any, int] = field(default_factory=dict)
    _dues: dict[date, str] = field(default_factory=dict)
    _stretches: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._base = reverse("case-list")
        self._english = english()
        self._statuses = {value: str(label) for value, label in Status.choices}
        self._urgencies = {value: str(label) for value, label in Urgency.choices}
        self._ours = _("本机关")
        self._incoming = f' <span class="tag">{Direction.INCOMING.label}</span>'

    def html(self, rows: Iterable[Mapping[str, Any]]) -> SafeString:
        """All rows, escaped."""
        return mark_safe("".join(map(self._row, rows)))  # noqa: S308 — every value is escaped below

    def _row(self, row: Mapping[str, Any]) -> str:
        name = "name_en" if self._english else "name_zh"
        new = " data-new" if row["pk"] in self.unread else ""
        first = self._filed(row) if self.by_filing else self._due(row)
        if self.pickable:
            first = self._box(row, first)
        holder, since = self._holder(row)
        status = row["status"]
        return (
            f'<tr role="row"{new}><td role="cell" class="c-due nowrap">{first}</td>'
            f'<td role="cell" class="c-main"><a class="ttl" href="{self._base}{row["pk"]}/">{title(row["title"])}</a>'
            f"{self._urgency(row['urgency'])}{self._incoming if row['direction'] == Direction.INCOMING else ''}"
            f'<span class="sub"><span class="nowrap" id="n-{row["pk"]}">{row["number"]}</span>　'
            f"{data(row['origin__name'])}</span>{self._asked(row['pk'])}</td>"
            f'<td role="cell" class="c-line">{escape(row["country__" + name] or words.UNKNOWN)}'
            f'<span class="sub">{escape(row["request_type__" + name] or "")}</span></td>'
            f'<td role="cell" class="c-hide">{holder}<span class="sub nowrap">{since}</span></td>'
            f'<td role="cell" class="c-end"><span class="status" data-s="{status}">'
            f"{self._statuses[status]}</span></td></tr>"
        )

    def _box(self, row: Mapping[str, Any], first: str) -> str:
        box = f'<input type="checkbox" name="case" value="{row["pk"]}" form="bulk" aria-labelledby="n-{row["pk"]}">'
        return f'<label class="opt">{box}<span>{first}</span></label>'

    def _asked(self, pk: UUID) -> str:
        """What the case waits here for besides custody: opinions, shares, papers."""
        lines = []
        for one in self.asked.get(pk, ()):
            said = f"{_('：')}{data(_short(one.text))}" if one.text else ""
            lines.append(f'<span class="sub"><b>{AssignmentKind(one.kind).label}</b>{said}</span>')
        return "".join(lines)

    def _urgency(self, urgency: str) -> str:
        if urgency == Urgency.NORMAL:
            return ""
        kind = "most" if urgency == Urgency.MOST_URGENT else "urgent"
        return f' <span class="tag tag--{kind}">{self._urgencies[urgency]}</span>'

    def _due(self, row: Mapping[str, Any]) -> str:
        opened, due_at = row["held__opened_at"], row["due_at"]
        if row["held__phase"] in _WITH_THEM:
            return _mark("abroad", words.abroad(self._apart(opened)), "")
        if row["ended_at"]:
            return _mark("none", _("已结束"), words.weekday(row["ended_at"], self.now))
        if due_at >= NO_DUE:
            return _mark("none", _("无时限"), "")
        day = due_at.astimezone(SHANGHAI).date()
        if day == self.now.astimezone(SHANGHAI).date():
            return self._running(due_at)
        if day not in self._dues:  # on any other day the hour says nothing
            self._dues[day] = self._running(due_at)
        return self._dues[day]

    def _running(self, due_at: datetime) -> str:
        state, said = words.deadline(due_at, self._working_days(self.now, due_at), self.now)
        return _mark(state, said, self._below(due_at))

    def _below(self, due_at: datetime) -> str:
        """Under the words: the date; on the last day the hours left."""
        left = due_at - self.now
        if left > timedelta() and words.same_day(due_at, self.now):
            return words.hours_left(int(left.total_seconds()) // 3600)
        return words.weekday(due_at, self.now)

    def _filed(self, row: Mapping[str, Any]) -> str:
        at = row["submitted_at"] or row["created_at"]
        below = _("报送") if row["submitted_at"] else _("起草")
        if row["direction"] == Direction.INCOMING:
            below = _("登记")
        return f'{words.weekday(at, self.now)}<span class="sub">{below}</span>'

    def _holder(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """Who holds it, and since when; after the end nobody does."""
        opened = row["held__opened_at"]
        if opened is None:
            return words.UNKNOWN, ""
        if row["held__agency_id"] is None:
            return data(row["held__holder_name"]), _("%(day)s 发出") % {"day": words.day(opened, self.now)}
        ours = row["held__agency_id"] == self.actor.agency_id
        handler = row["held__handler__name"] if ours else None
        name = f"{self._ours} {data(handler)}" if handler else self._ours if ours else data(row["held__holder_name"])
        days = self._working_days(opened, self.now)
        if days not in self._stretches:
            self._stretches[days] = words.running(days)
        return name, self._stretches[days]

    def _apart(self, since: datetime) -> int:
        return (self.now.astimezone(SHANGHAI).date() - since.astimezone(SHANGHAI).date()).days

    def _working_days(self, a: datetime, b: datetime) -> int:
        """Counted once for each pair of days: rows of one page share most of them."""
        key = (a.astimezone(SHANGHAI).date(), b.astimezone(SHANGHAI).date())
        if key not in self._days:
            self._days[key] = self.calendar.working_days_between(a, b)
        return self._days[key]


def _short(text: str) -> str:
    """One line of what is asked."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"


def data(text: str) -> str:
    """Words of users and official names, escaped: they stay in their language on an English page."""
    return f'<span lang="zh-CN" data-user>{escape(text)}</span>'


def title(text: str) -> str:
    """A title, escaped; the mark of a demo case in caption grey; a draft without one says so."""
    if not text:
        return f'<span class="muted">{_("还没有写标题")}</span>'
    if text.startswith(DEMO):
        return f'<span lang="zh-CN" data-user><span class="demo">{DEMO}</span>{escape(text[len(DEMO) :])}</span>'
    return data(text)


def _mark(state: str, said: str, below: str) -> str:
    return f'<span class="due" data-due="{state}">{said}</span><span class="sub">{below}</span>'

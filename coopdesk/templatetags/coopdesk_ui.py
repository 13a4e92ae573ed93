"""The small marks and words of a page, as tags and filters (built in: no `{% load %}` needed).

Marks are tags and not includes because a list draws hundreds of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agencies.delegations import signed
from agencies.doors import words
from agencies.language import english
from agencies.models import Officer
from cases.models.words import Outcome, Status, Urgency
from coopdesk import differences
from coopdesk.icons import ICONS
from countries import source_words
from countries.source_words import Shown

register = template.Library()

DEMO_PREFIX = "【演示】"
_STATUS_WORDS = dict(Status.choices)
_OUTCOME_WORDS = dict(Outcome.choices)
_URGENCY_TAGS = {Urgency.URGENT: "urgent", Urgency.MOST_URGENT: "most"}
_ICONS = {
    name: mark_safe(f'<svg class="i" viewBox="0 0 16 16" aria-hidden="true">{drawing}</svg>')  # noqa: S308 our own
    for name, drawing in ICONS.items()
}


@register.filter(name="signed")
def signed_by(name: str, lender: Officer | None) -> str:
    """`{{ officer.name|signed:for_officer }}`: the name, or "B 代 A" when B acted for A."""
    return signed(name, lender.name if lender else "")


# --- Marks: shape, word and colour together -------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "plus" %}`: a decoration; the word beside it (or an aria-label) says what it means."""
    return _ICONS[name]


@register.simple_tag
def status(code: str, label: object = "") -> SafeString:
    """`{% status case.status %}`: where a case stands; `label` replaces the usual word."""
    return format_html('<span class="status" data-s="{}">{}</span>', code, label or _STATUS_WORDS.get(code, code))


@register.simple_tag
def outcome(code: str, label: object = "") -> SafeString:
    """`{% outcome item.outcome %}`: what came of one request item."""
    return format_html('<span class="status" data-s="{}">{}</span>', code, label or _OUTCOME_WORDS.get(code, code))


@register.simple_tag
def due(state: str, text: object = "") -> SafeString:
    """`{% due "near" "剩 2 个工作日" %}`: ok, near, late, pause, abroad, met or none; without text only the shape."""
    return format_html('<span class="due" data-due="{}">{}</span>', state, text)


@register.simple_tag
def deadline(due_at: datetime | None, working_days: int | None = None, now: datetime | None = None) -> SafeString:
    """`{% deadline row.due_at row.days_left %}`: the mark of a running deadline, the state found by words.deadline."""
    state, text = words.deadline(due_at, working_days, now or timezone.now())
    return format_html('<span class="due" data-due="{}">{}</span>', state, text)


@register.simple_tag
def tag(text: object, kind: str = "") -> SafeString:
    """`{% tag "内部" %}`; kinds: urgent, most, abroad, ok, must, need, ref, check."""
    return format_html('<span class="tag{}">{}</span>', f" tag--{kind}" if kind else "", text)


@register.simple_tag
def urgency(code: str) -> str:
    """`{% urgency case.urgency %}`: 加急 soft red, 特急 solid red, nothing for 普通."""
    if code not in _URGENCY_TAGS:
        return ""
    return tag(Urgency(code).label, _URGENCY_TAGS[Urgency(code)])


@register.simple_tag(takes_context=True)
def fact(context: Context, one: Shown, short: bool = False, end: bool = False, desk: bool | None = None) -> SafeString:
    """`{% fact row.value short=True %}`: a value from outside with its source; `desk` (of the context) may fill a blank."""
    return source_words.fact(one, desk=bool(context.get("desk")) if desk is None else desk, short=short, end=end)


@register.filter
def faults(errors: Mapping[str, Collection[object]]) -> int:
    """How many things are wrong in a form, as many as its summary lists; `form.errors` holds them by field."""
    return sum(map(len, errors.values()))


@register.filter
def demo_title(title: str) -> SafeString:
    """A title, marked as user data, with the 【演示】 prefix in caption grey."""
    if title.startswith(DEMO_PREFIX):
        rest = title.removeprefix(DEMO_PREFIX)
        return format_html('<span lang="zh-CN" data-user><span class="demo">{}</span>{}</span>', DEMO_PREFIX, rest)
    return format_html('<span lang="zh-CN" data-user>{}</span>', title)


# --- Times --------------------------------------------------------------------------------------------------------


def _time_element(moment: date | datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.filter
def day(moment: date | datetime | None) -> str:
    """`11月25日`, of another year `2027年1月8日`."""
    return _time_element(moment, words.day(moment, timezone.now())) if moment else words.UNKNOWN


@register.filter
def weekday(moment: date | datetime | None) -> str:
    """`11月25日 周三`."""
    return _time_element(moment, words.weekday(moment, timezone.now())) if moment else words.UNKNOWN


@register.filter
def due_form(moment: datetime | None) -> str:
    """`11月25日 周三 17:00`, today `今日 17:00 前`, of another year `2027年1月8日`."""
    return _time_element(moment, words.due(moment, timezone.now())) if moment else words.UNKNOWN


@register.filter
def when(moment: datetime | None) -> str:
    """When something happened: `今日 09:42`, `11月20日 15:08`."""
    return _time_element(moment, words.when(moment, timezone.now())) if moment else words.UNKNOWN


@register.filter
def clock(moment: datetime | None) -> str:
    """`17:00`."""
    return _time_element(moment, words.clock(moment)) if moment else words.UNKNOWN


@register.filter
def stamp(moment: datetime | None) -> str:
    """`2026年11月23日 周一 10:20`."""
    return _time_element(moment, words.stamp(moment)) if moment else words.UNKNOWN


# --- Spans and counts: the numbers come from the caller ------------------------------------------------------------


register.filter("working_days_left", words.working_days_left)
register.filter("days_left", words.days_left)
register.filter("hours_left", words.hours_left)
register.filter("days_over", words.days_over)
register.filter("running", words.running)
register.filter("took", words.took)
register.filter("limit", words.limit)
register.filter("abroad", words.abroad)
register.filter("paused", words.paused)
register.filter("silence", words.silence)
register.filter("grouped", words.grouped)
register.filter("percent", words.percent)
register.filter("size", words.size)
register.filter("capped", words.capped)
register.filter("plain_days", words.plain_days)


register.simple_tag(differences.marked, name="marked")
register.simple_tag(differences.side_by_side, name="side_by_side")


# --- Page helpers -------------------------------------------------------------------------------------------------


@register.simple_tag
def page_language() -> str:
    """The `lang` of the page's own words."""
    return "en" if english() else "zh-CN"


@register.filter
def or_unknown(value: Any) -> Any:
    """The value, or 未收录 for None and empty; 0 is a value."""
    if value is None or value == "":
        return format_html('<span class="muted">{}</span>', _("未收录"))
    return value


@register.filter
def level(message_tags: str) -> str:
    """The kind of notice for a message's level."""
    for name, kind in (("error", "error"), ("warning", "warn"), ("success", "ok")):
        if name in message_tags:
            return kind
    return "info"

"""The clocks of a case in words: what each is for, on what basis, how it stands, why it ends when it does, its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.doors import words
from cases.clocks.states import state_of
from cases.models import ClockKind, ClockRule, ClockState, Deadline, PauseCategory
from cases.queries.clock_names import Law, kind_word
from cases.queries.dossier import Dossier
from cases.web.sentences import named
from countries.calendars import Rule, Span, Unit, calendar_days_between, day_of
from treaties.models import PeriodKind

FOREIGN = frozenset({ClockKind.ACKNOWLEDGEMENT, ClockKind.EXPECTED_REPLY, ClockKind.CHASE})
_NEAR = 2  # units left from which it is near, as agencies.doors.words has it


def name(dossier: Dossier, clock: Deadline, known: Mapping[str, Law]) -> SafeString:
    """Who must do what: 昆山市公安局审核; of the law's clocks the period, then who."""
    word = kind_word(clock.kind, known)
    who = _who(dossier, clock)
    if not who or clock.kind in FOREIGN:
        return format_html("{}", word)
    form = _("{phase}（{agency}）") if clock.statutory else _("{agency} {phase}")
    return format_html(form, agency=named(who), phase=word)


def _who(dossier: Dossier, clock: Deadline) -> str:
    given = next((one for one in dossier.assignments if one.pk == clock.assignment_id), None)
    if given is not None:
        return given.doer
    leg = next((leg for leg in dossier.legs if leg.pk == clock.leg_id), None)
    if leg is not None and leg.holder_name:
        return leg.holder_name
    return clock.agency.name if clock.agency is not None else ""


def mark(dossier: Dossier, clock: Deadline) -> tuple[str, str]:
    """How a clock that has not stopped stands, and what remains in its own unit."""
    now, due_at = dossier.now, clock.due_at
    if state_of(clock, now) is ClockState.PAUSED:
        assert clock.paused_at is not None
        return "pause", words.paused(dossier.days(clock.paused_at, now))
    if clock.unit == "working_day":
        return words.deadline(due_at, dossier.calendar.working_days_between(now, due_at), now)
    if clock.unit == "hour" and due_at >= now:
        hours = ceil((due_at - now).total_seconds() / 3600)
        return ("near" if hours <= max(clock.warn_before, _NEAR) else "ok"), words.hours_left(hours)
    days = dossier.days(now, due_at)
    if clock.unit in ("month", "year") and days >= 60:
        return "ok", _("剩 %(period)s") % {"period": words.period(days // 30, "month")}
    return words.deadline(due_at, None, now)


def basis(clock: Deadline, known: Mapping[str, Law]) -> SafeString:
    """On what it rests: whose internal limit, a named day, or the article, with how strongly the article speaks."""
    if not clock.statutory:
        named_day, setter = clock.basis == "coopdesk.named", clock.basis.partition(".")[0]
        ours = {"ministry": _("公安部规定的内部时限"), "province": _("本省规定的内部时限")}
        return format_html("{}", _("写明的日期") if named_day else ours.get(setter, _("内部时限（系统默认）")))
    # A treaty's article stands as it was entered, in place of the statute's.
    law = known.get(clock.kind) if clock.article.isascii() else None
    article = format_html("{}", law.article) if law is not None else named(clock.article)
    if clock.strength not in PeriodKind.values:
        return article
    return format_html(_("{article}，{strength}"), article=article, strength=PeriodKind(clock.strength).label)


def ends(dossier: Dossier, clock: Deadline) -> str:
    """When it is over, in the form of the lists; a time of day where the hour counts."""
    if words.same_day(clock.due_at, dossier.now):
        return words.when(clock.due_at, dossier.now)
    if clock.rule == ClockRule.INTERNAL or clock.unit == "hour":
        return words.due(clock.due_at, dossier.now)
    return words.weekday(clock.due_at, dossier.now)


def why(dossier: Dossier, clock: Deadline) -> str:
    """Why it ends when it does: what set it off, from which day it counts, what moved its end."""
    parts = [_from(dossier, clock)]
    if clock.basis != "coopdesk.named":
        parts.append(words.period(clock.amount, clock.unit))
    if clock.extended_by:
        parts.append(_("延长 %(period)s") % {"period": words.period(clock.extended_by, clock.unit)})
    if stopped := [pause for pause in clock.pauses.all() if pause.to_at is not None]:
        days = sum(dossier.days(pause.from_at, pause.to_at) for pause in stopped if pause.to_at)
        parts.append(_("暂停共 %(days)s，顺延") % {"days": words.plain_days(days)})
    if moved := _moved(dossier, clock):
        parts.append(moved)
    parts.append(_("%(due)s到期") % {"due": _at(clock.due_at) if clock.unit == "hour" else _end(clock)})
    if clock.provisional:
        parts.append(_("放假通知未公布，暂定"))
    return _("，").join(parts) + _("。")


def _at(moment: datetime) -> str:
    return f"{words.whole_day(moment)} {words.clock(moment)}"


def _end(clock: Deadline) -> str:
    return _at(clock.due_at) if clock.rule == ClockRule.INTERNAL else words.whole_day(clock.due_at)


def _from(dossier: Dossier, clock: Deadline) -> str:
    """2025年9月30日 18:40 收到，按10月9日起算: after hours moves our own clocks alone."""
    began = clock.started_at
    verb = _("%(at)s 发出") if clock.kind in FOREIGN else _("%(at)s 起算") if clock.statutory else _("%(at)s 收到")
    said = verb % {"at": _at(began)}
    if clock.unit == "hour":
        return _("%(said)s，按小时连续计算") % {"said": said}
    if clock.basis == "coopdesk.named":
        return said
    if clock.rule != ClockRule.INTERNAL:
        return _("%(said)s，当日不计") % {"said": said}
    zero = dossier.calendar.day_zero(began)
    if zero == day_of(began):
        return _("%(said)s，当日不计") % {"said": said}
    return _("%(said)s，按%(day)s起算") % {"said": said, "day": words.day(zero, began)}


def _moved(dossier: Dossier, clock: Deadline) -> str:
    """What holidays did to the end of the law's clock: moved it, or must not."""
    if not clock.statutory or clock.unit == "hour":
        return ""
    if clock.rule == ClockRule.FIXED:
        return _("不因休息日顺延")
    spans: list[Span] = [(pause.from_at, pause.to_at) for pause in clock.pauses.all() if pause.to_at is not None]
    amount = clock.amount + clock.extended_by
    last = dossier.calendar.due(clock.started_at, amount, clock.unit, rule=Rule(ClockRule.FIXED), paused=spans).at
    if day_of(last) == day_of(clock.due_at):
        return ""
    return _("最后一天%(day)s是休息日，顺延到下一个工作日") % {"day": words.day(last, clock.due_at)}


def history(dossier: Dossier, clock: Deadline) -> list[dict[str, Any]]:
    """What happened to it, the oldest first: `text`, what was `said`, by `who`."""
    found: list[tuple[datetime, dict[str, Any]]] = []
    for pause in clock.pauses.all():
        span = {"since": words.when(pause.from_at, dossier.now), "until": ""}
        form = _("%(since)s 起暂停，%(category)s")
        if pause.to_at is not None:
            span["until"] = words.when(pause.to_at, dossier.now)
            form = _("%(since)s 到 %(until)s 暂停，%(category)s")
        text = form % {**span, "category": PauseCategory(pause.category).label}
        found.append((pause.at, {"text": text, "said": pause.reason, "who": pause.officer.name}))
    for more in clock.extensions.all():
        text = _("延长 %(period)s，原定%(before)s，延长到%(after)s") % {
            "period": words.period(more.amount, clock.unit),
            "before": words.day(more.due_before, dossier.now),
            "after": words.day(more.due_after, dossier.now),
        }
        found.append((more.at, {"text": text, "said": more.reason, "who": more.officer.name}))
    for one in clock.explanations.all():
        text = _("写明超期原因")
        if one.told_to and one.told_on:
            told = {"day": words.day(one.told_on, dossier.now), "to": named(one.told_to)}
            text = format_html(_("写明超期原因，{day}告知{to}"), **told)
        found.append((one.at, {"text": text, "said": one.text, "who": one.officer.name}))
    return [line for _at_, line in sorted(found, key=lambda pair: pair[0])]


def resumed(clock: Deadline, before: datetime) -> str:
    """What resuming did to the due date: from when to when, or that it is the same and why."""
    now = timezone.now()
    if clock.due_at != before:
        dates = {"before": words.due(before, now), "after": words.due(clock.due_at, now)}
        return _("已恢复计时，到期时间从 %(before)s 顺延到 %(after)s。") % dates
    facts = {"due": words.due(before, now), "why": _why_unmoved(clock)}
    return _("已恢复计时，到期时间没有变，还是 %(due)s：%(why)s") % facts


def _why_unmoved(clock: Deadline) -> str:
    last = clock.pauses.filter(to_at__isnull=False).order_by("-to_at").first()
    if last is None or last.to_at is None or not calendar_days_between(last.from_at, last.to_at):
        return _("暂停没有跨过一天。")
    if clock.unit == Unit.WORKING_DAY:
        return _("暂停的日子里没有要计的工作日。")
    return _("最后一天遇休息日本来就顺延到这一天，加上暂停的日子还是这一天。")

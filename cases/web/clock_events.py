"""What was done to a clock, as a line of the timeline and of the inbox: from the event's codes and dates alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.doors import words
from cases.models import PauseCategory
from cases.queries.clock_names import Law, kind_word
from cases.queries.timeline import Entry
from cases.web.sentences import named


def line(entry: Entry, known: Mapping[str, Law]) -> SafeString:
    """What was done, without who and when; `known` holds the law's periods by key."""
    facts = entry.event.facts
    word = kind_word(str(facts.get("clock", "")), known)
    form = _("{agency} {phase}") if entry.of is not None else "{phase}"
    clock = format_html(form, agency=named(entry.of.name if entry.of else ""), phase=word)
    return _LINES[entry.step](entry, clock)


def _pause(entry: Entry, clock: SafeString) -> SafeString:
    facts = entry.event.facts
    category = PauseCategory(facts["category"]).label
    return format_html(
        _("{clock}的时限从{since}起暂停，{category}"), clock=clock, since=_at(entry, "since"), category=category
    )


def _resume(entry: Entry, clock: SafeString) -> SafeString:
    return format_html(_("{clock}的时限从{until}起恢复计时"), clock=clock, until=_at(entry, "until"))


def _extend(entry: Entry, clock: SafeString) -> SafeString:
    facts = entry.event.facts
    more = words.period(facts["amount"], facts["unit"])
    before, after = _day(entry, "due_before"), _day(entry, "due_after")
    form = _("{clock}的时限延长 {more}，从{before}到{after}")
    return format_html(form, clock=clock, more=more, before=before, after=after)


def _explain(entry: Entry, clock: SafeString) -> SafeString:
    told = words.day(date.fromisoformat(entry.event.facts["told_on"]), entry.at)
    return format_html(_("写明{clock}的时限为什么超期，告知日期{told}"), clock=clock, told=told)


def _record(entry: Entry, clock: SafeString) -> SafeString:
    return format_html(_("登记{clock}从{since}起算"), clock=clock, since=_at(entry, "since"))


def _finish(entry: Entry, clock: SafeString) -> SafeString:
    return format_html(_("登记{clock}在{done}办结"), clock=clock, done=_at(entry, "done"))


def _at(entry: Entry, name: str) -> str:
    """A moment, said as one of the day of the event's year."""
    moment = datetime.fromisoformat(entry.event.facts[name])
    return f"{words.day(moment, entry.at)} {words.clock(moment)}"


def _day(entry: Entry, name: str) -> str:
    return words.day(datetime.fromisoformat(entry.event.facts[name]), entry.at)


_LINES: Mapping[str, Callable[[Entry, SafeString], SafeString]] = {
    "pause_deadline": _pause,
    "resume_deadline": _resume,
    "extend_deadline": _extend,
    "explain_deadline": _explain,
    "record_deadline": _record,
    "finish_deadline": _finish,
}
STEPS = frozenset(_LINES)

"""What the timeline and the inbox say of a clock that rang: whose, which, and by when it was due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.doors import words
from cases import sweep
from cases.queries.clock_names import Law, kind_word
from cases.queries.timeline import Entry
from cases.web.sentences import named

_SAID: Mapping[str, str | Promise] = {
    sweep.WARNING: gettext_lazy("{what}临近期限，{due}到期"),
    sweep.OVERDUE: gettext_lazy("{what}逾期，应在{due}前办完"),
    sweep.ESCALATION: gettext_lazy("{what}逾期未办，已提级；应在{due}前办完"),
    sweep.CHASE_DUE: gettext_lazy("外方到{due}还没有答复，该催办"),
    sweep.ACKNOWLEDGEMENT_OVERDUE: gettext_lazy("外方到{due}还没有确认收到"),
}


def line(entry: Entry, laws: Mapping[str, Law]) -> SafeString:
    """One event of the sweep in words; `laws` names the law's periods."""
    facts = entry.event.facts
    kind = kind_word(facts["kind"], laws)
    form = _("{agency} {phase}") if entry.of else "{phase}"
    what = format_html(form, agency=named(entry.of.name if entry.of else ""), phase=kind)
    moment = datetime.fromisoformat(facts["due"])
    due = f"{words.day(moment, entry.at)} {words.clock(moment)}"
    return format_html(str(_SAID[entry.event.kind]), what=what, due=due)

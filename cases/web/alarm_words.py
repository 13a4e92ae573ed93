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
from cases.models import ClockKind
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
# What the other side owes is not said as if our agency were late with it.
_OWED: Mapping[str, str | Promise] = {
    ClockKind.ACKNOWLEDGEMENT: gettext_lazy("外方到{due}还没有确认收到，已提级"),
    ClockKind.EXPECTED_REPLY: gettext_lazy("外方到{due}还没有答复，已提级"),
}


def line(entry: Entry, laws: Mapping[str, Law]) -> SafeString:
    """One event of the sweep in words; `laws` names the law's periods."""
    facts = entry.event.facts
    rises, kind = entry.event.kind == sweep.ESCALATION, kind_word(facts["kind"], laws)
    said = _OWED.get(facts["kind"], _SAID[sweep.ESCALATION]) if rises else _SAID[entry.event.kind]
    form = _("{agency} {phase}") if entry.of else "{phase}"
    what = format_html(form, agency=named(entry.of.name if entry.of else ""), phase=kind)
    moment = datetime.fromisoformat(facts["due"])
    due = f"{words.day(moment, entry.at)} {words.clock(moment)}"
    return format_html(str(said), what=what, due=due)

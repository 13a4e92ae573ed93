"""The card of clocks on the case page: those that run, those of the foreign side, those that are over; and their forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.doors import words
from cases.clock_seats import RECORDED, Seats
from cases.clocks.states import state_of
from cases.deadlines import extension_left, recordable
from cases.models import ClockState, Deadline
from cases.queries.clock_names import Law, laws_of
from cases.queries.dossier import Dossier
from cases.web import clock_words
from cases.web.clock_forms import Posted, form, record_form
from cases.web.clock_words import FOREIGN
from countries.calendars import day_of

MET_SHOWN = 3


def clocks(dossier: Dossier) -> dict[str, Any]:
    """The context of cases/_clocks.html: running clocks, the earliest first; those that wait for the foreign side; the
    three met last, and before them what is late and unexplained; the `earlier` ones, newest first; the form that starts
    one by hand."""
    known = laws_of()
    running = sorted((clock for clock in dossier.deadlines if clock.running), key=lambda clock: clock.due_at)
    over = [clock for clock in dossier.deadlines if clock.met_at is not None]
    over.sort(key=lambda clock: clock.met_at or clock.due_at, reverse=True)
    unexplained = [clock for clock in over if _unexplained(dossier, clock)]
    first = unexplained + [clock for clock in over if clock not in unexplained][:MET_SHOWN]
    card = _Card(dossier, known)
    return {
        "clocks": [card.shown(clock) for clock in running if clock.kind not in FOREIGN],
        "foreign_clocks": [card.shown(clock) for clock in running if clock.kind in FOREIGN],
        "met_clocks": [card.shown(clock) for clock in first],
        "earlier_clocks": [card.shown(clock) for clock in over if clock not in first],
        "record": _record(dossier, card.seats),
    }


def one(dossier: Dossier, deadline_id: UUID, act: str, posted: Posted) -> dict[str, Any] | None:
    """One clock with the form of `act` as it was posted; nothing when the reader knows of no such clock."""
    clock = next((row for row in dossier.deadlines if row.pk == deadline_id), None)
    if clock is None:
        return None
    card = _Card(dossier, laws_of())
    return card.shown(clock) | {"forms": [form(dossier, clock, act, posted)]}


def record_again(dossier: Dossier, posted: Posted) -> Any:
    """The form that starts a clock by hand, as it was posted."""
    return record_form(dossier, recordable(dossier.case, day_of(dossier.now)), posted)


def _record(dossier: Dossier, seats: Seats) -> Any:
    if dossier.case.archived_at is not None:
        return None
    started = {clock.kind for clock in dossier.deadlines if clock.running}
    mine = (row for row in recordable(dossier.case, day_of(dossier.now)) if seats.may_record(dossier.actor, row))
    offered = [row for row in mine if row.key not in started]
    return record_form(dossier, offered) if offered else None


def _unexplained(dossier: Dossier, clock: Deadline) -> bool:
    """Was a period of the law passed, and nobody said why?"""
    late = state_of(clock, dossier.now) is ClockState.BREACHED
    return clock.statutory and late and not clock.explanations.all()


class _Card:
    """What every clock of one page needs."""

    def __init__(self, dossier: Dossier, known: Mapping[str, Law]) -> None:
        self.dossier, self.known = dossier, known
        self.seats = Seats(case=dossier.case, leg=dossier.leg)
        # Clocks that overlap, of the case or of one share; the first of each rings, as the trigger of migration 0017 has it.
        self.together: defaultdict[tuple[str, UUID | None], list[Deadline]] = defaultdict(list)
        counting = [row for row in dossier.deadlines if row.overlap and row.running and row.paused_at is None]
        for clock in sorted(counting, key=lambda row: (row.due_at, row.pk)):
            self.together[clock.overlap, clock.assignment_id].append(clock)

    def shown(self, clock: Deadline) -> dict[str, Any]:
        """A clock as components/clock.html takes it, with its history and its forms."""
        dossier = self.dossier
        state, said = clock_words.mark(dossier, clock) if clock.running else _over(dossier, clock)
        return {
            "id": f"clock-{clock.pk}",
            "name": clock_words.name(dossier, clock, self.known),
            "mark": format_html('<span class="due" data-due="{}">{}</span>', state, said),
            "state": state if clock.running else "",
            "share": _share(dossier, clock) if clock.running else None,
            "basis": self._basis(clock),
            "unchecked": clock.statutory and clock.confidence != "official",
            "why": clock_words.why(dossier, clock),
            "history": clock_words.history(dossier, clock),
            "overlap": self._overlap(clock) if clock.running else "",
            "unexplained": _unexplained(dossier, clock),
            "forms": [form(dossier, clock, act) for act in self._acts(clock)],
        }

    def _basis(self, clock: Deadline) -> SafeString:
        said, now = clock_words.basis(clock, self.known), self.dossier.now
        if clock.met_at is not None:
            return format_html(_("{basis}，{at} 办结"), basis=said, at=words.when(clock.met_at, now))
        due = clock_words.ends(self.dossier, clock)
        if clock.extended_from is None:
            return format_html(_("{basis}，{due}前"), basis=said, due=due)
        form = _("{basis}，{due}前（原定{before}，延长 {more}）")
        before, more = words.day(clock.extended_from, now), words.period(clock.extended_by, clock.unit)
        return format_html(form, basis=said, due=due, before=before, more=more)

    def _overlap(self, clock: Deadline) -> str:
        """Of clocks that reach the same work the earliest rings; the others are shown. One that stands still does neither."""
        together = self.together.get((clock.overlap, clock.assignment_id), [])
        if clock not in together or len(together) < 2:
            return ""
        if together[0] == clock:
            n = len(together) - 1
            return ngettext("与另外 %(n)s 个时限重叠，以这一个提醒。", "与另外 %(n)s 个时限重叠，以这一个提醒。", n) % {
                "n": n
            }
        return _("与先到期的时限重叠，提醒以先到期的为准。")

    def _acts(self, clock: Deadline) -> list[str]:
        """What this officer may do to it now."""
        if self.dossier.case.archived_at is not None:
            return []
        state = state_of(clock, self.dossier.now)
        return [act for act in _ACTS[state](clock) if self.seats.may(self.dossier.actor, act, clock)]


def _of_running(clock: Deadline) -> list[str]:
    more = ["extend"] if extension_left(clock) else []
    return ["finish"] * (clock.basis == RECORDED) + ["pause", *more]


def _of_paused(clock: Deadline) -> list[str]:
    return ["resume"] + (["extend"] if extension_left(clock) else [])


def _of_late(clock: Deadline) -> list[str]:
    if not clock.running:
        return ["explain"]
    more = ["extend"] if extension_left(clock) and not clock.statutory else []
    return ["explain", *(["finish"] if clock.basis == RECORDED else []), *more]


def _of_stopped(_clock: Deadline) -> list[str]:
    return []


_ACTS = {
    ClockState.RUNNING: _of_running,
    ClockState.PAUSED: _of_paused,
    ClockState.BREACHED: _of_late,
    ClockState.MET: _of_stopped,
    ClockState.CANCELLED: _of_stopped,
}


def _share(dossier: Dossier, clock: Deadline) -> int:
    """How much of its time is used, in percent."""
    whole = (clock.due_at - clock.started_at).total_seconds() or 1
    used = ((clock.paused_at or dossier.now) - clock.started_at).total_seconds()
    return max(2, min(100, round(100 * used / whole)))


def _over(dossier: Dossier, clock: Deadline) -> tuple[str, str]:
    """How a clock ended."""
    assert clock.met_at is not None  # the caller chose met ones
    if clock.met_at <= clock.due_at:
        return "met", _("按期办结")
    over = dossier.days(clock.due_at, clock.met_at)
    return "late", _("超 %(days)s办结") % {"days": words.plain_days(over)} if over else _("当日超时办结")

"""Opinions asked of others (会办): who may be asked, by when, and whose answer may be recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from cases.guards.base import Values
from cases.models import AssignmentKind, AssignmentState, Case, Mark
from countries.calendars import SHANGHAI

_FARTHEST = timedelta(days=366)


def somebody_is_invited(_case: Case, values: Values) -> Iterable[Reason]:
    if not values.get("agencies") and not values.get("bodies"):
        yield Reason("nobody_invited", _("写明请哪个机关会办。"), "/agencies")


def invited_are_others(case: Case, values: Values) -> Iterable[Reason]:
    """Nobody is invited to his own case, or twice at once."""
    holder = case.legs.filter(closed_at=None).values_list("agency_id", flat=True).first()
    asked = case.assignments.filter(kind=AssignmentKind.OPINION, state=AssignmentState.OPEN)
    agencies = set(asked.values_list("agency_id", flat=True))
    for index, agency in enumerate(values.get("agencies", ())):
        if agency.pk == holder:
            words = _("案件就在本机关，不用请自己会办；请写其他机关。")
            yield Reason("invited_oneself", words, f"/agencies/{index}")
        elif agency.pk in agencies:
            words = _("已经请过%(agency)s，还没有答复。")
            yield Reason("invited_already", words % {"agency": agency.name}, f"/agencies/{index}")
        elif case.mark == Mark.WORK_SECRET and agency.pk not in case.scope:
            words = _("工作秘密只给沿线机关看，不能请%(agency)s会办；确需会办的，请发机要函。")
            yield Reason("invited_to_a_secret", words % {"agency": agency.name}, f"/agencies/{index}")
        elif not agency.is_active:
            words = _("%(agency)s已撤销，不能会办。")
            yield Reason("invited_inactive", words % {"agency": agency.name}, f"/agencies/{index}")
    bodies = set(asked.values_list("external_body", flat=True))
    for index, body in enumerate(values.get("bodies", ())):
        if body in bodies:
            yield Reason("invited_already", _("已经请过这个机关，还没有答复。"), f"/bodies/{index}")


def due_day_ahead(_case: Case, values: Values) -> Iterable[Reason]:
    """A day that is named lies ahead, and not so far that it must be a slip."""
    day, today = values.get("due_on"), datetime.now(SHANGHAI).date()
    if day is not None and day <= today:
        yield Reason("due_day_past", _("期限须在今天以后。"), "/due_on")
    elif day is not None and day > today + _FARTHEST:
        yield Reason("due_day_far", _("期限须在一年以内，请检查年份。"), "/due_on")


def body_was_asked(case: Case) -> bool:
    """Is the opinion of an organ outside public security still waited for?"""
    asked = case.assignments.filter(kind=AssignmentKind.OPINION, state=AssignmentState.OPEN)
    return asked.exclude(external_body="").exists()


def body_waits(case: Case, values: Values) -> Iterable[Reason]:
    asked = case.assignments.filter(kind=AssignmentKind.OPINION, state=AssignmentState.OPEN)
    if not asked.filter(external_body=values["body"]).exists():
        yield Reason("body_not_asked", _("没有请这个机关会办，或者它的意见已经登记。"), "/body")

"""How the written part of a section is said on a page: its age, and whether it is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.doors import words
from countries.ledger import months_between
from countries.models import Section
from countries.written import Written


@dataclass(frozen=True, slots=True)
class Told:
    """A section on the page."""

    section: Section
    written: Written
    age: str
    late: bool

    @property
    def title(self) -> str | Promise:
        """What the section is called."""
        return self.section.label


def told(section: str, written: Written | None, today: date) -> Told:
    """One section, also one of which nothing is known yet."""
    held = written or Written(section=section)
    return Told(Section(section), held, age_of(held.reviewed_on, today), held.late(today))


def age_of(reviewed_on: date | None, today: date) -> str:
    """`14 个月前复核`, the day while it is younger than a month, nothing for what nobody has reviewed."""
    if reviewed_on is None:
        return ""
    months = months_between(reviewed_on, today)
    if months < 1:
        return _("%(day)s复核") % {"day": words.whole_day(reviewed_on)}
    return ngettext("%(n)s 个月前复核", "%(n)s 个月前复核", months) % {"n": months}

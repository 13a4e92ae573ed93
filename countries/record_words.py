"""How the records of a ledger are said on a page, kind by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from agencies.doors import words
from countries.ledger_kinds import KINDS, LADDER, Attr, Kind, kinds_in
from countries.models import LedgerRecord
from countries.source_words import Notes, Shown, plain


@dataclass(frozen=True, slots=True)
class Said:
    """A record on the page; its name carries the sources of all that is shown."""

    row: LedgerRecord
    name: Shown
    days: str
    details: list[tuple[str | Promise, Any]]
    has_contact: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """The records of one kind, for their table."""

    kind: Kind
    rows: list[Said]

    @property
    def label(self) -> str | Promise:
        """What the kind is called."""
        return self.kind.code.label

    @property
    def current(self) -> int:
        """How many hold today."""
        return sum(one.current for one in self.rows)


def kept_in(section: str, records: Sequence[LedgerRecord], notes: Notes, today: date) -> list[Kept]:
    """The records of a section's kinds; kinds without a record are there too, so that one may be added."""
    return [
        Kept(kind, [said(row, notes, today) for row in records if row.kind == kind.code]) for kind in kinds_in(section)
    ]


def said(row: LedgerRecord, notes: Notes, today: date) -> Said:
    """One record."""
    kind = KINDS[row.kind]
    origins: list[Any] = []
    for name, origin in row.provenance.items():
        if name != "contact" and origin not in origins:
            origins.append(origin)
    details = [(attr.label, _attr(row, attr)) for attr in kind.attrs if row.attrs.get(attr.name)]
    return Said(
        row=row,
        name=plain(
            kind.name,
            format_html("<span data-user>{}</span>", row.name),
            origins,
            notes,
            reverse("ledger-record", args=[row.pk]),
        ),
        days=days(row),
        details=details,
        has_contact="contact" in row.provenance,
        current=(row.starts_on is None or row.starts_on <= today) and (row.ends_on is None or row.ends_on >= today),
    )


def _attr(row: LedgerRecord, attr: Attr) -> str:
    told = str(row.attrs[attr.name])
    if attr.choices is None:
        return told
    named = str(attr.choices.get(told, told))
    if attr.choices is LADDER and told in LADDER:
        place = list(LADDER).index(told) + 1
        return _("%(name)s（%(n)s 级，共 %(most)s 级）") % {"name": named, "n": place, "most": len(LADDER)}
    return named


def days(row: LedgerRecord) -> str:
    """`2024年5月1日起`, `2024年5月1日至6月2日`, or nothing."""
    starts, ends = row.starts_on, row.ends_on
    if starts and ends:
        if starts == ends:
            return words.whole_day(starts)
        return _("%(a)s至%(b)s") % {"a": words.whole_day(starts), "b": words.whole_day(ends)}
    if ends:
        return _("到%(b)s止") % {"b": words.whole_day(ends)}
    if not starts:
        return ""
    return (_("%(a)s起") if KINDS[row.kind].until else "%(a)s") % {"a": words.whole_day(starts)}


def officers_of(records: Iterable[LedgerRecord]) -> set[int]:
    """Who vouches for them."""
    held = [origin for row in records for origin in row.provenance.values()]
    return {origin["by"] for origin in held if origin["by"] is not None}

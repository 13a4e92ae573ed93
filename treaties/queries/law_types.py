"""Request types with the law as it holds on a day: the list, one type, and what treaties and countries put beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from countries.models import Country, LedgerEntry
from treaties.models import InstrumentKind, PeriodOverride, Provision, RequestType, TypeLaw
from treaties.queries.lists import GROUPS
from treaties.queries.periods import in_force
from treaties.queries.type_lines import Line, lines_of
from treaties.type_law import laws_on

DIRECTIONS: Mapping[str, Promise] = {
    "outgoing": _("我方提出"),
    "incoming": _("外方提出"),
    "both": _("双向"),
}


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type in the list, with the version that holds on the day; `lines` by section."""

    kind: RequestType
    law: TypeLaw | None
    lines: Mapping[str, Sequence[Line]]

    @property
    def unsettled(self) -> int:
        """How many lines show as 待核实."""
        return sum(line.unsettled for lines in self.lines.values() for line in lines)

    @property
    def statutes(self) -> list[str]:
        """The statutes and rules it rests on, the weightiest first."""
        return list(dict.fromkeys(line.cite.partition("-")[0] for line in self.lines.get("legal_basis", ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the list is narrowed to; "": whatever it is. `group` is the beginning of a family (GROUPS)."""

    on: date
    direction: str = ""
    group: str = ""
    words: str = ""


def types_on(wanted: Wanted) -> list[tuple[Promise, list[TypeRow]]]:
    """The types that were asked for, under the names of their groups; two queries whatever their number."""
    found = RequestType.objects.all()
    if wanted.direction:
        found = found.filter(direction__in=[wanted.direction, "both"])
    if wanted.group:
        found = found.filter(family__startswith=wanted.group)
    laws = {law.request_type_id: law for law in laws_on(wanted.on)}
    terms = unicodedata.normalize("NFKC", wanted.words).casefold().split()[:6]
    rows = [_row(kind, laws.get(kind.pk)) for kind in found]
    said = [row for row in rows if _says(row, terms)]
    groups = [(words, [row for row in said if row.kind.family.startswith(start)]) for start, words in GROUPS]
    return [(words, members) for words, members in groups if members]


def _row(kind: RequestType, law: TypeLaw | None) -> TypeRow:
    return TypeRow(kind, law, lines_of(law.data) if law else {})


def _says(row: TypeRow, terms: Sequence[str]) -> bool:
    """Has it every word in its names, its code, its articles or its lines?"""
    if not terms:
        return True
    kind = row.kind
    parts: list[Any] = [kind.name_zh, kind.name_en, kind.code]
    parts += [text for lines in row.lines.values() for line in lines for text in (line.cite, line.article, line.words)]
    text = "\n".join(parts).casefold()
    return all(term in text for term in terms)


@dataclass(frozen=True, slots=True)
class Beside:
    """What treaties and countries say of a type beside the statutes."""

    periods: Sequence[PeriodOverride]
    conventions: Sequence[Provision]
    treaties: Sequence[Provision]
    countries: Sequence[Country]


def beside(kind: RequestType, on: date) -> Beside:
    """Periods of treaties that hold on the day, the treaties that cover such requests, and the countries whose ledger has
    words of its own on how to ask; four queries."""
    of = Q(request_type=kind) | Q(request_type=None, family__in=[kind.family, ""])
    keys = set(kind.time_limits.values_list("key", flat=True))
    periods = in_force(on).filter(of, key__in=keys).select_related("country").order_by("country__code", "key")
    covering = list(
        Provision.objects.filter(family=kind.family, instrument__withdrawn_at=None)
        .select_related("instrument")
        .order_by("instrument__code")
    )
    open_to_all = [one for one in covering if one.instrument.kind == InstrumentKind.MULTILATERAL]
    return Beside(
        periods=list(periods),
        conventions=open_to_all,
        treaties=[one for one in covering if one not in open_to_all],
        countries=list(_asked_by_type(kind)),
    )


def _asked_by_type(kind: RequestType) -> QuerySet[Country]:
    saying = LedgerEntry.objects.filter(about=kind.code).values("country")
    return Country.objects.filter(pk__in=saying, is_partner=True).order_by("pinyin")

"""The words of a country's page: its head, its treaties, its matrix of requests, the ages of its sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.doors import words
from agencies.language import english
from countries.ledger import REVIEW_MONTHS, Ledger, Value, months_between
from countries.models import Country, Frontier, LedgerRecord, LedgerTopic, RecordKind, Section
from countries.record_words import Kept, kept_in
from countries.section_words import Told, told
from countries.source_words import Notes, Shown, plain, shown
from countries.written import Written
from treaties.family_words import covered
from treaties.legal_basis import Basis
from treaties.models import RequestType, Standing
from treaties.of_country import Held

# The mark of each standing: a shape, not only a colour.
MARKS = {
    Standing.IN_FORCE: "closed",
    Standing.SIGNED: "waiting",
    Standing.TERMINATED: "withdrawn",
    Standing.UNKNOWN: "waiting",
    Standing.NONE: "withdrawn",
}
# Columns of the matrix, by topic; the rest stands on the page of the type.
COLUMNS = ("availability", "police_channel", "type_channel", "type_language", "contents")
# The sections that are not the ledger's own.
_ASIDE: dict[str, str | Promise] = {"treaties": gettext_lazy("条约与协定"), "record": gettext_lazy("我们的记录")}


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page: where it is, what is written of it, its values, and its age or its count."""

    id: str
    title: str | Promise
    rows: list[Shown]
    remark: str = ""
    near: bool = False
    kept: tuple[Kept, ...] = ()
    told: Told | None = None
    blank: bool = False  # nothing is known yet


def lede(held: Sequence[Held], ledger: Ledger, events: Sequence[LedgerRecord]) -> str:
    """What can be said in one sentence: how many treaties are in force, and whether there are relations at all."""
    forced = [one for one in held if one.pair.standing == Standing.IN_FORCE]
    two, many = sum(one.bilateral for one in forced), sum(not one.bilateral for one in forced)
    said = _("生效的双边条约 %(two)s 项，多边公约 %(many)s 项。") % {"two": two, "many": many}
    if not forced:
        said = _("没有查到生效的条约，请求以互惠为基础。")
    relations = next(value for value in ledger.sections[Section.PROFILE] if value.topic.code == "relations")
    if relations.entry is not None and relations.entry.code == "no":
        said += _("与我国没有外交关系（待核实）。") if relations.unsettled else _("与我国没有外交关系。")
    if events:
        said += _("正在影响合作：%(names)s。") % {"names": "、".join(row.name for row in events)}
    return said


def length(row: Frontier, notes: Notes, label: str | Promise = "") -> Shown:
    """How long a frontier is."""
    told = kilometres(row.approx_km)
    url = reverse("ledger-frontier", args=[row.country.code, row.division_code])
    origins = [row.provenance["approx_km"]] if "approx_km" in row.provenance else []
    return plain(label or _("边界长度"), told, origins, notes, url)


def kilometres(n: int | None) -> str:
    return _("约 %(n)s 公里") % {"n": n} if n is not None else ""


def ongoing(records: Sequence[LedgerRecord], on: date) -> list[LedgerRecord]:
    """The events that affect cooperation on a day."""
    events = [row for row in records if row.kind == RecordKind.EVENT and row.starts_on and row.starts_on <= on]
    return [row for row in events if row.ends_on is None or row.ends_on >= on]


def age(oldest: date | None, today: date) -> tuple[str, bool]:
    """`14 月`, and whether that is beyond the review interval; nothing for what is younger than a month."""
    months = months_between(oldest, today) if oldest is not None else 0
    if months < 1:
        return "", False
    said = ngettext("%(n)s 个月前查证", "%(n)s 个月前查证", months) % {"n": months}
    return said, months >= REVIEW_MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger holds of a country: its values, its records, its written parts."""

    ledger: Ledger
    records: Sequence[LedgerRecord]
    written: Mapping[str, Written]


def parts(known: Known, notes: Notes, today: date, *, record: bool) -> list[Part]:
    """The sections in the order of the page; `record` says whether the cases offer theirs."""
    found = []
    for section in Section:
        found.append(_part(section, known, notes, today))
        if section == Section.PROFILE:
            found.append(Part("treaties", _ASIDE["treaties"], []))
        if section == Section.ASKING and record:
            found.append(Part("record", _ASIDE["record"], []))
    return found


def _part(section: Section, known: Known, notes: Notes, today: date) -> Part:
    """One section. Its remark: that a review is overdue, else that it is blank, its count, the age of its values or text."""
    rows, kept = section_rows(known.ledger, section, notes), tuple(kept_in(section, known.records, notes, today))
    text = told(section, known.written.get(section), today)
    said, late = age(known.ledger.oldest(section), today)
    held = sum(len(group.rows) for group in kept)
    blank = section != Section.ASKING and not held and not text.written.number and not any(row.text for row in rows)
    remark = _("待写") if blank else str(held) if held and not rows else said or text.age
    if text.late:
        remark, late = text.age, True
    return Part(section.value, section.label, rows, remark, late, kept, text, blank)


def place(country: Country) -> tuple[str, str, str]:
    """Region, subregion, and the country's name in the other language."""
    if english():
        return country.region_en, country.subregion_en, country.name_zh
    return country.region_zh, country.subregion_zh, country.name_en


def value_url(country: Country, topic: str, about: str = "") -> str:
    """The page of one value."""
    url = reverse("ledger-value", args=[country.code, topic])
    return f"{url}?type={about}" if about else url


def section_rows(ledger: Ledger, section: str, notes: Notes) -> list[Shown]:
    """The values of a section, blanks included."""
    return [
        shown(value, notes, value_url(ledger.country, value.topic.code)) for value in ledger.sections.get(section, ())
    ]


# --- Treaties --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TreatyRow:
    """A treaty as the page shows it; each cell with its source."""

    held: Held
    title: Shown
    joined: Shown | None
    signed: Shown
    in_force: Shown
    standing: Shown
    covers: Shown

    @property
    def kind(self) -> str:
        """双边 or 多边."""
        return _("双边") if self.held.bilateral else _("多边")


def treaty_row(held: Held, notes: Notes) -> TreatyRow:
    """The row of one treaty."""
    side, code = held.side, held.instrument.code
    page = reverse("instrument-detail", args=[code])
    standing = held.pair.standing
    mark = format_html('<span class="status" data-s="{}">{}</span>', MARKS[standing], standing.label)
    said = [
        {"source": source, "as_of": held.pair.as_of, "confidence": held.pair.confidence, "by": None}
        for source in held.pair.sources
    ]
    covers = {str(row.provenance["family"]): row.provenance["family"] for row in held.provisions}
    return TreatyRow(
        held=held,
        title=plain(_("名称"), _title(held, page), _origins(held.instrument, _title_field(held)), notes),
        joined=_joined(held, notes),
        signed=_dated(_("签署"), side, ("signed_on", "signed_partial"), notes),
        in_force=_dated(_("生效"), side, ("in_force_on",), notes),
        standing=plain(_("状态"), mark, said, notes),
        covers=plain(_("适用范围"), _covers(held), list(covers.values()), notes),
    )


def _title_field(held: Held) -> str:
    return "title_en" if english() and held.instrument.title_en else "title_zh"


def _title(held: Held, page: str) -> Any:
    name = _title_field(held)
    language = "en" if name == "title_en" else "zh-CN"
    return format_html('<a href="{}" lang="{}" data-user>{}</a>', page, language, getattr(held.instrument, name))


def _origins(row: Any, *names: str) -> list[Any]:
    return [row.provenance[name] for name in names if name in row.provenance]


def _joined(held: Held, notes: Notes) -> Shown | None:
    if held.bilateral or held.party.joined_on is None:
        return None
    told = format_html(
        '{} <span lang="zh-CN" data-user>{}</span>', words.whole_day(held.party.joined_on), held.party.joined_by
    )
    page = reverse("instrument-party", args=[held.instrument.code, held.party.country.code])
    return plain(_("加入"), told, _origins(held.party, "joined_on"), notes, page)


def _dated(label: str, row: Any, names: tuple[str, ...], notes: Notes) -> Shown:
    for name in names:
        if found := getattr(row, name, None):
            told = words.whole_day(found) if isinstance(found, date) else found
            return plain(label, told, _origins(row, name), notes)
    return plain(label, "", [], notes)


def _covers(held: Held) -> str:
    said = covered(held.families)
    if limits := {row.limited_to for row in held.provisions if row.limited_to}:
        said = format_html('{} <span class="soft" lang="zh-CN" data-user>{}</span>', said, "、".join(sorted(limits)))
    return said


# --- How to ask ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskingRow:
    """One request type of the matrix: its marks, and the treaties in force on which it may rest."""

    kind: RequestType
    cells: list[Shown]
    treaties: list[Shown]  # between the two
    conventions: int  # each stands with its source on the page of the type
    url: str


def asking(ledger: Ledger, kinds: Iterable[RequestType], held: Sequence[Held], notes: Notes) -> list[AskingRow]:
    """The matrix: every type that we may ask for."""
    topics = {topic.code: topic for topic in ledger.type_topics}
    forced = [one for one in held if one.pair.standing == Standing.IN_FORCE]
    treaties = [(one.families, _basis(one, notes)) for one in forced if one.bilateral]
    rows = []
    for kind in kinds:
        known = ledger.by_type.get(kind.code, {})
        cells = [_cell(known.get(name) or Value(topics[name]), ledger.country, kind, notes) for name in COLUMNS]
        bases = [basis for families, basis in treaties if kind.family in families]
        conventions = sum(not one.bilateral and kind.family in one.families for one in forced)
        url = reverse("country-asking", args=[ledger.country.code, kind.code])
        rows.append(AskingRow(kind, cells, bases, conventions, url))
    return rows


@dataclass(frozen=True, slots=True)
class Matrix:
    """The matrix without the columns in which nothing is known: the topics that head it, its rows, and what it leaves out."""

    topics: list[LedgerTopic]
    rows: list[AskingRow]
    blank: list[str]


def matrix(ledger: Ledger, rows: Sequence[AskingRow], *, availability: bool = False) -> Matrix:
    """Those rows of the matrix, with the columns in which they hold something. With `availability` the first stays anyway: that it
    is unknown is an answer."""
    topics = {topic.code: topic for topic in ledger.type_topics}
    known = [any(row.cells[n].text for row in rows) for n in range(len(COLUMNS))]
    known[0] = known[0] or availability
    return Matrix(
        topics=[topics[name] for name, told in zip(COLUMNS, known, strict=True) if told],
        rows=[replace(row, cells=[one for one, told in zip(row.cells, known, strict=True) if told]) for row in rows],
        blank=[topics[name].name for name, told in zip(COLUMNS, known, strict=True) if not told],
    )


def _cell(value: Value, country: Country, kind: RequestType, notes: Notes) -> Shown:
    return shown(value, notes, value_url(country, value.topic.code, kind.code))


def _basis(held: Held, notes: Notes) -> Shown:
    instrument = held.instrument
    name = instrument.short_zh or instrument.title_zh
    page = reverse("instrument-detail", args=[instrument.code])
    told = format_html('<a href="{}" lang="zh-CN" data-user>{}</a>', page, name)
    said = [
        {"source": source, "as_of": held.pair.as_of, "confidence": held.pair.confidence, "by": None}
        for source in held.pair.sources
    ]
    return plain(_("条约依据"), told, said, notes)


_PARTS = {
    "language": gettext_lazy("条约要求的文字"),
    "channel": gettext_lazy("条约规定的联系途径"),
    "contents": gettext_lazy("条约要求载明"),
    "attachments": gettext_lazy("条约要求附上"),
}


def demanded(bases: Iterable[Basis], notes: Notes) -> list[Shown]:
    """What the treaties in force ask for, which comes before the statutes and the country's habits."""
    return [
        plain(
            _PARTS[demand.part],
            format_html("<span data-user>{}</span>", demand.text),
            [{"source": demand.source, "as_of": demand.as_of, "confidence": demand.confidence, "by": None}],
            notes,
        )
        for basis in bases
        if basis.standing == Standing.IN_FORCE
        for demand in basis.demands
    ]


def type_rows(ledger: Ledger, kind: RequestType, notes: Notes) -> list[Shown]:
    """Every topic that is asked by type, for one type, blanks included."""
    known = ledger.by_type.get(kind.code, {})
    return [_cell(known.get(topic.code) or Value(topic), ledger.country, kind, notes) for topic in ledger.type_topics]


@dataclass(frozen=True, slots=True)
class BasisRow:
    """One basis in law: its name with its source, its articles, and whether it may be used."""

    basis: Basis
    name: Shown

    @property
    def mark(self) -> tuple[str, str | Promise]:
        """The standing as a mark and a word; reciprocity is offered, not in force."""
        if self.basis.instrument is None:
            return "waiting", _("可以作出")
        return MARKS[self.basis.standing], self.basis.standing.label

    @property
    def articles(self) -> str:
        """The articles as a letter cites them."""
        return "、".join(self.basis.articles_zh)


_BASES: dict[str, str | Promise] = {
    "treaty": gettext_lazy("双边条约"),
    "multilateral": gettext_lazy("多边公约"),
    "statute": gettext_lazy("我国法律"),
    "reciprocity": gettext_lazy("互惠"),
}


def basis_row(basis: Basis, notes: Notes) -> BasisRow:
    """The row of one basis."""
    instrument = basis.instrument
    name: Any = _("互惠承诺")
    if instrument is not None:
        title = instrument.short_zh or instrument.title_zh
        page = reverse("instrument-detail", args=[instrument.code])
        name = format_html('<a href="{}" lang="zh-CN" data-user>{}</a>', page, title)
    said = [
        {"source": source, "as_of": ground.as_of, "confidence": ground.confidence, "by": None}
        for ground in (basis.stands, basis.covers)
        for source in ground.sources
    ]
    return BasisRow(basis, plain(_BASES[basis.kind], name, said, notes))

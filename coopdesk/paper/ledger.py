"""国别台账 as a PDF: the sections of a country's page with their sources, on a day, in one language. No contact is ever in it."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies import audit
from agencies.actors import Actor
from agencies.doors import words
from agencies.language import english
from agencies.models import Agency, Officer
from agencies.moments import clock
from cases.models import Mark
from cases.paper import press
from cases.paper.printing import Printed
from cases.paper.sheets import dated
from cases.queries.choices import asked_of_others
from cases.record import reading
from cases.web import record_rows
from coopdesk.web import country_words
from countries.calendars import day_of
from countries.ledger import Ledger, ledger_of, officers_in
from countries.models import Country, FactConfidence, Section
from countries.record_words import Kept, officers_of
from countries.records import records_of
from countries.source_words import Notes, Shown, plain
from countries.written import Written, written_of
from treaties.models import Standing
from treaties.of_country import Held, treaties_of

LANGUAGES = ("zh-hans", "en")
Cell = dict[str, Any] | str


@dataclass(slots=True)
class Table:
    """A table: its heads with their widths, which columns are numbers, its rows."""

    heads: Sequence[str | Promise]
    widths: Sequence[int]
    rows: list[list[Cell]]
    title: str | Promise = ""
    numbers: Sequence[int] = ()
    # Its rows are short and stay on one page each.
    whole: bool = False

    def data(self) -> dict[str, Any]:
        """For the template."""
        return {
            "title": str(self.title),
            "heads": [str(head) for head in self.heads],
            "widths": list(self.widths),
            "numbers": list(self.numbers),
            "whole": self.whole,
            "rows": self.rows,
        }


@dataclass(slots=True)
class Part:
    """A section: what was written, its values, its tables, what is said below."""

    title: str | Promise
    remark: str = ""
    prose: list[str] = field(default_factory=list)
    facts: list[tuple[str, Cell]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """For the template; a section of which nothing is known says so."""
        empty = not (self.prose or self.facts or self.tables or self.notes)
        return {
            "title": str(self.title),
            "remark": self.remark,
            "prose": self.prose,
            "facts": [list(pair) for pair in self.facts],
            "tables": [table.data() for table in self.tables],
            "notes": [*self.notes, _("还没有收录。")] if empty else self.notes,
        }


def print_ledger(*, actor: Actor, country: Country, language: str) -> Printed:
    """The ledger as it stands today, in one of LANGUAGES; recorded with the hash of its bytes. What no font has is printed
    as a mark with its code point. Raises TooLarge for a book."""
    with translation.override(language):
        data = _data(actor, country)
        name = f"{data['heading']}.pdf"
    marks = press.without_glyph(_texts(data))
    content = press.pdf("country_ledger", _marked(data, marks) if marks else data)
    facts = {"language": language, "sha256": hashlib.sha256(content).hexdigest()}
    audit.record(actor=actor, kind="ledger.print", subject=f"country:{country.code}", facts=facts)
    return Printed(name, content)


def _data(actor: Actor, country: Country) -> dict[str, Any]:
    now = clock()
    today = day_of(now)
    held, ledger, kept = treaties_of(country, today), ledger_of(country), list(records_of(country))
    written = written_of(country)
    notes = Notes(_officers(held, ledger, kept))
    known = country_words.Known(ledger=ledger, records=kept, written=written)
    there = [one for one in held if one.pair.standing not in (Standing.NONE, Standing.UNKNOWN)]
    parts = [
        _part(one, ledger, notes, written.get(one.id))
        if one.id not in ("treaties", "asking", "record")
        else _ASIDE[one.id](_Whole(actor, ledger, held, there, notes, written))
        for one in country_words.parts(known, notes, today, record=True)
    ]
    seat = Agency.objects.filter(pk=actor.agency_id or 0).first()
    name = {"name": country.name}
    return {
        "language": "en" if english() else "zh",
        "heading": _("%(name)s国别台账") % name,
        "subheading": " ".join(filter(None, [country_words.place(country)[2], country.code])),
        "number": country.code,
        "marks": [str(Mark.INTERNAL.label)],
        "origin": seat.name if seat is not None else "",
        "date": dated(now),
        "lede": country_words.lede(held, ledger, country_words.ongoing(kept, today)),
        "warning": _warning(parts),
        "parts": [part.data() for part in parts],
        "sources": _sources(notes),
        "as_of": _("按系统记录生成，%(at)s。联系方式不在本件内，在系统里按用途查看。") % {"at": words.stamp(now)},
        "words": {"check": _("待核实"), "blank": _("未收录"), "sources": _("来源")},
    }


def _officers(held: Iterable[Held], ledger: Ledger, kept: Iterable[Any]) -> dict[int, Officer]:
    origins = [origin for one in held for row in (one.instrument, one.party) for origin in row.provenance.values()]
    origins += [origin for value in ledger.values for origin in value.origins]
    ids = officers_in(origins) | officers_of(kept)
    return Officer.objects.in_bulk(ids) if ids else {}


def _warning(parts: Iterable[Part]) -> str:
    cells = [cell for part in parts for _label, cell in part.facts]
    cells += [cell for part in parts for table in part.tables for row in table.rows for cell in row]
    n = sum(isinstance(cell, dict) and cell["c"] for cell in cells)
    return _("本件标有 %(n)s 处待核实（一项条约可以有几处），引用到请求书之前先核对来源。") % {"n": n} if n else ""


def _sources(notes: Notes) -> list[list[Any]]:
    found = []
    for (source, as_of, confidence, by), number in notes.told.items():
        remembered = source == FactConfidence.RECOLLECTION.value
        told = [_("凭记忆录入，未见原文") if remembered else source, as_of, str(FactConfidence(confidence).label)]
        officer = notes.officers.get(by or 0)
        found.append([number, " ".join(filter(None, [*told, officer.name if officer else ""]))])
    return sorted(found)


# --- Cells -----------------------------------------------------------------------------------------------------------


def bare(text: Any) -> str:
    """The words of a value that a page shows as markup."""
    return html.unescape(strip_tags(text)).strip() if isinstance(text, SafeString) else str(text or "")


def _cell(one: Shown) -> Cell:
    return {"t": bare(one.text), "w": bare(one.words), "c": one.check, "n": one.numbers}


# --- Sections of the ledger ------------------------------------------------------------------------------------------


def _part(one: country_words.Part, ledger: Ledger, notes: Notes, written: Written | None) -> Part:
    part = _begun(one.title, one.remark, written)
    part.facts = [(str(row.label), _cell(row)) for row in one.rows]
    if one.id == Section.PROFILE:
        part.facts.append((_("时区"), _cell(_zones(ledger.country, notes))))
        part.tables += _frontiers(ledger, notes)
    part.tables += [_kept(group) for group in one.kept if group.rows]
    return part


def _begun(title: str | Promise, remark: str, written: Written | None) -> Part:
    """A section with what was written for it and where that comes from."""
    part = Part(title, remark)
    if written is not None and written.number:
        part.prose.append(written.text)
        told = {"sources": written.sources, "n": written.number}
        part.prose.append(_("出处：%(sources)s（第 %(n)s 版）") % told)
    return part


def _zones(country: Country, notes: Notes) -> Shown:
    origin = {"source": country.source, "as_of": "", "confidence": country.confidence or "secondary", "by": None}
    return plain(_("时区"), "、".join(country.time_zones), [origin] if country.source else [], notes)


def _frontiers(ledger: Ledger, notes: Notes) -> list[Table]:
    rows: list[list[Cell]] = []
    for row in ledger.frontiers:
        told = _("约 %(n)s 公里") % {"n": row.approx_km} if row.approx_km is not None else ""
        origins = [row.provenance["approx_km"]] if "approx_km" in row.provenance else []
        rows.append([row.division_name, _cell(plain("", told, origins, notes)), row.note])
    heads = [_("接壤的市县"), _("边界长度"), pgettext("frontier", "说明")]
    return [Table(heads, (3, 3, 5), rows, title=_("陆地边界"))] if rows else []


def _kept(group: Kept) -> Table:
    rows: list[list[Cell]] = []
    for one in group.rows:
        name = _cell(one.name)
        if isinstance(name, dict):
            name["w"] = one.days
        details = "\n".join(f"{label} {text}" for label, text in one.details)
        rows.append([name, one.row.text, details])
    return Table([group.kind.name, group.kind.text, _("情况")], (4, 5, 4), rows, title=group.label)


# --- The sections of the other rooms ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Whole:
    """What they are made of."""

    actor: Actor
    ledger: Ledger
    held: Sequence[Held]
    there: Sequence[Held]
    notes: Notes
    written: Mapping[str, Written]


def _treaties(of: _Whole) -> Part:
    two = sum(one.bilateral for one in of.there)
    counted = _("双边 %(n)s，多边 %(m)s") % {"n": two, "m": len(of.there) - two}
    part = Part(_("条约与协定"), counted)
    rows = [_treaty(n, country_words.treaty_row(one, of.notes)) for n, one in enumerate(of.there, 1)]
    if rows:
        heads = ["", _("名称"), _("签署"), _("生效"), _("状态"), _("管什么")]
        part.tables.append(Table(heads, (1, 6, 3, 3, 3, 5), rows, whole=True))
    else:
        part.notes.append(_("没有查到和这个国家的条约。") + _("没有条约的，请求以互惠为基础。"))
    if others := len(of.held) - len(of.there):
        part.notes.append(_("没有加入或者情况不明的另有 %(n)s 项，没有列出。") % {"n": others})
    part.notes.append(_("状态按今天、按双方各自的日期判断，取较弱的一方。"))
    return part


def _treaty(n: int, row: country_words.TreatyRow) -> list[Cell]:
    told, check, numbers = row.kind, row.title.check, set(row.title.numbers)
    if row.joined is not None:
        told = f"{row.kind} {row.joined.label} {bare(row.joined.text)}"
        check, numbers = check or row.joined.check, numbers | set(row.joined.numbers)
    name: Cell = {"t": bare(row.title.text), "w": told, "c": check, "n": sorted(numbers)}
    return [str(n), name, *(_short(one) for one in (row.signed, row.in_force, row.standing, row.covers))]


def _asking(of: _Whole) -> Part:
    part = _begun(Section.ASKING.label, "", of.written.get(Section.ASKING))
    facts = country_words.section_rows(of.ledger, Section.ASKING, of.notes)
    part.facts = [(str(row.label), _cell(row)) for row in facts]
    rows = country_words.asking(of.ledger, asked_of_others(), of.held, of.notes)
    known = [row for row in rows if row.treaties or row.conventions or any(one.text for one in row.cells)]
    matrix = country_words.matrix(of.ledger, known)
    cells: list[list[Cell]] = [
        [row.kind.name, *(_short(one) for one in row.cells), _basis(row, of.there)] for row in matrix.rows
    ]
    if cells:
        heads = [_("请求类型"), *(topic.name for topic in matrix.topics), _("条约依据")]
        part.tables.append(Table(heads, [6, *[4] * len(matrix.topics), 5], cells, whole=True))
    if matrix.blank:
        part.notes.append(_("各类型都没有录入的：%(names)s。") % {"names": _("、").join(matrix.blank)})
    if unknown := [row.kind.name for row in rows if row not in known]:
        part.notes.append(_("没有录入的类型：%(names)s。") % {"names": _("、").join(unknown)})
    part.notes.append(_("还没有录入的不等于不可以。条约的序号见“条约与协定”。"))
    return part


def _short(one: Shown) -> Cell:
    return _cell(one) if one.text else "—"


def _basis(row: country_words.AskingRow, there: Sequence[Held]) -> Cell:
    """The treaties between the two by their number above, and how many conventions."""
    forced = [(n, one) for n, one in enumerate(there, 1) if one.pair.standing == Standing.IN_FORCE and one.bilateral]
    told = [_("条约 %(n)s") % {"n": n} for n, one in forced if row.kind.family in one.families]
    if n := row.conventions:
        told.append(ngettext("多边公约 %(n)s 项", "多边公约 %(n)s 项", n) % {"n": n})
    return _("，").join(told) or "—"


def _record(of: _Whole) -> Part:
    record = record_rows.shown(reading.read(of.ledger.country, of.actor))
    day = words.whole_day(record["as_of"]) if record["as_of"] else ""
    part = Part(_("我们的记录"), _("全国，截至 %(as_of)s") % {"as_of": day} if day else "")
    if not record["as_of"]:
        part.notes.append(_("数字还在汇总"))
        return part
    if record["sent"] or record["received"]:
        part.facts = [(str(tile["label"]), _tile(tile)) for tile in record["tiles"]]
    for name, title in (("sent", _("我方请求的结果")), ("received", _("对方请求的结果"))):
        part.tables += _lines(record[name], title) if record[name] else []
        if not record[name]:
            few = {"title": title, "n": record["least"]}
            part.notes.append(_("%(title)s：样本太少，不到 %(n)s 件，不作统计。") % few)
        else:
            part.notes.append(f"{record[name]['title']}{pgettext('after a label', '：')}{record[name]['finding']}")
    return part


def _tile(tile: Mapping[str, Any]) -> str:
    return " ".join(filter(None, [f"{tile['value']} {tile['unit']}", str(tile.get("note", ""))]))


def _lines(told: Mapping[str, Any], title: str) -> list[Table]:
    counts = ("n", "answered", "partly", "refused", "open")
    heads = [_("件"), _("全部答复"), _("部分答复"), pgettext("outcome", "拒绝"), _("还没有答复"), _("半数答复")]
    return [
        Table(
            [table["head"], *heads],
            (6, 2, 3, 3, 2, 3, 3),
            [
                [str(row["name"]), *(words.grouped(row[name]) for name in counts), str(row["median"])]
                for row in table["rows"]
            ],
            title=title,
            numbers=range(1, 7),
        )
        for table in told["tables"]
    ]


_ASIDE = {"treaties": _treaties, "asking": _asking, "record": _record}


# --- What no font has ------------------------------------------------------------------------------------------------


def _texts(data: Any) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list | tuple):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _texts(part)


def _marked(data: Any, marks: dict[int, str]) -> Any:
    if isinstance(data, str):
        return data.translate(marks)
    if isinstance(data, dict):
        return {name: _marked(part, marks) for name, part in data.items()}
    return [_marked(part, marks) for part in data] if isinstance(data, list | tuple) else data

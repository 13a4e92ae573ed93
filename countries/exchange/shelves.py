"""The rows of this room that a file holds: values of topics, records without contacts, frontiers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.errors import Malformed, Reason
from agencies.language import english
from agencies.models import Agency
from countries.exchange.told import Key, Piece, Shelf, at
from countries.ledger_commands import faults_of_length, faults_of_texts
from countries.ledger_kinds import KINDS
from countries.models import Country, Frontier, LedgerEntry, LedgerRecord, LedgerTopic, TopicKind
from countries.records import faults_of

_DIVISION = re.compile("[0-9]{6}")


def absent(words: str) -> Malformed:
    """Such a row cannot be here."""
    return Malformed(reasons=[Reason("unknown_here", words, "/file")])


# --- Values of topics ------------------------------------------------------------------------------------------------


def _told(found: Sequence[Reason], labels: Mapping[str, str | Promise]) -> str:
    """The first of the reasons, and where."""
    return next((at(labels[one.pointer.removeprefix("/")], one.words) for one in found), "")


def _entry(country: Country, piece: Piece) -> LedgerEntry:
    topic = LedgerTopic.objects.filter(code=piece.key[0]).first()
    if topic is None or topic.per_type != bool(piece.key[1]):
        raise absent(_("本系统的台账不问这一项，两边的版本不同。"))
    return LedgerEntry(country=country, topic=topic, about=piece.key[1])


def _entry_word(row: LedgerEntry, name: str, value: Any) -> str:
    told = row.topic.choices.get(value) if name == "code" else None
    return told[1 if english() else 0] if told else str(value)


def _entry_fault(row: LedgerEntry, names: Collection[str]) -> str:
    if row.topic.kind == TopicKind.CHOICE and row.code and row.code not in row.topic.choices:
        return _("本系统没有这个选项，两边的版本不同。")
    found = faults_of_texts({name: getattr(row, name) for name in names})
    return _told(found, _ENTRY_NAMES)


_ENTRY_NAMES = {"code": gettext_lazy("选项"), "text_zh": gettext_lazy("中文"), "text_en": gettext_lazy("英文")}
ENTRIES = Shelf(
    kind="entry",
    label=gettext_lazy("台账的值"),
    model=LedgerEntry,
    parts=2,
    rows=lambda country: LedgerEntry.objects.filter(country=country).select_related("topic").order_by("topic", "about"),
    keys=lambda rows: [(row.topic.code, row.about) for row in rows],
    fresh=_entry,
    title=lambda row: f"{row.topic.name} {row.about}".strip(),
    names=_ENTRY_NAMES,
    word=_entry_word,
    fault=_entry_fault,
)

# --- Records ---------------------------------------------------------------------------------------------------------

_RECORD_NAMES: dict[str, str | Promise] = {
    "name_zh": gettext_lazy("名称（中文）"),
    "name_en": gettext_lazy("名称（英文）"),
    "starts_on": gettext_lazy("开始日期"),
    "ends_on": gettext_lazy("结束日期"),
    "text_zh": gettext_lazy("中文"),
    "text_en": gettext_lazy("英文"),
    "attrs": gettext_lazy("情况"),
}


def _record_keys(rows: Sequence[LedgerRecord]) -> list[Key]:
    """Kind, names and first day, and which of those that are alike: records have no number in common."""
    seen: Counter[Key] = Counter()
    found: list[Key] = []
    for row in rows:
        alike = (row.kind, row.name_zh, row.name_en, row.starts_on.isoformat() if row.starts_on else "")
        seen[alike] += 1
        found.append((*alike, str(seen[alike])))
    return found


def _record(country: Country, piece: Piece) -> LedgerRecord:
    if piece.key[0] not in KINDS:
        raise absent(_("本系统没有这一种记录，两边的版本不同。"))
    return LedgerRecord(country=country, kind=piece.key[0])


def _record_keyed(piece: Piece) -> bool:
    said = [piece.values[name].value if name in piece.values else "" for name in ("name_zh", "name_en", "starts_on")]
    return list(piece.key[1:4]) == said


def _record_gone(country: Country, piece: Piece) -> LedgerRecord | None:
    kind, name_zh, name_en, starts_on, _number = piece.key
    alike = LedgerRecord.objects.filter(kind=kind, name_zh=name_zh, name_en=name_en, starts_on=starts_on or None)
    return alike.filter(country=country, withdrawn_at__isnull=False).order_by("-withdrawn_at").first()


def _record_fault(row: LedgerRecord, _names: Collection[str]) -> str:
    # A contact is ours alone.
    values, kind = {name: getattr(row, name) for name in LedgerRecord.SOURCED} | {"contact": ""}, KINDS[row.kind]
    return _told(faults_of(kind, values), _RECORD_NAMES | {attr.name: attr.label for attr in kind.attrs})


def _record_word(row: LedgerRecord, name: str, value: Any) -> str:
    if name != "attrs" or not isinstance(value, dict):
        return str(value)
    told = []
    for attr in KINDS[row.kind].attrs:
        if said := value.get(attr.name):
            told.append(f"{attr.label} {(attr.choices or {}).get(said, said)}")
    return _("，").join(told)


def _attrs_out(row: LedgerRecord, name: str, value: Any) -> Any:
    """What the kind asks: of the casework nothing leaves, and nothing comes that no form could have taken."""
    asked = {attr.name for attr in KINDS[row.kind].attrs}
    return {key: said for key, said in value.items() if key in asked} if name == "attrs" else value


def _attrs_in(row: LedgerRecord, name: str, value: Any) -> Any:
    if name != "attrs":
        return value
    asked = _attrs_out(row, name, row.attrs)
    return {**value, **{key: said for key, said in row.attrs.items() if key not in asked}}


RECORDS = Shelf(
    kind="record",
    label=gettext_lazy("台账的记录"),
    model=LedgerRecord,
    parts=5,
    rows=lambda country: LedgerRecord.objects.filter(country=country, withdrawn_at=None).order_by("pk"),
    keys=_record_keys,
    fresh=_record,
    keyed=_record_keyed,
    counted=True,
    gone=_record_gone,
    title=lambda row: f"{KINDS[row.kind].code.label} {row.name}".strip(),
    names=_RECORD_NAMES,
    word=_record_word,
    fault=_record_fault,
    outward=_attrs_out,
    inward=_attrs_in,
)

# --- Frontiers -------------------------------------------------------------------------------------------------------


def _frontier(country: Country, piece: Piece) -> Frontier:
    organ = Agency.objects.filter(code=piece.plain.get("agency", "")).first()
    place = {name: piece.plain.get(name, "") for name in ("level", "note")}
    name = piece.plain.get("name", "")
    if not (name and _DIVISION.fullmatch(piece.key[0])):
        raise absent(_("文件没有写明是哪个市县。"))
    return Frontier(country=country, division_code=piece.key[0], division_name=name, agency=organ, **place)


def _length_fault(row: Frontier, names: Collection[str]) -> str:
    return _told(faults_of_length(row.approx_km) if names and row.approx_km is not None else [], _LENGTH)


_LENGTH = {"approx_km": gettext_lazy("边界长度")}
FRONTIERS = Shelf(
    kind="frontier",
    label=gettext_lazy("陆地边界"),
    model=Frontier,
    parts=1,
    rows=lambda country: Frontier.objects.filter(country=country).select_related("agency").order_by("division_code"),
    keys=lambda rows: [(row.division_code,) for row in rows],
    plain=lambda row: {
        "name": row.division_name,
        "level": row.level,
        "note": row.note,
        "agency": row.agency.code if row.agency else "",
    },
    fresh=_frontier,
    title=lambda row: row.division_name,
    names=_LENGTH,
    beside={
        "division_code": gettext_lazy("行政区划代码"),
        "division_name": gettext_lazy("接壤的市县"),
        "level": gettext_lazy("级别"),
        "agency": gettext_lazy("边境机关"),
        "note": gettext_lazy("说明"),
    },
    word=lambda _row, name, value: _("约 %(n)s 公里") % {"n": value} if name == "approx_km" else str(value),
    fault=_length_fault,
)

SHELVES = (ENTRIES, RECORDS, FRONTIERS)

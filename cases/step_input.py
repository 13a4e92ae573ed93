"""From raw input (JSON or a posted form) to the values of a step. One parser for every door; it never looks at a case.

Raises `Malformed` with every fault at once, each with a code and a JSON pointer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.errors import Malformed, NotVisible, Reason
from agencies.models import Agency
from agencies.models.officers import normalize_police_number
from agencies.plain_text import storable
from agencies.queries import agencies_called
from cases import secrecy
from cases.models import Decision, Outcome
from cases.workflow import Field, Kind, fields_of
from treaties.codes import code_exists

MAX_ROWS = 200
# What is picked from a list rather than written.
_CHOSEN = frozenset({Kind.CHOICE, Kind.CODE, Kind.CODES, Kind.OFFICER, Kind.AGENCY, Kind.AGENCIES})
_OUTCOMES = frozenset(Outcome.values) - {Outcome.WAITING}


class Faults:
    """Collects what is wrong, with pointers; a refused marking is noted for the trail as well."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []

    def add(self, code: str, words: object, pointer: str) -> None:
        if code == secrecy.CODE:
            secrecy.note_refusal(pointer)
        self.reasons.append(Reason(code, words, pointer))


def parse(step: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `step`, cleaned; unknown step → NotVisible, anything malformed → Malformed."""
    try:
        fields = fields_of(step)
    except KeyError:
        raise NotVisible from None
    faults = Faults()
    for name in raw.keys() - {field.name for field in fields}:
        faults.add("unknown_field", _("不认识的字段。"), f"/{name}")
    values = {field.name: _PARSERS[field.kind](field, raw.get(field.name), faults) for field in fields}
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}


def clean_text(value: object, pointer: str, limit: int, faults: Faults) -> str:
    """A string without NUL, lone surrogates and secrecy markings, trimmed, at most `limit` characters; '' for null."""
    if value is None:
        return ""
    if not isinstance(value, str):
        faults.add("not_text", _("这里要填文字。"), pointer)
        return ""
    if not storable(value):
        faults.add("bad_character", _("含有无法保存的字符，请删去后再试。"), pointer)
        return ""
    text = value.strip()
    if "密" in text and secrecy.marked(text):
        faults.add(secrecy.CODE, secrecy.WORDS, pointer)
    if len(text) > limit:
        faults.add("too_long", _("最多 %(limit)s 个字，现在有 %(n)s 个。") % {"limit": limit, "n": len(text)}, pointer)
    return text


def _require(field: Field, value: object, pointer: str, faults: Faults) -> None:
    if field.required and not value and not any(r.pointer.startswith(pointer) for r in faults.reasons):
        form = _("请选择「%(label)s」。") if field.kind in _CHOSEN else _("请填写「%(label)s」。")
        faults.add("required", form % {"label": field.label}, pointer)


def _text(field: Field, raw: object, faults: Faults) -> str:
    pointer = f"/{field.name}"
    text = clean_text(raw, pointer, field.limit, faults)
    _require(field, text, pointer, faults)
    return text


def _officer(field: Field, raw: object, faults: Faults) -> str:
    return normalize_police_number(_text(field, raw, faults))


def _choice(field: Field, raw: object, faults: Faults) -> str:
    pointer = f"/{field.name}"
    value = clean_text(raw, pointer, 40, faults)
    _require(field, value, pointer, faults)
    _known(field, value, pointer, faults)
    return value


def _flag(field: Field, raw: object, faults: Faults) -> bool:
    if raw is not None and not isinstance(raw, bool):
        faults.add("not_a_flag", _("只能是 true 或者 false。"), f"/{field.name}")
    return raw is True


def _day(field: Field, raw: object, faults: Faults) -> date | None:
    text = _text(field, raw, faults)
    return clean_date(text, f"/{field.name}", faults) if text else None


def clean_date(text: str, pointer: str, faults: Faults) -> date | None:
    """A day written 2026-01-31; None with a fault for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.add("bad_date", _("日期写成 1990-01-31 这样。"), pointer)
        return None


def _texts(field: Field, raw: object, faults: Faults) -> list[str]:
    """Lines of text (or keys); empty ones are left out."""
    pointer = f"/{field.name}"
    values = [
        clean_text(entry, f"{pointer}/{index}", field.limit, faults)
        for index, entry in enumerate(_rows(raw, pointer, faults))
    ]
    _require(field, values, pointer, faults)
    return list(dict.fromkeys(filter(None, values)))


def _agency(field: Field, raw: object, faults: Faults) -> Agency | None:
    pointer = f"/{field.name}"
    text = clean_text(raw, pointer, 120, faults)
    _require(field, text, pointer, faults)
    return _agency_named(text, pointer, faults) if text else None


def _agencies(field: Field, raw: object, faults: Faults) -> list[Agency]:
    pointer, found = f"/{field.name}", []
    for index, entry in enumerate(_rows(raw, pointer, faults)):
        text = clean_text(entry, f"{pointer}/{index}", 120, faults)
        if text and (agency := _agency_named(text, f"{pointer}/{index}", faults)):
            found.append(agency)
    _require(field, found, pointer, faults)
    return list(dict.fromkeys(found))


def _agency_named(text: str, pointer: str, faults: Faults) -> Agency | None:
    """The organ with this code, or the one and only with this name."""
    found = agencies_called(text)
    if len(found) == 1:
        return found[0]
    if found:
        words = _("有 %(n)s 个机关叫这个名字；写它的 12 位代码。") % {"n": len(found)}
        faults.add("ambiguous_agency", words, pointer)
    else:
        faults.add("unknown_agency", _("没有这个机关；写机关的全称或者 12 位代码。"), pointer)
    return None


def _known(field: Field, value: str, pointer: str, faults: Faults) -> None:
    if not value:
        return
    if isinstance(field.source, tuple):
        known = value in {code for code, _label in field.source}
    else:
        known = code_exists(field.source, value)
    if not known:
        faults.add("unknown_code", _("不在可选的范围内。"), pointer)


def _code(field: Field, raw: object, faults: Faults) -> str:
    pointer = f"/{field.name}"
    value = clean_text(raw, pointer, 60, faults)
    _require(field, value, pointer, faults)
    _known(field, value, pointer, faults)
    return value


def _codes(field: Field, raw: object, faults: Faults) -> list[str]:
    pointer = f"/{field.name}"
    values = []
    for index, entry in enumerate(_rows(raw, pointer, faults)):
        value = clean_text(entry, f"{pointer}/{index}", 60, faults)
        _known(field, value, f"{pointer}/{index}", faults)
        values.append(value)
    _require(field, values, pointer, faults)
    return list(dict.fromkeys(filter(None, values)))


def _rows(raw: object, pointer: str, faults: Faults) -> Iterator[Any]:
    if raw is None:
        return
    if not isinstance(raw, list):
        faults.add("not_a_list", _("这里要填一个列表。"), pointer)
    elif len(raw) > MAX_ROWS:
        faults.add("too_many", _("最多 %(n)s 行。") % {"n": MAX_ROWS}, pointer)
    else:
        yield from raw


def _object(raw: object, pointer: str, known: set[str], faults: Faults) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        faults.add("not_an_object", _("这里要填一个对象。"), pointer)
        return {}
    for name in raw.keys() - known:
        faults.add("unknown_field", _("不认识的字段。"), f"{pointer}/{name}")
    return raw


def _counterpart(field: Field, raw: object, faults: Faults) -> dict[str, str] | None:
    pointer = f"/{field.name}"
    if raw is None and not field.required:
        return None
    given = _object(raw if raw is not None else {}, pointer, {"name", "unit"}, faults)
    name = clean_text(given.get("name"), f"{pointer}/name", 200, faults)
    if not name:
        faults.add("required", _("请填写外方收件单位的名称。"), f"{pointer}/name")
    return {"name": name, "unit": clean_text(given.get("unit"), f"{pointer}/unit", 200, faults)}


def _outcomes(field: Field, raw: object, faults: Faults) -> list[dict[str, Any]]:
    rows, seen = [], set()
    for index, entry in enumerate(_rows(raw, f"/{field.name}", faults)):
        row = _outcome(field, entry, f"/{field.name}/{index}", faults)
        if row["id"] in seen:
            faults.add("duplicate", _("同一项写了两次。"), f"/{field.name}/{index}/id")
        seen.add(row["id"])
        rows.append(row)
    return rows


def _outcome(field: Field, raw: object, pointer: str, faults: Faults) -> dict[str, Any]:
    given = _object(raw, pointer, {"id", "outcome", "ground", "note"}, faults)
    row = {
        "id": clean_id(given.get("id"), f"{pointer}/id", faults),
        "outcome": clean_text(given.get("outcome"), f"{pointer}/outcome", 20, faults),
        "ground": clean_text(given.get("ground"), f"{pointer}/ground", 60, faults),
        "note": clean_text(given.get("note"), f"{pointer}/note", field.limit, faults),
    }
    if row["outcome"] not in _OUTCOMES:
        faults.add("unknown_code", _("选择这一项的结果。"), f"{pointer}/outcome")
    _known(field, str(row["ground"] or ""), f"{pointer}/ground", faults)
    if row["outcome"] == Outcome.REFUSED and not row["ground"]:
        faults.add("required", _("拒绝的事项要选拒绝理由。"), f"{pointer}/ground")
    return row


def _decisions(field: Field, raw: object, faults: Faults) -> list[dict[str, Any]]:
    rows, seen = [], set()
    for index, entry in enumerate(_rows(raw, f"/{field.name}", faults)):
        pointer = f"/{field.name}/{index}"
        given = _object(entry, pointer, {"id", "decision", "ground"}, faults)
        row = {
            "id": clean_id(given.get("id"), f"{pointer}/id", faults),
            "decision": clean_text(given.get("decision"), f"{pointer}/decision", 20, faults),
            "ground": clean_text(given.get("ground"), f"{pointer}/ground", 60, faults),
        }
        if row["decision"] not in Decision.values:
            faults.add("unknown_code", _("选择这一项执行还是拒绝。"), f"{pointer}/decision")
        if row["ground"] and not code_exists("refusal_grounds", str(row["ground"])):
            faults.add("unknown_code", _("不在可选的范围内。"), f"{pointer}/ground")
        if row["id"] in seen:
            faults.add("duplicate", _("同一项写了两次。"), f"{pointer}/id")
        seen.add(row["id"])
        rows.append(row)
    return rows


def clean_id(raw: object, pointer: str, faults: Faults) -> UUID | None:
    """The id of a row; None with a fault for anything that is none."""
    try:
        return UUID(raw) if isinstance(raw, str) else UUID("")
    except ValueError:
        faults.add("bad_id", _("编号的格式不对。"), pointer)
        return None


_PARSERS: dict[Kind, Any] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.KEYS: _texts,
    Kind.FLAG: _flag,
    Kind.DATE: _day,
    Kind.AGENCY: _agency,
    Kind.AGENCIES: _agencies,
    Kind.DECISIONS: _decisions,
    Kind.CHOICE: _choice,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.OFFICER: _officer,
    Kind.COUNTERPART: _counterpart,
    Kind.OUTCOMES: _outcomes,
}

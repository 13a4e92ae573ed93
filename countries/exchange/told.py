"""What a file says of one row: its values, each with source, day and confidence; read strictly, compared with ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agencies.errors import Malformed, Reason
from agencies.plain_text import fits, storable
from countries.facts import FIRST_DAY, SOURCE_LIMIT, faults_of_source, faults_of_words
from countries.models import Country, FactConfidence, Sourced

Key: TypeAlias = tuple[str, ...]
TEXT_LIMIT = 20_000
LIST_LIMIT = 60
BY_LIMIT = 100
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value as JSON, and where it comes from. `by`: who vouches for it over there, in words."""

    value: Any
    source: str
    as_of: str
    confidence: str
    by: str = ""

    def data(self) -> dict[str, Any]:
        """As it stands in a file."""
        names = ("value", "source", "as_of", "confidence", "by")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Piece:
    """One row: which it is, what it is beside its values, and its values."""

    kind: str
    key: Key
    plain: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Told] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """As it stands in a file."""
        told = {name: one.data() for name, one in self.values.items()}
        return {"kind": self.kind, "key": list(self.key), "plain": dict(self.plain), "values": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A kind of rows that a file may hold: how to find those of a country, and how to make one."""

    kind: str
    label: str | Promise
    model: type[Sourced]
    parts: int  # of its key
    rows: Callable[[Country], models.QuerySet[Any]]
    # The keys of those rows, in their order.
    keys: Callable[[list[Any]], list[Key]]
    plain: Callable[[Any], dict[str, str]] = lambda _row: {}
    # A row that is not stored yet, for a key and what it is. Raises Malformed where there can be none here.
    fresh: Callable[[Country, Piece], Any]
    # Does its key say what its values say? One that does not would come as new again and again.
    keyed: Callable[[Piece], bool] = lambda _piece: True
    # The last part of the key numbers those that are alike, from 1.
    counted: bool = False
    # A row of ours that was the same and that we have withdrawn.
    gone: Callable[[Country, Piece], Any] = lambda _country, _piece: None
    title: Callable[[Any], str]
    names: Mapping[str, str | Promise]
    # What a value is called on a page.
    word: Callable[[Any, str, Any], str] = lambda _row, _name, value: str(value)
    # What a new row holds beside its values, by the names of the columns.
    beside: Mapping[str, str | Promise] = field(default_factory=dict)
    # What is wrong with a row that has taken the named values over; "" for nothing.
    fault: Callable[[Any, Collection[str]], str] = lambda _row, _names: ""
    # A value of ours as a file may tell it, and one of a file as it is stored beside what ours keeps to itself.
    outward: Callable[[Any, str, Any], Any] = lambda _row, _name, value: value
    inward: Callable[[Any, str, Any], Any] = lambda _row, _name, value: value

    @property
    def fields(self) -> tuple[str, ...]:
        """The values that a file may tell: those that have a name on a page."""
        return tuple(name for name in self.model.SOURCED if name in self.names)


def piece_of(shelf: Shelf, key: Key, row: Any, officers: Mapping[int, str]) -> Piece:
    """Our row as a file tells it."""
    values = {}
    for name in shelf.fields:
        value, origin = shelf.outward(row, name, getattr(row, name)), row.provenance.get(name)
        if origin is None or value in (None, "", [], {}):
            continue
        plain = value.isoformat() if isinstance(value, date) else value
        told = {part: origin[part] for part in ("source", "as_of", "confidence")}
        values[name] = Told(value=plain, **told, by=officers.get(origin["by"] or 0, ""))
    return Piece(shelf.kind, key, shelf.plain(row), values)


# --- What no form of ours would take ---------------------------------------------------------------------------------


def at(label: str | Promise, words: object) -> str:
    """What is wrong, and where in the row."""
    return _("%(where)s：%(why)s") % {"where": label, "why": words}


def strange(shelf: Shelf, row: Any, values: Mapping[str, Told]) -> str:
    """What the desk could not have typed here beside the values themselves; "" for nothing."""
    for name, told in values.items():
        found = [*faults_of_source(told.source), *faults_of_words("by", told.by, BY_LIMIT)]
        if found:
            return at(shelf.names[name], _("出处不能收。%(why)s") % {"why": found[0].words})
        if shelf.outward(row, name, told.value) != told.value:
            return at(shelf.names[name], _("有本系统不收的内容，两边的版本不同。"))
    return ""


def strange_beside(shelf: Shelf, row: Any) -> str:
    """The same of what a new row holds beside its values."""
    for name, label in shelf.beside.items():
        value, limit = getattr(row, name), getattr(row._meta.get_field(name), "max_length", None) or TEXT_LIMIT
        if isinstance(value, str) and (found := faults_of_words(name, value, limit)):
            return at(label, found[0].words)
    return ""


# --- Reading ---------------------------------------------------------------------------------------------------------


def unfit(where: str) -> Malformed:
    """The file does not say what such a file says."""
    words = _("文件里这一处读不懂：%(where)s。") % {"where": where}
    return Malformed(_("没有导入。"), reasons=[Reason("bad_content", words, "/file")])


def text_of(value: Any, where: str, limit: int, *, blank: bool = False) -> str:
    """A text, of which at most so many characters can be stored. Raises Malformed."""
    if not isinstance(value, str) or len(value) > limit or not storable(value) or not (value.strip() or blank):
        raise unfit(where)
    return value


def piece_in(data: Any, shelves: Mapping[str, Shelf], where: str, today: date) -> Piece:
    """A row of a file. Raises Malformed for whatever does not belong there."""
    if not isinstance(data, dict) or set(data) != {"kind", "key", "plain", "values"}:
        raise unfit(where)
    shelf = shelves.get(data["kind"]) if isinstance(data["kind"], str) else None
    key, plain, values = data["key"], data["plain"], data["values"]
    if shelf is None or not (isinstance(key, list) and isinstance(plain, dict) and isinstance(values, dict)):
        raise unfit(where)
    if len(key) != shelf.parts or not set(values) <= set(shelf.fields):
        raise unfit(where)
    return Piece(
        shelf.kind,
        tuple(text_of(part, f"{where}/key", 300, blank=True) for part in key),
        {
            text_of(name, where, 40): text_of(said, f"{where}/plain", TEXT_LIMIT, blank=True)
            for name, said in plain.items()
        },
        {
            name: _told(shelf.model, name, values[name], f"{where}/{name}", today)
            for name in shelf.fields
            if name in values
        },
    )


def _told(model: type[Sourced], name: str, data: Any, where: str, today: date) -> Told:
    if not isinstance(data, dict) or set(data) != {"value", "source", "as_of", "confidence", "by"}:
        raise unfit(where)
    value_of(model, name, data["value"], where)
    if not isinstance(data["source"], str) or not fits(data["source"], SOURCE_LIMIT):
        raise unfit(f"{where}/source")
    if data["confidence"] not in FactConfidence.values or not _a_day(data["as_of"], today):
        raise unfit(where)
    return Told(**data | {"by": text_of(data["by"], where, BY_LIMIT, blank=True)})


def _a_day(text: Any, today: date) -> bool:
    """Is this a day, a month or a year from 1900 until now, or nothing? Tomorrow's too: another network may lie to the east."""
    if text == "":
        return True
    parts = _DAY.fullmatch(text) if isinstance(text, str) else None
    try:
        return bool(parts) and FIRST_DAY <= date.fromisoformat((text + "-01-01")[:10]) <= today + timedelta(days=1)
    except ValueError:
        return False


def value_of(model: type[Sourced], name: str, value: Any, where: str) -> Any:
    """The value of a file as the row's column takes it. Raises Malformed when it does not."""
    column = model._meta.get_field(name)
    if isinstance(column, models.DateField):
        return date_of(value, where)
    if isinstance(column, ArrayField):
        return _list(value, getattr(column.base_field, "max_length", None) or 20, where)
    if isinstance(column, models.JSONField):
        return _pairs(value, where)
    if isinstance(column, models.PositiveSmallIntegerField):
        if type(value) is not int or not 0 <= value <= 32_767:
            raise unfit(where)
        return value
    told = text_of(value, where, getattr(column, "max_length", None) or TEXT_LIMIT)
    if column.choices and told not in {code for code, _label in column.flatchoices}:  # type: ignore[union-attr]
        raise unfit(where)
    return told


def _list(value: Any, limit: int, where: str) -> list[str]:
    if not isinstance(value, list) or not 0 < len(value) <= LIST_LIMIT:
        raise unfit(where)
    return [text_of(one, where, limit) for one in value]


def _pairs(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or not 0 < len(value) <= LIST_LIMIT:
        raise unfit(where)
    return {text_of(key, where, 40): text_of(one, where, 1000, blank=True) for key, one in value.items()}


def date_of(value: Any, where: str) -> date:
    """The day, written as files write it. Raises Malformed."""
    try:
        found = date.fromisoformat(text_of(value, where, 10))
    except ValueError:
        raise unfit(where) from None
    if found.isoformat() != value:  # 2026-W01-1 is a day too
        raise unfit(where)
    return found

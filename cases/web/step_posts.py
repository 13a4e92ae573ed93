"""A posted step form, turned into the step's raw data for cases.step_input, which reads it for every door alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from agencies.errors import Malformed, NotVisible, Reason
from cases.workflow import Field, Kind, fields_of

_ROW = re.compile(r"^items-([0-9a-f-]{36})-(?:outcome|decision)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A posted step form: the version it was opened at and the raw data; `rows` names the items of /items/0, /items/1."""

    version: int | None
    data: dict[str, Any]
    rows: Sequence[str] = ()


def read(step: str, post: QueryDict) -> Posted:
    """The form as raw data for take_step. NotVisible for an unknown step, Malformed without a version."""
    try:
        fields = fields_of(step)
    except KeyError:
        raise NotVisible from None
    rows = [match[1] for name in post if (match := _ROW.match(name)) and post[name]]
    data = {one.name: _READERS.get(one.kind, _plain)(one, post, rows) for one in fields}
    version = post.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Malformed(_("这一页已经过时，请重新打开案件再办。"))
    return Posted(version=int(version), data={name: value for name, value in data.items() if value}, rows=rows)


def named(reasons: Sequence[Reason], posted: Posted | None) -> list[Reason]:
    """Reasons whose pointers say the item's id instead of the number of its row: /items/0/ground → /items/<id>/ground."""
    told = []
    for reason in reasons:
        parts = reason.pointer.split("/")
        if posted and parts[1:2] == ["items"] and len(parts) > 2 and parts[2].isdigit():
            parts[2] = posted.rows[int(parts[2])] if int(parts[2]) < len(posted.rows) else parts[2]
        told.append(Reason(reason.code, reason.words, "/".join(parts)))
    return told


def _plain(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    return post.get(one.name, "")


def _picked(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    return [value for value in post.getlist(one.name) if value]


def _lines(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    """One entry a line; a list of boxes posts several values."""
    return [line.strip() for value in post.getlist(one.name) for line in value.splitlines() if line.strip()]


def _flag(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    return bool(post.get(one.name))


def _counterpart(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    given = {part: post.get(f"{one.name}-{part}", "") for part in ("name", "unit")}
    return given if any(given.values()) else None


def _rows_of(*parts: str) -> Callable[[Field, QueryDict, Sequence[str]], Any]:
    def reader(_one: Field, post: QueryDict, rows: Sequence[str]) -> Any:
        return [{"id": pk} | {part: post.get(f"items-{pk}-{part}", "") for part in parts} for pk in rows]

    return reader


_READERS: Mapping[Kind, Callable[[Field, QueryDict, Sequence[str]], Any]] = {
    Kind.CODES: _picked,
    Kind.KEYS: _picked,
    Kind.TEXTS: _lines,
    Kind.AGENCIES: _lines,
    Kind.FLAG: _flag,
    Kind.COUNTERPART: _counterpart,
    Kind.OUTCOMES: _rows_of("outcome", "ground", "note"),
    Kind.DECISIONS: _rows_of("decision", "ground"),
}

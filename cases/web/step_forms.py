"""The form of a step, built from the workflow table's fields; and a posted form turned into the step's raw data.

Parsing is not done here: cases.step_input reads the raw data for every door alike and answers with pointers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from agencies.errors import DomainError, Malformed, NotVisible, Reason
from agencies.officers import officers_at
from cases.models import Outcome, RequestItem
from cases.queries.dossier import Dossier
from cases.web.papers import upload_rules
from cases.workflow import Field, Kind, Move, Transition, fields_of
from treaties.codes import CODES
from treaties.models import UsedBy
from treaties.queries import grounds_offered

_OUTCOME = re.compile(r"^items-([0-9a-f-]{36})-outcome$")


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
    rows = [match[1] for name in post if (match := _OUTCOME.match(name)) and post[name]]
    data = {one.name: _READERS.get(one.kind, _plain)(one, post, rows) for one in fields}
    version = post.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Malformed(_("这一页已经过时，请重新打开案件再办。"))
    return Posted(version=int(version), data={name: value for name, value in data.items() if value}, rows=rows)


def _plain(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    return post.get(one.name, "")


def _codes(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    return [value for value in post.getlist(one.name) if value]


def _counterpart(one: Field, post: QueryDict, _rows: Sequence[str]) -> Any:
    given = {part: post.get(f"{one.name}-{part}", "") for part in ("name", "unit")}
    return given if any(given.values()) else None


def _outcomes(_one: Field, post: QueryDict, rows: Sequence[str]) -> Any:
    return [
        {"id": pk} | {part: post.get(f"items-{pk}-{part}", "") for part in ("outcome", "ground", "note")} for pk in rows
    ]


_READERS = {Kind.CODES: _codes, Kind.COUNTERPART: _counterpart, Kind.OUTCOMES: _outcomes}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input as the page shows it. `value` is text, a list of codes, or a mapping of parts."""

    name: str
    id: str
    kind: str
    label: object
    hint: object = ""
    required: bool = False
    limit: int = 4000
    value: Any = ""
    options: Sequence[tuple[str, object]] = ()
    groups: Sequence[tuple[object, Sequence[tuple[str, str]]]] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    errors: Sequence[str] = ()
    error_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForm:
    """A step that may be taken, with its inputs; `summary` links every fault to its input."""

    transition: Transition
    leads: object
    version: int
    inputs: Sequence[Input]
    open: bool = False
    message: object = ""
    summary: Sequence[tuple[str, str]] = ()
    upload: Mapping[str, Any] | None = None  # set where files come with the step


def build(
    dossier: Dossier,
    transition: Transition,
    *,
    leads: object,
    opened: bool = False,
    posted: Posted | None = None,
    error: DomainError | None = None,
) -> StepForm:
    """The form of one step: empty, or as it was posted with the reasons of its refusal at their inputs."""
    reasons = _named(error.reasons if error else (), posted)
    inputs = [_input(dossier, transition, one, posted, reasons) for one in transition.fields]
    ids = {one.name: one.id for one in inputs} | {"file": f"{transition.name}-file"}
    return StepForm(
        transition=transition,
        leads=leads,
        version=dossier.case.version,
        inputs=inputs,
        open=opened,
        message=error.message if error else "",
        summary=[(str(reason.words), _anchor(reason.pointer, ids)) for reason in reasons],
        upload=upload_rules() if brings_files(transition) else None,
    )


def brings_files(transition: Transition) -> bool:
    """A reply comes with the papers that hold it."""
    return transition.move is Move.REPLY


def _named(reasons: Iterable[Reason], posted: Posted | None) -> list[Reason]:
    """Reasons whose pointers say the item's id instead of the number of its row: /items/0/ground → /items/<id>/ground."""
    named = []
    for reason in reasons:
        parts = reason.pointer.split("/")
        if posted and parts[1:2] == ["items"] and len(parts) > 2 and parts[2].isdigit():
            parts[2] = posted.rows[int(parts[2])] if int(parts[2]) < len(posted.rows) else parts[2]
        named.append(Reason(reason.code, reason.words, "/".join(parts)))
    return named


def _anchor(pointer: str, ids: Mapping[str, str]) -> str:
    """The input that a pointer means, for a link; '' when it means nothing on this form."""
    name, _slash, rest = pointer.lstrip("/").partition("/")
    if name not in ids:
        return ""
    return f"{ids[name]}-{rest.replace('/', '-')}" if rest and not rest.isdigit() else ids[name]


def _input(
    dossier: Dossier, transition: Transition, one: Field, posted: Posted | None, reasons: Sequence[Reason]
) -> Input:
    mine = [reason for reason in reasons if reason.pointer.lstrip("/").split("/")[0] == one.name]
    value = posted.data.get(one.name) if posted else None
    return Input(
        name=one.name,
        id=f"{transition.name}-{one.name}",
        kind=one.kind.value,
        label=one.label,
        hint=one.hint,
        required=one.required,
        limit=one.limit,
        value=value or _EMPTY.get(one.kind, ""),
        options=_options(dossier, one),
        groups=_groups(dossier, one),
        rows=_rows(dossier.items, value or [], mine) if one.kind is Kind.OUTCOMES else (),
        errors=[str(reason.words) for reason in mine if reason.pointer.count("/") < 2 or _is_entry(reason.pointer)],
        error_of={
            reason.pointer.split("/")[-1]: str(reason.words) for reason in mine if reason.pointer.count("/") == 2
        },
    )


_EMPTY: Mapping[Kind, Any] = {Kind.CODES: [], Kind.COUNTERPART: {}, Kind.OUTCOMES: []}


def _is_entry(pointer: str) -> bool:
    """Does it point at one entry of a list of codes (/reasons/0)?"""
    return pointer.rpartition("/")[2].isdigit()


def _options(dossier: Dossier, one: Field) -> list[tuple[str, object]]:
    if one.kind is Kind.OFFICER:
        held = dossier.leg.agency_id if dossier.leg else None
        return [(officer.police_number, officer.name) for officer in officers_at(held or 0)]
    if one.kind is Kind.CHOICE:
        return list(one.source)  # type: ignore[arg-type]
    if isinstance(one.source, str) and one.source:
        return [(row.code, row.name) for row in CODES[one.source]._default_manager.order_by("position")]
    return []


def _groups(dossier: Dossier, one: Field) -> list[tuple[object, list[tuple[str, str]]]]:
    """The grounds of a refusal abroad, by law."""
    if one.kind is not Kind.OUTCOMES:
        return []
    offered = grounds_offered(dossier.case.request_type, UsedBy.THEIRS)
    return [(law, [(ground.code, ground.name) for ground in grounds]) for law, grounds in offered]


def _rows(items: Sequence[RequestItem], given: Sequence[Mapping[str, str]], reasons: Sequence[Reason]) -> list[Any]:
    """One row for each item of the case: what stands, what was typed, what is wrong with it."""
    typed = {row["id"]: row for row in given}
    rows = []
    for item in items:
        pk = str(item.pk)
        wrong = {r.pointer.split("/")[-1]: str(r.words) for r in reasons if r.pointer.startswith(f"/items/{pk}/")}
        rows.append({"item": item, "id": pk, "typed": typed.get(pk, {}), "wrong": wrong, "outcomes": OUTCOMES})
    return rows


OUTCOMES = [choice for choice in Outcome.choices if choice[0] != Outcome.WAITING]

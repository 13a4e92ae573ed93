"""The shapes of cases in the OpenAPI document; bodies.py builds what they describe."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agencies.api.tree import NAMED
from agencies.doors.schema import (
    DATE,
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    UUID,
    Json,
    closed,
    listed,
    nullable,
    one_of,
    page_of,
    shape,
)
from cases.models import Direction, Mark, Outcome, Phase, Side, Status, SubjectKind, Urgency, Usefulness
from cases.step_input import MAX_ROWS
from cases.workflow import TRANSITIONS, Field, Kind, fields_of

STEPS = list(dict.fromkeys(name for _direction, name in TRANSITIONS))
OFFICER = shape("OfficerName", closed({"police_number": TEXT, "name": TEXT}))
HOLDER = shape(
    "Holder",
    {
        **closed({"code": TEXT, "name": TEXT}),
        "description": _("机关的代码和名称；外方写国家代码和收件单位的名称；其他中央机关写它的代码和名称。"),
    },
)
LEG = shape(
    "Leg",
    closed(
        {
            "id": UUID,
            "seq": NUMBER,
            "side": one_of(Side.values),
            "phase": one_of(Phase.values),
            "agency": HOLDER,
            "handler": nullable(OFFICER),
            "entered_by": TEXT,
            "opened_at": MOMENT,
            "closed_at": nullable(MOMENT),
        }
    ),
)
DEADLINE = shape(
    "Deadline",
    closed(
        {
            "id": UUID,
            "leg": nullable(UUID),
            "kind": TEXT,
            "basis": TEXT,
            "unit": one_of(["hour", "calendar_day", "working_day", "month", "year"]),
            "amount": NUMBER,
            "started_at": MOMENT,
            "due_at": MOMENT,
            "met_at": nullable(MOMENT),
            "provisional": FLAG,
        }
    ),
)
ITEM = shape(
    "Item",
    closed(
        {
            "id": UUID,
            "position": NUMBER,
            "description": TEXT,
            "outcome": one_of(Outcome.values),
            "ground": nullable(TEXT),
            "note": TEXT,
            "answered_at": nullable(MOMENT),
        }
    ),
)
DUPLICATE = shape(
    "Duplicate",
    closed(
        {"id": UUID, "number": TEXT, "status": one_of(Status.values), "why": one_of(["same_document", "same_person"])}
    ),
)
SUBJECT = shape(
    "Subject",
    closed(
        {
            "id": UUID,
            "position": NUMBER,
            "kind": one_of(SubjectKind.values),
            "name": TEXT,
            "role": TEXT,
            "birth_year": nullable({"type": "integer"}),
            "nationality": TEXT,
            "document_number": {**TEXT, "description": _("只显示首尾各两位。")},
        }
    ),
)
_RECEIPT = shape("Receipt", closed({"their_reference": TEXT, "their_desk": TEXT, "at": MOMENT}))
_COUNTERPART = closed({"name": TEXT, "unit": TEXT})
TRANSMISSION = shape(
    "Transmission",
    closed(
        {
            "id": UUID,
            "way": one_of(["out", "in"]),
            "kind": one_of(["request", "interim", "final"]),
            "channel": TEXT,
            "counterpart": _COUNTERPART,
            "at": MOMENT,
            "receipts": listed(_RECEIPT),
        }
    ),
)
_SUMMARY: dict[str, Json] = {
    "id": UUID,
    "number": TEXT,
    "direction": one_of(Direction.values),
    "status": one_of(Status.values),
    "version": NUMBER,
    "country": nullable(TEXT),
    "request_type": nullable(TEXT),
    "urgency": one_of(Urgency.values),
    "mark": one_of(Mark.values),
    "title": TEXT,
    "origin": NAMED,
    "side": nullable(one_of(Side.values)),
    "holder": nullable(HOLDER),
    "since": nullable(MOMENT),
    "due_at": nullable(MOMENT),
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "submitted_at": nullable(MOMENT),
    "ended_at": nullable(MOMENT),
}
CASE_SUMMARY = shape("CaseSummary", closed(_SUMMARY))
CASE = shape(
    "Case",
    closed(
        {
            **_SUMMARY,
            "content_version": NUMBER,
            "summary": TEXT,
            "purpose": TEXT,
            "responsible_officer": OFFICER,
            "filed_by": nullable(TEXT),
            "available_steps": listed(one_of(STEPS)),
            "editable": FLAG,
            "subjects": listed(SUBJECT),
            "items": listed(ITEM),
            "legs": listed(LEG),
            "deadlines": listed(DEADLINE),
            "transmissions": listed(TRANSMISSION),
            "usefulness": nullable(one_of(Usefulness.values)),
            "result": TEXT,
        }
    ),
)
_BY = closed(
    {
        "kind": one_of(["officer", "service", "system"]),
        "police_number": nullable(TEXT),
        "name": TEXT,
        "role": TEXT,
        "agency": nullable(NAMED),
    }
)
EVENT = shape(
    "Event",
    closed(
        {
            "id": TEXT,
            "at": MOMENT,
            "kind": TEXT,
            "by": _BY,
            "from": nullable(NAMED),
            "to": nullable(NAMED),
            "status": nullable(one_of(Status.values)),
            "version": nullable(NUMBER),
            "reasons": nullable(listed(TEXT)),
            "channel": nullable(TEXT),
            "reply": nullable(one_of(["interim", "final"])),
            "text": TEXT,
        }
    ),
)
FILE = shape(
    "File",
    closed(
        {
            "id": UUID,
            "name": TEXT,
            "media_type": TEXT,
            "size": NUMBER,
            "sha256": TEXT,
            "transmission": nullable(UUID),
            "uploaded_by": nullable(OFFICER),
            "agency": NAMED,
            "created_at": MOMENT,
        }
    ),
)

# --- What is written -----------------------------------------------------------------------------------------------

_WORDS = r"[^\s\x1c-\x1f\x85]"  # not blank


def _long(limit: int) -> Json:
    """Text that may be left empty, or null."""
    return nullable({**TEXT, "maxLength": limit})


_CONTENT: dict[str, Json] = {
    "country": {**TEXT, "pattern": "^[A-Za-z]{2}$", "description": _("ISO 3166-1 两位代码，不能是 CN。")},
    "request_type": {**TEXT, "minLength": 1, "description": _("request-types/ 里的代码，方向要与请求一致。")},
    "urgency": one_of(Urgency.values),
    "mark": one_of(Mark.values),
    "title": _long(200),
    "summary": _long(20_000),
    "purpose": _long(5_000),
    "subjects": listed(
        closed(
            {
                "kind": one_of(SubjectKind.values),
                "name": {**TEXT, "maxLength": 120, "pattern": _WORDS},
                "role": _long(40),
                "birth_date": {"anyOf": [DATE, {**TEXT, "maxLength": 0}, {"type": "null"}]},
                "nationality": nullable({**TEXT, "pattern": "^([A-Za-z]{2})?$"}),
                "document_number": _long(60),
            },
            required=["name"],
        ),
        MAX_ROWS,
    ),
    "items": listed(
        closed({"description": {**TEXT, "maxLength": 5_000, "pattern": _WORDS}}, required=["description"]), MAX_ROWS
    ),
}
# A draft may do without.
_CODES = {
    name: {"anyOf": [_CONTENT[name], {**TEXT, "maxLength": 0}, {"type": "null"}]}
    for name in ("country", "request_type")
}
CASE_CHANGES = shape("CaseChanges", closed({**_CONTENT, **_CODES}, required=[]))
NEW_CASE = shape(
    "NewCase",
    closed(
        {
            "direction": one_of([Direction.OUTGOING]),
            **_CONTENT,
            "responsible_officer": {
                **TEXT,
                "maxLength": 40,
                "description": _("只有接入系统要写，而且必须写：本机关一名在任承办人的警号，由他对请求负责。"),
            },
        },
        required=["direction", "country", "request_type"],
    ),
)


def step_body(step: str) -> Json:
    """The input of a step, from the fields of the workflow table."""
    fields = fields_of(step)
    inputs = {f.name: _FIELDS[f.kind](f) if f.required else nullable(_FIELDS[f.kind](f)) for f in fields}
    return closed(inputs, required=[f.name for f in fields if f.required])


def _text(field: Field) -> Json:
    schema: Json = {**TEXT, "maxLength": field.limit, "description": field.label}
    return schema | ({"pattern": _WORDS} if field.required else {})


def _choice(field: Field) -> Json:
    choices = field.source if isinstance(field.source, tuple) else ()
    return {**one_of([code for code, _label in choices]), "description": field.label}


def _code(field: Field) -> Json:
    words = {"description": f"codes/ {field.source}", "maxLength": 60}
    return {**TEXT, **words} | ({"minLength": 1} if field.required and field.kind is Kind.CODE else {})


def _codes(field: Field) -> Json:
    return listed(_code(field), MAX_ROWS) | ({"minItems": 1} if field.required else {})


def _counterpart(field: Field) -> Json:
    name = {**TEXT, "maxLength": 200}
    return closed({"name": {**name, "pattern": _WORDS}, "unit": _long(200)}, required=["name"])


def _outcomes(field: Field) -> Json:
    outcomes = [value for value in Outcome.values if value != Outcome.WAITING]
    row = {"id": UUID, "outcome": one_of(outcomes), "ground": _long(60), "note": _long(field.limit)}
    return listed(closed(row, required=["id", "outcome"]), MAX_ROWS)


_FIELDS = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.OFFICER: _text,
    Kind.COUNTERPART: _counterpart,
    Kind.OUTCOMES: _outcomes,
}
DUPLICATES = page_of(DUPLICATE)
CASES, EVENTS, LEGS, ITEMS, DEADLINES, FILES = map(page_of, (CASE_SUMMARY, EVENT, LEG, ITEM, DEADLINE, FILE))

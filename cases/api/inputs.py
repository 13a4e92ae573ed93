"""The shapes of what is written: a new case, changes of a draft, and the input of every step."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agencies.doors.schema import DATE, FLAG, MOMENT, NUMBER, TEXT, UUID, Json, closed, listed, nullable, one_of, shape
from cases.deadline_input import MOST, REASON_LIMIT, TEXT_LIMIT, TOLD_LIMIT
from cases.models import BorderMatter, Decision, Direction, Mark, Outcome, PauseCategory, SubjectKind, Urgency
from cases.step_input import MAX_ROWS
from cases.workflow import Field, Kind, fields_of

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
_MATTER = {
    "border_matter": nullable(
        {**one_of(["", *BorderMatter.values]), "description": _("边境机关与邻国直接办理的四类事项；其他请求不写。")}
    )
}
# A draft may do without.
_CODES = {
    name: {"anyOf": [_CONTENT[name], {**TEXT, "maxLength": 0}, {"type": "null"}]}
    for name in ("country", "request_type")
}
_OF_FOREIGN: dict[str, Json] = {
    "their_reference": {**_long(120), "description": _("只用于外方请求：对方的编号。")},
    "requesting_authority": {**_long(200), "description": _("只用于外方请求：请求机关。")},
    "received_on": {**DATE, "description": _("只用于外方请求，而且必须写：收到的日期。")},
    "wanted_by": {
        "anyOf": [DATE, {**TEXT, "maxLength": 0}, {"type": "null"}],
        "description": _("只用于外方请求：请求书所附的办理期限，不早于收到日期。"),
    },
    "received_via": {**_long(60), "description": _("只用于外方请求：codes/ channels 里的渠道。")},
}
CASE_CHANGES = shape("CaseChanges", closed({**_CONTENT, **_CODES, **_MATTER}, required=[]))
_BESIDES: dict[str, Json] = {
    **_MATTER,
    "supplements": {**nullable(UUID), "description": _("这件请求所补充的案件。")},
    "responsible_officer": {
        **TEXT,
        "maxLength": 40,
        "description": _("只有接入系统要写，而且必须写：本机关一名在任承办人的警号，由他对请求负责。"),
    },
}
_OURS = closed(
    {"direction": one_of([Direction.OUTGOING.value]), **_CONTENT, **_BESIDES},
    required=["direction", "country", "request_type"],
)
# A foreign request is registered at once, so that it says more from the start.
_THEIRS = closed(
    {
        "direction": one_of([Direction.INCOMING.value]),
        **_CONTENT,
        "title": {**TEXT, "maxLength": 200, "pattern": _WORDS},
        "items": {**_CONTENT["items"], "minItems": 1},
        **_OF_FOREIGN,
        **_BESIDES,
    },
    required=["direction", "country", "request_type", "title", "received_on", "items"],
)
NEW_CASE = shape("NewCase", {"oneOf": [shape("NewRequest", _OURS), shape("ForeignRequest", _THEIRS)]})


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
    if isinstance(field.source, tuple):
        return one_of([code for code, _label in field.source])
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


def _decisions(_field: Field) -> Json:
    row = {"id": UUID, "decision": one_of(Decision.values), "ground": _long(60)}
    return listed(closed(row, required=["id", "decision"]), MAX_ROWS)


def _texts(field: Field) -> Json:
    return {**listed({**TEXT, "maxLength": field.limit}, MAX_ROWS), "description": field.label}


def _agency(field: Field) -> Json:
    return {**TEXT, "maxLength": 120, "description": field.label}


def _flag(field: Field) -> Json:
    return {**FLAG, "description": field.label}


def _date(field: Field) -> Json:
    return {"anyOf": [DATE, {**TEXT, "maxLength": 0}], "description": field.label}


_FIELDS = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.KEYS: _texts,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.AGENCY: _agency,
    Kind.AGENCIES: lambda field: listed(_agency(field), MAX_ROWS),
    Kind.DECISIONS: _decisions,
    Kind.CHOICE: _choice,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.OFFICER: _text,
    Kind.COUNTERPART: _counterpart,
    Kind.OUTCOMES: _outcomes,
}


# --- Deadlines -------------------------------------------------------------------------------------------------------


def _written(limit: int) -> Json:
    return {**TEXT, "maxLength": limit, "pattern": _WORDS}


def _dated(words: object) -> Json:
    """A moment, or a whole day; left out: now."""
    return {"anyOf": [MOMENT, DATE, {**TEXT, "maxLength": 0}, {"type": "null"}], "description": words}


PAUSE = shape(
    "DeadlinePause",
    closed(
        {
            "category": one_of(PauseCategory.values),
            "reason": _written(REASON_LIMIT),
            "from": _dated(_("从什么时候起暂停，不能早于起算，不能在将来；不写就是现在。")),
        },
        required=["category", "reason"],
    ),
)
RESUME = shape(
    "DeadlineMoment",
    closed({"at": _dated(_("什么时候，不能早于暂停或者起算，不能在将来；不写就是现在。"))}, required=[]),
)
EXTEND = shape(
    "DeadlineExtend",
    closed({"amount": {**NUMBER, "minimum": 1, "maximum": MOST}, "reason": _written(REASON_LIMIT)}),
)
EXPLAIN = shape(
    "DeadlineExplain",
    closed(
        {
            "text": _written(TEXT_LIMIT),
            "told_to": _written(TOLD_LIMIT),
            "told_on": {**DATE, "description": _("哪一天告知的，不能在将来。")},
        }
    ),
)
RECORD = shape(
    "DeadlineRecord",
    closed(
        {
            "limit": {**TEXT, "minLength": 1, "maxLength": 60, "description": _("期限的 key。")},
            "at": {"anyOf": [MOMENT, DATE], "description": _("从什么时候起算，不能在将来。")},
        }
    ),
)

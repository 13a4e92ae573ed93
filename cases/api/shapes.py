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
from cases.models import (
    UNITS,
    AssignmentKind,
    AssignmentState,
    Body,
    BorderMatter,
    ClockState,
    Crossing,
    Decision,
    Direction,
    Mark,
    Outcome,
    PauseCategory,
    Phase,
    Side,
    Status,
    SubjectKind,
    Urgency,
    Usefulness,
    Way,
)
from cases.workflow import TRANSITIONS

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
_DEADLINE: dict[str, Json] = {
    "id": UUID,
    "leg": nullable(UUID),
    "kind": TEXT,
    "basis": closed(
        {
            "code": TEXT,
            "article": {**nullable(TEXT), "description": _("法定期限的条款；内部时限没有。")},
            "confidence": nullable(one_of(["official", "secondary", "unverified"])),
        }
    ),
    "agency": nullable(NAMED),
    "unit": one_of(UNITS),
    "amount": NUMBER,
    "extended_by": {**NUMBER, "description": _("一共延长了多少，与 unit 同一单位。")},
    "started_at": MOMENT,
    "due_at": MOMENT,
    "met_at": nullable(MOMENT),
    "state": one_of(ClockState.values),
    "provisional": FLAG,
    "paused_spans": listed(closed({"from": MOMENT, "to": nullable(MOMENT), "category": one_of(PauseCategory.values)})),
    "extended_from": {**nullable(MOMENT), "description": _("第一次延长以前的到期时间。")},
    "explanations": {**NUMBER, "description": _("写明超期原因的次数。")},
}
DEADLINE = shape("Deadline", closed(_DEADLINE))
CASE_DEADLINE = shape("CaseDeadline", closed({**_DEADLINE, "case": closed({"id": UUID, "number": TEXT})}))
ITEM = shape(
    "Item",
    closed(
        {
            "id": UUID,
            "position": NUMBER,
            "description": TEXT,
            "decision": nullable(one_of(Decision.values)),
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
            "way": one_of(Way.values),
            "kind": one_of(Crossing.values),
            "channel": nullable(TEXT),
            "counterpart": _COUNTERPART,
            "at": MOMENT,
            "receipts": listed(_RECEIPT),
        }
    ),
)
ASSIGNMENT = shape(
    "Assignment",
    closed(
        {
            "id": UUID,
            "kind": one_of(AssignmentKind.values),
            "state": one_of(AssignmentState.values),
            "agency": nullable(NAMED),
            "body": nullable(one_of(Body.values)),
            "assigned_by": NAMED,
            "text": TEXT,
            "answer": TEXT,
            "opened_at": MOMENT,
            "closed_at": nullable(MOMENT),
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
    "archived_at": nullable(MOMENT),
    "retain_until": nullable({**DATE, "description": _("保管到这一天为止；已归档而为空的，永久保管。")}),
    "disposed_at": nullable(MOMENT),
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
            "assignments": listed(ASSIGNMENT),
            "border_matter": nullable(one_of(BorderMatter.values)),
            "supplements": nullable(UUID),
            "their_reference": TEXT,
            "requesting_authority": TEXT,
            "received_on": nullable(DATE),
            "wanted_by": nullable(DATE),
            "received_via": nullable(TEXT),
            "conditions": listed(TEXT),
            "recall_asked_at": nullable(MOMENT),
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
            "on_behalf_of": nullable(OFFICER),
            "from": nullable(NAMED),
            "to": nullable(NAMED),
            "status": nullable(one_of(Status.values)),
            "version": nullable(NUMBER),
            "reasons": nullable(listed(TEXT)),
            "missing": nullable(listed(TEXT)),
            "decision": nullable(TEXT),
            "grounds": nullable(listed(TEXT)),
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
            "on_behalf_of": nullable(OFFICER),
            "agency": NAMED,
            "created_at": MOMENT,
        }
    ),
)

DUPLICATES = page_of(DUPLICATE)
CASE_DEADLINES = page_of(CASE_DEADLINE)
CASES, EVENTS, LEGS, ITEMS, DEADLINES, FILES = map(page_of, (CASE_SUMMARY, EVENT, LEG, ITEM, DEADLINE, FILE))

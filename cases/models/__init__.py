"""The tables of the room, one idea a module. Rules live in workflow.py, policies.py and the database's constraints."""

from cases.models.case import Case, CaseNumber, RequestItem, Revision, Subject
from cases.models.custody import Deadline, InternalLimit, Involvement, Leg
from cases.models.disposal import Decision, Disposal
from cases.models.exchange import Receipt, Transmission
from cases.models.papers import Attachment, Note
from cases.models.queue import NO_DUE, OpenQueue
from cases.models.retention import RetentionPeriod
from cases.models.words import (
    ENDED,
    Audience,
    Direction,
    InvolvementKind,
    Mark,
    Outcome,
    Phase,
    Side,
    Status,
    SubjectKind,
    SubjectRole,
    Urgency,
    Usefulness,
)

__all__ = [
    "ENDED",
    "NO_DUE",
    "Attachment",
    "Audience",
    "Case",
    "CaseNumber",
    "Deadline",
    "Decision",
    "Direction",
    "Disposal",
    "InternalLimit",
    "Involvement",
    "InvolvementKind",
    "Leg",
    "Mark",
    "Note",
    "OpenQueue",
    "Outcome",
    "Phase",
    "Receipt",
    "RequestItem",
    "RetentionPeriod",
    "Revision",
    "Side",
    "Status",
    "Subject",
    "SubjectKind",
    "SubjectRole",
    "Transmission",
    "Urgency",
    "Usefulness",
]

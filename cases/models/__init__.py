"""The tables of the room, one idea a module. Rules live in workflow.py, policies.py and the database's constraints."""

from cases.models.case import Case, CaseNumber, RequestItem, Revision, Subject
from cases.models.custody import Deadline, InternalLimit, Involvement, Leg
from cases.models.duplicates import DuplicatePair
from cases.models.exchange import Receipt, Transmission
from cases.models.papers import Attachment, Note
from cases.models.queue import NO_DUE, OpenQueue
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
    "Direction",
    "DuplicatePair",
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

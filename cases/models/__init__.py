"""The tables of the room, one idea a module. Rules live in workflow.py, policies.py and the database's constraints."""

from cases.models.case import Case, CaseNumber, RequestItem, Revision, Subject
from cases.models.custody import Assignment, Deadline, InternalLimit, Involvement, Leg
from cases.models.disposal import Disposal, Verdict
from cases.models.duplicates import DuplicatePair
from cases.models.exchange import Crossing, Receipt, Transmission, Way
from cases.models.papers import Attachment, Note
from cases.models.queue import NO_DUE, OpenQueue
from cases.models.retention import RetentionPeriod
from cases.models.words import (
    ENDED,
    STATUSES,
    AssignmentKind,
    AssignmentState,
    Audience,
    Body,
    BorderMatter,
    Decision,
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
    "STATUSES",
    "Assignment",
    "AssignmentKind",
    "AssignmentState",
    "Attachment",
    "Audience",
    "Body",
    "BorderMatter",
    "Case",
    "CaseNumber",
    "Crossing",
    "Deadline",
    "Decision",
    "Direction",
    "Disposal",
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
    "Verdict",
    "Way",
]

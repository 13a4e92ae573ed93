"""The tables of the room, one idea a module."""

from countries.models.calendar import (
    STANDING,
    CalendarNotice,
    CalendarVersion,
    DayStatus,
    NoticeKind,
    NoticeState,
    SpecialDay,
)
from countries.models.changes import LedgerChange
from countries.models.facts import UNSETTLED, FactChange, FactConfidence, Sourced
from countries.models.ledger import Frontier, LedgerEntry, LedgerTopic, Section, TopicKind
from countries.models.lists import Country
from countries.models.records import LedgerProposal, LedgerRecord, ProposalKind, ProposalState, RecordKind
from countries.models.sections import SectionCare, SectionText, TextState

__all__ = [
    "STANDING",
    "UNSETTLED",
    "CalendarNotice",
    "CalendarVersion",
    "Country",
    "DayStatus",
    "FactChange",
    "FactConfidence",
    "Frontier",
    "LedgerChange",
    "LedgerEntry",
    "LedgerProposal",
    "LedgerRecord",
    "LedgerTopic",
    "NoticeKind",
    "NoticeState",
    "ProposalKind",
    "ProposalState",
    "RecordKind",
    "Section",
    "SectionCare",
    "SectionText",
    "Sourced",
    "SpecialDay",
    "TextState",
    "TopicKind",
]

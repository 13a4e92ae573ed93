"""The tables of the room, one idea a module."""

from treaties.models.lists import (
    Channel,
    Course,
    Named,
    RefusalGround,
    RequestType,
    ReturnReason,
    Strength,
    TypeLaw,
    UsedBy,
    Via,
)
from treaties.models.periods import (
    ActorIs,
    Confidence,
    Covers,
    ExtensionKind,
    PeriodKind,
    PeriodOverride,
    StartsOn,
    TimeLimit,
    Unit,
)

__all__ = [
    "ActorIs",
    "Channel",
    "Confidence",
    "Course",
    "Covers",
    "ExtensionKind",
    "Named",
    "PeriodKind",
    "PeriodOverride",
    "RefusalGround",
    "RequestType",
    "ReturnReason",
    "StartsOn",
    "Strength",
    "TimeLimit",
    "TypeLaw",
    "Unit",
    "UsedBy",
    "Via",
]

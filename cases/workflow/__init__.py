"""The workflow, as data. Read these tables first; nothing else decides who may do what, from where to where.

Blueprint §4: outgoing.py and abroad.py hold our requests, incoming.py the foreign ones, common.py what both may take,
shared.py what both write alike;
shape.py says what a row is. Doors show what the table allows (policies.available), `commands.take_step` does it,
docs/generated/workflow.md is drawn from it. To add a step see docs/howto/add-a-step.md.
"""

from __future__ import annotations

from agencies.roles import Role
from cases.models import Direction, Phase, Status
from cases.workflow import abroad, common, incoming, outgoing
from cases.workflow.shape import Field, Kind, Move, Seat, Transition

__all__ = ["EDITABLE", "TRANSITIONS", "WAITING_ROLE", "Field", "Kind", "Move", "Seat", "Transition", "fields_of"]

_ROWS = (*outgoing.ROWS, *abroad.ROWS, *incoming.ROWS, *common.ROWS, *common.COMPLETION)

TRANSITIONS: dict[tuple[Direction, str], Transition] = {(row.direction, row.name): row for row in _ROWS}

# Whose turn it is in each phase: who sees the case under 等我处理, and who is told when it arrives.
WAITING_ROLE: dict[Phase, Role | None] = {
    Phase.DRAFT: Role.DRAFTER,
    Phase.REVIEW: Role.APPROVER,
    Phase.CORRECTION: Role.DRAFTER,
    Phase.DISPATCH: Role.DESK,
    Phase.LIAISON: None,
    Phase.ABROAD: None,
    Phase.QUERY: Role.DRAFTER,
    Phase.QUERY_REVIEW: Role.APPROVER,
    Phase.RETURN: Role.DESK,
    Phase.DELIVERY: Role.DRAFTER,
    Phase.CHECK: Role.DESK,
    Phase.DECISION: Role.APPROVER,
    Phase.SUPPLEMENT: None,
    Phase.POSTPONED: Role.APPROVER,
    Phase.ASSIGNMENT: Role.DESK,
    Phase.EXECUTION: Role.DRAFTER,
    Phase.RESULT: Role.APPROVER,
    Phase.REPLIED: None,
    Phase.ENDED: None,
}

# Content may change only here; everywhere else it is frozen.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


def fields_of(name: str) -> tuple[Field, ...]:
    """The inputs of a step, the same in every direction. Raises KeyError for an unknown step."""
    for row in _ROWS:
        if row.name == name:
            return row.fields
    raise KeyError(name)

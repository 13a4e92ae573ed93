"""Rows and inputs that requests of both directions have in common, written once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from cases.guards import filing_waits
from cases.models import STATUSES, Direction, InvolvementKind, Status
from cases.workflow.shape import OPINION, Field, Kind, Move, Seat, Transition

# Why something goes back to who wrote it, and what is to be mended.
CORRECTION = (
    Field(name="reasons", kind=Kind.CODES, label=_("退回原因"), source="return_reasons", required=True),
    Field(name="opinion", kind=Kind.TEXT, label=_("补正要求"), hint=_("要补什么，补到什么程度。")),
)


def recommend(direction: Direction, *sources: Status) -> Transition:
    """An opinion for the approver, while something waits for approval."""
    return Transition(
        name="recommend",
        label=_("拟办"),
        leads=_("写下拟办意见，供审批人参考；案件不动。"),
        direction=direction,
        sources=frozenset(sources),
        targets=(),
        roles=frozenset({Role.DESK, Role.DRAFTER}),
        move=Move.STAY,
        fields=(Field(name="opinion", kind=Kind.TEXT, label=_("拟办意见"), required=True),),
        involvement=InvolvementKind.RECOMMENDED,
    )


def acknowledge_filing(direction: Direction) -> Transition:
    """The terminal desk has the filing of a border matter (MPSR-376); whatever became of the case meanwhile."""
    return Transition(
        name="acknowledge_filing",
        label=_("确认备案"),
        leads=_("确认收到这件边境合作的备案；不影响它的办理。"),
        direction=direction,
        sources=STATUSES[direction] - {Status.DRAFT},
        targets=(),
        roles=frozenset({Role.DESK}),
        seat=Seat.TERMINAL,
        move=Move.STAY,
        applies=filing_waits,
        fields=(OPINION,),
    )

"""What any held case may take, in either direction: a handler, opinions from others (会办), a skipped tier's papers."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from cases.guards import (
    body_waits,
    body_was_asked,
    due_day_ahead,
    invited_are_others,
    late_share_is_explained,
    somebody_is_invited,
)
from cases.models import ENDED, STATUSES, AssignmentKind, Body, Direction, InvolvementKind, Status
from cases.workflow import incoming, outgoing
from cases.workflow.shape import OPINION, Field, Kind, Move, Seat, Transition

HELD = {Direction.OUTGOING: outgoing.HELD, Direction.INCOMING: incoming.HELD}
# Under way, and no draft any more.
_GOING = {direction: STATUSES[direction] - {Status.DRAFT} - ENDED for direction in Direction}


def _asks(direction: Direction) -> Iterator[Transition]:
    yield Transition(
        name="assign_handler",
        label=_("分派"),
        leads=_("交给本机关一名民警办理；案件不动。"),
        direction=direction,
        sources=HELD[direction],
        targets=(),
        roles=frozenset({Role.APPROVER, Role.DESK}),
        move=Move.STAY,
        fields=(Field(name="handler", kind=Kind.OFFICER, label=_("交给谁办"), required=True, limit=40), OPINION),
    )
    yield Transition(
        name="invite",
        label=_("请求会办"),
        leads=_("请其他机关提意见；案件仍在本机关，逾期不答不影响办理。"),
        direction=direction,
        sources=HELD[direction] - {Status.DRAFT},
        targets=(),
        roles=frozenset({Role.DESK}),
        move=Move.STAY,
        guards=(somebody_is_invited, invited_are_others, due_day_ahead),
        fields=(
            Field(name="agencies", kind=Kind.AGENCIES, label=_("公安机关"), hint=_("每行一个，写机关名称或代码。")),
            Field(name="bodies", kind=Kind.CODES, label=_("其他中央机关"), source=tuple(Body.choices)),
            Field(name="question", kind=Kind.TEXT, label=_("请对方答复什么"), required=True, limit=2000),
            Field(name="due_on", kind=Kind.DATE, label=_("期限"), hint=_("不填按内部时限。")),
        ),
    )


def _answers(direction: Direction) -> Iterator[Transition]:
    yield Transition(
        name="answer_assignment",
        label=_("答复会办或分办"),
        leads=_("把本机关的意见或者执行结果报给交来的机关。"),
        direction=direction,
        sources=_GOING[direction],
        targets=(),
        roles=frozenset({Role.APPROVER}),
        seat=Seat.ASSIGNED,
        answers=frozenset({AssignmentKind.OPINION, AssignmentKind.SHARE}),
        move=Move.STAY,
        guards=(late_share_is_explained,),
        fields=(Field(name="answer", kind=Kind.TEXT, label=_("意见或结果"), required=True),),
    )
    yield Transition(
        name="record_opinion",
        label=_("登记外部机关意见"),
        leads=_("登记所请的其他中央机关的书面意见。"),
        direction=direction,
        sources=HELD[direction] - {Status.DRAFT},
        targets=(),
        roles=frozenset({Role.DESK}),
        move=Move.STAY,
        applies=body_was_asked,
        guards=(body_waits,),
        fields=(
            Field(name="body", kind=Kind.CHOICE, label=_("哪个机关"), source=tuple(Body.choices), required=True),
            Field(name="answer", kind=Kind.TEXT, label=_("意见"), required=True),
        ),
    )


ROWS = tuple(row for direction in Direction for row in (*_asks(direction), *_answers(direction)))

COMPLETION = (
    Transition(
        name="confirm_skip",
        label=_("补办审核手续"),
        leads=_("确认已知悉越级报送，补上本机关的审核意见；案件不动。"),
        direction=Direction.OUTGOING,
        sources=_GOING[Direction.OUTGOING],
        targets=(),
        roles=frozenset({Role.APPROVER}),
        seat=Seat.ASSIGNED,
        answers=frozenset({AssignmentKind.COMPLETION}),
        involvement=InvolvementKind.APPROVED,
        move=Move.STAY,
        fields=(Field(name="answer", kind=Kind.TEXT, label=_("审核意见"), required=True),),
    ),
)

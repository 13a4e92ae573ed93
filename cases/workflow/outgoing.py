"""Our requests (我方请求), from the draft to the receipt of the answer. Blueprint §4, the outgoing table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from cases.guards import (
    COMPLETE,
    channel_is_direct,
    channel_suits_the_border,
    final_reply_is_whole,
    items_are_of_the_case,
    may_skip,
    skippable,
)
from cases.models import Direction, InvolvementKind, Phase, Status, Usefulness
from cases.workflow.shape import CHANNEL, COUNTERPART, OPINION, REASON, Field, Kind, Move, Seat, Transition
from cases.workflow.shared import CORRECTION, recommend

OUT = Direction.OUTGOING

# Reading a reply is the same whether the case is abroad or closed long since.
ITEMS = Field(name="items", kind=Kind.OUTCOMES, label=_("逐项结果"), source="refusal_grounds")
# Urgent cases may pass over the city (blueprint §4).
SKIP = (
    Field(
        name="skip",
        kind=Kind.FLAG,
        label=_("越过上一级市局，直接报省"),
        hint=_("只限加急和特急件。被越过的机关会收到通知，并补办审核手续。"),
        offered=skippable,
    ),
    Field(
        name="reason",
        kind=Kind.TEXT,
        label=_("越级理由"),
        hint=_("越级时必填。"),
        limit=2000,
        offered=skippable,
    ),
)

ROWS = (
    Transition(
        name="submit",
        label=_("报送审批"),
        leads=_("报本机关审批人审批。报送后内容不能再改，退回补正时除外。"),
        direction=OUT,
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        targets=(Status.IN_REVIEW,),
        roles=frozenset({Role.DRAFTER}),
        seat=Seat.ORIGIN,
        move=Move.TO_REVIEW,
        guards=COMPLETE,
        fields=(Field(name="opinion", kind=Kind.TEXT, label=_("说明"), hint=_("补正后再报时写明改了什么。")),),
        involvement=InvolvementKind.DRAFTED,
    ),
    Transition(
        name="approve",
        label=_("审批同意"),
        leads=_("同意后转下一级；公安部国际合作局同意后待发出，边境事项由省级公安机关批准后待发出。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW, Status.QUERY_OPEN}),
        phases=frozenset({Phase.REVIEW, Phase.QUERY_REVIEW}),
        targets=(Status.IN_REVIEW, Status.CLEARED, Status.QUERY_OPEN, Status.DISPATCHED),
        paths=(
            (Status.IN_REVIEW, Status.IN_REVIEW),
            (Status.IN_REVIEW, Status.CLEARED),
            (Status.QUERY_OPEN, Status.QUERY_OPEN),
            (Status.QUERY_OPEN, Status.DISPATCHED),
        ),
        roles=frozenset({Role.APPROVER}),
        move=Move.UP,
        guards=(may_skip,),
        fields=(OPINION, *SKIP),
        involvement=InvolvementKind.APPROVED,
    ),
    recommend(OUT, Status.IN_REVIEW),
    Transition(
        name="return_for_correction",
        label=_("退回补正"),
        leads=_("退回报送机关补正；补正后经报送机关审批，直接报回本机关。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW, Status.QUERY_OPEN}),
        phases=frozenset({Phase.REVIEW, Phase.QUERY_REVIEW}),
        targets=(Status.RETURNED, Status.QUERY_OPEN),
        paths=((Status.IN_REVIEW, Status.RETURNED), (Status.QUERY_OPEN, Status.QUERY_OPEN)),
        roles=frozenset({Role.DESK, Role.APPROVER}),
        move=Move.BACK,
        fields=CORRECTION,
        tells_drafter=True,
    ),
    Transition(
        name="dispatch",
        label=_("发出"),
        leads=_("登记发往外方；案件转到外方手里，外方用时另计。"),
        direction=OUT,
        sources=frozenset({Status.CLEARED}),
        targets=(Status.DISPATCHED,),
        roles=frozenset({Role.DESK}),
        move=Move.ABROAD,
        guards=(channel_is_direct, channel_suits_the_border),
        fields=(CHANNEL, COUNTERPART, OPINION),
        tells_drafter=True,
    ),
    Transition(
        name="record_acknowledgement",
        label=_("登记外方已收"),
        leads=_("记下对方的编号和承办部门；案件仍在外方。"),
        direction=OUT,
        sources=frozenset({Status.DISPATCHED}),
        targets=(),
        roles=frozenset({Role.DESK}),
        seat=Seat.FRONT,
        move=Move.STAY,
        fields=(
            Field(name="their_reference", kind=Kind.TEXT, label=_("对方编号"), limit=120),
            Field(name="their_desk", kind=Kind.TEXT, label=_("对方承办部门"), limit=200),
            OPINION,
        ),
        tells_drafter=True,
    ),
    Transition(
        name="record_reply",
        label=_("登记回复"),
        leads=_("阶段答复：沿线机关立即看到，案件仍在外方。最终答复：逐项写明结果，案件回到本机关。"),
        direction=OUT,
        sources=frozenset({Status.DISPATCHED}),
        targets=(Status.DISPATCHED, Status.ANSWERED, Status.DELIVERED),
        roles=frozenset({Role.DESK}),
        seat=Seat.FRONT,
        move=Move.REPLY,
        guards=(items_are_of_the_case, final_reply_is_whole),
        fields=(
            Field(
                name="kind",
                kind=Kind.CHOICE,
                label=_("答复"),
                source=(("interim", _("阶段答复")), ("final", _("最终答复"))),
                required=True,
            ),
            ITEMS,
            OPINION,
        ),
        tells_drafter=True,
    ),
    Transition(
        name="relay",
        label=_("转交"),
        leads=_("把答复转给下一级；到报送机关后待签收。"),
        direction=OUT,
        sources=frozenset({Status.ANSWERED}),
        targets=(Status.ANSWERED, Status.DELIVERED),
        roles=frozenset({Role.DESK}),
        move=Move.DOWN,
        fields=(OPINION,),
    ),
    Transition(
        name="accept",
        label=_("签收办结"),
        leads=_("写明答复有没有用，案件办结。"),
        direction=OUT,
        sources=frozenset({Status.DELIVERED}),
        targets=(Status.CLOSED,),
        roles=frozenset({Role.DRAFTER, Role.APPROVER}),
        seat=Seat.ORIGIN,
        move=Move.END,
        fields=(
            Field(
                name="usefulness",
                kind=Kind.CHOICE,
                label=_("答复有没有用"),
                source=tuple(Usefulness.choices),
                required=True,
            ),
            Field(name="result", kind=Kind.TEXT, label=_("结果"), hint=_("用答复做成了什么。")),
            OPINION,
        ),
    ),
    Transition(
        name="decline",
        label=_("不予上报"),
        leads=_("案件到此为止。可由它复制一件新的请求。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW}),
        targets=(Status.DECLINED,),
        roles=frozenset({Role.APPROVER}),
        move=Move.END,
        fields=(REASON,),
        danger=True,
        tells_drafter=True,
    ),
    Transition(
        name="withdraw",
        label=_("撤回"),
        leads=_("发出之前由报送机关撤回，案件到此为止。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW, Status.RETURNED, Status.CLEARED}),
        targets=(Status.WITHDRAWN,),
        roles=frozenset({Role.APPROVER}),
        seat=Seat.ORIGIN,
        move=Move.END,
        fields=(REASON,),
        danger=True,
        tells_drafter=True,
    ),
    Transition(
        name="discard",
        label=_("作废"),
        leads=_("草稿作废，编号不再使用。"),
        direction=OUT,
        sources=frozenset({Status.DRAFT}),
        targets=(Status.WITHDRAWN,),
        roles=frozenset({Role.DRAFTER}),
        seat=Seat.ORIGIN,
        move=Move.END,
        danger=True,
    ),
    Transition(
        name="reopen",
        label=_("重新启用"),
        leads=_("案件重新待签收。"),
        direction=OUT,
        sources=frozenset({Status.CLOSED}),
        targets=(Status.DELIVERED,),
        roles=frozenset({Role.APPROVER}),
        seat=Seat.ORIGIN,
        move=Move.REVIVE,
        fields=(REASON,),
        tells_drafter=True,
    ),
)

# While the case is somebody's of ours to work on.
HELD = frozenset(
    {
        Status.DRAFT,
        Status.IN_REVIEW,
        Status.RETURNED,
        Status.CLEARED,
        Status.QUERY_OPEN,
        Status.ANSWERED,
        Status.DELIVERED,
    }
)

"""The workflow, as data. Read this table first; nothing else decides who may do what, from where to where.

Blueprint §4. Doors show what it allows (policies.available), `commands.take_step` does it, docs/generated/workflow.md
is drawn from it. To add a step see docs/howto/add-a-step.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from cases.guards import COMPLETE, Guard, Words, final_reply_is_whole, items_are_of_the_case
from cases.models import Direction, InvolvementKind, Phase, Status, Usefulness


class Seat(Enum):
    """Whose officers take the step."""

    HOLDER = "holder"
    ORIGIN = "origin"
    TERMINAL = "terminal"  # the terminal desk, while the case is out of the house


class Move(Enum):
    """What the step does to custody (cases/routing.py says where exactly)."""

    STAY = "stay"  # same leg
    TO_REVIEW = "to_review"  # the origin's own approver
    UP = "up"  # the next agency on the route, read live; past the last one the case is cleared
    BACK = "back"  # to the origin, for correction
    ABROAD = "abroad"  # the foreign side holds it
    REPLY = "reply"  # interim: stays abroad; final: home to the terminal desk
    DOWN = "down"  # one agency down the route; at the origin it is delivered
    END = "end"  # custody ends
    REVIVE = "revive"  # an ended case is held again by its origin


class Kind(Enum):
    """The kinds of input a step may take (cases/step_input.py parses them, for every door)."""

    TEXT = "text"
    CHOICE = "choice"
    CODE = "code"
    CODES = "codes"
    OFFICER = "officer"
    COUNTERPART = "counterpart"
    OUTCOMES = "outcomes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input of a step. `source` names a code list (treaties.codes.CODES) or is the tuple of choices."""

    name: str
    kind: Kind
    label: Words
    hint: Words = ""
    required: bool = False
    source: str | tuple[tuple[str, Words], ...] = ""
    limit: int = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table."""

    name: str
    label: Words
    # One sentence on where the step leads; shown beside its button.
    leads: Words
    direction: Direction
    sources: frozenset[Status]
    targets: tuple[Status, ...]  # empty: the status is kept
    roles: frozenset[Role]
    move: Move
    seat: Seat = Seat.HOLDER
    guards: tuple[Guard, ...] = ()
    fields: tuple[Field, ...] = ()
    involvement: InvolvementKind | None = None
    danger: bool = False
    # Whom the step tells besides those whose turn it is.
    tells_drafter: bool = False

    @property
    def event(self) -> str:
        return f"case.{self.name}"


# --- Inputs that several steps share ---------------------------------------------------------------------------------

OPINION = Field(name="opinion", kind=Kind.TEXT, label=_("意见"), hint=_("沿线机关都能看到。"))
REASON = Field(
    name="opinion", kind=Kind.TEXT, label=_("理由"), hint=_("写清楚为什么，沿线机关都能看到。"), required=True
)

HELD = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.RETURNED, Status.CLEARED, Status.ANSWERED, Status.DELIVERED})
OUT = Direction.OUTGOING

_ROWS = (
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
        leads=_("同意后转下一级；公安部国际合作局同意后待发出。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW}),
        targets=(Status.IN_REVIEW, Status.CLEARED),
        roles=frozenset({Role.APPROVER}),
        move=Move.UP,
        fields=(OPINION,),
        involvement=InvolvementKind.APPROVED,
    ),
    Transition(
        name="recommend",
        label=_("拟办"),
        leads=_("写下拟办意见，供审批人参考；案件不动。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW}),
        targets=(),
        roles=frozenset({Role.DESK, Role.DRAFTER}),
        move=Move.STAY,
        fields=(Field(name="opinion", kind=Kind.TEXT, label=_("拟办意见"), required=True),),
        involvement=InvolvementKind.RECOMMENDED,
    ),
    Transition(
        name="return_for_correction",
        label=_("退回补正"),
        leads=_("退回报送机关补正；补正后经报送机关审批，直接报回本机关。"),
        direction=OUT,
        sources=frozenset({Status.IN_REVIEW}),
        targets=(Status.RETURNED,),
        roles=frozenset({Role.DESK, Role.APPROVER}),
        move=Move.BACK,
        fields=(
            Field(name="reasons", kind=Kind.CODES, label=_("退回原因"), source="return_reasons", required=True),
            Field(name="opinion", kind=Kind.TEXT, label=_("补正要求"), hint=_("要补什么，补到什么程度。")),
        ),
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
        fields=(
            Field(name="channel", kind=Kind.CODE, label=_("渠道"), source="channels", required=True),
            Field(name="counterpart", kind=Kind.COUNTERPART, label=_("外方收件单位"), required=True),
            OPINION,
        ),
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
        seat=Seat.TERMINAL,
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
        targets=(Status.DISPATCHED, Status.ANSWERED),
        roles=frozenset({Role.DESK}),
        seat=Seat.TERMINAL,
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
            Field(name="items", kind=Kind.OUTCOMES, label=_("逐项结果"), source="refusal_grounds"),
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
        name="assign_handler",
        label=_("分派"),
        leads=_("交给本机关一名民警办理；案件不动。"),
        direction=OUT,
        sources=HELD,
        targets=(),
        roles=frozenset({Role.APPROVER, Role.DESK}),
        move=Move.STAY,
        fields=(Field(name="handler", kind=Kind.OFFICER, label=_("交给谁办"), required=True, limit=40), OPINION),
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

TRANSITIONS: dict[tuple[Direction, str], Transition] = {(row.direction, row.name): row for row in _ROWS}

# Whose turn it is in each phase: who sees the case under 等我处理, and who is told when it arrives.
WAITING_ROLE: dict[Phase, Role | None] = {
    Phase.DRAFT: Role.DRAFTER,
    Phase.REVIEW: Role.APPROVER,
    Phase.CORRECTION: Role.DRAFTER,
    Phase.DISPATCH: Role.DESK,
    Phase.LIAISON: Role.DESK,
    Phase.ABROAD: None,
    Phase.QUERY: Role.DRAFTER,
    Phase.RETURN: Role.DESK,
    Phase.DELIVERY: Role.DRAFTER,
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

"""What a row of the workflow table may say: seats, moves, inputs. The rows themselves are in the other modules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from agencies.roles import Role
from cases.guards import Guard, Words
from cases.models import AssignmentKind, Case, Direction, InvolvementKind, Leg, Phase, Status


class Seat(Enum):
    """Whose officers take the step."""

    HOLDER = "holder"
    ORIGIN = "origin"
    FRONT = "front"  # who faces the other side: the terminal desk, at the border the origin (cases/journey.py)
    TERMINAL = "terminal"  # the terminal desk
    ASSIGNED = "assigned"  # an agency with open parallel work of the kinds in `answers`


class Move(Enum):
    """What the step does to custody (cases/routing.py says where exactly)."""

    STAY = "stay"  # same leg
    TO_REVIEW = "to_review"  # the origin's own approver
    UP = "up"  # the next agency on the route, read live; past the last one it goes out
    BACK = "back"  # to who wrote it, for correction
    ABROAD = "abroad"  # the foreign side holds it
    LIAISON = "liaison"  # 司法部 or 外交部 holds it
    FROM_LIAISON = "from_liaison"  # back to the reviewer who let it go
    QUERY = "query"  # home to the origin, which must answer a question
    ANSWER = "answer"  # the origin's own approver looks at the answer
    REPLY = "reply"  # interim: stays abroad; final: home to the front desk
    DOWN = "down"  # one agency down the route; at the origin it is delivered
    END = "end"  # custody ends
    REVIVE = "revive"  # an ended case is held again by its origin
    LATE = "late"  # an ended case goes down again with a late answer
    CHECKED = "checked"  # complete: to the authority; otherwise back to the requester
    ASK = "ask"  # the foreign side must supplement
    RESUME = "resume"  # the authority decides again
    DECIDED = "decided"  # as the decision says
    ASSIGN = "assign"  # one agency down, or executed here
    UNASSIGN = "unassign"  # one agency up
    RESULT = "result"  # the executor's own approver
    REPLIED = "replied"  # the foreign side has the answer


class Kind(Enum):
    """The kinds of input a step may take (cases/step_input.py parses them, for every door)."""

    TEXT = "text"
    TEXTS = "texts"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"
    CODE = "code"
    CODES = "codes"
    KEYS = "keys"  # keys that the case's request type knows
    OFFICER = "officer"
    AGENCY = "agency"
    AGENCIES = "agencies"
    COUNTERPART = "counterpart"
    OUTCOMES = "outcomes"
    DECISIONS = "decisions"


def _always(_case: Case, _leg: Leg | None) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input of a step. `source` names a code list (treaties.codes.CODES) or is the tuple of choices.

    `offered` says whether a form shows it for the case at hand; what may be said is for the guards.
    """

    name: str
    kind: Kind
    label: Words
    hint: Words = ""
    required: bool = False
    source: str | tuple[tuple[str, Words], ...] = ""
    limit: int = 4000
    offered: Callable[[Case, Leg | None], bool] = _always


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
    # From where to where, when not every source leads to every target.
    paths: tuple[tuple[Status, Status], ...] = ()
    roles: frozenset[Role]
    move: Move
    seat: Seat = Seat.HOLDER
    # What the holder must be there to do; None: whatever. Says apart what shares a status.
    phases: frozenset[Phase] | None = None
    # What else must be so before the step makes sense at all (409 otherwise).
    applies: Callable[[Case], bool] | None = None
    answers: frozenset[AssignmentKind] = frozenset()
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
CHANNEL = Field(name="channel", kind=Kind.CODE, label=_("渠道"), source="channels", required=True)
COUNTERPART = Field(name="counterpart", kind=Kind.COUNTERPART, label=_("外方收件单位"), required=True)

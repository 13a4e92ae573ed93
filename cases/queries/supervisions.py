"""The ledger of supervision (督办台账): what we issued, what was issued to us, what was raised to us; page by page and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from agencies.actors import Actor
from cases.models import Deadline, Supervision, SupervisionState
from cases.policies import visible_to
from cases.supervision.sight import PARTIES, WAITING, in_sight

PAGE = 50
ISSUED, RECEIVED, ESCALATED = "issued", "received", "escalated"
VIEWS = (ISSUED, RECEIVED, ESCALATED)
OVERDUE = "overdue"
# What a list may be narrowed to, besides what is overdue.
STATES: Mapping[str, Q] = {
    "unclosed": ~Q(state=SupervisionState.CLOSED),
    "waiting": WAITING,
    **{state.value: Q(state=state) for state in SupervisionState},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list shows; an empty part means all. Agencies are ids."""

    view: str = ""
    state: str = ""
    kind: str = ""
    agency: int = 0
    issued_by: int = 0
    case: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, the newest first, and the ids from which the pages around it start (None: there is none)."""

    rows: Sequence[Supervision] = field(default_factory=list)
    before: UUID | None = None
    after: UUID | None = None


def page(
    actor: Actor,
    wanted: Wanted,
    now: datetime,
    *,
    size: int = PAGE,
    after: UUID | None = None,
    before: UUID | None = None,
) -> Page:
    """The page after one, or before one, or the first."""
    rows = matching(actor, wanted, now).select_related(*PARTIES, "case__origin", "case__country")
    if before is not None:
        rows = rows.filter(pk__gt=before).order_by("pk")
    elif after is not None:
        rows = rows.filter(pk__lt=after).order_by("-pk")
    else:
        rows = rows.order_by("-pk")
    found = list(rows[: size + 1])
    more, shown = len(found) > size, found[:size]
    if before is not None:
        shown.reverse()
    return Page(
        rows=shown,
        before=shown[0].pk if shown and (after is not None or (before is not None and more)) else None,
        after=shown[-1].pk if shown and (before is not None or more) else None,
    )


def counts(actor: Actor, view: str, now: datetime) -> dict[str, int]:
    """How many there are in each state, within the view."""
    parts = {name: Count("pk", filter=condition) for name, condition in STATES.items()}
    rows = _of_view(actor, view)
    return {**rows.aggregate(**parts), OVERDUE: rows.filter(overdue(now)).count()}


def open_by_view(actor: Actor) -> dict[str, int]:
    """How many are not closed yet in each view."""
    rows, sides = in_sight(actor).exclude(state=SupervisionState.CLOSED), _sides(actor)
    return rows.aggregate(**{view: Count("pk", filter=sides[view]) for view in VIEWS})


def waiting_here(actor: Actor) -> int:
    """How many orders wait for the feedback of the acting agency."""
    here = Supervision.objects.filter(WAITING, agency_id=actor.case_agency_id or 0)
    if not here.exists():  # as a rule; every first page asks
        return 0
    return here.filter(Exists(visible_to(actor).filter(pk=OuterRef("case_id")))).count()


def clocks_of(rows: Sequence[Supervision]) -> dict[UUID, Deadline]:
    """The clock of the feedback of each order."""
    clocks = Deadline.objects.filter(supervision__in=[one.pk for one in rows])
    return {clock.supervision_id: clock for clock in clocks if clock.supervision_id is not None}


def overdue(now: datetime) -> Q:
    """Orders whose feedback is late."""
    late = Deadline.objects.filter(supervision=OuterRef("pk"), met_at=None, cancelled_at=None, paused_at=None)
    return WAITING & Q(Exists(late.filter(due_at__lt=now)))


def _of_view(actor: Actor, view: str) -> QuerySet[Supervision]:
    return in_sight(actor).filter(_sides(actor).get(view, Q()))


def _sides(actor: Actor) -> dict[str, Q]:
    seat = actor.case_agency_id or 0
    return {ISSUED: Q(issued_by_id=seat), RECEIVED: Q(agency_id=seat), ESCALATED: Q(escalated_to_id=seat)}


def matching(actor: Actor, wanted: Wanted, now: datetime) -> QuerySet[Supervision]:
    """Everything wanted, unordered."""
    rows = _of_view(actor, wanted.view)
    if wanted.state:
        rows = rows.filter(overdue(now) if wanted.state == OVERDUE else STATES[wanted.state])
    plain = {
        "kind": wanted.kind,
        "agency_id": wanted.agency,
        "issued_by_id": wanted.issued_by,
        "case_id": wanted.case,
    }
    return rows.filter(**{name: value for name, value in plain.items() if value})


def agencies_in(actor: Actor, view: str) -> list[tuple[str, str]]:
    """The other agencies in a view, code and name: whom we issued to, or who issued to us."""
    other = "issued_by" if view == RECEIVED else "agency"
    rows = _of_view(actor, view).order_by(f"{other}__code")
    return list(rows.values_list(f"{other}__code", f"{other}__name").distinct()[:200])

"""A statutory period that was passed is explained before the work it was for is finished (MPSR-379)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from cases.guards.base import Values
from cases.models import AssignmentState, Case, Deadline


def late_is_explained(case: Case, values: Values) -> Iterable[Reason]:
    """The statutory clocks of the agency that has the case in hand: passed at the moment of the step (`at`), not standing
    still, and not explained."""
    holders = case.legs.filter(closed_at=None).values("agency_id")
    late = _late(case, values).filter(agency__in=holders, assignment=None)
    yield from _unexplained(late)


def late_share_is_explained(case: Case, values: Values) -> Iterable[Reason]:
    """The same of the parallel work that the acting agency (`seat`) answers."""
    mine = case.assignments.filter(agency=values["seat"], state=AssignmentState.OPEN)
    yield from _unexplained(_late(case, values).filter(assignment__in=mine))


def late_return_is_explained(case: Case, values: Values) -> Iterable[Reason]:
    """What goes back to the requester at once ends the ministry's work; what is complete goes on."""
    if values["result"] == "returned":
        yield from late_is_explained(case, values)


def _late(case: Case, values: Values) -> QuerySet[Deadline]:
    late = case.deadlines.filter(met_at=None, cancelled_at=None, due_at__lt=values["at"]).exclude(article="")
    return late.filter(Q(paused_at=None) | Q(paused_at__gt=F("due_at")))


def _unexplained(late: QuerySet[Deadline]) -> Iterable[Reason]:
    for clock in late.filter(explanations=None).order_by("due_at"):
        words = _("法定期限（%(article)s）已经超过，还没有写明原因。先在“时限”里写明超期原因、告知了谁，再办这一步。")
        yield Reason("late_not_explained", words % {"article": clock.article})

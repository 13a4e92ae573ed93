"""A statutory period that was passed is explained before the work it was for is finished (MPSR-379)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from cases.guards.base import Values
from cases.models import Case


def late_is_explained(case: Case, values: Values) -> Iterable[Reason]:
    """The statutory clocks of the agency that has the case in hand: passed at the moment of the step (`at`), not standing
    still, and not explained."""
    holders = case.legs.filter(closed_at=None).values("agency_id")
    late = case.deadlines.filter(agency__in=holders, met_at=None, cancelled_at=None, due_at__lt=values["at"])
    late = late.exclude(article="").filter(Q(paused_at=None) | Q(paused_at__gt=F("due_at")))
    for _clock in late.filter(explanations=None):
        words = _("有法定期限已经超过，还没有写明原因。先在“时限”里写明超期原因、告知了谁，再办这一步。")
        yield Reason("late_not_explained", words)

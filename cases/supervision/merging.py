"""An agency is merged into another one: open supervision passes to the successor, on every side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from agencies.actors import SYSTEM
from agencies.models import Agency
from cases.models import Supervision, SupervisionState
from cases.supervision.acts import lapse


def left_at(agency: Agency) -> QuerySet[Supervision]:
    """The open supervisions that the agency issued, was issued, or watches."""
    sides = Q(agency=agency) | Q(issued_by=agency) | Q(escalated_to=agency)
    return Supervision.objects.filter(sides).exclude(state=SupervisionState.CLOSED)


def pass_on(source: Agency, target: Agency, case_ids: Sequence[UUID], at: datetime) -> None:
    """What was issued to `source` is its successor's to do, what it issued and watches its successor's to watch. What the
    successor would have to report to itself lapses. Numbers stay; clocks pass with everything that runs against an organ.
    """
    rows = left_at(source).filter(case__in=case_ids)
    own = Q(agency=source, issued_by=target) | Q(agency=target, issued_by=source)
    for one in rows.filter(own).select_related("case").order_by("pk"):
        lapse(SYSTEM, one.case, one, at, because="merged")
    rows.filter(agency=source).update(agency=target)
    rows.filter(issued_by=source).update(issued_by=target)
    rows.filter(escalated_to=source).update(escalated_to=target)

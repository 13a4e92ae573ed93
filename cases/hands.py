"""Who had a hand in a case, and the work queue that follows from whose turn it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from cases.models import Case, Involvement, Leg, Phase
from cases.workflow import WAITING_ROLE


def remember(
    case: Case, *, officer_id: int, agency_id: int, kind: str, at: datetime, for_officer_id: int | None = None
) -> None:
    """Note once per version that the officer drafted, recommended or approved; by delegation `for_officer_id` did so too
    (a trigger writes his row, migration 0008).

    The conflict target is the plain duplicate alone: a breach of the `four_eyes` exclusion still raises.
    """
    hand = Involvement(
        case=case,
        officer_id=officer_id,
        for_officer_id=for_officer_id,
        agency_id=agency_id,
        kind=kind,
        content_version=case.content_version,
        at=at,
    )
    Involvement.objects.bulk_create(
        [hand],
        update_conflicts=True,
        unique_fields=["case", "officer", "agency", "kind", "content_version"],
        update_fields=["kind"],
    )


def refresh_queue(case: Case, leg: Leg) -> None:
    """Rebuild the case's rows in the work queue (the database function of migration 0007)."""
    role = WAITING_ROLE[Phase(leg.phase)] if leg.closed_at is None else None
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_open_queue(%s, %s)", [case.pk, role or ""])


def refresh_queues(case_ids: list[UUID]) -> None:
    """The same for many cases at once; ended ones have no rows."""
    roles = [(phase.value, (role or "")) for phase, role in WAITING_ROLE.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT refresh_open_queue(l.case_id, r.role) FROM cases_leg l"
            " JOIN unnest(%s::text[], %s::text[]) r(phase, role) ON r.phase = l.phase"
            " WHERE l.closed_at IS NULL AND l.case_id = ANY(%s)",
            [[phase for phase, _role in roles], [role for _phase, role in roles], case_ids],
        )

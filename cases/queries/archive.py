"""What stands in the archive of one's own sight, and on the disposal list, page by page, the newest case first."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from agencies.actors import Actor
from cases.models import Case, Disposal
from cases.policies import visible_to

PAGE = 50
TO_ARCHIVE, KEPT, DUE, PROPOSED, DISPOSED = "to_archive", "kept", "due", "proposed", "disposed"
VIEWS = (TO_ARCHIVE, KEPT, DUE, PROPOSED, DISPOSED)


def page(actor: Actor, view: str, today: date, *, after: UUID | None = None) -> list[Case]:
    """Up to PAGE + 1 cases of a view after the case `after`; one too many tells that another page follows."""
    cases = _cases(actor, view, today)
    if after is not None:
        cases = cases.filter(pk__lt=after)
    return list(cases.select_related("origin", "retention").order_by("-pk")[: PAGE + 1])


def proposals(cases: list[Case]) -> dict[UUID, Disposal]:
    """The open proposals on these cases, with who made them."""
    open_ones = Disposal.objects.filter(case__in=[case.pk for case in cases], decision="")
    return {row.case_id: row for row in open_ones.select_related("proposed_by", "proposed_from")}


def last_of(case: Case) -> Disposal | None:
    """The latest proposal on a (visible) case, decided or not."""
    rows = case.disposals.select_related("proposed_by", "proposed_from", "decided_by")
    return rows.order_by("-proposed_at", "-pk").first()


def _cases(actor: Actor, view: str, today: date) -> QuerySet[Case]:
    cases = visible_to(actor)
    if view == TO_ARCHIVE:
        return cases.filter(origin_id=actor.agency_id, ended_at__isnull=False, archived_at=None)
    cases = cases.filter(archived_at__isnull=False)
    if view == DISPOSED:
        return cases.filter(disposed_at__isnull=False)
    cases = cases.filter(disposed_at=None)
    proposed = Exists(Disposal.objects.filter(case=OuterRef("pk"), decision=""))
    if view == KEPT:
        return cases
    if view == DUE:
        return cases.filter(~proposed, retain_until__lt=today)
    return cases.filter(proposed)

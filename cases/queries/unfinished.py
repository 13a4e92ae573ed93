"""What of an ended case is still open, and keeps it out of the archive: running clocks (recorded periods may outlast the
case) and supervisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from cases.models import Case, Deadline, Supervision, SupervisionState
from cases.queries.clock_names import kind_word, laws_of


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One thing that is open: `form` says of `what` which `agency` (empty: nobody of ours) ends it."""

    form: str
    what: str
    agency: str

    def __str__(self) -> str:
        return self.form.format(what=self.what, agency=self.agency)


def unfinished(cases: Collection[Case]) -> dict[UUID, list[Unfinished]]:
    """What is open in these (visible) cases, for those in which something is. The clock of an order goes with its order."""
    found: defaultdict[UUID, list[Unfinished]] = defaultdict(list)
    running = Deadline.objects.filter(case__in=cases, met_at=None, cancelled_at=None, supervision=None)
    clocks = list(running.select_related("agency").order_by("due_at", "pk"))
    known = laws_of() if clocks else {}
    for clock in clocks:
        form = _("{what}还在计时，由{agency}先登记办结。") if clock.agency else _("{what}还在计时，先登记办结。")
        agency = clock.agency.name if clock.agency else ""
        found[clock.case_id].append(Unfinished(form, kind_word(clock.kind, known), agency))
    open_ones = Supervision.objects.filter(case__in=cases).exclude(state=SupervisionState.CLOSED)
    for one in open_ones.select_related("issued_by", "escalated_to").order_by("issued_at", "pk"):
        watcher = one.escalated_to or one.issued_by
        found[one.case_id].append(Unfinished(_("{what}还没有办结，由{agency}先办结。"), one.number, watcher.name))
    return dict(found)

"""Whom a clock that rings tells: the ladder from whoever works on it, over his approvers, to the agency above.

A reaction to the events of the sweep, run from the outbox; telling twice is telling once.
"""

from __future__ import annotations

from typing import Any

from agencies.models import Agency, AuditEvent, Officer
from agencies.officers import holding
from agencies.roles import Role
from cases.journey import front_of
from cases.models import Case, ClockKind, Deadline, Leg, Phase, Urgency
from cases.notices import at_work, put, seeing, write
from cases.supervision.told import issuers
from cases.sweep import ESCALATION, WARNING
from cases.workflow import WAITING_ROLE

# What only the agency that faces the other side can do something about.
_WATCHED = (ClockKind.ACKNOWLEDGEMENT, ClockKind.EXPECTED_REPLY, ClockKind.CHASE)


def tell(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """A warning goes to whoever works on it; what is over to the approvers too; what rises to the supervisors above too.
    Of feedback that is over also who ordered it hears.

    A clock that has been met or called off since tells nobody.
    """
    clock = (
        Deadline.objects.select_related("case__origin", "agency", "supervision")
        .filter(pk=event.facts["deadline"])
        .first()
    )
    if clock is None or not clock.running:
        return
    case = clock.case
    agency = clock.agency or front_of(case)
    if agency is None:
        return
    told = _doers(clock, case, agency)
    if event.kind != WARNING:
        told |= holding(agency.pk, Role.APPROVER)
        if clock.supervision is not None:
            told |= issuers(clock.supervision)
    officers = seeing(case, told)
    rises = event.kind == ESCALATION
    if rises:
        officers += _above(case, agency)
    # What rises in a case of most urgency does not wait for the morning.
    waits = not (rises and case.urgency == Urgency.MOST_URGENT)
    write(event, case, put(event, case, officers), waits=waits)


def _doers(clock: Deadline, case: Case, agency: Agency) -> set[int]:
    """Who works on it. What the foreign side, an external body or nobody at a desk of ours holds, the desk watches."""
    if clock.assignment_id is not None or clock.supervision_id is not None:
        return holding(agency.pk, Role.DESK) | holding(agency.pk, Role.APPROVER)
    leg = Leg.objects.filter(case=case, closed_at=None, agency=agency).first()
    if clock.kind in _WATCHED or leg is None:
        return holding(agency.pk, Role.DESK)
    if leg.handler_id is not None:
        return {leg.handler_id}
    return at_work(case, agency.pk, WAITING_ROLE[Phase(leg.phase)] or Role.DESK)


def _above(case: Case, agency: Agency) -> list[Officer]:
    """The supervisors of the nearest agency above who may see the case; its approvers where it has none; then further up.
    The terminal desk stands above every top of the tree; above itself, and where nobody above may see the case, the
    agency's own supervisors are told."""
    terminal = Agency.objects.get(is_terminal=True)
    for pk in [*agency.ancestors[1:], terminal.pk, agency.pk]:
        for role in (Role.SUPERVISOR, Role.APPROVER):
            if officers := seeing(case, holding(pk, role)):
                return officers
    return []

"""Who may do what to a clock (docs/decisions/0018): its agency keeps it, an agency above gives it more time. What one
agency asked of another one stops, goes on and gets more time by the asker alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import FourEyes, NotHolder, NotPermitted
from agencies.models import Agency
from agencies.roles import Role
from cases import policies
from cases.journey import front_of
from cases.models import Case, Deadline, Leg
from treaties.models import ActorIs
from treaties.queries import Limit

WORKERS = frozenset({Role.DRAFTER, Role.DESK, Role.APPROVER})
_PAUSERS = {False: frozenset({Role.DESK, Role.APPROVER}), True: frozenset({Role.APPROVER})}
_EXTENDERS = frozenset({Role.APPROVER, Role.SUPERVISOR})
_TIMING = frozenset({"pause", "resume", "extend"})
# Who times what he asked of another agency: an order its issuer's supervisors, parallel work its asker's desk.
_WATCHERS = frozenset({Role.SUPERVISOR})
_ASKERS = frozenset({Role.DESK, Role.APPROVER})


# What an officer set off ends when he says so; the rest ends with the work.
RECORDED = "statute.recorded"


def readable(actor: Actor) -> Q:
    """The clocks of visible cases that the actor reads, with all that was said of them: those invited for an opinion read
    their own agency's alone. The wall of migration 0021 says the same of what was said."""
    seat = actor.case_agency_id or 0
    return Q(agency_id=seat) | ~Q(case__invited__contains=[seat])


# `readable` for statements by hand, on `cases_deadline d` and `cases_case c`.
READABLE = "(d.agency_id = %(agency)s::int OR NOT c.invited @> ARRAY[%(agency)s::int])"


@dataclass(frozen=True, kw_only=True)
class Seats:
    """Where the officers of a case's clocks sit; read once for all the clocks of a case."""

    case: Case
    leg: Leg | None

    @cached_property
    def front(self) -> Agency | None:
        return front_of(self.case)

    @cached_property
    def terminal(self) -> Agency:
        return Agency.objects.get(is_terminal=True)

    def keeper(self, clock: Deadline) -> Agency | None:
        """The agency whose clock it is; of an outside body's, the one that faces the other side."""
        return clock.agency if clock.agency is not None else self.front

    def above(self, clock: Deadline) -> set[int]:
        """The agencies above its own on the tree, and the terminal desk, also itself."""
        keeper = self.keeper(clock)
        own = {keeper.pk} if keeper is not None else set()
        return ({*(keeper.ancestors if keeper else ())} - own) | {self.terminal.pk}

    def holders(self, act: str, clock: Deadline) -> set[int]:
        """The agencies that may do this to it."""
        if act in _TIMING and (asked := askers(clock)):
            return asked
        if act == "extend":
            return self.above(clock)
        keeper = self.keeper(clock)
        return {keeper.pk} if keeper is not None else set()

    def handles(self, actor: Actor) -> bool:
        """Is the actor, or the one for whom he acts, the officer whose work the clock measures?"""
        at_work = {self.case.drafter_id, self.leg.handler_id if self.leg else None}
        return not at_work.isdisjoint(actor.hands)

    def may(self, actor: Actor, act: str, clock: Deadline) -> bool:
        """Would `require` let him?"""
        try:
            self.require(actor, act, clock)
        except (NotPermitted, NotHolder, FourEyes):
            return False
        return True

    def require(self, actor: Actor, act: str, clock: Deadline) -> None:
        """403 with who may: the role, then the agency, then whose work it is."""
        if actor.service or actor.role not in _roles(act, clock):
            raise NotPermitted(_refusal(act, clock), step=f"{act}_deadline")
        if actor.agency_id not in self.holders(act, clock):
            raise NotHolder(self._whose(act, clock), step=f"{act}_deadline")
        if act == "extend" and self.handles(actor):
            raise FourEyes(_("这件案件由你办理，延长须由其他人批准。"), step="extend_deadline")

    def _whose(self, act: str, clock: Deadline) -> str:
        if act == "extend" or (act in _TIMING and askers(clock)):
            return _refusal(act, clock)
        keeper = self.keeper(clock)
        return _("这个时限由%(agency)s办理。") % {"agency": keeper.name if keeper else ""}

    def recorder(self, limit: Limit) -> Agency | None:
        """Who says that a period has begun: the agency that must act; where that is none of ours, the one that faces the
        other side."""
        if limit.actor_is == ActorIs.MINISTRY:
            return self.terminal
        if limit.actor_is == ActorIs.EXECUTOR:
            return self.leg.agency if self.leg is not None else None
        return self.front

    def may_record(self, actor: Actor, limit: Limit) -> bool:
        """Would `require_recorder` let him, for this period?"""
        return self._records(actor) and _sits_at(actor, self.recorder(limit))

    def require_recorder(self, actor: Actor, limit: Limit | None) -> None:
        """403 for whoever does not work at the agency that records this period; `limit` is None where there is no such
        period: then for whoever records none in this case."""
        if not self._records(actor):
            words = _("期限的起算由负责的机关的承办人、国合联络员或者审批人登记。")
            raise NotPermitted(words, step="record_deadline")
        if limit is None:
            some = (self.leg.agency if self.leg is not None else None, self.front, self.terminal)
            if not any(_sits_at(actor, agency) for agency in some):
                raise NotHolder(step="record_deadline")
            return
        agency = self.recorder(limit)
        if not _sits_at(actor, agency):
            words = _("这一项期限的起算由%(agency)s登记。") % {"agency": agency.name if agency else ""}
            raise NotHolder(words, step="record_deadline")

    @staticmethod
    def _records(actor: Actor) -> bool:
        return actor.role in WORKERS and not actor.service


def _sits_at(actor: Actor, agency: Agency | None) -> bool:
    return agency is not None and agency.pk == actor.agency_id


def askers(clock: Deadline) -> set[int]:
    """The agencies that asked another one for what an internal clock measures: an order's issuer and the one it was raised
    to, the asker of parallel work. None for the law's clocks, which nobody set."""
    if clock.statutory:
        return set()
    if (order := clock.supervision) is not None:
        return {order.issued_by_id, order.escalated_to_id or order.issued_by_id}
    if (asked := clock.assignment) is not None and asked.assigned_by_id != asked.agency_id:
        return {asked.assigned_by_id}
    return set()


def seats(case: Case) -> Seats:
    """The seats of a case as it stands."""
    return Seats(case=case, leg=policies.open_leg(case))


def _roles(act: str, clock: Deadline) -> frozenset[Role]:
    if act not in _TIMING:
        return WORKERS
    if askers(clock):
        return _WATCHERS if clock.supervision_id is not None else _ASKERS
    return _EXTENDERS if act == "extend" else _PAUSERS[clock.statutory]


def _refusal(act: str, clock: Deadline) -> str:
    if act in _TIMING and askers(clock):
        if clock.supervision_id is not None:
            return _("督办的时限由发出督办（或者提级以后）的机关的督办人暂停、恢复和延长。")
        return _("会办、分办的时限由交办的机关的国合联络员或者审批人暂停、恢复和延长。")
    if act == "extend":
        return _("延长由上级机关的审批人或者督办人批准。")
    if act == "explain":
        return _("超期原因由负责的机关的承办人、国合联络员或者审批人写明。")
    if act == "finish":
        return _("办结由负责的机关的承办人、国合联络员或者审批人登记。")
    if clock.statutory:
        return _("法定期限的暂停和恢复由负责的机关的审批人办理。")
    return _("内部时限的暂停和恢复由负责的机关的国合联络员或者审批人办理。")

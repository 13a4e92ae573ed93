"""Who may do what to a clock (docs/decisions/0018): its agency keeps it, an agency above gives it more time."""

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

WORKERS = frozenset({Role.DRAFTER, Role.DESK, Role.APPROVER})
_PAUSERS = {False: frozenset({Role.DESK, Role.APPROVER}), True: frozenset({Role.APPROVER})}
_EXTENDERS = frozenset({Role.APPROVER, Role.SUPERVISOR})
ROLES = {
    "pause": lambda clock: _PAUSERS[clock.statutory],
    "resume": lambda clock: _PAUSERS[clock.statutory],
    "extend": lambda clock: _EXTENDERS,
    "explain": lambda clock: WORKERS,
    "finish": lambda clock: WORKERS,
}


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
        """The agencies that may give it more time: those above its own on the tree, and the terminal desk, also itself."""
        keeper = self.keeper(clock)
        own = {keeper.pk} if keeper is not None else set()
        return ({*(keeper.ancestors if keeper else ())} - own) | {self.terminal.pk}

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
        if actor.service or actor.role not in ROLES[act](clock):
            raise NotPermitted(_refusal(act, clock), step=f"{act}_deadline")
        if act == "extend":
            if actor.agency_id not in self.above(clock):
                raise NotHolder(_("延长由上级机关的审批人或者督办人批准。"), step="extend_deadline")
            if self.handles(actor):
                raise FourEyes(_("这件案件由你办理，延长须由其他人批准。"), step="extend_deadline")
            return
        keeper = self.keeper(clock)
        if keeper is None or keeper.pk != actor.agency_id:
            words = _("这个时限由%(agency)s办理。") % {"agency": keeper.name if keeper else ""}
            raise NotHolder(words, step=f"{act}_deadline")

    def may_record(self, actor: Actor) -> bool:
        """Would `require_recorder` let him?"""
        return self._records(actor) and self._holds(actor)

    def require_recorder(self, actor: Actor) -> None:
        """403 for whoever does not work at the agency that has the case in hand."""
        if not self._records(actor):
            raise NotPermitted(
                _("期限的起算由案件所在机关的承办人、国合联络员或者审批人登记。"), step="record_deadline"
            )
        if not self._holds(actor):
            raise NotHolder(step="record_deadline")

    @staticmethod
    def _records(actor: Actor) -> bool:
        return actor.role in WORKERS and not actor.service

    def _holds(self, actor: Actor) -> bool:
        return self.leg is not None and self.leg.agency_id is not None and self.leg.agency_id == actor.agency_id


def seats(case: Case) -> Seats:
    """The seats of a case as it stands."""
    return Seats(case=case, leg=policies.open_leg(case))


def _refusal(act: str, clock: Deadline) -> str:
    if act == "extend":
        return _("延长由上级机关的审批人或者督办人批准。")
    if act == "explain":
        return _("超期原因由负责的机关的承办人、国合联络员或者审批人写明。")
    if act == "finish":
        return _("办结由负责的机关的承办人、国合联络员或者审批人登记。")
    if clock.statutory:
        return _("法定期限的暂停和恢复由负责的机关的审批人办理。")
    return _("内部时限的暂停和恢复由负责的机关的国合联络员或者审批人办理。")

"""One case with everything its page shows, read in a fixed number of queries whatever the size of the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Prefetch

from agencies.actors import Actor
from agencies.models import Agency
from agencies.moments import clock
from agencies.queries import route_of
from cases.clock_seats import readable
from cases.clocks.limits import Limits, limits_for
from cases.models import (
    Assignment,
    Case,
    ClockKind,
    Deadline,
    DeadlineExplanation,
    DeadlineExtension,
    DeadlinePause,
    Leg,
    Outcome,
    Receipt,
    RequestItem,
    Side,
    Subject,
    Transmission,
)
from cases.policies import get_visible, reads_route
from cases.queries.review import Measure, measure_of
from countries.calendars import SHANGHAI, Calendar, work_calendar


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A case as one officer reads it at one moment."""

    actor: Actor
    case: Case
    now: datetime
    calendar: Calendar
    legs: list[Leg]
    deadlines: list[Deadline]
    items: list[RequestItem]
    subjects: list[Subject]
    transmissions: list[Transmission]
    receipts: list[Receipt]
    assignments: list[Assignment]
    route: list[Agency]
    limits: Limits

    @cached_property
    def leg(self) -> Leg | None:
        """The open leg; None once the case has ended."""
        last = self.legs[-1]
        return None if last.closed_at else last

    @property
    def abroad(self) -> bool:
        return self.leg is not None and self.leg.side == Side.FOREIGN

    @cached_property
    def deadline(self) -> Deadline | None:
        """The running deadline of the case that comes first for this reader; parallel work has its own and blocks nothing,
        and what is expected from abroad is for the agency that watches it. By when the case is due, those invited know
        too, though they read nothing else of its clocks."""
        clocks = self.deadlines if reads_route(self.actor, self.case) else self.case.deadlines.all()
        running = (d for d in clocks if d.running and d.paused_at is None and self._of_custody(d))
        return min(running, key=lambda d: d.due_at, default=None)

    def _of_custody(self, clock: Deadline) -> bool:
        if clock.assignment_id is not None or clock.supervision_id is not None:
            return False
        return clock.kind not in ClockKind or clock.agency_id == self.actor.agency_id

    def limit(self, phase: str, agency: Agency | None) -> int | None:
        """The working days that a phase may take at this agency, when its limit is in working days."""
        limit = self.limits.of(phase, agency)
        return limit.amount if limit is not None and limit.unit == "working_day" else None

    @cached_property
    def measure(self) -> Measure:
        """What the law says of the type of a foreign request."""
        return measure_of(self.case.request_type)

    @property
    def answered(self) -> int:
        """How many items have an outcome."""
        return sum(item.outcome != Outcome.WAITING for item in self.items)

    @property
    def sent(self) -> Transmission | None:
        """The latest crossing outwards."""
        return next((sent for sent in reversed(self.transmissions) if sent.way == "out"), None)

    def working_days(self, a: datetime, b: datetime | None = None) -> int:
        """Working days of a stretch, up to now while it runs."""
        return self.calendar.working_days_between(a, b or self.now)

    @staticmethod
    def days(a: datetime, b: datetime) -> int:
        """Calendar days between the days of two moments; parts of one stretch add up to the whole."""
        return (b.astimezone(SHANGHAI).date() - a.astimezone(SHANGHAI).date()).days


def dossier(actor: Actor, case_id: UUID, *, case: Case | None = None) -> Dossier:
    """The case and its parts; NotVisible for a hidden case as for an absent one. A `case` already read is not read again."""
    case = case or get_visible(actor, case_id)
    assignments = _assignments(actor, case)
    now = clock()
    return Dossier(
        actor=actor,
        case=case,
        now=now,
        calendar=work_calendar(),
        legs=list(case.legs.select_related("agency", "agency__route_to", "country", "handler").order_by("seq")),
        deadlines=clocks_of(actor, case),
        items=list(case.items.select_related("ground").order_by("position")),
        subjects=list(case.subjects.order_by("position")),
        transmissions=list(case.transmissions.select_related("channel").order_by("at")),
        receipts=list(case.receipts.order_by("at")),
        assignments=assignments,
        route=route_of(case.origin),
        limits=limits_for(case, now.astimezone(SHANGHAI).date()),
    )


def clocks_of(actor: Actor, case: Case) -> list[Deadline]:
    """The clocks of a (visible) case that the actor reads, with their agencies, pauses, extensions and explanations."""
    found = case.deadlines.filter(readable(actor)).select_related("leg", "agency", "assignment", "supervision")
    found = found.order_by("started_at", "pk")
    return list(found.prefetch_related(*(Prefetch(name, queryset=rows) for name, rows in _CHILDREN.items())))


_CHILDREN = {
    "pauses": DeadlinePause.objects.select_related("officer", "ended_by"),
    "extensions": DeadlineExtension.objects.select_related("officer", "agency"),
    "explanations": DeadlineExplanation.objects.select_related("officer", "agency"),
}


def _assignments(actor: Actor, case: Case) -> list[Assignment]:
    """Parallel work, as far as the reader may know of it: those invited see what they were asked alone."""
    found = case.assignments.select_related("agency", "assigned_by", "answered_by")
    return list(found if reads_route(actor, case) else found.filter(agency_id=actor.case_agency_id or 0))

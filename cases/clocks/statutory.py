"""The law's own clocks on a foreign request: which event starts and ends each (treaties.models.TimeLimit says which)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from agencies.models import Agency
from cases.clocks.counting import count
from cases.clocks.running import call_off, lift, recount, stop
from cases.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Case,
    ClockRule,
    Deadline,
    DeadlinePause,
    Direction,
    Leg,
    PauseCategory,
    Phase,
    Side,
)
from countries.calendars import day_of, work_calendar
from treaties.models import ExtensionKind, RefusalGround, StartsOn
from treaties.queries import Limit, time_limits

# The phases in which the ministry waits, and why its clocks stand still meanwhile.
_WAITED = {Phase.SUPPLEMENT: PauseCategory.FOREIGN_SIDE, Phase.POSTPONED: PauseCategory.POSTPONED}


def registered(case: Case, leg: Leg) -> None:
    """A foreign request has reached the ministry."""
    if leg.agency is not None and leg.agency.is_terminal:
        _start(case, StartsOn.REGISTERED, leg.opened_at, agency=leg.agency)


def follow(
    case: Case, before: Leg, after: Leg, step: str, at: datetime, officer_id: int, values: Mapping[str, Any]
) -> None:
    """What a step on a foreign request starts and ends besides the clocks of its legs; `officer_id` took it."""
    if case.direction != Direction.INCOMING:
        return
    if after.phase == Phase.POSTPONED and after != before:
        _postpone(case, at, officer_id, values)
    if step == "assign":
        _assigned(case, before, after, at)
    elif step == "submit_result":
        stop(_running(case, StartsOn.ASSIGNED), at)
    elif step == "return_assignment":
        call_off(_running(case, StartsOn.ASSIGNED), at)
    if case.ended_at is not None:
        stop(_running(case), at)
    elif after != before:
        _moved_on(case, before, after, at, officer_id)


def _moved_on(case: Case, before: Leg, after: Leg, at: datetime, officer_id: int) -> None:
    """Custody passed: a result reached the ministry, went back to be corrected, or left for the requester."""
    if after.phase == Phase.EXECUTION and before.phase == Phase.RESULT:
        stop(_running(case, StartsOn.RESULT_IN), at)
        _resume_execution(case, after, at, officer_id)
    elif after.side == Side.EXTERNAL:
        stop(_running(case, StartsOn.RESULT_IN), at)
        _start(case, StartsOn.LIAISON, at, leg=after)
    elif after.phase == Phase.REPLIED:
        stop(_running(case, StartsOn.RESULT_IN), at)
    elif before.phase in _WAITED:
        _go_on(case, at, officer_id, _WAITED[Phase(before.phase)])
    elif _is_result_at_ministry(after) and not _is_result_at_ministry(before):
        _start(case, StartsOn.RESULT_IN, at, agency=after.agency)


def begin(clock: Deadline, limit: Limit) -> None:
    """Start `clock` by a limit that has an amount; `started_at` is when its trigger happened."""
    assert limit.amount is not None  # Limit.applies, or the caller, has seen to it
    clock.amount, clock.unit = limit.amount, limit.unit
    clock.rule = ClockRule.FIXED if limit.detention else ClockRule.STATUTORY
    _describe(clock, limit)
    clock.extend_cap, clock.renewable = _cap(limit), limit.extension_kind == ExtensionKind.RENEWAL
    count(clock, work_calendar(), clock.started_at)
    clock.save(force_insert=True)


def limits_of(case: Case, on: date) -> list[Limit]:
    """The periods that the law sets for this case, a treaty's in place of the statute's."""
    return time_limits(case.request_type_id, country_id=case.country_id, on=on) if case.request_type_id else []


def _start(
    case: Case,
    event: StartsOn,
    at: datetime,
    *,
    agency: Agency | None = None,
    leg: Leg | None = None,
    share: Assignment | None = None,
) -> None:
    limits = limits_of(case, day_of(at))
    named = _named_in(limits) if event == StartsOn.ASSIGNED and case.wanted_by is not None else None
    for limit in limits:
        # What the request itself names takes the place of the periods of the same article (MPSR-379).
        if not limit.applies(starts_on=event, urgency=case.urgency) or (named and limit.article == named.article):
            continue
        begin(_clock(case, event, at, agency=agency, leg=leg, share=share), limit)
    if named is not None:
        _begin_named(_clock(case, event, at, agency=agency, leg=leg, share=share), named)


def _named_in(limits: list[Limit]) -> Limit | None:
    """The rule that the request's own period holds, where the type knows it."""
    return next((limit for limit in limits if StartsOn.NAMED in limit.starts_on), None)


def _clock(
    case: Case, event: StartsOn, at: datetime, *, agency: Agency | None, leg: Leg | None, share: Assignment | None
) -> Deadline:
    basis = f"statute.{event.value}"
    return Deadline(case=case, leg=leg, assignment=share, agency=agency, started_at=at, basis=basis)


def _begin_named(clock: Deadline, limit: Limit) -> None:
    """To the end of the day that the request names, counted from its arrival."""
    case = clock.case
    assert case.wanted_by is not None  # the caller asked
    clock.started_at = case.submitted_at or case.created_at
    clock.amount, clock.unit = max((case.wanted_by - day_of(clock.started_at)).days, 0), "calendar_day"
    clock.rule = ClockRule.FIXED
    _describe(clock, limit)
    count(clock, work_calendar(), clock.started_at)
    clock.save(force_insert=True)


def _describe(clock: Deadline, limit: Limit) -> None:
    clock.kind, clock.article, clock.strength = limit.key, limit.article, limit.kind
    clock.confidence, clock.overlap = limit.confidence, limit.overlap
    clock.warn_before, clock.escalate_after = limit.alarms(clock.amount, clock.unit)


def _cap(limit: Limit) -> int:
    """By how much the law lets it be extended in all; of a renewal, each time."""
    if limit.extension_amount is None or limit.extension_unit != limit.unit:
        return 0
    if limit.extension_kind == ExtensionKind.TOTAL:
        return max(limit.extension_amount - (limit.amount or 0), 0)
    return limit.extension_amount


def _assigned(case: Case, before: Leg, after: Leg, at: datetime) -> None:
    """The ministry has done its part; who executes has his."""
    if before.agency is not None and before.agency.is_terminal:
        stop(_running(case, StartsOn.REGISTERED), at)
    given = case.assignments.filter(kind=AssignmentKind.SHARE, state=AssignmentState.OPEN, opened_at=at)
    shares = list(given.select_related("agency"))
    for share in shares:
        _start(case, StartsOn.ASSIGNED, at, agency=share.agency, share=share)
    if after.phase == Phase.EXECUTION and not shares:
        _start(case, StartsOn.ASSIGNED, at, agency=after.agency)


def _resume_execution(case: Case, after: Leg, at: datetime, officer_id: int) -> None:
    """A result that comes back for correction was no result: the executor's clocks go on as if never met, without the
    time for which its reviewers had it."""
    handed_in = case.legs.filter(phase=Phase.EXECUTION, closed_at__isnull=False).order_by("-seq").first()
    if handed_in is None or handed_in.closed_at is None or after.agency is None:
        return
    ours = Q(agency=after.agency) | Q(agency__successor=after.agency)
    met = case.deadlines.filter(ours, basis=f"statute.{StartsOn.ASSIGNED.value}", assignment=None)
    for clock in met.filter(met_at=handed_in.closed_at):
        DeadlinePause.objects.create(
            case=case,
            deadline=clock,
            from_at=handed_in.closed_at,
            to_at=at,
            category=PauseCategory.OTHER_ORGAN,
            officer_id=officer_id,
            ended_by_id=officer_id,
            at=at,
        )
        clock.met_at, clock.agency = None, after.agency
        recount(clock, at)


def _postpone(case: Case, at: datetime, officer_id: int, values: Mapping[str, Any]) -> None:
    """The ministry waits for what stands in the way: its clocks stand still, on the grounds of the decision. What is late
    stays late, and what an officer stopped before stays stopped by him."""
    grounds = RefusalGround.objects.filter(code__in=values.get("grounds") or ())
    reason = "；".join([f"{row.name_zh}（{row.article}）" if row.article else row.name_zh for row in grounds])
    for clock in _running(case, StartsOn.REGISTERED).filter(paused_at=None, due_at__gte=at):
        DeadlinePause.objects.create(
            case=case,
            deadline=clock,
            from_at=at,
            category=PauseCategory.POSTPONED,
            reason=reason,
            officer_id=officer_id,
            at=at,
        )
        clock.paused_at = at
        recount(clock, at)


def _go_on(case: Case, at: datetime, officer_id: int, category: PauseCategory) -> None:
    """What was waited for has come, or no longer stands in the way: what stood still for it goes on."""
    waiting = DeadlinePause.objects.filter(to_at=None, category=category)
    for clock in _running(case, StartsOn.REGISTERED).filter(pk__in=waiting.values("deadline_id")):
        lift(clock, at, at, ended_by=officer_id)


def _is_result_at_ministry(leg: Leg) -> bool:
    return leg.phase == Phase.RESULT and leg.agency is not None and leg.agency.is_terminal


def _running(case: Case, *events: StartsOn) -> QuerySet[Deadline]:
    """The running clocks of the case as a whole; without events all that started by themselves."""
    named = events or (StartsOn.REGISTERED, StartsOn.RESULT_IN, StartsOn.ASSIGNED, StartsOn.LIAISON)
    clocks = Deadline.objects.filter(case=case, assignment=None, met_at=None, cancelled_at=None)
    return clocks.filter(basis__in=[f"statute.{event.value}" for event in named])

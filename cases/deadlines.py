"""What officers do to the clocks of a case: pause, resume, extend, explain; start and end one whose trigger they record.

Every command in this order: malformed input 400, hidden case or clock 404, who may 403, archived or not so standing 409,
what the dates and numbers say 422 (all at once). Then the row, the count, the queue and the audit event, in one
transaction. `at` is for the demo loader and tests' past alone; everyone else gets the database's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Conflict, GuardFailed, NotVisible, Reason
from agencies.models import Agency
from agencies.moments import clock as database_clock
from agencies.queries import route_of
from cases import deadline_input, policies
from cases.clock_seats import RECORDED, Seats, readable, seats
from cases.clocks import life
from cases.clocks.running import stop
from cases.clocks.states import state_of
from cases.clocks.statutory import begin, limits_of
from cases.hands import refresh_queue
from cases.kept import require_live
from cases.limit_words import alarm_of
from cases.models import Case, ClockState, Deadline
from countries.calendars import SHANGHAI, day_of
from treaties.models import ActorIs, StartsOn
from treaties.queries import Limit

Raw = Mapping[str, Any]
# How long before the case a trigger may lie, of a person detained or property frozen earlier: five years.
EARLIEST = timedelta(days=5 * 365 + 2)


class ClockStands(Conflict):
    """409: the clock does not stand as the act needs it to."""

    code = "clock_state"


@transaction.atomic
def pause(
    *, actor: Actor, case_id: UUID | str, deadline_id: UUID | str, data: Raw, at: datetime | None = None
) -> Deadline:
    """Let a clock that is not late stand still from a moment on (now, when none is named): after its start, not in the
    future, and after its earlier pauses. What is late stays late, from whatever moment the pause should be."""
    values = deadline_input.parse("pause", data)
    case, clock, held = _taken(actor, "pause", case_id, deadline_id)
    _require_open(clock)
    if clock.paused_at is not None:
        raise ClockStands(_("这个时限已经暂停。要改起止，先恢复计时。"), state=ClockState.PAUSED)
    now = at or database_clock()
    if state_of(clock, now) is ClockState.BREACHED:
        raise ClockStands(_too_late_to_pause(clock), state=ClockState.BREACHED)
    since = _exact(values["from"], now, not_before=clock.started_at)
    if reasons := _against_pause(clock, since, now):
        raise GuardFailed(reasons=reasons)
    life.pause(clock, actor, category=values["category"], reason=values["reason"], since=since, now=now)
    facts = {"category": values["category"], "since": since.isoformat(), **_reported(clock, held)}
    return _done(actor, "pause", case, clock, held, facts, now)


@transaction.atomic
def resume(
    *, actor: Actor, case_id: UUID | str, deadline_id: UUID | str, data: Raw, at: datetime | None = None
) -> Deadline:
    """Let a paused clock go on from a moment on (now, when none is named): not before it was paused, not in the future."""
    values = deadline_input.parse("resume", data)
    case, clock, held = _taken(actor, "resume", case_id, deadline_id)
    _require_open(clock)
    if clock.paused_at is None:
        raise ClockStands(_("这个时限没有暂停，不用恢复。"), state=ClockState.RUNNING)
    now = at or database_clock()
    until = _exact(values["at"], now, not_before=clock.paused_at)
    reasons = []
    if until < clock.paused_at:
        reasons.append(Reason("before_pause", _("恢复不能早于暂停。"), "/at"))
    if until > now:
        reasons.append(Reason("in_future", _("恢复的时间还没有到；到时候再恢复。"), "/at"))
    if reasons:
        raise GuardFailed(reasons=reasons)
    since = clock.paused_at
    life.resume(clock, actor, until=until, now=now)
    facts = {"since": since.isoformat(), "until": until.isoformat(), **_reported(clock, held)}
    return _done(actor, "resume", case, clock, held, facts, now)


@transaction.atomic
def extend(
    *, actor: Actor, case_id: UUID | str, deadline_id: UUID | str, data: Raw, at: datetime | None = None
) -> Deadline:
    """Give a clock more of its own unit, up to its cap. A statutory one only before its end: afterwards it is explained."""
    values = deadline_input.parse("extend", data)
    case, clock, held = _taken(actor, "extend", case_id, deadline_id)
    _require_open(clock)
    now = at or database_clock()
    if clock.statutory and state_of(clock, now) is ClockState.BREACHED:
        raise ClockStands(_("法定期限已过，不能再延长；请写明超期原因。"), state=ClockState.BREACHED)
    if reasons := _against_extension(clock, values["amount"]):
        raise GuardFailed(reasons=reasons)
    before = clock.due_at
    life.extend(clock, actor, amount=values["amount"], reason=values["reason"], now=now)
    moved = {"due_before": before.isoformat(), "due_after": clock.due_at.isoformat()}
    return _done(actor, "extend", case, clock, held, {"amount": values["amount"], "unit": clock.unit, **moved}, now)


@transaction.atomic
def explain(
    *, actor: Actor, case_id: UUID | str, deadline_id: UUID | str, data: Raw, at: datetime | None = None
) -> Deadline:
    """Say why a limit was passed, and when whom this was told (MPSR-379): the agencies above on the route learn of it."""
    values = deadline_input.parse("explain", data)
    case, clock, held = _taken(actor, "explain", case_id, deadline_id)
    now = at or database_clock()
    state = state_of(clock, now)
    if state is not ClockState.BREACHED:
        raise ClockStands(_("这个时限没有超期，不用说明原因。"), state=state)
    if values["told_on"] > day_of(now):
        raise GuardFailed(reasons=[Reason("in_future", _("告知的日期还没有到。"), "/told_on")])
    life.explain(clock, actor, text=values["text"], told_to=values["told_to"], told_on=values["told_on"], now=now)
    keeper = held.keeper(clock)
    above = [agency.pk for agency in route_of(keeper)[1:]] if keeper else []
    facts = {"told_on": values["told_on"].isoformat(), "reported": above if clock.statutory else above[:1]}
    return _done(actor, "explain", case, clock, held, facts, now)


@transaction.atomic
def finish(
    *, actor: Actor, case_id: UUID | str, deadline_id: UUID | str, data: Raw, at: datetime | None = None
) -> Deadline:
    """Say that what a recorded period was for has been done, at a moment (now, when none is named). The others end with
    the work that they measure."""
    values = deadline_input.parse("finish", data)
    case, clock, held = _taken(actor, "finish", case_id, deadline_id)
    _require_open(clock)
    if clock.basis != RECORDED:
        raise ClockStands(_("这个时限随办理自动结束，不用登记。"), state=ClockState.RUNNING)
    now = at or database_clock()
    done_at = _exact(values["at"], now, not_before=clock.started_at)
    if reasons := _against_date(done_at, clock.started_at, now):
        raise GuardFailed(reasons=reasons)
    stop(Deadline.objects.filter(pk=clock.pk), done_at)
    return _done(actor, "finish", case, clock, held, {"done": done_at.isoformat()}, now)


@transaction.atomic
def record_trigger(*, actor: Actor, case_id: UUID | str, data: Raw, at: datetime | None = None) -> Deadline:
    """Start a statutory period whose trigger no step of ours is (a measure was taken, property was frozen, …): `limit` is
    its key, `at` the moment, not in the future and at most five years before the case."""
    values = deadline_input.parse("record", data)
    case = policies.get_visible(actor, case_id, lock=True)
    held = seats(case)
    now = at or database_clock()
    limit = next((row for row in recordable(case, day_of(now)) if row.key == values["limit"]), None)
    held.require_recorder(actor, limit)
    require_live(case)
    if limit is not None and case.deadlines.filter(kind=limit.key, met_at=None, cancelled_at=None).exists():
        raise ClockStands(_("这一项期限已经在计时；先登记办结，再重新起算。"), state=ClockState.RUNNING)
    given = values["at"]
    started_at = given if isinstance(given, datetime) else datetime.combine(given, time(0), SHANGHAI)
    reasons = [] if limit else [Reason("unknown_code", _("这类请求没有这一项要登记的期限。"), "/limit")]
    if started_at > now:
        reasons.append(Reason("in_future", _("起算的时间还没有到；到时候再登记。"), "/at"))
    if started_at < case.created_at - EARLIEST:
        reasons.append(Reason("too_early", _("起算不能早于建立案件以前五年；请核对日期。"), "/at"))
    if reasons or limit is None:
        raise GuardFailed(reasons=reasons)
    clock = Deadline(case=case, agency=_actor_of(limit, held), started_at=started_at, basis=RECORDED)
    begin(clock, limit)
    return _done(actor, "record", case, clock, held, {"since": started_at.isoformat()}, now)


def recordable(case: Case, on: date) -> list[Limit]:
    """The periods of the case that an officer may start."""
    return [row for row in limits_of(case, on) if row.applies(starts_on=StartsOn.RECORDED, urgency=case.urgency)]


def _actor_of(limit: Limit, held: Seats) -> Agency | None:
    """Who must act; nobody of ours where the law looks to a court, the requester or another organ."""
    return held.recorder(limit) if limit.actor_is in (ActorIs.MINISTRY, ActorIs.EXECUTOR) else None


def extension_left(clock: Deadline) -> int:
    """By how much of its own unit the clock may still be extended now."""
    return clock.extend_cap if clock.renewable else max(0, clock.extend_cap - clock.extended_by)


# --- Parts -----------------------------------------------------------------------------------------------------------


def _taken(actor: Actor, act: str, case_id: UUID | str, deadline_id: UUID | str) -> tuple[Case, Deadline, Seats]:
    """The case, locked, and its clock, once the actor may do this to it and the case is not in the archive."""
    case = policies.get_visible(actor, case_id, lock=True)
    clock = (
        case.deadlines.filter(readable(actor))
        .select_related("agency", "assignment", "supervision")
        .filter(pk=deadline_id)
        .first()
    )
    if clock is None:
        raise NotVisible
    held = seats(case)
    held.require(actor, act, clock)
    require_live(case)
    return case, clock, held


def _require_open(clock: Deadline) -> None:
    if clock.cancelled_at is not None:
        raise ClockStands(_("这个时限不再计时，不能再改。"), state=ClockState.CANCELLED)
    if clock.met_at is not None:
        raise ClockStands(_("这个时限已经办结，不能再改。"), state=ClockState.MET)


def _exact(given: date | datetime | None, now: datetime, *, not_before: datetime) -> datetime:
    """The moment that was named; now without one. A whole day begins at midnight, on the first day at `not_before`; so does
    a minute, which is all that a form knows."""
    if given is None:
        return max(now, not_before)
    if isinstance(given, datetime):
        return not_before if given == not_before.replace(second=0, microsecond=0) else given
    if given == day_of(not_before):
        return not_before
    return datetime.combine(given, time(0), SHANGHAI)


def _against_date(moment: datetime, not_before: datetime, now: datetime) -> list[Reason]:
    if moment < not_before:
        return [Reason("before_start", _("办结不能早于起算的时间。"), "/at")]
    return [Reason("in_future", _("办结的时间还没有到；到时候再登记。"), "/at")] if moment > now else []


def _too_late_to_pause(clock: Deadline) -> str:
    if clock.statutory:
        return _("已经超期的法定期限不能再暂停，也不能再延长；请写明超期原因。")
    return _("已经超期的时限不能再暂停；写明超期原因，或者请上级延长。")


def _reported(clock: Deadline, held: Seats) -> dict[str, list[int]]:
    """Of the law's clocks the next agency on the route learns that they stand still or go on."""
    keeper = held.keeper(clock)
    return {"reported": [agency.pk for agency in route_of(keeper)[1:2]]} if clock.statutory and keeper else {}


def _against_pause(clock: Deadline, since: datetime, now: datetime) -> list[Reason]:
    reasons = []
    if since < clock.started_at:
        reasons.append(Reason("before_start", _("暂停不能早于起算（收到）的时间。"), "/from"))
    if since > now:
        reasons.append(Reason("in_future", _("暂停的时间还没有到；到时候再暂停。"), "/from"))
    if clock.pauses.filter(to_at__gt=since).exists():
        words = _("与以前的暂停重叠；从上一次恢复以后起。")
        reasons.append(Reason("overlaps", words, "/from"))
    return reasons


def _against_extension(clock: Deadline, amount: int) -> list[Reason]:
    left = extension_left(clock)
    if amount <= left:
        return []
    if clock.extend_cap == 0:
        return [Reason("not_extendable", _("这个时限不能延长。"), "/amount")]
    if left == 0:
        return [Reason("past_cap", _("已经延长到头，不能再延长。"), "/amount")]
    form = _("每次最多延长 %(left)s。") if clock.renewable else _("最多还能延长 %(left)s。")
    return [Reason("past_cap", form % {"left": alarm_of(left, clock.unit)}, "/amount")]


def _done(
    actor: Actor, act: str, case: Case, clock: Deadline, held: Seats, facts: Mapping[str, Any], now: datetime
) -> Deadline:
    """The queue and the trail, after a clock has changed."""
    if held.leg is not None:
        refresh_queue(case, held.leg)
    keeper = held.keeper(clock)
    about = {"deadline": str(clock.pk), "clock": clock.kind, "of": keeper.pk if keeper else None}
    subject = f"case:{case.pk}"
    audit.record(actor=actor, kind=f"case.{act}_deadline", subject=subject, facts={**about, **facts}, at=now)
    clock.refresh_from_db()
    return clock

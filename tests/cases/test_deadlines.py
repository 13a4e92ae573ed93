"""The life of a clock through the commands: it stands still, goes on, gets more time, and is explained."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies import prepared
from agencies.errors import Conflict, FourEyes, GuardFailed, Malformed, NotHolder, NotPermitted, NotVisible
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import deadlines
from cases.archive import archive_cases
from cases.clocks.states import STATE, state_of
from cases.kept import Archived
from cases.models import Case, ClockState, Deadline, OpenQueue
from countries.calendars import SHANGHAI, work_calendar

pytestmark = pytest.mark.django_db
# A Monday morning; the week of 2026-03-09 has no holidays around it.
MONDAY = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
PAUSE = {"category": "foreign_side", "reason": "等泰方确认。"}
DAY = timedelta(days=1)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def review(story):
    """A request that came to Kunshan's approver on that Monday: five working days by default."""
    story.moment = MONDAY
    return story.submitted()


@pytest.fixture
def act(cast, see):
    """`act("kunshan.chief", "pause", case, {...}, at=…)`: on the running clock of the case, or the one that is given."""

    def run(
        login: str, name: str, case: Case, data: dict, *, at: datetime | None = None, clock: Deadline | None = None
    ):
        actor = cast.actor(login)
        with acting(actor):
            found = clock or case.deadlines.get(met_at=None, cancelled_at=None)
            command = getattr(deadlines, name)
            return command(actor=actor, case_id=case.pk, deadline_id=found.pk, data=data, at=at)

    return run


@pytest.fixture
def clock_of(cast):
    def read(case: Case) -> Deadline:
        with acting(cast.actor("guohe.supervisor")):
            return case.deadlines.get(met_at=None, cancelled_at=None)

    return read


def iso(moment: datetime) -> str:
    return moment.isoformat()


class TestPause:
    def test_a_pause_moves_the_end_by_what_it_took(self, review, act, clock_of):
        due = clock_of(review).due_at
        paused = act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(10))}, at=at(10, 11))
        assert (state_of(paused, at(11)), paused.due_at, paused.next_alarm_at) == (ClockState.PAUSED, due, None)
        resumed = act("kunshan.desk", "resume", review, {"at": iso(at(12))}, at=at(12, 16))
        assert work_calendar().working_days_between(due, resumed.due_at) == 2
        assert (state_of(resumed, at(12)), resumed.paused_at) == (ClockState.RUNNING, None)
        assert resumed.next_alarm_at is not None

    def test_several_pauses_add_up(self, review, act, clock_of):
        due = clock_of(review).due_at
        for start, end in ((9, 10), (10, 11), (12, 13)):
            act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(start, 11))}, at=at(end, 12))
            act("kunshan.chief", "resume", review, {"at": iso(at(end, 11))}, at=at(end, 12))
        clock = clock_of(review)
        assert work_calendar().working_days_between(due, clock.due_at) == 3
        assert clock.pauses.count() == 3

    def test_named_by_the_day_or_not_at_all(self, review, act, clock_of):
        act("kunshan.chief", "pause", review, {**PAUSE, "from": "2026-03-09"}, at=at(10))
        assert clock_of(review).paused_at == clock_of(review).started_at
        act("kunshan.chief", "resume", review, {}, at=at(11, 9))
        assert clock_of(review).pauses.get().to_at == at(11, 9)

    def test_named_by_the_minute_of_receipt(self, review, act, clock_of):
        act("kunshan.chief", "pause", review, {**PAUSE, "from": "2026-03-09T10:00"}, at=at(10))
        assert clock_of(review).paused_at == clock_of(review).started_at

    @pytest.mark.parametrize(
        "since, code",
        [
            (at(9, 9, 59), "before_start"),
            (at(11), "in_future"),
            (at(20), "in_future"),
        ],
    )
    def test_not_before_receipt_nor_in_the_future(self, review, act, clock_of, since, code):
        with pytest.raises(GuardFailed) as refused:
            act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(since)}, at=at(10, 12))
        assert code in [reason.code for reason in refused.value.reasons]
        assert {reason.pointer for reason in refused.value.reasons} == {"/from"}
        clock = clock_of(review)
        assert (clock.paused_at, clock.pauses.count()) == (None, 0)

    @pytest.mark.parametrize("back", [timedelta(0), DAY, 5 * DAY])
    def test_what_is_late_stays_late(self, review, act, clock_of, back):
        """However far back the pause is dated: it would take the lateness away."""
        due = clock_of(review).due_at
        for data in ({**PAUSE, "from": iso(due - back)}, PAUSE):
            with pytest.raises(Conflict, match="已经超期的时限不能再暂停；写明超期原因，或者请上级延长。"):
                act("kunshan.chief", "pause", review, data, at=due + timedelta(seconds=1))
        clock = clock_of(review)
        assert (clock.paused_at, clock.pauses.count(), clock.due_at) == (None, 0, due)

    def test_up_to_its_end(self, review, act, clock_of):
        due = clock_of(review).due_at
        act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(due - DAY)}, at=due)
        assert state_of(clock_of(review), due + 30 * DAY) is ClockState.PAUSED

    @pytest.mark.parametrize("day", ["0001-01-01", "0001-01-01T00:00Z"])
    def test_the_first_day_there_is(self, review, act, day):
        with pytest.raises(GuardFailed):
            act("kunshan.chief", "pause", review, {**PAUSE, "from": day}, at=at(10))
        act("kunshan.chief", "pause", review, PAUSE, at=at(10))
        with pytest.raises(GuardFailed):
            act("kunshan.chief", "resume", review, {"at": day}, at=at(11))

    def test_pauses_do_not_overlap(self, review, act):
        act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(10))}, at=at(10))
        act("kunshan.chief", "resume", review, {"at": iso(at(11))}, at=at(11))
        with pytest.raises(GuardFailed) as refused:
            act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(10, 12))}, at=at(11, 12))
        assert [reason.code for reason in refused.value.reasons] == ["overlaps"]
        act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(11))}, at=at(11, 12))

    def test_not_twice_and_not_what_runs(self, review, act):
        with pytest.raises(Conflict, match="没有暂停"):
            act("kunshan.chief", "resume", review, {}, at=at(10))
        act("kunshan.chief", "pause", review, PAUSE, at=at(10))
        with pytest.raises(Conflict, match="已经暂停"):
            act("kunshan.chief", "pause", review, PAUSE, at=at(11))

    @pytest.mark.parametrize("until, code", [(at(9, 23), "before_pause"), (at(12), "in_future")])
    def test_resumed_between_its_beginning_and_now(self, review, act, until, code):
        act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(10))}, at=at(10))
        with pytest.raises(GuardFailed) as refused:
            act("kunshan.chief", "resume", review, {"at": iso(until)}, at=at(11))
        assert [reason.code for reason in refused.value.reasons] == [code]

    def test_what_is_wrong_is_said_at_once(self, review, act):
        with pytest.raises(Malformed) as refused:
            act("kunshan.chief", "pause", review, {"category": "lazy", "reason": " ", "from": "昨天", "more": 1})
        pointers = sorted(reason.pointer for reason in refused.value.reasons)
        assert pointers == ["/category", "/from", "/more", "/reason"]

    @pytest.mark.parametrize(
        "login, error",
        [
            ("kunshan.officer", NotPermitted),
            ("kunshan.supervisor", NotPermitted),
            ("suzhou.chief", NotHolder),
            ("guohe.desk", NotHolder),
            ("ruili.chief", NotVisible),
        ],
    )
    def test_only_its_own_desk_and_approver(self, review, act, clock_of, login, error):
        with pytest.raises(error):
            act(login, "pause", review, PAUSE, at=at(10), clock=clock_of(review))

    def test_a_clock_of_another_case_is_absent(self, review, story, act, clock_of):
        other = story.submitted()
        with pytest.raises(NotVisible):
            act("kunshan.chief", "pause", review, PAUSE, at=at(10), clock=clock_of(other))

    def test_the_queue_and_the_trail_follow(self, review, act, see):
        act("kunshan.chief", "pause", review, PAUSE, at=at(10))
        with see("kunshan.chief"):
            assert OpenQueue.objects.get(case=review, agency_id=review.origin_id).due_at.year == 9999
        event = AuditEvent.objects.get(kind="case.pause_deadline")
        assert (event.facts["category"], event.facts["clock"]) == ("foreign_side", "review")
        assert PAUSE["reason"] not in str(event.facts)

    def test_a_pause_ends_with_its_clock_and_counts(self, review, act, story, see):
        """What stood still when the work was done is not late, however long it stood."""
        act("kunshan.chief", "pause", review, {**PAUSE, "from": iso(at(10))}, at=at(10))
        story.moment = at(30)
        story.step("kunshan.chief", review, "approve")
        with see("kunshan.chief"):
            clock = review.deadlines.get(kind="review", agency=review.origin)
            assert clock.pauses.get().to_at == clock.met_at == at(30)
        assert state_of(clock, at(31)) is ClockState.MET

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(hours=st.lists(st.integers(1, 14 * 24), min_size=2, max_size=6, unique=True))
    def test_pausing_by_x_moves_by_x(self, story, act, clock_of, hours):
        """Against a plain walk over the days of the pauses."""
        story.moment = MONDAY
        case = story.submitted()
        due, moved = clock_of(case).due_at, 0
        for start, end in itertools.pairwise(sorted(hours)):
            since, until = MONDAY + timedelta(hours=start), MONDAY + timedelta(hours=end)
            if since >= clock_of(case).due_at:
                break
            act("kunshan.chief", "pause", case, {**PAUSE, "from": iso(since)}, at=since)
            act("kunshan.chief", "resume", case, {"at": iso(until)}, at=until)
            moved += sum(counted_on(since) < day <= counted_on(until) for day in workdays())
        assert sum(due.date() < day <= clock_of(case).due_at.date() for day in workdays()) == moved


def workdays() -> list[date]:
    """Monday to Friday from the week of the tests on, without the Qingming and Labour Day holidays of 2026."""
    days = [MONDAY.date() + n * DAY for n in range(60)]
    off = {date(2026, 4, 6), *(date(2026, 5, n) for n in range(1, 6))}
    return [day for day in days if day.weekday() < 5 and day not in off]


def counted_on(moment: datetime) -> date:
    """The day a moment counts for: after closing it is the next one that is worked."""
    local = moment.astimezone(SHANGHAI)
    late = local.hour * 60 + local.minute > 17 * 60
    return next(day for day in workdays() if day > local.date() or (day == local.date() and not late))


class TestExtension:
    def test_the_original_is_kept(self, review, act, clock_of):
        due = clock_of(review).due_at
        first = act("suzhou.chief", "extend", review, {"amount": 1, "reason": "等译文。"}, at=at(10))
        assert (first.extended_from, first.extended_by) == (due, 1)
        second = act("jiangsu.supervisor", "extend", review, {"amount": "1", "reason": "再等。"}, at=at(11))
        assert (second.extended_from, second.extended_by) == (due, 2)
        assert work_calendar().working_days_between(due, second.due_at) == 2
        kept = [(row.due_before, row.due_after) for row in second.extensions.all()]
        assert kept == [(due, first.due_at), (first.due_at, second.due_at)]

    def test_its_cap(self, review, act, clock_of):
        cap = clock_of(review).extend_cap
        assert cap > 1
        act("suzhou.chief", "extend", review, {"amount": cap - 1, "reason": "等译文。"}, at=at(10))
        with pytest.raises(GuardFailed) as refused:
            act("suzhou.chief", "extend", review, {"amount": 2, "reason": "再等。"}, at=at(10))
        assert [(reason.code, reason.pointer) for reason in refused.value.reasons] == [("past_cap", "/amount")]
        assert "1" in str(refused.value.reasons[0].words)
        assert clock_of(review).extended_by == cap - 1
        act("suzhou.chief", "extend", review, {"amount": 1, "reason": "再等。"}, at=at(10))
        with pytest.raises(GuardFailed):
            act("suzhou.chief", "extend", review, {"amount": 1, "reason": "再等。"}, at=at(10))

    @pytest.mark.parametrize("amount", [0, -1, 1.5, True, "a lot", None, 10**9])
    def test_what_is_no_amount(self, review, act, amount):
        with pytest.raises(Malformed) as refused:
            act("suzhou.chief", "extend", review, {"amount": amount, "reason": ""})
        assert {reason.pointer for reason in refused.value.reasons} == {"/amount", "/reason"}

    @pytest.mark.parametrize(
        "login, error",
        [
            ("kunshan.chief", NotHolder),
            ("kunshan.supervisor", NotHolder),
            ("kunshan.desk", NotPermitted),
            ("guohe.desk", NotPermitted),
            ("yunnan.supervisor", NotVisible),
        ],
    )
    def test_only_from_above(self, review, act, clock_of, login, error):
        with pytest.raises(error):
            act(login, "extend", review, {"amount": 1, "reason": "等。"}, at=at(10), clock=clock_of(review))

    def test_the_terminal_desk_extends_its_own_but_never_the_officer_at_work(self, story, cast, act):
        story.moment = MONDAY
        case = story.submitted("guohe")
        case = story.step("guohe.desk", case, "assign_handler", handler="guohe.chief")
        with pytest.raises(FourEyes):
            act("guohe.chief", "extend", case, {"amount": 1, "reason": "等。"}, at=at(10))
        act("guohe.supervisor", "extend", case, {"amount": 1, "reason": "等。"}, at=at(10))

    def test_a_late_internal_clock_gets_time_again(self, review, act, clock_of):
        late = clock_of(review).due_at + timedelta(hours=1)
        assert state_of(clock_of(review), late) is ClockState.BREACHED
        clock = act("suzhou.chief", "extend", review, {"amount": 1, "reason": "等。"}, at=late)
        assert (state_of(clock, late), clock.overdue_at) == (ClockState.RUNNING, None)


class TestExplanation:
    WHY = {"text": "泰方迟迟不确认。", "told_to": "苏州市公安局", "told_on": "2026-03-18"}

    def test_what_is_late_is_explained(self, review, act, clock_of):
        clock = act("kunshan.officer", "explain", review, self.WHY, at=at(18, 12))
        row = clock.explanations.get()
        assert (row.text, row.told_to, row.told_on) == (*list(self.WHY.values())[:2], date(2026, 3, 18))

    def test_only_what_is_late(self, review, act):
        with pytest.raises(Conflict, match="没有超期"):
            act("kunshan.officer", "explain", review, self.WHY, at=at(10))

    def test_not_told_tomorrow(self, review, act):
        with pytest.raises(GuardFailed) as refused:
            act("kunshan.officer", "explain", review, {**self.WHY, "told_on": "2026-03-19"}, at=at(18, 12))
        assert [reason.pointer for reason in refused.value.reasons] == ["/told_on"]

    def test_who_why_when(self, review, act):
        with pytest.raises(Malformed) as refused:
            act("kunshan.officer", "explain", review, {"told_on": "18. März"}, at=at(18))
        assert sorted(reason.pointer for reason in refused.value.reasons) == ["/text", "/told_on", "/told_to"]

    @pytest.mark.parametrize("login, error", [("kunshan.supervisor", NotPermitted), ("guohe.chief", NotHolder)])
    def test_by_those_whose_clock_it_is(self, review, act, clock_of, login, error):
        with pytest.raises(error):
            act(login, "explain", review, self.WHY, at=at(18), clock=clock_of(review))


ACTS = {
    "pause": PAUSE,
    "resume": {},
    "extend": {"amount": 1, "reason": "等。"},
    "explain": TestExplanation.WHY,
}


class TestStill:
    @pytest.mark.parametrize("name", ["pause", "resume", "extend"])
    def test_what_is_met_stays(self, review, story, act, see, name):
        story.moment = at(10)
        story.step("kunshan.chief", review, "approve")
        with see("kunshan.chief"):
            met = review.deadlines.get(kind="review", agency=review.origin)
        login = "suzhou.chief" if name == "extend" else "kunshan.chief"
        with pytest.raises(Conflict, match="已经办结"):
            act(login, name, review, ACTS[name], at=at(11), clock=met)

    @pytest.mark.parametrize("name", ACTS)
    def test_an_archived_case_is_read_only(self, story, cast, see, act, name):
        case = story.closed()
        with acting(cast.actor("kunshan.officer")):
            archive_cases(actor=cast.actor("kunshan.officer"), case_ids=[case.pk])
        with see("kunshan.chief"):
            clock = case.deadlines.filter(agency=case.origin).first()
        login = "suzhou.chief" if name == "extend" else "kunshan.chief"
        with pytest.raises(Archived):
            act(login, name, case, ACTS[name], clock=clock)


def test_states_in_python_and_in_sql_are_one(review, see, clock_of):
    """Every combination of what is set, before and after the end."""
    clock, due = clock_of(review), clock_of(review).due_at
    moments = [None, due - DAY, due, due + DAY]
    seen = set()
    with see("kunshan.chief"):
        for met, paused, cancelled in itertools.product(moments, moments, moments):
            clock.met_at, clock.paused_at, clock.cancelled_at, clock.next_alarm_at = met, paused, cancelled, None
            clock.save()
            for now in (due - DAY, due, due + DAY):
                sql = f"SELECT {STATE} FROM cases_deadline d WHERE d.id = %(id)s"
                ((stored,),) = prepared.rows(sql, {"now": now, "id": clock.pk}, prepare=False)
                assert stored == state_of(clock, now)
                seen.add(stored)
    assert seen == set(ClockState.values)

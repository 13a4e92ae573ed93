"""A change of the work calendar and the open deadlines: which move is counted, then they move, recorded on each case."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from agencies import outbox
from agencies.models import AuditEvent, Notice
from cases.clocks import counting, moves
from cases.models import ClockRule, Deadline, DeadlinePause, OpenQueue
from countries import calendar_effects, notices
from countries.calendars import SHANGHAI, Calendar, day_of, work_calendar
from countries.models import CalendarNotice, Country, NoticeState
from tests.browsing import log_in
from tests.conftest import connected_as, django_connected_as
from tests.keeping import Keeper, left_running


@pytest.fixture
def cases(real_db, story) -> dict:
    """Open deadlines of many kinds: in review at three tiers, abroad, in parallel, with a pause, with more time, statutory."""
    made = {
        "review": story.submitted(),
        "city": story.step("kunshan.chief", story.submitted(), "approve"),
        "ruili": story.submitted("ruili", urgency="most_urgent"),
        "abroad": story.dispatched(),
        "closed": story.closed(),
        "paused": story.submitted(),
        "extended": story.submitted(),
        "statutory": story.registered(),
    }
    with django_connected_as("worker"):
        clocks = {name: case.deadlines.filter(met_at=None).first() for name, case in made.items()}
        _recount(clocks["extended"], extended_by=3)
        start = clocks["paused"].started_at
        DeadlinePause.objects.create(
            case=made["paused"],
            deadline=clocks["paused"],
            from_at=start,
            to_at=start + timedelta(days=4),
            category="court",
            officer_id=made["paused"].drafter_id,
            at=start,
        )
        _recount(clocks["paused"], ((start, start + timedelta(days=4)),))
        law = {"rule": ClockRule.STATUTORY, "article": "IMLA-14", "basis": "imla_14"}
        _recount(clocks["statutory"], unit="calendar_day", amount=10, **law)
    return made


def _recount(clock: Deadline, paused=(), **changes) -> None:
    for name, value in changes.items():
        setattr(clock, name, value)
    counting.count(clock, work_calendar(), clock.started_at, paused)
    clock.save()


def open_clocks() -> list[Deadline]:
    return list(Deadline.objects.filter(met_at=None, cancelled_at=None).order_by("pk"))


def with_days_off(days: int) -> Calendar:
    """Our calendar, with so many more days off in a row from the second day of work from now."""
    ours = work_calendar()
    first = ours.workday_after(day_of(Deadline.objects.latest("started_at").started_at), 2)
    off = {first + timedelta(days=n): False for n in range(days)}
    return replace(ours, days={**ours.days, **off})


class TestWhichMove:
    def test_those_that_a_count_one_by_one_finds(self, cases):
        with django_connected_as("worker"):
            for days in (0, 1, 6, 40):
                calendar = with_days_off(days)
                found = {
                    one.deadline_id: (one.before, one.was_provisional, one.after, one.provisional)
                    for one in moves.moves(calendar)
                }
                assert found == self.by_hand(calendar)
                assert bool(found) == (days > 0)

    def by_hand(self, calendar: Calendar) -> dict:
        moved = {}
        for clock in open_clocks():
            before = clock.due_at, clock.provisional
            pauses = [(pause.from_at, pause.to_at) for pause in clock.pauses.filter(to_at__isnull=False)]
            counting.count(clock, calendar, clock.started_at, pauses)
            if (clock.due_at, clock.provisional) != before:
                moved[clock.pk] = (*before, clock.due_at, clock.provisional)
        return moved

    def test_a_year_that_gets_its_notice_is_no_longer_provisional(self, cases):
        with django_connected_as("worker"):
            ours = work_calendar()
            years = {clock.due_at.astimezone(SHANGHAI).year for clock in open_clocks()}
            bare = replace(ours, official=ours.official - years)
            moves.apply_moves(bare, None, 1)
            found = moves.moves(ours)
            assert {one.was_provisional for one in found} == {True}
            assert not any(one.provisional or one.before != one.after for one in found)
            assert not moves.preview(ours, None)
            moves.apply_moves(ours, None, 2)
            assert not moves.moves(ours)
        assert not AuditEvent.objects.filter(kind=moves.MOVED).exists()

    def test_fixed_days_hours_and_partners_tables_move_none(self, cases):
        with django_connected_as("worker"):
            for clock in open_clocks():
                rule = ClockRule.FIXED if clock.kind != "review" else ClockRule.INTERNAL
                unit = "hour" if clock.kind == "review" else "calendar_day"
                _recount(clock, rule=rule, unit=unit)
            calendar = with_days_off(40)
            assert not moves.moves(calendar)
            Deadline.objects.update(rule=ClockRule.INTERNAL, unit="working_day")
            thailand = Country.objects.get(code="TH").pk
            assert moves.moves(calendar)
            assert not moves.moves(calendar, thailand)

    def test_alarms_alone_follow_without_a_word(self, real_db, story):
        """Days off after the due date move what goes to the agency above, and no date."""
        case = story.submitted()
        with django_connected_as("worker"):
            ours, clock = work_calendar(), case.deadlines.get(met_at=None)
            off = {day_of(clock.due_at) + timedelta(days=n): False for n in range(1, 30)}
            assert not moves.apply_moves(replace(ours, days={**ours.days, **off}), None, 1)
            before = clock.escalate_at
            clock.refresh_from_db()
        assert clock.escalate_at > before
        assert not AuditEvent.objects.filter(kind=moves.MOVED).exists()


class TestOneNotice:
    """From the administrator's wish to the case page, by the real commands, outbox and roles."""

    def asked(self, cast) -> CalendarNotice:
        calendar, today = work_calendar(), day_of(AuditEvent.objects.latest("at").at)
        day = calendar.workday_after(today, 2)
        notice = notices.set_day(
            actor=cast.actor("sysadmin"), day=day, is_workday=False, name="临时放假", title="临时通知"
        )
        self.drain()
        notice.refresh_from_db()
        assert notice.state == NoticeState.READY
        return notice

    def drain(self) -> None:
        with django_connected_as("worker"):
            outbox.drain()

    def facts(self) -> dict:
        with django_connected_as("worker"):
            return {clock.pk: clock for clock in open_clocks()}

    def test_is_counted_then_applied_in_one_step(self, cases, cast):
        before = self.facts()
        notice = self.asked(cast)
        assert {pk: clock.due_at for pk, clock in self.facts().items()} == {
            pk: clock.due_at for pk, clock in before.items()
        }
        counted = notice.moved
        notices.confirm(actor=cast.actor("sysadmin"), notice_id=notice.pk)
        self.drain()
        notice.refresh_from_db()
        after = self.facts()
        assert notice.state == NoticeState.DONE
        assert notice.moved == counted
        moved = [pk for pk, clock in after.items() if clock.due_at != before[pk].due_at]
        assert len(moved) == counted["total"] > 3
        assert {(row["agency"], row["n"]) for row in counted["rows"] if row["n"] < calendar_effects.FEW} == {("", 0)}
        assert {row["before"] < row["after"] for row in counted["rows"]} == {True}
        with django_connected_as("worker"):
            assert not moves.moves(work_calendar())
        for pk in moved:
            assert after[pk].next_alarm_at is None or after[pk].next_alarm_at > before[pk].started_at
            assert after[pk].escalate_at > before[pk].escalate_at
        events = AuditEvent.objects.filter(kind=moves.MOVED)
        assert sorted(row[0] for event in events for row in event.facts["moved"]) == sorted(map(str, moved))
        assert {event.facts["notice"] for event in events} == {notice.pk}
        assert events.count() == len({before[pk].case_id for pk in moved})
        assert not Notice.objects.filter(kind=moves.MOVED).exists()

        self.told(cast, cases["review"])

    def test_a_work_secret_moves_and_is_counted_nowhere(self, real_db, cast, story):
        for _n in range(calendar_effects.FEW):
            story.submitted()
        secret = story.submitted(mark="work_secret")
        before = self.facts()
        notice = self.asked(cast)
        [row] = notice.moved["rows"]
        assert (row["agency"], row["n"], notice.moved["total"]) == ("昆山市公安局", 3, 3)
        page = log_in(cast, "sysadmin").get(reverse("calendar-notice", args=[notice.pk])).content.decode()
        assert "工作秘密案件不计在内" in page
        notices.confirm(actor=cast.actor("sysadmin"), notice_id=notice.pk)
        self.drain()
        notice.refresh_from_db()
        assert notice.moved["total"] == 3
        after = self.facts()
        assert [after[pk].due_at > clock.due_at for pk, clock in before.items()] == [True] * 4
        assert secret.pk in {clock.case_id for clock in after.values()}

    def told(self, cast, case) -> None:
        """The case page, the timeline and the queue say the new date."""
        with django_connected_as("worker"):
            clock = case.deadlines.get(met_at=None)
            queued = OpenQueue.objects.get(case=case, agency=cast.agency("kunshan"))
            assert queued.due_at == clock.due_at
        page = log_in(cast, "kunshan.chief").get(reverse("case-detail", args=[case.pk])).content.decode()
        due = day_of(clock.due_at)
        assert f"{due.month}月{due.day}日" in page
        assert f"改为{due.year}年{due.month}月{due.day}日" in page
        assert "工作日历有改动" in page

    def test_a_second_run_moves_only_what_was_being_written(self, cases, cast, story):
        notice = self.asked(cast)
        notices.confirm(actor=cast.actor("sysadmin"), notice_id=notice.pk)
        self.drain()
        with django_connected_as("worker"):
            late = open_clocks()[0]
            counting.count(late, with_days_off(9), late.started_at)  # as by another calendar
            late.save()
            done = moves.apply_moves(work_calendar(), None, notice.pk)
        assert [one.deadline_id for one in done] == [late.pk]


def test_the_clocks_of_an_archived_case_stay(real_db, story, cast):
    kept, case = Keeper(cast, story).archived(), story.submitted()
    with django_connected_as("worker"):
        stray = left_running(kept)
        done = moves.apply_moves(with_days_off(6), None, 1)
    assert {one.case_id for one in done} == {case.pk}
    assert stray.pk not in {one.deadline_id for one in done}


def test_cases_are_taken_before_their_clocks(real_db, story):
    """A step holds its case and then writes a clock: whoever waits for the case must not hold the clock."""
    case, ends = story.submitted(), []

    def apply() -> None:
        try:
            ends.append(len(moves.apply_moves(with_days_off(6), None, 1)))
        finally:
            connections.close_all()

    with django_connected_as("worker"), connected_as("worker") as step:
        step.execute("BEGIN")
        step.execute("SELECT FROM cases_case WHERE id = %s FOR UPDATE", [case.pk])
        worker = threading.Thread(target=apply)
        worker.start()
        pid = step.info.backend_pid
        # Not pg_stat_activity: a transaction sees it as it was when first asked.
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))"
        while worker.is_alive() and not step.execute(waits, [pid]).fetchone()[0]:
            worker.join(0.01)
        step.execute("SELECT FROM cases_deadline WHERE case_id = %s FOR UPDATE NOWAIT", [case.pk])
        step.execute("ROLLBACK")
        worker.join(60)
    assert ends == [1]

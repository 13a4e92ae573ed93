"""The sweep on a database with real commits, as the worker: each stage once, whoever else sweeps, dies or moves the clock."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import AuditEvent, OutboxMessage
from agencies.moments import clock
from cases import sweep
from cases.clocks import running
from cases.clocks.counting import settle
from cases.models import Deadline
from countries.calendars import day_of
from tests.cast import PLACES
from tests.conftest import connected_as, django_connected_as
from tests.keeping import Keeper, left_running

DAY = timedelta(days=1)
OWNER = "SET ROLE coopdesk_owner"
VALUES = {"batch": 1000, "actor": "system", "role": "system", "kinds": [], "reactions": []}
# The columns of the three stages.
NEAR, OVER, UP = "warn_at", "due_at", "escalate_at"


def swept() -> int:
    with django_connected_as("worker"):
        return sweep.sweep()


def rung(*kinds: str) -> Counter[str]:
    """The events of the sweep so far, by kind."""
    rows = AuditEvent.objects.filter(kind__startswith="deadline.")
    return Counter((rows.filter(kind__in=kinds) if kinds else rows).values_list("kind", flat=True))


def change(sql: str, *values: object) -> None:
    """As the owner: rows that no command would write."""
    with connected_as("migrate") as owner:
        owner.execute(OWNER)
        owner.execute(sql.encode(), values)


def pass_by(case, stage: str = UP, *, hours: int = 1) -> None:
    """Time goes by until `stage` of the case's running clocks lies so many hours back."""
    change(
        f"UPDATE cases_deadline SET started_at = started_at - x, warn_at = warn_at - x, due_at = due_at - x,"
        " escalate_at = escalate_at - x, next_alarm_at = next_alarm_at - x"
        f" FROM (SELECT id AS the_id, {stage} - now() + %s * interval '1 hour' AS x FROM cases_deadline) shift"
        " WHERE id = the_id AND case_id = %s AND met_at IS NULL AND cancelled_at IS NULL",
        hours,
        case.pk,
    )


def clock_of(case, kind: str = "review") -> Deadline:
    with django_connected_as("worker"):
        return Deadline.objects.get(case=case, kind=kind, met_at=None, cancelled_at=None)


def test_nothing_rings_before_its_time_and_looking_is_one_probe_of_the_index(real_db, story):
    story.submitted()
    with django_connected_as("worker"), CaptureQueriesContext(connection) as looked:
        assert sweep.sweep() == 0
    assert not rung()
    (probe,) = [query["sql"] for query in looked.captured_queries]
    with django_connected_as("worker"), connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {probe}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using deadline_ringing" in plan


def test_each_stage_rings_once_as_time_goes_by(real_db, story):
    case = story.submitted()
    for stage, kind in ((NEAR, sweep.WARNING), (OVER, sweep.OVERDUE), (UP, sweep.ESCALATION)):
        pass_by(case, stage)
        assert swept() == 1
        assert swept() == 0
        assert rung(kind) == {kind: 1}
    assert clock_of(case).next_alarm_at is None


def test_an_event_names_the_clock_and_waits_in_the_outbox_for_its_reactions(real_db, story):
    case = story.submitted()
    pass_by(case, OVER)
    swept()
    event = AuditEvent.objects.get(kind=sweep.OVERDUE)
    late = clock_of(case)
    assert (event.subject, event.actor, event.role, event.agency_id) == (f"case:{case.pk}", "system", "system", None)
    assert event.facts["deadline"] == str(late.pk)
    assert (event.facts["kind"], event.facts["agency"]) == ("review", late.agency_id)
    assert event.facts["due"][:19] == late.due_at.isoformat()[:19]
    assert [message.reaction for message in OutboxMessage.objects.filter(event=event)] == ["notify-alarm"]


def test_a_beat_that_stood_still_for_three_days_raises_everything_once_and_no_overtaken_warning(real_db, story):
    pass_by(story.submitted(), UP, hours=72)
    assert swept() == 2
    assert rung() == {sweep.OVERDUE: 1, sweep.ESCALATION: 1}
    assert swept() == 0


def test_two_beats_at_once_share_the_work_without_doubling(real_db, story, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 2)
    for _ in range(12):
        pass_by(story.submitted(), OVER)
    gate = threading.Barrier(3)

    def beat() -> None:
        gate.wait(30)
        sweep.sweep()
        connection.close()

    with django_connected_as("worker"):
        beats = [threading.Thread(target=beat) for _ in range(3)]
        for one in beats:
            one.start()
        for one in beats:
            one.join(60)
    assert rung() == {sweep.OVERDUE: 12}
    events = AuditEvent.objects.filter(kind=sweep.OVERDUE)
    assert len(set(events.values_list("subject", flat=True))) == 12


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_beat_raises_it_once(real_db, story):
    case = story.submitted()
    pass_by(case, OVER)
    connections.close_all()
    with connected_as("worker") as dying:
        dying.execute("BEGIN")
        assert dying.execute(sweep._RAISE.encode(), VALUES).fetchone() == (1, 1)
        # Another beat passes by what the first one holds.
        assert swept() == 0
        with psycopg.connect(dying.info.dsn, password=dying.info.password) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [dying.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            dying.execute("COMMIT")
    assert not rung()
    assert swept() == 1
    assert rung() == {sweep.OVERDUE: 1}


def test_a_clock_that_jumped_ahead_and_back_rings_once(real_db, story):
    case = story.submitted()
    pass_by(case, OVER)
    swept()
    # The clock had been wrong: what rang lies ahead again.
    pass_by(case, OVER, hours=-48)
    assert swept() == 0
    pass_by(case, OVER)
    assert swept() == 0
    assert rung() == {sweep.OVERDUE: 1}


def test_what_is_met_cancelled_or_paused_never_rings(real_db, story):
    met = story.submitted()
    pass_by(met, OVER)
    story.step("kunshan.chief", met, "return_for_correction", reasons=["facts_unclear"])
    still = story.submitted()
    pass_by(still, OVER)
    change("UPDATE cases_deadline SET paused_at = now(), next_alarm_at = NULL WHERE case_id = %s", still.pk)
    gone = story.submitted()
    pass_by(gone, OVER)
    change("UPDATE cases_deadline SET cancelled_at = now(), next_alarm_at = NULL WHERE case_id = %s", gone.pk)
    assert swept() == 0


def test_a_clock_that_moves_later_rings_again_for_its_new_date(real_db, story):
    case = story.submitted()
    pass_by(case, OVER)
    swept()
    with django_connected_as("worker"), transaction.atomic():
        late = Deadline.objects.get(case=case, met_at=None)
        late.extended_by = 30
        running.recount(late, clock())
    assert swept() == 0
    pass_by(case, OVER)
    assert swept() == 1
    assert rung() == {sweep.OVERDUE: 2}


def test_a_recount_of_a_clock_that_was_read_before_it_rang_does_not_make_it_ring_twice(real_db, story):
    case = story.submitted()
    pass_by(case, OVER)
    with django_connected_as("worker"):
        stale = Deadline.objects.get(case=case, met_at=None)
    swept()
    with django_connected_as("worker"), transaction.atomic():
        running.recount(stale, clock())
    # Recounted from its start it lies ahead or not; what has been raised for a date that is past stays raised.
    assert Counter(rung()) == {sweep.OVERDUE: 1}
    with django_connected_as("worker"):
        fresh = Deadline.objects.get(pk=stale.pk)
    assert fresh.overdue_at is not None or fresh.due_at > clock()


@pytest.mark.parametrize(
    ("kind", "said"),
    [("acknowledgement", sweep.ACKNOWLEDGEMENT_OVERDUE), ("expected_reply", sweep.CHASE_DUE)],
)
def test_what_is_waited_for_abroad_has_alarms_of_its_own(real_db, story, kind, said):
    case = story.dispatched()
    change(
        "UPDATE cases_deadline SET cancelled_at = now(), next_alarm_at = NULL WHERE case_id = %s AND kind <> %s"
        " AND met_at IS NULL",
        case.pk,
        kind,
    )
    pass_by(case, OVER)
    swept()
    assert rung() == {said: 1}


def test_after_a_chase_the_next_one_falls_due(real_db, story):
    case = story.step("guohe.desk", story.dispatched(), "record_chase", opinion="请尽快答复。")
    change(
        "UPDATE cases_deadline SET cancelled_at = now(), next_alarm_at = NULL WHERE case_id = %s AND kind <> 'chase'"
        " AND met_at IS NULL",
        case.pk,
    )
    pass_by(case, OVER)
    swept()
    assert rung() == {sweep.CHASE_DUE: 1}


class TestOverlap:
    """MPSR-379 with IMLAP-7: both are shown, the earlier rings."""

    @pytest.fixture
    def pair(self, real_db, story):
        """`pair()` makes two clocks of a case that overlap, the earlier and the later, both overdue; gives their ids."""

        def make():
            case = story.submitted()
            with django_connected_as("worker"):
                earlier = Deadline.objects.get(case=case, met_at=None)
                earlier.overlap = "reply"
                earlier.save()
                later = Deadline.objects.get(pk=earlier.pk)
                later.pk, later.kind, later.amount = None, "reply_law", later.amount + 3
                running.count(later, running.work_calendar(), later.started_at)
                later.save(force_insert=True)
            pass_by(case, OVER, hours=400)
            return earlier.pk, later.pk

        return make

    def alarms(self, *ids):
        with django_connected_as("worker"):
            found = Deadline.objects.in_bulk(ids)
        return [found[pk].next_alarm_at is not None for pk in ids]

    def heard(self) -> set[str]:
        events = AuditEvent.objects.filter(kind__startswith="deadline.")
        return {*events.values_list("facts__deadline", flat=True)}

    def test_the_earlier_alone_rings(self, pair):
        earlier, later = pair()
        assert self.alarms(earlier, later) == [True, False]
        swept()
        assert self.heard() == {str(earlier)}
        assert self.alarms(earlier, later) == [False, False]

    def test_when_it_stops_or_stands_still_first_the_later_rings(self, pair):
        expected = set()
        for stop in ("met_at", "cancelled_at", "paused_at"):
            earlier, later = pair()
            change(f"UPDATE cases_deadline SET {stop} = now(), next_alarm_at = NULL WHERE id = %s", earlier)
            assert self.alarms(earlier, later) == [False, True]
            expected.add(str(later))
        swept()
        assert self.heard() == expected

    def test_every_share_has_an_alarm_of_its_own(self, real_db, story):
        case = story.step("guohe.desk", story.decided(), "assign", agencies=[PLACES["jiangsu"], PLACES["yunnan"]])
        with django_connected_as("worker"):
            rows = Deadline.objects.filter(case=case, met_at=None, cancelled_at=None).exclude(overlap="")
            shares = list(rows.exclude(assignment=None))
        assert len(shares) == 4
        ringing = [row.assignment_id for row in shares if row.next_alarm_at is not None]
        assert sorted(ringing) == sorted({row.assignment_id for row in shares})

    def test_a_clock_that_moves_before_the_other_takes_its_place(self, pair):
        earlier, later = pair()
        change(
            "UPDATE cases_deadline SET due_at = due_at - interval '30 days', started_at = started_at"
            " - interval '60 days' WHERE id = %s",
            later,
        )
        assert self.alarms(earlier, later) == [False, True]


class TestNextAlarm:
    """The sweep and the trigger work out in SQL what `settle` works out in Python."""

    def test_settle_and_the_statement_agree(self, real_db, story):
        case = story.submitted()
        # Every order of the three moments about now, with every set of stamps.
        orders = itertools.product(
            (None, -2, 1), ((-1, -1), (-1, 1), (2, 3)), itertools.product((True, False), repeat=3)
        )
        now = clock()
        with django_connected_as("worker"):
            one = Deadline.objects.get(case=case, kind="review")
            one.started_at, one.next_alarm_at = now - 99 * DAY, now - DAY
            for n, (warn, (due, up), stamps) in enumerate(orders):
                one.pk, one.kind, one.warn_at = None, f"k{n}", None if warn is None else now + warn * DAY
                one.due_at, one.escalate_at = now + due * DAY, now + up * DAY
                one.warned_at, one.overdue_at, one.escalated_at = (now - DAY if stamp else None for stamp in stamps)
                one.save(force_insert=True)
        swept()
        with django_connected_as("worker"):
            rows = list(Deadline.objects.filter(case=case, kind__startswith="k"))
        assert len(rows) == 72
        for row in rows:
            after = row.next_alarm_at
            settle(row)
            assert row.next_alarm_at == after, row
            assert after is None or after > now

    def test_settle_and_the_trigger_agree(self, real_db, story):
        case = story.submitted()
        with django_connected_as("worker"):
            row = Deadline.objects.get(case=case, met_at=None)
            row.overlap = "alone"
            for stamps in range(8):
                row.warned_at = row.started_at if stamps & 1 else None
                row.overdue_at = row.started_at if stamps & 2 else None
                row.escalated_at = row.started_at if stamps & 4 else None
                row.next_alarm_at = None
                row.save()
                stored = Deadline.objects.get(pk=row.pk).next_alarm_at
                settle(row)
                assert stored == row.next_alarm_at


def test_a_batch_is_full_and_the_next_one_goes_on(real_db, story, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 2)
    for _ in range(5):
        pass_by(story.submitted(), OVER)
    assert swept() == 5


def test_somebody_who_holds_a_clock_keeps_only_that_one_from_ringing(real_db, story):
    held, free = story.submitted(), story.submitted()
    pass_by(held, OVER)
    pass_by(free, OVER)
    with connected_as("worker") as other:
        other.execute("BEGIN")
        other.execute("SELECT FROM cases_deadline WHERE case_id = %s FOR UPDATE", [held.pk])
        assert swept() == 1
        other.execute("ROLLBACK")
    assert swept() == 1


def test_a_clock_in_an_archived_case_keeps_no_other_from_ringing(real_db, story, cast):
    kept, case = Keeper(cast, story).archived(), story.submitted()
    with django_connected_as("worker"):
        stray = left_running(kept)
    pass_by(case, OVER)
    assert swept() == 1
    assert AuditEvent.objects.get(kind=sweep.OVERDUE).subject == f"case:{case.pk}"
    with django_connected_as("worker"):
        stray.refresh_from_db()
    assert stray.overdue_at is None


def test_a_statutory_clock_rings_by_the_numbers_of_the_laws_table(real_db, story):
    change("UPDATE treaties_timelimit SET warn_before = 20, escalate_after = 4 WHERE key = 'execution_evidence'")
    case = story.in_execution("jiangsu")
    with django_connected_as("worker"):
        clock = Deadline.objects.get(case=case, kind="execution_evidence")
    assert (clock.warn_before, clock.escalate_after) == (20, 4)
    days = (day_of(clock.due_at) - day_of(clock.warn_at)).days, (day_of(clock.escalate_at) - day_of(clock.due_at)).days
    assert days == (20, 4)

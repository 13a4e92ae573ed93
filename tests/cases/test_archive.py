"""归档: who archives what for how long, that nothing moves in the archive, and that only two persons dispose of content,
after its time, while number, legs, dates and trail stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import Error, IntegrityError

from agencies.errors import GuardFailed, Malformed, NotPermitted, NotVisible
from agencies.models import Appointment, AuditEvent, Officer
from agencies.moments import clock
from agencies.scope import acting
from cases import archive, copies, deadlines, notes
from cases.kept import Archived
from cases.models import (
    ENDED,
    Attachment,
    Case,
    Disposal,
    Note,
    RequestItem,
    RetentionPeriod,
    Revision,
    Subject,
    Supervision,
)
from tests.keeping import Keeper
from tests.supervising import Overseer

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(cast, story) -> Keeper:
    return Keeper(cast, story)


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


# --- Archiving -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status, years", [("closed", 30), ("withdrawn", 10), ("declined", 10)])
def test_what_has_ended_is_archived_for_the_time_of_its_status(keeper, story, status, years):
    case = keeper.archived(story.at(status))
    assert case.status == status
    assert case.retain_until == date(case.ended_at.year + years, 12, 31)
    event = AuditEvent.objects.get(kind="case.archive", subject=f"case:{case.pk}")
    assert event.facts["retention"] == f"years_{years}"
    assert event.facts["retain_until"] == case.retain_until.isoformat()


def test_every_terminal_status_has_a_period_in_the_schedule():
    named = {status for row in RetentionPeriod.objects.all() for status in row.statuses}
    assert named == set(ENDED)


def test_the_schedule_says_that_no_source_gives_it():
    assert {(row.basis, row.confidence) for row in RetentionPeriod.objects.all()} == {
        ("coopdesk.default.retention", "recollection")
    }


def test_a_status_that_no_period_names_gets_the_longest():
    periods = list(RetentionPeriod.objects.all())
    assert archive.period_for("something", periods).code == "permanent"


def test_permanent_has_no_end(keeper):
    case = keeper.archived(period="permanent")
    assert (case.retain_until, case.retention.code) == (None, "permanent")


def test_several_are_archived_at_once_all_or_none(keeper, story):
    ended, running = story.closed(), story.submitted()
    with pytest.raises(GuardFailed) as refusal:
        keeper.do("kunshan.officer", archive.archive_cases, ended, running)
    assert codes(refusal) == ["not_ended"]
    assert running.number in str(refusal.value.reasons[0].words)
    with acting(keeper.cast.actor("kunshan.officer")):
        assert Case.objects.get(pk=ended.pk).archived_at is None


@pytest.mark.parametrize("login", ["kunshan.desk", "kunshan.supervisor", "guohe.desk"])
def test_only_a_drafter_or_an_approver_archives(keeper, story, login):
    with pytest.raises(NotPermitted):
        keeper.archived(story.closed(), login=login)


def test_only_the_origin_archives(keeper, story):
    with pytest.raises(GuardFailed) as refusal:
        keeper.archived(story.closed(), login="suzhou.chief")
    assert codes(refusal) == ["not_origin"]


def test_a_hidden_case_is_an_absent_one(keeper, story):
    with pytest.raises(NotVisible):
        keeper.archived(story.closed(), login="ruili.officer")


@pytest.mark.parametrize("wrong", [{"period": "ever"}, {"case_ids": []}])
def test_what_cannot_be_read_is_refused(keeper, cast, story, wrong):
    case, actor = story.closed(), cast.actor("kunshan.officer")
    with pytest.raises(Malformed), acting(actor):
        archive.archive_cases(**{"actor": actor, "case_ids": [case.pk], **wrong})


def test_what_still_runs_or_is_supervised_keeps_a_case_out(keeper, story, cast):
    case, desk = story.checked(request_type="mla_freeze_in"), cast.actor("guohe.desk")
    with acting(desk):
        since = (clock() - timedelta(hours=1)).isoformat()
        frozen = deadlines.record_trigger(actor=desk, case_id=case.pk, data={"limit": "freeze_funds", "at": since})
    case = story.step("guohe.chief", case, "decide", decision="refuse", grounds=["political_offence"])
    with pytest.raises(GuardFailed) as refusal:
        keeper.archived(case, login="guohe.chief")
    assert codes(refusal) == ["unfinished"]
    assert "还在计时，由公安部国际合作局先登记办结" in refusal.value.reasons[0].words
    with acting(desk):
        deadlines.finish(actor=desk, case_id=case.pk, deadline_id=frozen.pk, data={})
    assert keeper.archived(case, login="guohe.chief").archived_at is not None


def test_so_does_an_open_order(keeper, story, cast):
    case = story.submitted()
    one = Overseer(cast).order("suzhou.supervisor", case)
    case = story.step("kunshan.chief", case, "withdraw", opinion="不再需要。")
    with acting(cast.actor("kunshan.officer")):
        Supervision.objects.filter(pk=one.pk).update(state="answered")
    with pytest.raises(GuardFailed) as refusal:
        keeper.archived(case)
    assert f"{one.number}还没有办结，由苏州市公安局先办结。" in refusal.value.reasons[0].words


# --- In the archive nothing moves -------------------------------------------------------------------------------------


def test_no_step_is_taken_and_the_words_say_what_to_do(keeper, story, cast):
    case = keeper.archived()
    with pytest.raises(Archived, match=r"昆山市公安局的审批人取消归档"):
        story.step("kunshan.chief", case, "reopen", opinion="再看。")
    actor = cast.actor("kunshan.chief")
    with acting(actor), pytest.raises(Archived):
        notes.add_note(actor=actor, case_id=case.pk, text="备注。")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_case SET title = 'x' WHERE id = %s",
        "UPDATE cases_case SET retain_until = '2000-01-01' WHERE id = %s",
        "UPDATE cases_case SET disposed_at = now() WHERE id = %s",
        "UPDATE cases_case SET archived_at = NULL, retention_id = NULL, retain_until = NULL, title = 'x' WHERE id = %s",
        "UPDATE cases_subject SET name = 'x' WHERE case_id = %s",
        "DELETE FROM cases_subject WHERE case_id = %s",
        "DELETE FROM cases_requestitem WHERE case_id = %s",
        "SELECT dispose_case(%s)",
    ],
)
def test_the_database_refuses_it_too(keeper, cast, statement):
    case = keeper.archived()
    refused(cast, case, statement)


def refused(cast, case, statement):
    with (
        acting(cast.actor("kunshan.officer")),
        pytest.raises(Error),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [case.pk])


def test_a_reorganisation_may_widen_the_scope_of_an_archived_case(keeper, cast):
    case = keeper.archived()
    with acting(cast.actor("kunshan.officer")):
        Case.objects.filter(pk=case.pk).update(scope=[*case.scope, cast.agency("dehong").pk])
        assert cast.agency("dehong").pk in Case.objects.get(pk=case.pk).scope


def test_lines_of_a_draft_come_and_go_as_before(story, cast):
    case = story.draft()
    with acting(cast.actor("kunshan.officer")):
        assert Subject.objects.filter(case=case).delete()[0] == 1


# --- Out again ---------------------------------------------------------------------------------------------------------


def test_taken_out_by_its_approver_it_can_be_reopened(keeper, story):
    case = keeper.archived()
    with pytest.raises(NotPermitted):
        keeper.do("kunshan.officer", archive.restore_cases, case)
    (case,) = keeper.do("kunshan.chief", archive.restore_cases, case)
    assert (case.archived_at, case.retain_until) == (None, None)
    assert story.step("kunshan.chief", case, "reopen", opinion="再看。").status == "delivered"
    assert AuditEvent.objects.filter(kind="case.restore", subject=f"case:{case.pk}").count() == 1


def test_what_is_proposed_for_disposal_is_not_taken_out(keeper):
    case = keeper.due()
    keeper.propose(case)
    with pytest.raises(GuardFailed) as refusal:
        keeper.do("kunshan.chief", archive.restore_cases, case)
    assert codes(refusal) == ["proposed"]


# --- Disposal ----------------------------------------------------------------------------------------------------------


def test_before_its_time_nothing_is_proposed(keeper):
    for case, code in ((keeper.archived(), "not_due"), (keeper.archived(period="permanent"), "permanent")):
        with pytest.raises(GuardFailed) as refusal:
            keeper.propose(case)
        assert codes(refusal) == [code]


def test_the_last_day_still_belongs_to_the_time():
    case = Case(retain_until=date(2026, 12, 31))
    assert not archive.is_due(case, date(2026, 12, 31))
    assert archive.is_due(case, date(2026, 12, 31) + timedelta(days=1))


def test_two_persons_take_the_content_away_and_the_rest_stays(keeper, story, cast):
    case = keeper.due()
    with acting(cast.actor("kunshan.officer")):
        before = (list(case.legs.values_list("seq", "opened_at", "closed_at")), case.number, case.created_at)
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}").count()
    keeper.propose(case)
    (case,) = keeper.confirm(case)
    with acting(cast.actor("kunshan.officer")):
        case = Case.objects.get(pk=case.pk)
        for model in (Subject, RequestItem, Revision, Note, Attachment):
            assert not model.objects.filter(case=case).exists(), model
        after = (list(case.legs.values_list("seq", "opened_at", "closed_at")), case.number, case.created_at)
        assert case.transmissions.exists()
    assert before == after
    assert (case.title, case.summary, case.purpose, case.result, case.status) == ("", "", "", "", "closed")
    assert case.disposed_at is not None
    told = AuditEvent.objects.filter(subject=f"case:{case.pk}").order_by("pk")[events:]
    assert [(event.kind, event.officer.police_number) for event in told] == [
        ("case.propose_disposal", "kunshan.chief"),
        ("case.dispose", "guohe.chief"),
    ]


def test_who_proposed_does_not_confirm_whatever_his_appointments(keeper, cast):
    case = keeper.due("guohe")
    keeper.propose(case, login="guohe.chief")
    with pytest.raises(GuardFailed) as refusal:
        keeper.confirm(case)
    assert codes(refusal) == ["same_person"]
    other = Officer.objects.create(police_number="guohe.second", name="演第二")
    Appointment.objects.create(officer=other, agency=cast.agency("guohe"), role="approver")
    assert keeper.confirm(case, login="guohe.second")[0].disposed_at is not None


def test_the_database_wants_two_persons(keeper, cast):
    case = keeper.due()
    keeper.propose(case)
    with acting(cast.actor("kunshan.chief")), pytest.raises(IntegrityError, match="disposal_two_persons"):
        Disposal.objects.filter(case=case).update(
            decision="confirmed", decided_by=cast.officer("kunshan.chief"), decided_at=case.archived_at
        )


@pytest.mark.parametrize("login", ["kunshan.officer", "guohe.desk", "guohe.supervisor"])
def test_only_an_approver_decides(keeper, login):
    case = keeper.due()
    keeper.propose(case)
    with pytest.raises(NotPermitted):
        keeper.confirm(case, login=login)


@pytest.mark.parametrize("login, code", [("kunshan.chief", "same_person"), ("jiangsu.chief", "not_decider")])
def test_only_another_approver_of_the_last_agency_decides(keeper, login, code):
    case = keeper.due()
    keeper.propose(case)
    with pytest.raises(GuardFailed) as refusal:
        keeper.confirm(case, login=login)
    assert codes(refusal) == [code]


def test_nothing_is_decided_that_was_not_proposed_and_nothing_twice(keeper):
    case = keeper.due()
    with pytest.raises(GuardFailed) as refusal:
        keeper.confirm(case)
    assert codes(refusal) == ["not_proposed"]
    keeper.propose(case)
    with pytest.raises(GuardFailed) as refusal:
        keeper.propose(case)
    assert codes(refusal) == ["proposed"]


def test_what_is_kept_has_its_reason_and_can_be_proposed_again(keeper, cast):
    case = keeper.due()
    keeper.propose(case)
    with pytest.raises(Malformed):
        keeper.keep(case, reason=" ")
    keeper.keep(case)
    with acting(cast.actor("kunshan.chief")):
        kept = Disposal.objects.get(case=case)
        assert (kept.decision, kept.reason) == ("kept", "还有用。")
    keeper.propose(case)
    keeper.confirm(case)
    with acting(cast.actor("kunshan.chief")):
        assert sorted(Disposal.objects.filter(case=case).values_list("decision", "reason")) == [
            ("confirmed", ""),
            ("kept", ""),
        ]


def test_a_disposed_case_is_past_everything(keeper, story, cast):
    case = keeper.disposed()
    with pytest.raises(GuardFailed):
        keeper.do("kunshan.chief", archive.restore_cases, case)
    with pytest.raises(Archived, match="销毁"):
        story.step("kunshan.chief", case, "reopen", opinion="再看。")
    actor = cast.actor("kunshan.officer")
    with acting(actor), pytest.raises(Archived):
        copies.copy_case(actor=actor, case_id=case.pk)
    refused(cast, case, "UPDATE cases_case SET title = 'x' WHERE id = %s")
    refused(cast, case, "SELECT dispose_case(%s)")

"""Who hears of a clock that rings, by the sweep and the real outbox: who works on it, his approvers, the agency above."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from agencies import notice_settings, outbox
from agencies.commands import appointments
from agencies.commands.own_account import set_notice_settings
from agencies.models import Appointment, AuditEvent, Notice, NoticeSettings, OutboxMessage
from agencies.moments import clock
from cases import sweep
from cases.queries.timeline import SUPERVISION
from tests.browsing import log_in
from tests.cases.test_sweep import NEAR, OVER, UP, change, pass_by
from tests.cast import PLACES
from tests.conftest import django_connected_as
from tests.language import wrong_words
from tests.supervising import Overseer


@pytest.fixture
def told(real_db):
    """`told(case, kind)`: sweep, run the outbox, and say who has a notice of that kind, by login."""

    def ask(case, kind: str) -> list[str]:
        with django_connected_as("worker"):
            sweep.sweep()
            outbox.drain()
        rows = Notice.objects.filter(kind=kind, subject=f"case:{case.pk}")
        return sorted(rows.values_list("officer__police_number", flat=True))

    return ask


def only(case, kind: str) -> None:
    """Of the case's running clocks this one alone rings."""
    change(
        "UPDATE cases_deadline SET cancelled_at = now(), next_alarm_at = NULL"
        " WHERE case_id = %s AND kind <> %s AND met_at IS NULL AND cancelled_at IS NULL",
        case.pk,
        kind,
    )


class TestLadder:
    def test_from_whose_turn_it_is_over_the_approvers_to_the_supervisors_above(self, story, told):
        case = story.submitted()
        pass_by(case, NEAR)
        assert told(case, sweep.WARNING) == ["kunshan.chief"]
        pass_by(case, OVER)
        assert told(case, sweep.OVERDUE) == ["kunshan.chief"]
        pass_by(case, UP)
        assert told(case, sweep.ESCALATION) == ["kunshan.chief", "suzhou.supervisor"]

    def test_a_handler_instead_of_the_role(self, story, told):
        case = story.step("suzhou.chief", _at_suzhou(story), "assign_handler", handler="suzhou.officer")
        pass_by(case, NEAR)
        assert told(case, sweep.WARNING) == ["suzhou.officer"]
        pass_by(case, OVER)
        assert told(case, sweep.OVERDUE) == ["suzhou.chief", "suzhou.officer"]
        pass_by(case, UP)
        assert told(case, sweep.ESCALATION) == ["jiangsu.supervisor", "suzhou.chief", "suzhou.officer"]

    def test_a_correction_is_the_drafters(self, story, told):
        case = story.at("returned")
        pass_by(case, OVER)
        assert told(case, sweep.OVERDUE) == ["kunshan.chief", "kunshan.officer"]

    def test_an_agency_above_without_supervisor_is_told_through_its_approvers_and_without_both_the_next(
        self, story, cast, told
    ):
        case, other = _at_suzhou(story), _at_suzhou(story)
        _dismiss(cast, "jiangsu.supervisor")
        pass_by(case, UP)
        assert told(case, sweep.ESCALATION) == ["jiangsu.chief", "suzhou.chief"]
        _dismiss(cast, "jiangsu.chief")
        pass_by(other, UP)
        assert told(other, sweep.ESCALATION) == ["guohe.supervisor", "suzhou.chief"]

    @pytest.mark.parametrize(
        ("kind", "event"),
        [
            ("acknowledgement", sweep.ACKNOWLEDGEMENT_OVERDUE),
            ("expected_reply", sweep.CHASE_DUE),
        ],
    )
    def test_what_is_awaited_from_abroad_is_for_the_desk_that_faces_the_other_side(self, story, told, kind, event):
        case = story.dispatched()
        only(case, kind)
        pass_by(case, NEAR)
        assert told(case, sweep.WARNING) == ["guohe.desk"]
        pass_by(case, OVER)
        assert told(case, event) == ["guohe.chief", "guohe.desk"]

    def test_parallel_work_is_for_the_agency_asked(self, story, told):
        case = story.step(
            "suzhou.desk", _at_suzhou(story), "invite", agencies=[PLACES["dehong"]], question="有无线索？"
        )
        only(case, "opinion")
        pass_by(case, NEAR)
        assert told(case, sweep.WARNING) == ["dehong.chief", "dehong.desk"]
        pass_by(case, UP)
        assert {"dehong.chief", "dehong.desk"} <= set(told(case, sweep.ESCALATION))

    def test_that_feedback_is_late_reaches_who_ordered_it_and_where_it_was_raised_to(self, story, cast, told):
        case, overseer = story.submitted(), Overseer(cast)
        one = overseer.order("jiangsu.supervisor", case)
        overseer.escalate("jiangsu.supervisor", one)
        only(case, "supervision")
        pass_by(case, NEAR)
        assert told(case, sweep.WARNING) == ["kunshan.chief", "kunshan.desk"]
        pass_by(case, OVER)
        late = ["guohe.supervisor", "jiangsu.supervisor", "kunshan.chief", "kunshan.desk"]
        assert told(case, sweep.OVERDUE) == late
        pass_by(case, UP)
        assert told(case, sweep.ESCALATION) == [*late, "suzhou.supervisor"]

    def test_nobody_is_told_of_what_has_been_done_meanwhile(self, story, told):
        case = story.submitted()
        pass_by(case, OVER)
        with django_connected_as("worker"):
            sweep.sweep()
        story.step("kunshan.chief", case, "approve")
        assert told(case, sweep.OVERDUE) == []

    def test_once_however_often_the_reaction_runs(self, story, told):
        case = story.submitted()
        pass_by(case, OVER)
        told(case, sweep.OVERDUE)
        OutboxMessage.objects.filter(event__kind=sweep.OVERDUE).update(done_at=None)
        assert told(case, sweep.OVERDUE) == ["kunshan.chief"]


class TestMail:
    def test_work_secrets_stay_out_of_it_and_are_told_to_those_alone_who_may_see_them(self, story, told):
        case = story.submitted(mark="work_secret")
        pass_by(case, UP)
        assert told(case, sweep.ESCALATION) == ["kunshan.chief", "suzhou.supervisor"]
        assert not mail.outbox

    def test_it_says_the_number_and_what_kind_of_news_never_a_title(self, story, told):
        case = story.submitted()
        pass_by(case, OVER)
        told(case, sweep.OVERDUE)
        (sent,) = [one for one in mail.outbox if "期限提醒" in one.subject]
        assert case.number in sent.subject
        assert f"/cases/{case.pk}/" in sent.body
        assert case.title not in sent.subject + sent.body

    def test_each_as_he_wants_it_but_an_escalation_always(self, story, cast, told):
        chief = cast.officer("kunshan.chief")
        wanted = {"cases": "none", "clocks": "none", "supervision": "none", "digest_at": None}
        set_notice_settings(actor=cast.actor("kunshan.chief"), officer=chief, **wanted)
        case = story.submitted()
        pass_by(case, OVER)
        assert told(case, sweep.OVERDUE) == ["kunshan.chief"]
        assert not mail.outbox
        pass_by(case, UP)
        told(case, sweep.ESCALATION)
        assert sorted(one.to[0] for one in mail.outbox) == [
            "kunshan.chief@example.test",
            "suzhou.supervisor@example.test",
        ]

    @pytest.mark.parametrize(("urgency", "stage", "waits"), [("urgent", UP, 2), ("most_urgent", UP, 0)])
    def test_quiet_hours_hold_it_back_but_not_what_rises_in_a_most_urgent_case(
        self, story, told, urgency, stage, waits
    ):
        hour = timezone.localtime(clock()).hour
        NoticeSettings.objects.update(digest_at=None)
        NoticeSettings.objects.update(quiet_from=hour, quiet_to=(hour + 2) % 24)
        case = story.submitted(urgency=urgency)
        pass_by(case, stage)
        assert told(case, sweep.ESCALATION) == ["kunshan.chief", "suzhou.supervisor"]
        held = OutboxMessage.objects.filter(reaction=notice_settings.MAIL, event__kind=sweep.ESCALATION, done_at=None)
        assert held.count() == waits
        assert all(clock() < one.not_before <= clock() + timedelta(hours=2) for one in held)
        assert len([one for one in mail.outbox if "提级" in one.subject]) == 2 - waits
        OutboxMessage.objects.update(not_before=clock())
        told(case, sweep.ESCALATION)
        assert len([one for one in mail.outbox if "提级" in one.subject]) == 2


class TestPages:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_timeline_and_the_inbox_say_what_rang(self, story, cast, told, language):
        case = story.submitted()
        pass_by(case, UP)
        told(case, sweep.ESCALATION)
        client = log_in(cast, "kunshan.chief")
        client.cookies["coopdesk_language"] = language
        page, inbox = (client.get(url).content.decode() for url in (f"/cases/{case.pk}/", "/notices/"))
        assert 'data-k="warn"' in page
        said = "已提级" if language == "zh-hans" else "has been escalated"
        assert said in page
        assert said in inbox
        assert wrong_words(page, language) == wrong_words(inbox, language) == []

    def test_what_the_other_side_owes_is_not_called_our_lateness(self, story, cast, told):
        case = story.dispatched()
        only(case, "expected_reply")
        pass_by(case, UP)
        assert told(case, sweep.ESCALATION) == ["guohe.chief", "guohe.desk", "guohe.supervisor"]
        inbox = log_in(cast, "guohe.supervisor").get("/notices/").content.decode()
        assert "还没有答复，已提级" in inbox
        assert "逾期未办" not in inbox

    def test_those_invited_do_not_read_of_the_clocks_of_others(self, story, cast, told):
        case = story.step(
            "suzhou.desk", _at_suzhou(story), "invite", agencies=[PLACES["dehong"]], question="有无线索？"
        )
        pass_by(case, OVER)
        told(case, sweep.OVERDUE)
        assert AuditEvent.objects.filter(kind=sweep.OVERDUE).count() == 2
        page = log_in(cast, "dehong.chief").get(f"/cases/{case.pk}/").content.decode()
        assert page.count('data-k="warn"') == 1

    def test_the_kind_that_cannot_be_silenced_is_the_one_the_sweep_raises(self):
        assert notice_settings.group_of(sweep.ESCALATION) == notice_settings.Group.ESCALATIONS
        kinds = set(sweep.KINDS) - {sweep.ESCALATION}
        assert {notice_settings.group_of(kind) for kind in kinds} == {notice_settings.Group.CLOCKS}
        groups = {kind: notice_settings.group_of(kind) for kind in SUPERVISION}
        assert groups.pop("case.supervision_escalate") == notice_settings.Group.ESCALATIONS
        assert set(groups.values()) == {notice_settings.Group.SUPERVISION}


def _at_suzhou(story, **changes):
    return story.step("kunshan.chief", story.submitted(**changes), "approve")


def _dismiss(cast, login: str) -> None:
    post = Appointment.objects.get(officer__police_number=login)
    appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)

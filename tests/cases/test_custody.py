"""Custody is singular: no overlap, no gap, open exactly while the case is. The database refuses anything else."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import drafts
from cases.models import Deadline, Leg
from cases.routing import Journey
from countries.calendars import work_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def kunshan(cast):
    return cast.actor("kunshan.officer")


def legs_of(case):
    return list(Leg.objects.filter(case=case).order_by("seq"))


def test_the_whole_life_is_attributed_without_overlap_or_gap(story, kunshan):
    case = story.closed()
    with acting(kunshan):
        legs = legs_of(case)
    assert [(leg.phase, leg.holder_name) for leg in legs] == [
        ("draft", "昆山市公安局"),
        ("review", "昆山市公安局"),
        ("review", "苏州市公安局"),
        ("review", "江苏省公安厅"),
        ("review", "公安部国际合作局"),
        ("dispatch", "公安部国际合作局"),
        ("abroad", "泰国皇家警察总署"),
        ("return", "公安部国际合作局"),
        ("return", "江苏省公安厅"),
        ("return", "苏州市公安局"),
        ("delivery", "昆山市公安局"),
    ]
    assert legs[0].opened_at == case.created_at
    for before, after in pairwise(legs):
        assert before.closed_at == after.opened_at
    assert legs[-1].closed_at == case.ended_at


def test_a_corrected_case_passes_the_origins_approver_and_goes_straight_back(story, kunshan):
    case = story.submitted()
    for place in ("kunshan", "suzhou"):
        case = story.step(f"{place}.chief", case, "approve")
    case = story.step("jiangsu.desk", case, "return_for_correction", reasons=["items_unclear"])
    case = story.step("kunshan.officer", case, "submit")
    assert case.content_version == 2
    case = story.step("kunshan.chief", case, "approve")
    with acting(kunshan):
        assert legs_of(case)[-1].holder_name == "江苏省公安厅"
    assert case.return_to is None
    case = story.step("jiangsu.chief", case, "approve")
    with acting(kunshan):
        assert legs_of(case)[-1].holder_name == "公安部国际合作局"


def test_the_origins_own_approver_may_send_a_correction_back_once_more(story, kunshan):
    case = story.submitted()
    for place in ("kunshan", "suzhou"):
        case = story.step(f"{place}.chief", case, "approve")
    case = story.step("jiangsu.desk", case, "return_for_correction", reasons=["items_unclear"])
    case = story.step("kunshan.officer", case, "submit")
    case = story.step("kunshan.chief", case, "return_for_correction", reasons=["items_unclear"])
    case = story.step("kunshan.officer", case, "submit")
    case = story.step("kunshan.chief", case, "approve")
    with acting(kunshan):
        assert legs_of(case)[-1].holder_name == "江苏省公安厅"


def test_a_reopened_case_keeps_every_minute_attributed(story, kunshan):
    case = story.closed()
    case = story.step("kunshan.chief", case, "reopen", opinion="补充核实")
    assert (case.status, case.ended_at) == ("delivered", None)
    with acting(kunshan):
        legs = legs_of(case)
    assert [leg.phase for leg in legs[-3:]] == ["delivery", "ended", "delivery"]
    assert legs[-2].closed_at == legs[-1].opened_at


def test_each_leg_has_its_clock_and_the_clock_stops_with_it(story, kunshan):
    case = story.step("kunshan.chief", story.submitted(), "approve")
    with acting(kunshan):
        running = list(Deadline.objects.filter(case=case, met_at=None))
        met = Deadline.objects.get(case=case, kind="review", met_at__isnull=False)
    assert [(d.kind, d.amount, d.unit) for d in running] == [("review", 5, "working_day")]
    assert met.met_at == running[0].started_at


def test_the_limit_of_a_returned_case_follows_its_urgency(story, kunshan):
    case = story.at("returned", urgency="normal")
    with acting(kunshan):
        clock = Deadline.objects.get(case=case, met_at=None)
        before = (clock.kind, clock.amount, clock.started_at, clock.due_at)
        drafts.save_draft(actor=kunshan, case_id=case.pk, content={"urgency": "most_urgent"})
        clock.refresh_from_db()
        assert (clock.kind, clock.started_at) == (before[0], before[2])
        assert (before[1], clock.amount) == (10, 2)
        due_at, _provisional = work_calendar().add_working_days(clock.started_at, 2)
        assert clock.due_at == due_at < before[3]
    assert AuditEvent.objects.filter(kind="case.edit").latest("pk").facts["limit_days"] == [10, 2]


def test_the_urgency_of_a_draft_moves_no_clock(story, kunshan):
    case = story.draft()
    with acting(kunshan):
        drafts.save_draft(actor=kunshan, case_id=case.pk, content={"urgency": "urgent"})
        assert not Deadline.objects.filter(case=case).exists()
    assert "limit_days" not in AuditEvent.objects.filter(kind="case.edit").latest("pk").facts


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            "UPDATE cases_leg SET closed_at = now() + '1 day' WHERE case_id = %s AND closed_at IS NULL", id="closed"
        ),
        pytest.param(
            "UPDATE cases_leg SET opened_at = opened_at + interval '1 ms' WHERE case_id = %s AND closed_at IS NULL",
            id="gap",
        ),
        pytest.param(
            "UPDATE cases_leg SET opened_at = opened_at - interval '1 ms' WHERE case_id = %s AND closed_at IS NULL",
            id="overlap",
        ),
        pytest.param("UPDATE cases_case SET status = 'closed' WHERE id = %s", id="ended while held"),
        pytest.param("UPDATE cases_case SET status = 'nonsense' WHERE id = %s", id="unknown status"),
    ],
)
def test_the_database_refuses_broken_custody(story, kunshan, change):
    case = story.submitted()
    refused = pytest.raises(IntegrityError)
    with refused, transaction.atomic(), acting(kunshan), connection.cursor() as cursor:
        cursor.execute(f"{change}; SET CONSTRAINTS ALL IMMEDIATE", [case.pk])


def test_the_database_refuses_a_second_open_leg(story, kunshan):
    case = story.submitted()
    with acting(kunshan):
        last = legs_of(case)[-1]
        with pytest.raises(IntegrityError), transaction.atomic():
            Leg.objects.create(
                case=case,
                seq=last.seq + 1,
                phase="review",
                agency=last.agency,
                holder_name="x",
                entered_by="x",
                opened_at=last.opened_at + timedelta(seconds=1),
            )


@pytest.mark.parametrize("origin, tiers", [("chaoyang", 3), ("jiangsu", 2), ("guohe", 1)])
def test_every_tier_may_be_the_origin(story, origin, tiers, kunshan, cast):
    case = story.closed(origin)
    with acting(cast.actor(f"{origin}.officer")):
        reviews = [leg for leg in legs_of(case) if leg.phase == "review"]
    assert len(reviews) == tiers
    assert case.status == "closed"


def test_an_agency_taken_off_the_route_passes_the_case_along_its_own(cast):
    kunshan, suzhou, guohe = cast.agency("kunshan"), cast.agency("suzhou"), cast.agency("guohe")
    stands = {"holder": suzhou, "return_to": None, "phase": "review", "status": "in_review"}
    journey = Journey(route=[kunshan, guohe], terminal=guohe, **stands)
    assert journey.above(suzhou) == suzhou.route_to
    assert journey.below(suzhou) == kunshan

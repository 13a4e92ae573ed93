"""What a merger or a move leaves to go on: results, corrections, opinions, shares, notices. Real commands and outbox."""

from __future__ import annotations

import io
import re

import pytest
from django.db import connection
from pypdf import PdfReader

from agencies.models import Notice
from agencies.scope import acting
from cases import reorganise
from cases.models import Assignment, Case, Deadline, Supervision
from cases.paper.notice import print_notice
from tests.browsing import log_in
from tests.cases.test_reorganise import Mover, World, drain, legs, row
from tests.cast import PLACES
from tests.conftest import django_connected_as
from tests.supervising import Overseer


@pytest.fixture
def world(real_db, cast) -> World:
    return World(cast)


@pytest.fixture
def mover(cast) -> Mover:
    return Mover(cast)


def last(case: Case) -> tuple[str, str]:
    leg = legs(case)[-1]
    return leg.phase, leg.agency.name


class TestWhereItGoes:
    @pytest.mark.parametrize("mergers", [["suzhou"], ["suzhou", "jiangsu"]])
    def test_a_returned_result_goes_to_the_executors_successor(self, world, story, mergers):
        case = story.result("jiangsu", "suzhou", "kunshan")
        for place in ("kunshan", "suzhou", "jiangsu"):
            case = story.step(f"{place}.chief", case, "approve")
        source = "kunshan"
        for target in mergers:
            world.done(source, target)
            source = target
        story.step("guohe.chief", case, "return_for_correction", reasons=["facts_unclear"])
        assert last(case) == ("execution", world.cast.agency(source).name)

    def test_who_returned_it_and_became_its_origin_sends_it_on(self, world, story, mover):
        case = story.step("kunshan.chief", story.submitted(), "approve")
        story.step("suzhou.desk", case, "return_for_correction", reasons=["facts_unclear"])
        story.step("kunshan.officer", case, "submit")
        world.done("kunshan", "suzhou")
        mover.step("suzhou.chief", case, "approve")
        assert last(case) == ("review", "江苏省公安厅")


def asked(case: Case) -> list[tuple[str, str, str]]:
    with django_connected_as("worker"):
        rows = Assignment.objects.filter(case=case).order_by("pk")
        return [
            (one.agency.name, one.assigned_by.name, one.state) for one in rows.select_related("agency", "assigned_by")
        ]


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("officer__police_number", flat=True))


class TestOpinions:
    def test_an_invited_successor_is_a_party_and_owes_itself_nothing(self, world, story):
        case = story.submitted()
        data = {"agencies": [PLACES["dehong"], PLACES["yunnan"]], "question": "有无线索？"}
        case = story.step("kunshan.desk", case, "invite", **data)
        assert len(case.invited) == 2
        world.done("kunshan", "dehong")
        assert row(case).invited == []
        assert asked(case) == [
            ("德宏傣族景颇族自治州公安局", "德宏傣族景颇族自治州公安局", "lapsed"),
            ("云南省公安厅", "德宏傣族景颇族自治州公安局", "open"),
        ]

    def test_an_invited_organ_that_is_merged_is_still_asked(self, world, story, cast):
        case = story.submitted()
        case = story.step("kunshan.desk", case, "invite", agencies=[PLACES["ruili"]], question="有无线索？")
        world.done("ruili", "dehong")
        assert cast.agency("dehong").pk in row(case).invited
        assert [state for _agency, _by, state in asked(case)] == ["open"]

    def test_an_answer_is_told_to_the_askers_successor(self, world, story):
        case = story.submitted()
        case = story.step("kunshan.desk", case, "invite", agencies=[PLACES["dehong"]], question="有无线索？")
        world.done("kunshan", "suzhou")
        story.step("dehong.chief", case, "answer_assignment", answer="没有。")
        drain()
        assert told("case.answer_assignment") == ["kunshan.desk", "suzhou.desk"]


def test_who_is_above_an_executor_of_a_part_sees_the_case_after_a_move(world, story, cast):
    case = story.step("guohe.desk", story.decided(), "assign", agency=PLACES["jiangsu"])
    case = story.step("jiangsu.desk", case, "assign", agencies=[PLACES["suzhou"]])
    world.done("suzhou", "yunnan", kind="move")
    with acting(cast.actor("yunnan.chief")):
        assert Case.objects.filter(pk=case.pk).exists()


def test_a_reported_pair_keeps_its_numbers(world, story, cast):
    one, two = story.draft("kunshan"), story.draft("suzhou")
    drain()
    world.done("jiangsu", "yunnan")
    page = log_in(cast, "jiangsu.desk").get("/notices/").content.decode()
    assert one.number in page
    assert two.number in page


def test_whoever_sees_to_it_learns_what_was_gathered(world, story, cast):
    case = story.submitted()
    world.done("suzhou", "jiangsu")
    with django_connected_as("migrate"), connection.cursor() as cursor:
        cursor.execute("SET ROLE coopdesk_owner")
        cursor.execute(
            "UPDATE cases_leg SET agency_id = %s WHERE case_id = %s AND closed_at IS NULL",
            [cast.agency("suzhou").pk, case.pk],
        )
    with django_connected_as("worker"):
        assert reorganise.gather() == 1
    drain()
    assert told("reorganisation.gather") == ["jiangsu.chief", "jiangsu.desk", "suzhou.chief", "suzhou.desk"]
    page = log_in(cast, "jiangsu.desk").get("/notices/").content.decode()
    assert "并入后又收到 1 件案件" in page


class TestSupervision:
    """Open orders pass on with their clock; what the successor would owe itself lapses."""

    def seen(self, one) -> tuple[str, str, str]:
        with django_connected_as("worker"):
            fresh = Supervision.objects.select_related("agency", "issued_by").get(pk=one.pk)
            return fresh.agency.name, fresh.issued_by.name, fresh.state

    def clock(self, one) -> Deadline:
        with django_connected_as("worker"):
            return Deadline.objects.get(supervision=one)

    def test_an_order_of_the_province_is_the_successors_to_answer(self, world, story, cast, mover):
        case = story.submitted()
        from_above, own = (Overseer(cast).order(f"{place}.supervisor", case) for place in ("jiangsu", "suzhou"))
        world.done("kunshan", "suzhou")
        with acting(cast.actor("jiangsu.supervisor")):
            paper = print_notice(actor=cast.actor("jiangsu.supervisor"), supervision_id=from_above.pk)
        text = re.sub(r"\s", "", PdfReader(io.BytesIO(paper.content)).pages[0].extract_text())
        assert "昆山市公安局：你单位办理的" in text
        assert "发出以后：昆山市公安局已并入苏州市公安局，由其承办。" in text
        assert self.seen(from_above) == ("苏州市公安局", "江苏省公安厅", "open")
        assert self.seen(own)[2] == "closed"
        assert self.clock(from_above).running
        assert self.clock(own).cancelled_at is not None
        assert Overseer(cast).answer("suzhou.chief", from_above).state == "answered"

    def test_what_it_issued_is_its_successors_to_close(self, world, story, cast):
        one = Overseer(cast).order("suzhou.supervisor", story.submitted())
        world.done("suzhou", "jiangsu")
        assert self.seen(one) == ("昆山市公安局", "江苏省公安厅", "open")
        Overseer(cast).answer("kunshan.chief", one)
        assert Overseer(cast).close("jiangsu.supervisor", one).state == "closed"

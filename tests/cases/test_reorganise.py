"""A merger and a move, asked, counted, confirmed and carried out by the real commands and the real outbox."""

from __future__ import annotations

import pytest
from django.db import connection

from agencies import outbox
from agencies.clients import register_client
from agencies.commands import reorganisation
from agencies.errors import Conflict, GuardFailed, Malformed, NotPermitted
from agencies.models import Agency, Appointment, AuditEvent, Notice, Officer, Reorganisation, ServiceAccount
from agencies.models.reorganisation import OrderState
from agencies.officers import actor_for
from agencies.queries import route_of
from agencies.reorganising import FAULTS
from agencies.scope import acting
from agencies.tree_seed import load_agencies
from cases import notes, reorganise
from cases.commands import take_step
from cases.models import Case, Deadline, Involvement, Leg, OpenQueue
from tests.cases.test_races import at_once
from tests.conftest import django_connected_as
from tests.keeping import Keeper, left_running
from tests.stories import CONTENT

WHY = "苏编发〔2026〕8号"


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


class World:
    """Orders between the places of the cast."""

    def __init__(self, cast) -> None:
        self.cast = cast

    def ask(self, source: str, target: str, *, kind: str = "merge", **more) -> Reorganisation:
        ask = reorganisation.merge_agency if kind == "merge" else reorganisation.move_agency
        places = {"source_id": self.cast.agency(source).pk, "target_id": self.cast.agency(target).pk}
        order = ask(actor=self.cast.actor("sysadmin"), reason=WHY, **places, **more)
        drain()
        order.refresh_from_db()
        return order

    def confirm(self, order: Reorganisation) -> Reorganisation:
        order.refresh_from_db()
        reorganisation.confirm(actor=self.cast.actor("secadmin"), order_id=order.pk, fingerprint=order.fingerprint)
        drain()
        order.refresh_from_db()
        return order

    def done(self, source: str, target: str, **more) -> Reorganisation:
        order = self.confirm(self.ask(source, target, **more))
        assert (order.state, order.faults) == (OrderState.DONE, [])
        return order


@pytest.fixture
def world(real_db, cast) -> World:
    return World(cast)


def legs(case: Case) -> list[Leg]:
    with django_connected_as("worker"):
        return list(Leg.objects.filter(case=case).order_by("seq"))


def row(case: Case) -> Case:
    with django_connected_as("worker"):
        return Case.objects.select_related("origin").get(pk=case.pk)


class TestMerge:
    def test_the_preview_counts_and_changes_nothing(self, world, story, cast):
        story.draft()
        story.submitted()
        story.step("kunshan.chief", story.submitted(), "approve")
        story.closed()
        order = world.ask("kunshan", "suzhou")
        assert (order.state, order.faults) == (OrderState.READY, [])
        wanted = {"drafts": 1, "held": 1, "elsewhere": 1, "ended": 1, "appointments": 4, "children": 0, "clients": 0}
        assert order.preview | wanted == order.preview
        assert order.preview["deadlines"] >= 1
        assert cast.agency("kunshan").is_active
        assert Notice.objects.filter(officer=cast.officer("secadmin"), kind="reorganisation.preview").exists()

    def test_each_open_leg_ends_and_the_successors_opens_at_that_instant(self, world, story, cast):
        draft, held, abroad = story.draft(), story.submitted(), story.dispatched()
        before = {case.pk: len(legs(case)) for case in (draft, held, abroad)}
        order = world.done("kunshan", "suzhou")
        for case, phase in ((draft, "draft"), (held, "review")):
            *_earlier, old, new = legs(case)
            assert (old.closed_at, new.opened_at) == (order.done_at, order.done_at)
            assert (old.agency, new.agency, new.phase) == (cast.agency("kunshan"), cast.agency("suzhou"), phase)
            assert (old.holder_name, new.holder_name) == ("昆山市公安局", "苏州市公安局")
            assert new.entered_by == "reorganise"
        assert len(legs(abroad)) == before[abroad.pk]
        assert row(abroad).origin == cast.agency("suzhou")

    def test_running_deadlines_keep_their_due_date_and_follow_the_leg(self, world, story):
        case = story.submitted()
        with django_connected_as("worker"):
            clock = Deadline.objects.get(case=case, met_at=None)
        world.done("kunshan", "suzhou")
        with django_connected_as("worker"):
            after = Deadline.objects.get(case=case, met_at=None)
        assert (after.pk, after.due_at, after.started_at) == (clock.pk, clock.due_at, clock.started_at)
        assert after.leg_id == legs(case)[-1].pk

    def test_numbers_stay_scopes_grow_and_ended_cases_are_seen(self, world, story, cast):
        case, closed, draft = story.submitted(), story.closed(), story.draft()
        world.done("kunshan", "chaoyang")
        with acting(cast.actor("beijing.chief")):
            assert set(Case.objects.values_list("pk", flat=True)) == {case.pk, closed.pk}
        now = row(case)
        assert now.number == case.number
        assert {cast.agency(place).pk for place in ("kunshan", "suzhou", "jiangsu", "chaoyang", "beijing")} <= set(
            now.scope
        )
        assert row(closed).origin == cast.agency("chaoyang")
        assert sorted(row(draft).scope) == sorted([cast.agency("kunshan").pk, cast.agency("chaoyang").pk])

    def test_a_clock_in_an_archived_case_stops_no_merger(self, world, story, cast):
        kept = Keeper(cast, story).archived()
        with django_connected_as("worker"):
            stray = left_running(kept)
        world.done("kunshan", "suzhou")
        with django_connected_as("worker"):
            stray.refresh_from_db()
        assert row(kept).origin_id == cast.agency("suzhou").pk
        assert stray.agency_id == kept.origin_id

    def test_work_goes_on_at_the_successor_by_those_who_moved(self, world, story, cast):
        draft, held, delivered = story.draft(), story.submitted(), story.delivered()
        world.done("kunshan", "suzhou")
        for login in ("kunshan.officer", "kunshan.chief"):
            post = Appointment.objects.current().get(officer=cast.officer(login))
            assert post.agency == cast.agency("suzhou")
        mover = Mover(cast)
        assert mover.step("kunshan.officer", draft, "submit").status == "in_review"
        assert legs(mover.step("kunshan.chief", held, "approve"))[-1].agency == cast.agency("jiangsu")
        closed = mover.step("kunshan.officer", delivered, "accept", usefulness="useful")
        assert closed.status == "closed"
        assert mover.step("kunshan.chief", closed, "reopen", opinion="补充材料").status == "delivered"

    def test_four_eyes_survive(self, world, story, cast):
        case = story.step("kunshan.chief", story.submitted(), "approve")
        world.done("suzhou", "jiangsu")
        with pytest.raises(Exception, match="four_eyes"), django_connected_as("worker"):
            Involvement.objects.create(
                case=case,
                officer=cast.officer("kunshan.chief"),
                agency=cast.agency("kunshan"),
                kind="drafted",
                content_version=1,
                at="2026-01-01T00:00Z",
            )

    def test_a_merged_tier_leaves_the_route_and_its_cases_go_on(self, world, story, cast):
        at_city = story.step("kunshan.chief", story.submitted(), "approve")
        below = story.submitted()
        world.done("suzhou", "jiangsu")
        kunshan = cast.agency("kunshan")
        assert [stop.code for stop in route_of(kunshan)] == [
            kunshan.code,
            cast.agency("jiangsu").code,
            cast.agency("guohe").code,
        ]
        assert kunshan.parent == cast.agency("jiangsu")
        assert cast.agency("suzhou").pk not in kunshan.ancestors
        assert legs(at_city)[-1].agency == cast.agency("jiangsu")
        assert legs(story.step("kunshan.chief", below, "approve"))[-1].agency == cast.agency("jiangsu")
        assert route_of(cast.agency("suzhou"))[-1].is_terminal

    def test_a_returned_case_goes_straight_to_the_successor(self, world, story, cast):
        case = story.step("kunshan.chief", story.submitted(), "approve")
        case = story.step("suzhou.desk", case, "return_for_correction", reasons=["facts_unclear"])
        world.done("suzhou", "jiangsu")
        case = story.step("kunshan.officer", case, "submit")
        assert legs(story.step("kunshan.chief", case, "approve"))[-1].agency == cast.agency("jiangsu")

    def test_the_queue_follows(self, world, story, cast):
        case = story.submitted()
        world.done("kunshan", "suzhou")
        with acting(Mover(cast).actor("kunshan.chief")):
            line = OpenQueue.objects.get(case=case)
            assert (line.is_holder, line.holder_name, line.waiting_role) == (True, "苏州市公安局", "approver")

    def test_internal_notes_are_read_by_the_successor_and_by_nobody_else(self, world, story, cast):
        case = story.submitted()
        with acting(cast.actor("kunshan.desk")):
            notes.add_note(actor=cast.actor("kunshan.desk"), case_id=case.pk, text="先核对账号。", audience="agency")
        world.done("kunshan", "suzhou")
        for login, seen in (
            ("kunshan.chief", ["先核对账号。"]),
            ("suzhou.desk", ["先核对账号。"]),
            ("jiangsu.desk", []),
        ):
            actor = Mover(cast).actor(login)
            with acting(actor):
                assert [note.text for note in notes.notes_of(actor, Case.objects.get(pk=case.pk))] == seen

    def test_machines_move_and_acting_appointments_too(self, world, cast):
        register_client(actor=cast.actor("secadmin"), agency=cast.agency("kunshan"), name="办案系统")
        post = Appointment.objects.get(officer=cast.officer("kunshan.officer"))
        Officer.objects.filter(pk=post.officer_id).update(acting_appointment=post)
        world.done("kunshan", "suzhou")
        assert ServiceAccount.objects.get().agency == cast.agency("suzhou")
        assert cast.officer("kunshan.officer").acting_appointment.agency == cast.agency("suzhou")

    def test_one_event_a_case_and_one_notice_an_officer(self, world, story, cast):
        cases = [story.submitted(), story.draft()]
        order = world.done("kunshan", "suzhou")
        events = AuditEvent.objects.filter(kind="case.reorganise")
        moves = AuditEvent.objects.filter(kind="appointment.move").values_list("subject", flat=True)
        assert f"officer:{cast.officer('kunshan.chief').pk}" in moves
        assert sorted(event.subject for event in events) == sorted(f"case:{case.pk}" for case in cases)
        assert {event.facts["reorganisation"] for event in events} == {order.pk}
        assert not [event for event in AuditEvent.objects.all() if WHY in str(event.facts)]
        kinds = [event.kind for event in AuditEvent.objects.filter(subject=f"reorganisation:{order.pk}").order_by("pk")]
        assert kinds == [f"reorganisation.{act}" for act in ("ask", "preview", "confirm", "done")]
        told = Notice.objects.filter(kind="reorganisation.done").values_list("officer__police_number", flat=True)
        assert sorted(told) == ["kunshan.chief", "kunshan.desk", "kunshan.officer", "kunshan.supervisor", "sysadmin"]
        assert not Notice.objects.filter(kind="case.reorganise").exists()

    def test_loading_the_seed_again_changes_nothing(self, world, cast):
        world.done("suzhou", "jiangsu")
        with django_connected_as("migrate"), connection.cursor() as cursor:
            cursor.execute("SET ROLE coopdesk_owner")
            before = list(Agency.objects.order_by("pk").values())
            load_agencies()
            assert list(Agency.objects.order_by("pk").values()) == before
        assert not cast.agency("suzhou").is_active

    def test_a_second_merger_leads_the_first_organs_heirs_on(self, world, cast):
        world.done("kunshan", "suzhou")
        world.done("suzhou", "jiangsu")
        assert cast.agency("kunshan").successor == cast.agency("jiangsu")

    def test_what_arrived_during_the_merger_is_gathered(self, world, story, cast):
        case = story.submitted()
        world.done("suzhou", "jiangsu")
        with django_connected_as("migrate"), connection.cursor() as cursor:
            # The step of another web process, which had read the route before.
            cursor.execute("SET ROLE coopdesk_owner")
            cursor.execute(
                "UPDATE cases_leg SET agency_id = %s, holder_name = '苏州市公安局' WHERE case_id = %s AND closed_at IS NULL",
                [cast.agency("suzhou").pk, case.pk],
            )
        with django_connected_as("worker"):
            assert reorganise.gather() == 1
            assert reorganise.gather() == 0
        assert legs(case)[-1].agency == cast.agency("jiangsu")


@pytest.mark.parametrize("_round", range(3))
def test_a_step_races_the_merger_and_nothing_is_stranded(world, story, cast, _round):
    """Kunshan approves, to Suzhou, while Suzhou is merged: whoever comes first, the case ends at an organ in use."""
    case = story.submitted()
    order = world.ask("suzhou", "jiangsu")
    reorganisation.confirm(actor=cast.actor("secadmin"), order_id=order.pk, fingerprint=order.fingerprint)
    actor = cast.actor("kunshan.chief")

    def approve() -> None:
        with acting(actor):
            take_step(actor=actor, case_id=case.pk, step="approve")

    with django_connected_as("worker"):
        assert at_once(approve, outbox.drain) == {"": 2}
        reorganise.gather()
    order.refresh_from_db()
    merged = order.state == OrderState.DONE
    assert legs(case)[-1].agency == cast.agency("jiangsu" if merged else "suzhou")
    assert cast.agency("suzhou").is_active is not merged
    assert [leg.closed_at for leg in legs(case)].count(None) == 1


class Mover:
    """Steps by members of the cast wherever they are in office now."""

    def __init__(self, cast) -> None:
        self.cast = cast

    def actor(self, login):
        return actor_for(Appointment.objects.current().select_related("agency").get(officer__police_number=login))

    def step(self, login, case, name, **data):
        actor = self.actor(login)
        with acting(actor):
            return take_step(actor=actor, case_id=case.pk, step=name, data=data)


class TestMove:
    def test_the_new_chain_sees_the_open_cases_and_the_old_one_still_does(self, world, story, cast):
        case, draft, closed = story.submitted(), story.draft(), story.closed()
        world.done("suzhou", "yunnan", kind="move")
        kunshan = cast.agency("kunshan")
        assert [stop.code for stop in route_of(kunshan)][-2:] == [cast.agency("yunnan").code, cast.agency("guohe").code]
        for login in ("yunnan.chief", "jiangsu.chief"):
            with acting(cast.actor(login)):
                assert Case.objects.filter(pk=case.pk).exists(), login
                assert not Case.objects.filter(pk=draft.pk).exists(), login
        with acting(cast.actor("yunnan.chief")):
            assert not Case.objects.filter(pk=closed.pk).exists()
        assert len(legs(case)) == 2
        assert AuditEvent.objects.filter(kind="case.reorganise").count() == 1
        on = case
        for place in ("kunshan", "suzhou", "yunnan", "guohe"):
            on = story.step(f"{place}.chief", on, "approve")
        assert on.status == "cleared"

    def test_the_route_may_stay_as_it_is(self, world, cast):
        order = world.done("suzhou", "yunnan", kind="move", route_to_id=cast.agency("jiangsu").pk)
        assert order.route_to == cast.agency("jiangsu")
        assert cast.agency("suzhou").route_to == cast.agency("jiangsu")
        assert cast.agency("yunnan").pk in cast.agency("kunshan").ancestors

    def test_under_the_ministry_cases_go_to_the_terminal_desk(self, world, cast):
        ministry = Agency.objects.get(code="000000000000")
        order = reorganisation.move_agency(
            actor=cast.actor("sysadmin"), source_id=cast.agency("suzhou").pk, target_id=ministry.pk, reason=WHY
        )
        assert order.route_to.is_terminal


BAD = [
    ("merge", "suzhou", "suzhou", "same"),
    ("merge", "jiangsu", "kunshan", "below"),
    ("merge", "guohe", "jiangsu", "terminal"),
    ("merge", "jiangsu", "guohe", "terminal"),
    ("merge", "suzhou", "ruili", "lower_tier"),
    ("move", "suzhou", "kunshan", "below"),
    ("move", "jiangsu", "suzhou", "below"),
    ("move", "suzhou", "dehong", "not_above"),
    ("move", "suzhou", "jiangsu", "unchanged"),
    ("move", "guohe", "jiangsu", "terminal"),
]


class TestRefusals:
    @pytest.mark.parametrize("kind, source, target, code", BAD)
    def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(self, world, kind, source, target, code):
        with pytest.raises(GuardFailed) as refused:
            world.ask(source, target, kind=kind)
        assert code in [reason.code for reason in refused.value.reasons]
        assert all(str(FAULTS[reason.code]) == str(reason.words) for reason in refused.value.reasons)
        assert not Reorganisation.objects.exists()

    def test_an_inactive_organ(self, world):
        world.done("kunshan", "suzhou")
        for source, target, code in (
            ("kunshan", "jiangsu", "source_inactive"),
            ("chaoyang", "kunshan", "target_inactive"),
        ):
            with pytest.raises(GuardFailed) as refused:
                world.ask(source, target)
            assert code in [reason.code for reason in refused.value.reasons]

    def test_a_circle_in_the_route(self, world, cast):
        """Beijing's cases would go through Suzhou to Beijing."""
        Agency.objects.filter(pk=cast.agency("beijing").pk).update(route_to=cast.agency("suzhou"))
        for kind in ("merge", "move"):
            with pytest.raises(GuardFailed) as refused:
                world.ask("suzhou", "beijing", kind=kind)
            assert [reason.code for reason in refused.value.reasons] == ["route_circle"]

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x00b"])
    def test_a_reason_is_needed(self, cast, world, reason):
        with pytest.raises(Malformed):
            reorganisation.merge_agency(
                actor=cast.actor("sysadmin"),
                source_id=cast.agency("kunshan").pk,
                target_id=cast.agency("suzhou").pk,
                reason=reason,
            )

    @pytest.mark.parametrize("login", ["secadmin", "auditor", "jiangsu.chief", "guohe.desk"])
    def test_only_the_system_administrator_asks(self, cast, world, login):
        with pytest.raises(NotPermitted):
            reorganisation.merge_agency(
                actor=cast.actor(login),
                source_id=cast.agency("kunshan").pk,
                target_id=cast.agency("suzhou").pk,
                reason=WHY,
            )

    @pytest.mark.parametrize("login", ["sysadmin", "auditor", "jiangsu.chief"])
    def test_only_the_security_administrator_confirms(self, cast, world, login):
        order = world.ask("kunshan", "suzhou")
        with pytest.raises(NotPermitted):
            reorganisation.confirm(actor=cast.actor(login), order_id=order.pk, fingerprint=order.fingerprint)

    def test_two_orders_about_one_organ(self, world):
        world.ask("kunshan", "suzhou")
        with pytest.raises(Conflict):
            world.ask("suzhou", "jiangsu")

    def test_a_preview_out_of_date_changes_nothing_and_is_counted_again(self, world, story, cast):
        order = world.ask("kunshan", "suzhou")
        seen = order.fingerprint
        case = story.submitted()
        order = world.confirm(order)
        assert (order.state, order.faults) == (OrderState.READY, ["changed"])
        assert (order.preview["held"], cast.agency("kunshan").is_active) == (1, True)
        assert len(legs(case)) == 2
        with pytest.raises(Conflict):
            reorganisation.confirm(actor=cast.actor("secadmin"), order_id=order.pk, fingerprint=seen)
        assert world.confirm(order).state == OrderState.DONE

    def test_a_fault_in_the_middle_leaves_everything_as_it_was(self, world, story, cast, monkeypatch):
        case = story.submitted()
        order = world.ask("kunshan", "suzhou")

        def fail(*_args):
            raise RuntimeError

        monkeypatch.setattr(reorganise, "refresh_queues", fail)
        order = world.confirm(order)
        assert (order.state, order.faults) == (OrderState.READY, ["failed"])
        assert cast.agency("kunshan").is_active
        assert len(legs(case)) == 2
        assert Appointment.objects.current().filter(agency=cast.agency("kunshan")).count() == 4
        monkeypatch.undo()
        assert world.confirm(order).state == OrderState.DONE

    def test_cancelled_is_cancelled(self, world, cast):
        order = world.ask("kunshan", "suzhou")
        reorganisation.cancel(actor=cast.actor("sysadmin"), order_id=order.pk)
        with pytest.raises(Conflict):
            reorganisation.confirm(actor=cast.actor("secadmin"), order_id=order.pk, fingerprint=order.fingerprint)


def test_administrators_see_no_case_and_cannot_write_a_result(world, story, cast):
    story.submitted()
    order = world.ask("kunshan", "suzhou")
    for login in ("sysadmin", "secadmin"):
        with acting(cast.actor(login)):
            assert not Case.objects.exists()
            assert Reorganisation.objects.get(pk=order.pk).preview["held"] == 1
    with pytest.raises(Exception, match="permission denied"):
        Reorganisation.objects.filter(pk=order.pk).update(preview={})
    with pytest.raises(Exception, match="permission denied"):
        Reorganisation.objects.filter(pk=order.pk).delete()


def test_an_order_holds_no_word_of_a_case(world, story):
    story.submitted()
    order = world.ask("kunshan", "suzhou")
    assert CONTENT["title"] not in str(order.preview)
    assert all(isinstance(count, int) for count in order.preview.values())

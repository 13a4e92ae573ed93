"""The table is the specification: role × status × step in both directions, derived from it, never listed by hand."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import transaction

from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.roles import Role
from agencies.scope import acting
from cases import policies
from cases.commands import take_step
from cases.models import ENDED, Case, Direction, Status
from cases.workflow import TRANSITIONS, Seat, Transition
from tests.cast import PLACES
from tests.stories import COUNTERPART

OF = {
    way: {name: row for (direction, name), row in TRANSITIONS.items() if direction == way}
    for way in (Direction.OUTGOING, Direction.INCOMING)
}
REACHED = {
    way: sorted({start} | {target for row in OF[way].values() for target in row.targets})
    for way, start in ((Direction.OUTGOING, Status.DRAFT), (Direction.INCOMING, Status.RECEIVED))
}
# An open question is with its writer, or with those who look at the answer.
STANDS = [(way, str(status)) for way in REACHED for status in REACHED[way]] + [(Direction.OUTGOING, "query_review")]
PART = {
    Role.DRAFTER: "officer",
    Role.DESK: "desk",
    Role.APPROVER: "chief",
    Role.SUPERVISOR: "supervisor",
}
ADMIN = {Role.SYSTEM_ADMIN: "sysadmin", Role.SECURITY_ADMIN: "secadmin", Role.AUDITOR: "auditor"}
# Well-formed, permitted, and still refused by a fact: nobody chased the partner, nobody is above.
GUARDED = {("dispatched", "close_unanswered"), ("to_assign", "return_assignment")}

pytestmark = pytest.mark.django_db


def data_for(step: str, items: list[str], login: str) -> dict[str, Any]:
    """Input that is well formed and, where the case is right, sufficient."""
    outcomes = [{"id": pk, "outcome": "executed"} for pk in items]
    sending = {"channel": "police_liaison", "counterpart": COUNTERPART}
    known: dict[str, dict[str, Any]] = {
        "return_for_correction": {"reasons": ["facts_unclear"]},
        "dispatch": sending,
        "redispatch": {**sending, "opinion": "第一次没有送达。"},
        "reply": sending,
        "hand_to_liaison": {"channel": "moj"},
        "liaison_sent": {"counterpart": COUNTERPART},
        "record_acknowledgement": {"their_reference": "RTP-1"},
        "record_reply": {"kind": "interim", "items": outcomes},
        "record_late_reply": {"items": outcomes},
        "submit_result": {"items": outcomes},
        "accept": {"usefulness": "useful"},
        "assign_handler": {"handler": f"{login.partition('.')[0]}.officer"},
        "invite": {"agencies": [PLACES["dehong"]], "question": "请提意见。"},
        "answer_assignment": {"answer": "同意。"},
        "confirm_skip": {"answer": "已知悉。"},
        "record_opinion": {"body": "court", "answer": "无异议。"},
        "check_form": {"result": "complete"},
        "decide": {"decision": "execute"},
        "assign": {"execute_here": True},
        "close": {"because": "acknowledged"},
    }
    bare = {"submit", "discard", "approve", "relay", "record_recall", "acknowledge_filing"}
    return known.get(step, {} if step in bare else {"opinion": "理由。"})


@pytest.fixture
def move(cast):
    """Try a step as a login, then undo it; gives the error's code, or '' when it was taken."""

    def attempt(login: str, case: Case, step: str, items: list[str] | None = None, *, keep: bool = False) -> str:
        actor = cast.actor(login)
        try:
            with transaction.atomic(), acting(actor):
                take_step(actor=actor, case_id=case.pk, step=step, data=data_for(step, items or [], login))
                transaction.set_rollback(not keep)
        except DomainError as error:
            return error.code
        return ""

    return attempt


@pytest.fixture
def standing(story, see):
    """A case that stands there, the ids of its items, and the place that holds it ('' for none of ours)."""

    def make(way: Direction, status: str) -> tuple[Case, list[str], str]:
        if status == "query_review":
            case = story.step("kunshan.officer", story.queried(), "answer_query", opinion="答复。")
        else:
            case = story.at(status) if way == Direction.OUTGOING else story.incoming_at(status)
        origin = "kunshan" if way == Direction.OUTGOING else "guohe"
        with see(f"{origin}.supervisor"):
            items = [str(pk) for pk in case.items.values_list("pk", flat=True)]
            leg = policies.open_leg(case)
            place = {code: place for place, code in PLACES.items()}
            return case, items, place[leg.agency.code] if leg and leg.agency else ""

    return make


def expected(row: Transition, role: Role, case: Case, phase: str, *, at_turn: bool) -> str:
    """What the table says: the blueprint's order of refusals."""
    if role in ADMIN:
        return "not_found"
    if role not in row.roles:
        return "not_permitted"
    if case.status not in row.sources or (row.phases is not None and phase not in row.phases):
        return "wrong_status"
    if row.applies is not None and not row.applies(case):
        return "wrong_status"
    if not at_turn:
        return "not_holder"
    return "guard_failed" if (case.status, row.name) in GUARDED else ""


def turn(row: Transition, way: Direction, holder: str) -> str:
    """The place whose officers take the step; '' for nobody."""
    origin = "kunshan" if way == Direction.OUTGOING else "guohe"
    return {Seat.HOLDER: holder, Seat.ORIGIN: origin, Seat.ASSIGNED: ""}.get(row.seat, "guohe")


@pytest.mark.parametrize("way, status", STANDS)
def test_every_step_follows_the_table(standing, cast, move, way, status):
    """At the place whose turn it is, each role may do what the table says in this status, and nothing else; whoever has
    the role elsewhere on the route may not."""
    case, items, holder = standing(way, status)
    phase = _phase(cast, case)
    for row, role in itertools.product(OF[way].values(), Role):
        here = turn(row, way, holder)
        elsewhere = next(place for place in ("guohe", "kunshan") if place != here)
        places = {here or "guohe": bool(here)}
        if role in row.roles and status not in ("draft", "withdrawn") and way == Direction.OUTGOING:
            places.setdefault(elsewhere, False)
        for place, at_turn in places.items():
            login = ADMIN.get(role) or f"{_seen_from(place, status, way)}.{PART[role]}"
            with acting(cast.actor(f"{'kunshan' if way == Direction.OUTGOING else 'guohe'}.supervisor")):
                wanted = expected(row, role, case, phase, at_turn=at_turn and place == login.partition(".")[0])
            got = move(login, case, row.name, items)
            assert got == wanted, (row.name, login, got)


def _seen_from(place: str, status: str, way: Direction) -> str:
    """A draft, and one that was discarded, are seen at the origin alone."""
    return "kunshan" if way == Direction.OUTGOING and status in ("draft", "withdrawn") else place


def _phase(cast, case: Case) -> str:
    with acting(cast.actor("guohe.supervisor" if case.submitted_at else "kunshan.supervisor")):
        leg = policies.open_leg(case)
    return str(leg.phase) if leg else ""


@pytest.mark.parametrize("way, status", STANDS)
def test_the_buttons_say_what_take_step_does(standing, cast, move, way, status):
    """For every member of the cast: a step is offered exactly when it would not be refused for role, status or place."""
    case, items, _holder = standing(way, status)
    for place, part in itertools.product(("kunshan", "suzhou", "guohe"), PART.values()):
        actor = cast.actor(f"{place}.{part}")
        with acting(actor):
            seen = policies.visible_to(actor).filter(pk=case.pk).first()
            offered = {row.name for row in policies.available(actor, seen, policies.open_leg(seen))} if seen else set()
        tried = {name for name, row in OF[way].items() if actor.role in row.roles} if seen else {"approve"}
        assert offered <= tried
        taken = {name for name in tried if move(f"{place}.{part}", case, name, items) in ("", "guard_failed")}
        assert offered == taken, (place, part)


def test_a_step_by_a_visible_agency_that_does_not_hold_the_case_is_refused(story, move):
    case = story.submitted()
    assert move("suzhou.chief", case, "approve") == "not_holder"
    assert move("kunshan.chief", case, "approve", keep=True) == ""
    assert move("kunshan.chief", case, "approve") == "not_holder"


@pytest.mark.parametrize("way", list(REACHED))
def test_every_open_status_leads_on(way):
    rows = OF[way].values()
    for status in set(REACHED[way]) - ENDED:
        assert any(status in row.sources and row.targets for row in rows), status
    assert {row.name for row in rows if row.sources & ENDED} <= {"reopen", "record_late_reply", "acknowledge_filing"}


def test_every_status_is_reached_and_every_row_starts_where_its_direction_goes():
    assert set().union(*REACHED.values()) == set(Status)
    for way, rows in OF.items():
        for row in rows.values():
            assert row.sources & set(REACHED[way]), row.name


def test_same_named_steps_take_the_same_input_in_every_direction():
    for (_, name), group in itertools.groupby(sorted(TRANSITIONS.items(), key=lambda e: e[0][1]), key=lambda e: e[0]):
        assert len({row.fields for _, row in group}) == 1, name
    for name in OF[Direction.OUTGOING].keys() & OF[Direction.INCOMING].keys():
        ours, theirs = (OF[way][name] for way in (Direction.OUTGOING, Direction.INCOMING))
        assert ours.fields == theirs.fields, name


def test_a_refused_step_leaves_no_trace(story, move):
    case = story.submitted()
    before = AuditEvent.objects.count()
    assert move("kunshan.officer", case, "approve") == "not_permitted"
    assert AuditEvent.objects.count() == before


# --- The seats --------------------------------------------------------------------------------------------------------


@pytest.fixture
def offered(cast, story):
    """The steps that a login is offered on a case."""

    def steps(login: str, case: Case) -> set[str]:
        actor = cast.actor(login)
        with acting(actor):
            seen = policies.get_visible(actor, case.pk)
            return {row.name for row in policies.available(actor, seen, policies.open_leg(seen))}

    return steps


FACING = {"record_acknowledgement", "record_reply", "record_query", "redispatch", "record_chase", "hand_to_liaison"}


def test_who_faces_abroad_is_the_last_desk_and_at_the_border_the_origins(story, offered):
    full, border = story.dispatched(), story.border_dispatched()
    assert offered("guohe.desk", full) == FACING
    assert offered("kunshan.desk", full) == set()
    assert offered("ruili.desk", border) == FACING - {"hand_to_liaison"}
    assert offered("guohe.desk", border) == {"acknowledge_filing"}
    assert offered("yunnan.desk", border) == set()


def test_who_was_asked_may_answer_and_nothing_else(story, offered):
    case = story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="有无前科？")
    assert offered("dehong.chief", case) == {"answer_assignment"}
    assert {step for part in ("officer", "desk", "supervisor") for step in offered(f"dehong.{part}", case)} == set()
    story.step("dehong.chief", case, "answer_assignment", answer="没有。")
    assert offered("dehong.chief", case) == set()


def test_who_was_passed_over_may_confirm_it(story, offered):
    case = story.step("kunshan.chief", story.submitted(urgency="urgent"), "approve", skip=True, reason="人即将出境。")
    assert offered("suzhou.chief", case) == {"confirm_skip"}
    assert offered("suzhou.desk", case) == set()

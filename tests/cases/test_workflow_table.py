"""The table is the specification: role × status × step in both directions, derived from it, never listed by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import transaction

from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.roles import Role
from agencies.scope import acting
from cases import policies
from cases.commands import take_step
from cases.models import ENDED, Case, Direction, Status
from cases.workflow import TRANSITIONS
from tests.cast import PLACES
from tests.stories import BORDER, COUNTERPART, ROADS, Story

OF = {
    way: {name: row for (direction, name), row in TRANSITIONS.items() if direction == way}
    for way in (Direction.OUTGOING, Direction.INCOMING)
}
REACHED = {
    way: sorted({start} | {target for row in OF[way].values() for target in row.targets})
    for way, start in ((Direction.OUTGOING, Status.DRAFT), (Direction.INCOMING, Status.RECEIVED))
}
# Blueprint §4 once more, by hand: from where, by whom, at which seat. The table is measured against it, not it against
# the table. An open question is with its writer (query_open), or with those who look at the answer (query_review).
# “held” is whatever one of ours has in hand, “going” whatever was filed and has not ended.
BLUEPRINT = """
outgoing discard                | draft                                  | drafter          | origin
outgoing submit                 | draft returned                         | drafter          | origin
outgoing assign_handler         | draft held                             | approver desk    | holder
outgoing invite                 | held                                   | desk             | holder
outgoing record_opinion         | held                                   | desk             | holder
outgoing answer_assignment      | going                                  | approver         | assigned
outgoing confirm_skip           | going                                  | approver         | assigned
outgoing recommend              | in_review                              | desk drafter     | holder
outgoing approve                | in_review query_review                 | approver         | holder
outgoing return_for_correction  | in_review query_review                 | desk approver    | holder
outgoing decline                | in_review                              | approver         | holder
outgoing withdraw               | in_review returned cleared             | approver         | origin
outgoing hand_to_liaison        | cleared dispatched                     | desk             | front
outgoing liaison_sent           | with_liaison                           | desk             | front
outgoing liaison_returned       | with_liaison                           | desk             | front
outgoing dispatch               | cleared                                | desk             | holder
outgoing record_acknowledgement | dispatched                             | desk             | front
outgoing record_query           | dispatched                             | desk             | front
outgoing answer_query           | query_open                             | drafter          | origin
outgoing redispatch             | dispatched                             | desk             | front
outgoing record_reply           | dispatched                             | desk             | front
outgoing record_chase           | dispatched                             | desk             | front
outgoing request_recall         | dispatched                             | approver         | origin
outgoing record_recall          | dispatched                             | desk             | front
outgoing relay                  | answered                               | desk             | holder
outgoing accept                 | delivered                              | drafter approver | origin
outgoing close_unanswered       | dispatched                             | approver         | origin
outgoing record_late_reply      | closed                                 | desk             | front
outgoing reopen                 | closed                                 | approver         | origin
outgoing acknowledge_filing     | going ended                            | desk             | terminal
incoming check_form             | received                               | desk             | holder
incoming request_supplement     | received in_review                     | desk             | front
incoming record_supplement      | awaiting_supplement                    | desk             | front
incoming decide                 | in_review                              | approver         | holder
incoming resume                 | postponed                              | approver         | holder
incoming assign                 | to_assign                              | desk             | holder
incoming return_assignment      | to_assign in_execution                 | approver         | holder
incoming submit_result          | in_execution                           | drafter          | holder
incoming recommend              | in_review result_review                | desk drafter     | holder
incoming approve                | result_review                          | approver         | holder
incoming return_for_correction  | result_review                          | approver         | holder
incoming reply                  | cleared                                | desk             | holder
incoming hand_to_liaison        | cleared                                | desk             | holder
incoming liaison_sent           | with_liaison                           | desk             | front
incoming liaison_returned       | with_liaison                           | desk             | front
incoming close                  | replied                                | desk             | front
incoming assign_handler         | held                                   | approver desk    | holder
incoming invite                 | held                                   | desk             | holder
incoming record_opinion         | held                                   | desk             | holder
incoming answer_assignment      | going                                  | approver         | assigned
incoming acknowledge_filing     | going ended                            | desk             | terminal
"""
GROUPS = {
    "outgoing": {
        "held": "in_review returned cleared query_open query_review answered delivered",
        "going": "in_review returned cleared with_liaison dispatched query_open query_review answered delivered",
        "ended": "closed withdrawn declined",
    },
    "incoming": {
        "held": "received in_review postponed to_assign in_execution result_review cleared",
        "going": "received in_review postponed to_assign in_execution result_review cleared awaiting_supplement"
        " with_liaison replied",
        "ended": "closed refused returned_to_requester transferred",
    },
}


class Said(NamedTuple):
    """What the blueprint says of a step."""

    name: str
    stands: frozenset[str]
    roles: frozenset[str]
    seat: str


def _read(line: str) -> tuple[str, Said]:
    step, stands, roles, seat = (part.split() for part in line.split("|"))
    way, name = step
    spelt = " ".join(GROUPS[way].get(word, word) for word in stands)
    return way, Said(name, frozenset(spelt.split()), frozenset(roles), seat[0])


SAID = [_read(line) for line in BLUEPRINT.strip().splitlines()]
SAYS = {way: {said.name: said for of, said in SAID if of == way} for way in REACHED}
# Not in the cases of these tests: nothing was asked back or left unanswered, nobody outside was asked.
UNCALLED = {"record_recall", "record_late_reply", "record_opinion"}


class Stand(NamedTuple):
    """Where a case stands: its direction, at the border or not, and its status, a question's in two."""

    way: Direction
    border: bool
    status: str

    @property
    def origin(self) -> str:
        if self.border:
            return "ruili"
        return "kunshan" if self.way == Direction.OUTGOING else "guohe"

    @property
    def front(self) -> str:
        return "ruili" if self.border else "guohe"

    @property
    def hidden(self) -> bool:
        """A draft, and one that was discarded, are seen at the origin alone."""
        return self.way == Direction.OUTGOING and self.status in ("draft", "withdrawn")

    @property
    def filed(self) -> bool:
        """At the border, once the province has decided: the last desk is told."""
        before = {"draft", "in_review", "returned", "received"}
        return self.border and self.status not in before


STANDS = [Stand(way, False, str(status)) for way in REACHED for status in REACHED[way]]
STANDS += [Stand(Direction.OUTGOING, False, "query_review")]
STANDS += [
    Stand(Direction.OUTGOING, True, status)
    for status in ("in_review", "cleared", "dispatched", "query_open", "query_review", "delivered", "closed")
]
STANDS += [
    Stand(Direction.INCOMING, True, status)
    for status in (
        "received",
        "in_review",
        "to_assign",
        "in_execution",
        "result_review",
        "cleared",
        "replied",
        "closed",
    )
]
PART = {
    Role.DRAFTER: "officer",
    Role.DESK: "desk",
    Role.APPROVER: "chief",
    Role.SUPERVISOR: "supervisor",
}
ADMIN = {Role.SYSTEM_ADMIN: "sysadmin", Role.SECURITY_ADMIN: "secadmin", Role.AUDITOR: "auditor"}
# Well-formed, permitted, and still refused by a fact: nobody chased the partner, nobody is above.
GUARDED = {("dispatched", "close_unanswered")}

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
        "invite": {"agencies": [PLACES["beijing"]], "question": "请提意见。"},
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


def at_the_border(story: Story, way: Direction, status: str) -> Case:
    """A case of Ruili's, one tier of its border road after the other."""
    desk, up = "ruili.desk", ROADS["ruili"][:-1]
    neighbours = {**BORDER, "received_via": "agreed", "their_reference": "MM-1"}
    sending = {"channel": "agreed", "counterpart": COUNTERPART}
    answer: dict[str, Any] = {"opinion": "会晤的地点？"}

    def outcomes(case: Case) -> dict[str, Any]:
        return {"items": story.outcomes(case, "ruili")}

    def approved(case: Case) -> Case:
        for place in up:
            case = story.step(f"{place}.chief", case, "approve")
        return case

    def assigned(case: Case) -> Case:
        for place, below in itertools.pairwise(reversed(up)):
            case = story.step(f"{place}.desk", case, "assign", agency=PLACES[below])
        return story.step(desk, case, "assign", execute_here=True)

    roads: dict[Direction, list[tuple[str, Callable[[Case], Case]]]] = {
        Direction.OUTGOING: [
            ("in_review", lambda _: story.submitted("ruili", **BORDER)),
            ("cleared", approved),
            ("dispatched", lambda case: story.step(desk, case, "dispatch", **sending)),
            ("query_open", lambda case: story.step(desk, case, "record_query", **answer)),
            ("query_review", lambda case: story.step("ruili.officer", case, "answer_query", **answer)),
            ("dispatched again", approved),
            ("delivered", lambda case: story.step(desk, case, "record_reply", kind="final", **outcomes(case))),
            ("closed", lambda case: story.step("ruili.officer", case, "accept", usefulness="useful")),
        ],
        Direction.INCOMING: [
            ("received", lambda _: story.registered("ruili", **neighbours)),
            ("in_review", lambda case: story.step(desk, case, "check_form", result="complete")),
            ("to_assign", lambda case: story.step("yunnan.chief", case, "decide", decision="execute")),
            ("in_execution", assigned),
            ("result_review", lambda case: story.step("ruili.officer", case, "submit_result", **outcomes(case))),
            ("cleared", approved),
            ("replied", lambda case: story.step(desk, case, "reply", **sending)),
            ("closed", lambda case: story.step(desk, case, "close", because="acknowledged")),
        ],
    }
    case: Any = None
    for reached, move_on in roads[way]:
        case = move_on(case)
        if reached == status:
            break
    return case


@pytest.fixture
def standing(story, see):
    """A case that stands there, the ids of its items, and the place that holds it ('' for none of ours)."""

    def make(stand: Stand) -> tuple[Case, list[str], str]:
        if stand.border:
            case = at_the_border(story, stand.way, stand.status)
        elif stand.status == "query_review":
            case = story.step("kunshan.officer", story.queried(), "answer_query", opinion="答复。")
        else:
            case = story.at(stand.status) if stand.way == Direction.OUTGOING else story.incoming_at(stand.status)
        with see(f"{stand.origin}.supervisor"):
            items = [str(pk) for pk in case.items.values_list("pk", flat=True)]
            leg = policies.open_leg(case)
            place = {code: place for place, code in PLACES.items()}
            return case, items, place[leg.agency.code] if leg and leg.agency else ""

    return make


def expected(said: Said, role: Role, stand: Stand, *, at_turn: bool) -> str:
    """What the blueprint says, in its order of refusals."""
    if role in ADMIN:
        return "not_found"
    if role not in said.roles:
        return "not_permitted"
    if stand.status not in said.stands or said.name in UNCALLED:
        return "wrong_status"
    if (said.name, stand.status) == ("return_assignment", "to_assign"):
        return "wrong_status"  # where it stands nothing is above
    if (said.name == "hand_to_liaison" and stand.border) or (said.name == "acknowledge_filing" and not stand.filed):
        return "wrong_status"
    if not at_turn:
        return "not_holder"
    return "guard_failed" if (stand.status, said.name) in GUARDED else ""


def turn(said: Said, stand: Stand, holder: str) -> str:
    """The place whose officers take the step; '' for nobody."""
    places = {"holder": holder, "origin": stand.origin, "front": stand.front, "terminal": "guohe", "assigned": ""}
    return places[said.seat]


def test_the_table_is_the_blueprints():
    """Who takes each step, from where, at which seat: as written down above, nothing more and nothing less."""
    told = {
        (way, said.name): (said.roles, frozenset(said.stands) - {"query_review"}, said.seat)
        for way in SAYS
        for said in SAYS[way].values()
    }
    lives = {way: set(" ".join(words.values()).split()) | {"draft"} for way, words in GROUPS.items()}
    query = {"approve", "return_for_correction"}  # of a question they see the answer alone, by the phase
    table = {
        (way, name): (
            row.roles,
            (row.sources & lives[way]) - ({"query_open"} if name in query else set()),
            row.seat.value,
        )
        for way in OF
        for name, row in OF[way].items()
    }
    assert table == told


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: f"{stand.way}{'-border' * stand.border}-{stand.status}")
def test_every_step_follows_the_blueprint(standing, cast, move, stand):
    """At the place whose turn it is, each role may do what the blueprint says in this status, and nothing else; whoever
    has the role elsewhere on the route may not, and where the case is not known it is not there."""
    case, items, holder = standing(stand)
    known = [place for place in ("guohe", "kunshan", "ruili", "yunnan") if cast.agency(place).pk in case.scope]
    assert stand.origin in known
    for name, role in itertools.product(OF[stand.way], Role):
        said = SAYS[stand.way][name]
        begins = stand.status in said.stands
        if role in ADMIN and not begins:
            continue
        here = turn(said, stand, holder)
        here = stand.origin if stand.hidden else here
        places = [here or stand.origin]
        if role in said.roles:
            places += [place for place in known if place != here]
        for place in dict.fromkeys(places):
            login = ADMIN.get(role) or f"{place}.{PART[role]}"
            wanted = expected(said, role, stand, at_turn=place == turn(said, stand, holder))
            got = move(login, case, name, items)
            assert got == wanted, (name, login, got)
        if role in said.roles and begins:
            assert move(f"chaoyang.{PART[role]}", case, name, items) == "not_found", name


@pytest.mark.parametrize("stand", STANDS, ids=lambda stand: f"{stand.way}{'-border' * stand.border}-{stand.status}")
def test_the_buttons_say_what_take_step_does(standing, cast, move, stand):
    """For every member of the cast: a step is offered exactly when it would not be refused for role, status or place."""
    case, items, _holder = standing(stand)
    road = ("ruili", "yunnan", "guohe") if stand.border else ("kunshan", "suzhou", "guohe")
    for place, part in itertools.product(road, PART.values()):
        actor = cast.actor(f"{place}.{part}")
        with acting(actor):
            seen = policies.visible_to(actor).filter(pk=case.pk).first()
            offered = {row.name for row in policies.available(actor, seen, policies.open_leg(seen))} if seen else set()
        tried = {name for name, row in OF[stand.way].items() if actor.role in row.roles} if seen else {"approve"}
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

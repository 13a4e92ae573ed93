"""The table is the specification: role × status × step, derived from it, never listed by hand."""

from __future__ import annotations

import itertools

import pytest
from django.db import transaction

from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.roles import Role
from agencies.scope import acting
from cases import policies
from cases.commands import take_step
from cases.models import ENDED, Case, Direction, Status
from cases.workflow import TRANSITIONS, Seat
from tests.stories import COUNTERPART

OUTGOING = {row.name: row for (direction, _), row in TRANSITIONS.items() if direction == Direction.OUTGOING}
REACHED = [
    "draft",
    "in_review",
    "returned",
    "cleared",
    "dispatched",
    "answered",
    "delivered",
    "closed",
    "withdrawn",
    "declined",
]
HOLDER = {"cleared": "guohe", "answered": "guohe", "dispatched": "guohe"}
PART = {
    Role.DRAFTER: "officer",
    Role.DESK: "desk",
    Role.APPROVER: "chief",
    Role.SUPERVISOR: "supervisor",
}
ADMIN = {Role.SYSTEM_ADMIN: "sysadmin", Role.SECURITY_ADMIN: "secadmin", Role.AUDITOR: "auditor"}

pytestmark = pytest.mark.django_db


def data_for(step: str, case: Case, login: str) -> dict[str, object]:
    """Input that is well formed and, where the case is right, sufficient."""
    return {
        "recommend": {"opinion": "建议同意。"},
        "return_for_correction": {"reasons": ["facts_unclear"]},
        "decline": {"opinion": "不符合条件。"},
        "withdraw": {"opinion": "不再需要。"},
        "reopen": {"opinion": "补充核实。"},
        "dispatch": {"channel": "police_liaison", "counterpart": COUNTERPART},
        "record_acknowledgement": {"their_reference": "RTP-1"},
        "record_reply": {
            "kind": "interim",
            "items": [{"id": str(pk), "outcome": "executed"} for pk in case.items.values_list("pk", flat=True)],
        },
        "accept": {"usefulness": "useful"},
        "assign_handler": {"handler": f"{login.partition('.')[0]}.officer"},
    }.get(step, {})


@pytest.fixture
def move(cast):
    """Try a step as a login, then undo it; gives the error's code, or '' when it was taken."""

    def attempt(login: str, case: Case, step: str, *, keep: bool = False) -> str:
        actor = cast.actor(login)
        with acting(cast.actor("guohe.supervisor" if case.status != "draft" else "kunshan.officer")):
            data = data_for(step, case, login)
        try:
            with transaction.atomic(), acting(actor):
                take_step(actor=actor, case_id=case.pk, step=step, data=data)
                transaction.set_rollback(not keep)
        except DomainError as error:
            return error.code
        return ""

    return attempt


@pytest.mark.parametrize("status", REACHED)
@pytest.mark.parametrize("role", list(Role))
def test_every_step_follows_the_table(story, cast, move, role, status):
    """At the place whose turn it is, each role may do what the table says in this status, and nothing else."""
    case = story.at(status)
    for step, row in OUTGOING.items():
        place = "kunshan" if row.seat is Seat.ORIGIN else HOLDER.get(status, "kunshan")
        login = ADMIN.get(role) or f"{place}.{PART[role]}"
        got = move(login, case, step)
        assert got == expected(row, role, status), (step, status, role, got)


def expected(row, role, status) -> str:
    if role in ADMIN:
        return "not_found"
    if role not in row.roles:
        return "not_permitted"
    if status not in row.sources:
        return "wrong_status"
    if row.seat is not Seat.ORIGIN and status == "dispatched":
        return "" if row.name in ("record_acknowledgement", "record_reply") else "not_holder"
    return ""


def test_a_step_by_a_visible_agency_that_does_not_hold_the_case_is_refused(story, move):
    case = story.submitted()
    assert move("suzhou.chief", case, "approve") == "not_holder"
    assert move("kunshan.chief", case, "approve", keep=True) == ""
    assert move("kunshan.chief", case, "approve") == "not_holder"


def test_every_status_is_reached_and_every_open_status_leads_on():
    ours = list(OUTGOING.values())
    reached = {Status.DRAFT} | {target for row in ours for target in row.targets}
    assert reached == {Status(status) for status in REACHED}
    for status in reached - ENDED:
        assert any(status in row.sources and row.targets for row in ours), status
    assert all(not (row.sources & ENDED) or row.name == "reopen" for row in ours)


def test_same_named_steps_take_the_same_input_in_every_direction():
    for (_, name), group in itertools.groupby(sorted(TRANSITIONS.items()), key=lambda entry: entry[0]):
        assert len({row.fields for _, row in group}) == 1, name


@pytest.mark.parametrize("status", REACHED)
def test_the_buttons_say_what_take_step_does(story, cast, move, status):
    """For every member of the cast: a step is offered exactly when it would not be refused for role, status or place."""
    logins = [f"{place}.{part}" for place in ("kunshan", "suzhou", "guohe") for part in PART.values()]
    case = story.at(status)
    for login in logins:
        actor = cast.actor(login)
        with acting(actor):
            seen = policies.visible_to(actor).filter(pk=case.pk).first()
            offered = {row.name for row in policies.available(actor, seen, policies.open_leg(seen))} if seen else set()
        for step in OUTGOING:
            got = move(login, case, step)
            assert (step in offered) is (got in ("", "guard_failed")), (login, status, step, got)


def test_a_refused_step_leaves_no_trace(story, move):
    case = story.submitted()
    before = AuditEvent.objects.count()
    assert move("kunshan.officer", case, "approve") == "not_permitted"
    assert AuditEvent.objects.count() == before

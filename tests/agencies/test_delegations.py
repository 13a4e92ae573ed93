"""代办: a role is lent to a colleague for a while, not onward; what may not be lent is refused in words and by the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from agencies.commands import accounts, appointments, delegations
from agencies.delegations import in_area, signed
from agencies.errors import Conflict, DomainError, Malformed, NotPermitted, NotVisible
from agencies.models import Appointment, AuditEvent, Delegation, Officer
from agencies.officers import actor_for, appointments_of
from agencies.roles import Role
from agencies.scope import acting
from tests.delegating import lend, lent_identity, post_of, revoke

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def codes(refused) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_the_delegate_may_act_under_the_role_at_once(cast):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    actor = lent_identity(cast, "kunshan.desk")
    chief, desk = cast.officer("kunshan.chief"), cast.officer("kunshan.desk")
    assert (actor.role, actor.agency_id) == (Role.APPROVER, cast.agency("kunshan").pk)
    assert (actor.officer_id, actor.for_officer_id, actor.hands) == (desk.pk, chief.pk, (desk.pk, chief.pk))
    assert actor.known_as == desk.pk
    event = AuditEvent.objects.get(kind="delegation.lend")
    assert event.facts["officer"] == chief.pk
    assert event.facts["delegate"] == desk.pk
    assert event.facts["delegation"] == made.pk
    assert "出差" not in str(event.facts)


def test_his_own_appointment_stays_the_first_until_he_chooses(cast):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    desk = cast.officer("kunshan.desk")
    own, lent = appointments_of(desk)
    assert (own.delegation_id, lent.delegation_id) == (None, made.pk)
    assert lent.officer.name == "演kunshan.chief"
    delegations.act_for(actor=actor_for(own), officer=desk, delegation_id=made.pk)
    desk.refresh_from_db()
    assert appointments_of(desk)[0].delegation_id == made.pk
    appointments.act_as(actor=actor_for(own), officer=desk, appointment_id=own.pk)
    desk.refresh_from_db()
    assert appointments_of(desk)[0].delegation_id is None


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"delegate": "kunshan.chief"}, "delegate_oneself", "/delegate"),
        ({"delegate": "suzhou.desk"}, "delegate_unknown", "/delegate"),
        ({"delegate": "nobody"}, "delegate_unknown", "/delegate"),
        ({"delegate": " "}, "required", "/delegate"),
        ({"starts_at": -1}, "starts_in_past", "/starts_on"),
        ({"ends_at": None}, "required", "/ends_on"),
        ({"ends_at": -1}, "bad_period", "/ends_on"),
        ({"starts_at": 5, "ends_at": 4}, "bad_period", "/ends_on"),
        ({"ends_at": 31}, "too_long", "/ends_on"),
        ({"reason": "  "}, "bad_reason", "/reason"),
        ({"reason": "长" * 201}, "bad_reason", "/reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast, change, code, pointer):
    asked = {name: timezone.now() + value * DAY if isinstance(value, int) else value for name, value in change.items()}
    with pytest.raises(Malformed) as refused:
        lend(cast, "kunshan.chief", asked.pop("delegate", "kunshan.desk"), **asked)
    assert [(reason.code, reason.pointer) for reason in refused.value.reasons] == [(code, pointer)]
    assert not Delegation.objects.exists()


def test_everything_wrong_is_said_at_once(cast):
    with pytest.raises(Malformed) as refused:
        lend(cast, "kunshan.chief", "suzhou.desk", ends_at=timezone.now() + 40 * DAY, reason="")
    assert codes(refused) == ["delegate_unknown", "too_long", "bad_reason"]


def test_thirty_days_are_allowed(cast):
    begins = timezone.now() + DAY
    lend(cast, "kunshan.chief", "kunshan.desk", starts_at=begins, ends_at=begins + 30 * DAY)


@pytest.mark.parametrize("login", ["kunshan.chief", "kunshan.desk"])
def test_not_past_the_end_of_either_appointment(cast, login):
    Appointment.objects.filter(pk=post_of(cast, login).pk).update(ends_at=timezone.now() + 5 * DAY)
    with pytest.raises(Malformed) as refused:
        lend(cast, "kunshan.chief", "kunshan.desk", ends_at=timezone.now() + 6 * DAY)
    assert codes(refused) == ["past_appointment"]
    lend(cast, "kunshan.chief", "kunshan.desk", ends_at=timezone.now() + 4 * DAY)


def test_not_onward(cast):
    lend(cast, "kunshan.chief", "kunshan.desk")
    until = timezone.now() + DAY
    common = {"appointment_id": post_of(cast, "kunshan.chief").pk, "delegate": "kunshan.officer", "ends_at": until}
    for actor in (cast.actor("kunshan.desk"), lent_identity(cast, "kunshan.desk")):
        with pytest.raises(NotPermitted, match="不能再转给别人"), acting(actor):
            delegations.lend(actor=actor, reason="出差", **common)
    mine = common | {"appointment_id": post_of(cast, "kunshan.desk").pk}
    with pytest.raises(NotPermitted, match="先换回自己的身份"), acting(actor):
        delegations.lend(actor=actor, reason="出差", **mine)


def test_not_somebody_elses(cast):
    with pytest.raises(NotVisible):
        lend(cast, "kunshan.officer", "kunshan.desk", appointment_id=post_of(cast, "kunshan.chief").pk)


@pytest.mark.parametrize("login", ["sysadmin", "secadmin", "auditor"])
def test_administration_and_audit_are_not_lent(cast, login):
    with pytest.raises(NotPermitted, match="三类管理员互相制约"):
        lend(cast, login, "guohe.desk")
    # nor does an administrator act for an officer
    with pytest.raises(Malformed) as refused:
        lend(cast, "guohe.chief", login)
    assert codes(refused) == ["delegate_unknown"]


def test_an_appointment_that_has_ended_is_not_lent(cast):
    post = post_of(cast, "kunshan.chief")
    appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)
    with pytest.raises(Conflict, match="已经结束"):
        lend(cast, "kunshan.chief", "kunshan.desk", appointment_id=post.pk)


def test_not_twice_at_once(cast):
    first = lend(cast, "kunshan.chief", "kunshan.desk")
    with pytest.raises(Conflict) as refused:
        lend(cast, "kunshan.chief", "kunshan.desk", starts_at=timezone.now() + DAY)
    assert codes(refused) == ["already_lent"]
    lend(cast, "kunshan.chief", "kunshan.officer")
    revoke(cast, "kunshan.chief", first)
    lend(cast, "kunshan.chief", "kunshan.desk")


def test_no_loop_of_two_or_three(cast):
    first = lend(cast, "kunshan.chief", "kunshan.desk")
    with pytest.raises(Conflict) as refused:
        lend(cast, "kunshan.desk", "kunshan.chief")
    assert codes(refused) == ["delegation_loop"]
    lend(cast, "kunshan.desk", "kunshan.officer")
    with pytest.raises(Conflict):
        lend(cast, "kunshan.officer", "kunshan.chief")
    # at another time it is none, nor after the first was taken back
    later = first.ends_at
    lend(cast, "kunshan.officer", "kunshan.chief", starts_at=later, ends_at=later + DAY)
    revoke(cast, "kunshan.desk", first)
    lend(cast, "kunshan.officer", "kunshan.chief", ends_at=timezone.now() + 3 * DAY)


# --- The end --------------------------------------------------------------------------------------------------------


def acts_for_chief(cast) -> bool:
    return any(post.delegation_id for post in appointments_of(cast.officer("kunshan.desk")))


@pytest.mark.parametrize("login", ["kunshan.chief", "kunshan.desk"])
def test_it_ends_with_either_appointment_and_does_not_revive(cast, login):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    post = post_of(cast, login)
    appointments.end(actor=cast.actor("secadmin"), appointment_id=post.pk)
    assert not acts_for_chief(cast)
    assert Delegation.objects.with_state().get(pk=made.pk).state == "ended"
    appointments.grant(
        actor=cast.actor("secadmin"), officer_id=post.officer_id, agency_id=post.agency_id, role=post.role
    )
    assert not acts_for_chief(cast)


@pytest.mark.parametrize("login", ["kunshan.chief", "kunshan.desk"])
def test_it_rests_while_an_account_is_switched_off(cast, login):
    lend(cast, "kunshan.chief", "kunshan.desk")
    accounts.deactivate(actor=cast.actor("sysadmin"), officer_id=cast.officer(login).pk)
    assert not acts_for_chief(cast)


def test_past_its_end_it_is_nobodys(cast):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    coming = lend(cast, "kunshan.chief", "kunshan.officer", starts_at=timezone.now() + DAY)
    assert [post.delegation_id for post in appointments_of(cast.officer("kunshan.officer"))] == [None]
    desk, officer = cast.actor("kunshan.desk"), cast.actor("kunshan.officer")
    with pytest.raises(Conflict, match="还没有开始"):
        delegations.act_for(actor=officer, officer=cast.officer("kunshan.officer"), delegation_id=coming.pk)
    revoke(cast, "kunshan.chief", made)
    with pytest.raises(Conflict, match="换一个身份"):
        delegations.act_for(actor=desk, officer=cast.officer("kunshan.desk"), delegation_id=made.pk)
    with pytest.raises(NotVisible):
        delegations.act_for(actor=officer, officer=cast.officer("kunshan.officer"), delegation_id=made.pk)


def test_what_is_in_force_is_the_same_in_both_tongues(cast):
    lend(cast, "kunshan.chief", "kunshan.desk")
    lend(cast, "kunshan.officer", "kunshan.desk", starts_at=timezone.now() + DAY)
    desk = cast.officer("kunshan.desk")
    found = {post.delegation_id for post in appointments_of(desk)} - {None}
    assert found == set(Delegation.objects.in_force().filter(delegate=desk).values_list("pk", flat=True))
    assert len(found) == 1


# --- Who may end it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["kunshan.chief", "kunshan.desk", "secadmin"])
def test_the_lender_the_delegate_and_the_security_administrator_end_it(cast, login):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    revoke(cast, login, made)
    assert not acts_for_chief(cast)
    made.refresh_from_db()
    assert made.revoked_by == cast.officer(login)
    with pytest.raises(Conflict, match="已经结束"):
        revoke(cast, login, made)


@pytest.mark.parametrize(
    "login", ["kunshan.officer", "kunshan.supervisor", "suzhou.chief", "guohe.chief", "sysadmin", "auditor"]
)
def test_nobody_else_does(cast, login):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    with pytest.raises(NotVisible):
        revoke(cast, login, made)
    assert acts_for_chief(cast)


@pytest.mark.parametrize(("place", "sees"), [("kunshan", True), ("suzhou", True), ("jiangsu", True), ("yunnan", False)])
def test_a_security_administrator_looks_after_his_own_area(cast, place, sees):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    admin = Officer.objects.create(police_number="local.admin", name="演安全")
    admin_post = Appointment.objects.create(officer=admin, agency=cast.agency(place), role=Role.SECURITY_ADMIN)
    actor = actor_for(admin_post)
    assert in_area(actor).filter(pk=made.pk).exists() is sees
    with acting(actor):
        if sees:
            delegations.revoke(actor=actor, delegation_id=made.pk)
        else:
            with pytest.raises(NotVisible):
                delegations.revoke(actor=actor, delegation_id=made.pk)


# --- The database ---------------------------------------------------------------------------------------------------

INSERT = (
    "INSERT INTO agencies_delegation"
    " (appointment_id, lender_id, delegate_appointment_id, delegate_id, starts_at, ends_at, reason)"
    " VALUES (%s, %s, %s, %s, now() + %s, now() + %s, 'x')"
)


def insert(cast, scope: str, lender: str, delegate: str, *, begins=timedelta(0), ends=5 * DAY, own: str = "") -> None:
    lent, mine = post_of(cast, lender), post_of(cast, own or delegate)
    values = [lent.pk, lent.officer_id, mine.pk, cast.officer(delegate).pk, begins, ends]
    with acting(cast.actor(scope)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, values)


@pytest.mark.parametrize(
    ("lender", "delegate", "period", "constraint"),
    [
        ("kunshan.chief", "kunshan.chief", {}, "delegation_not_to_oneself"),
        ("kunshan.chief", "suzhou.desk", {}, "delegation_within_agency"),
        ("kunshan.chief", "kunshan.desk", {"own": "kunshan.officer"}, "delegation_of_ones_own"),
        ("guohe.chief", "auditor", {}, "delegation_of_case_work"),
        ("auditor", "guohe.chief", {}, "delegation_of_case_work"),
        ("kunshan.chief", "kunshan.desk", {"ends": 31 * DAY}, "delegation_thirty_days"),
        ("kunshan.chief", "kunshan.desk", {"begins": 5 * DAY}, "delegation_period"),
        ("kunshan.chief", "kunshan.desk", {"begins": -400 * DAY, "ends": -399 * DAY}, "delegation_within_appointments"),
    ],
)
def test_raw_sql_is_refused_by_a_constraint(cast, lender, delegate, period, constraint):
    with pytest.raises(IntegrityError) as refused:
        insert(cast, lender, lender, delegate, **period)
    assert refused.value.__cause__.diag.constraint_name == constraint


def test_raw_sql_closes_no_loop_and_lends_nothing_twice(cast):
    insert(cast, "kunshan.chief", "kunshan.chief", "kunshan.desk")
    with pytest.raises(IntegrityError) as loop:
        insert(cast, "kunshan.desk", "kunshan.desk", "kunshan.chief")
    assert loop.value.__cause__.diag.constraint_name == "delegation_no_loop"
    with pytest.raises(IntegrityError) as twice:
        insert(cast, "kunshan.chief", "kunshan.chief", "kunshan.desk", begins=DAY)
    assert twice.value.__cause__.diag.constraint_name == "delegation_not_twice"


@pytest.mark.parametrize("scope", ["kunshan.desk", "kunshan.supervisor", "secadmin", "sysadmin"])
def test_the_wall_lets_nobody_lend_for_another(cast, scope):
    with pytest.raises(DatabaseError, match="row-level security"):
        insert(cast, scope, "kunshan.chief", "kunshan.desk")


def end_by_sql(cast, scope: str, made: Delegation) -> int:
    with acting(cast.actor(scope)), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agencies_delegation SET revoked_at = now(), revoked_by_id = %s WHERE id = %s",
            [cast.officer(scope).pk, made.pk],
        )
        return cursor.rowcount


@pytest.mark.parametrize("scope", ["kunshan.officer", "suzhou.chief", "sysadmin", "auditor"])
def test_the_wall_lets_strangers_end_nothing(cast, scope):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    assert end_by_sql(cast, scope, made) == 0
    assert end_by_sql(cast, "kunshan.desk", made) == 1
    with pytest.raises(IntegrityError, match="revoked"), transaction.atomic():
        end_by_sql(cast, "kunshan.chief", made)


@pytest.mark.parametrize("change", ["SET ends_at = ends_at + interval '1 day'", "SET delegate_id = lender_id"])
def test_the_web_role_rewrites_nothing(cast, change):
    lend(cast, "kunshan.chief", "kunshan.desk")
    for statement in (f"UPDATE agencies_delegation {change}", "DELETE FROM agencies_delegation"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            acting(cast.actor("kunshan.chief")),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# --- What follows ---------------------------------------------------------------------------------------------------


def test_acts_are_signed_for_whom(cast):
    assert signed("乙", "甲") == "乙 代 甲"
    assert signed("乙") == "乙"


def test_refusals_are_domain_errors(cast):
    """What the forms catch: nothing of the database's own comes through."""
    for delegate in ("kunshan.chief", "suzhou.desk", "x" * 500):
        with pytest.raises(DomainError):
            lend(cast, "kunshan.chief", delegate)

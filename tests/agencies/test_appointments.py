"""Appointments: granted and ended by the security administrator, in force at the next request, duties kept apart."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.commands import accounts, appointments
from agencies.errors import Conflict, Malformed, NotPermitted, NotVisible
from agencies.models import Agency, Appointment, AuditEvent, Officer
from agencies.officers import appointments_of
from agencies.roles import CASE_ROLES, Role, duty_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(cast) -> Officer:
    officer, _password = accounts.create_officer(
        actor=cast.actor("sysadmin"), new=accounts.NewOfficer("999001", "新警")
    )
    Officer.objects.filter(pk=officer.pk).update(must_change_password=False)
    officer.refresh_from_db()
    return officer


def grant(cast, officer: Officer, place: str, role: str, **period) -> Appointment:
    return appointments.grant(
        actor=cast.actor("secadmin"), officer_id=officer.pk, agency_id=cast.agency(place).pk, role=role, **period
    )


def test_an_appointment_is_in_force_at_once(cast, newcomer):
    made = grant(cast, newcomer, "kunshan", Role.DRAFTER)
    assert appointments_of(newcomer) == [made]
    assert made.granted_by == cast.officer("secadmin")
    event = AuditEvent.objects.get(kind="appointment.grant")
    assert event.subject == f"officer:{newcomer.pk}"
    assert event.facts | made.as_dict() == event.facts


def test_it_ends_at_once(cast, newcomer):
    made = grant(cast, newcomer, "kunshan", Role.DRAFTER)
    appointments.end(actor=cast.actor("secadmin"), appointment_id=made.pk)
    assert appointments_of(newcomer) == []
    with pytest.raises(Conflict):
        appointments.end(actor=cast.actor("secadmin"), appointment_id=made.pk)


def test_a_later_one_waits_and_can_be_called_off(cast, newcomer):
    made = grant(cast, newcomer, "kunshan", Role.DRAFTER, starts_at=timezone.now() + timedelta(days=3))
    assert appointments_of(newcomer) == []
    appointments.end(actor=cast.actor("secadmin"), appointment_id=made.pk)
    grant(cast, newcomer, "kunshan", Role.AUDITOR)


@pytest.mark.parametrize(("first", "second"), itertools.product(Role, Role))
def test_duties_never_mix(cast, newcomer, first, second):
    """Every pair of roles: two administrative roles exclude each other and case work; case roles go together."""
    grant(cast, newcomer, "kunshan", first)
    if duty_of(first) == duty_of(second):
        grant(cast, newcomer, "suzhou", second)
    else:
        with pytest.raises(Conflict) as refused:
            grant(cast, newcomer, "suzhou", second)
        [reason] = refused.value.reasons
        assert reason.code == "duties_mixed"
        assert str(first.label) in str(reason.words)


def test_after_the_one_has_ended_the_other_may_begin(cast, newcomer):
    until = timezone.now() + timedelta(days=2)
    grant(cast, newcomer, "kunshan", Role.DRAFTER, ends_at=until)
    with pytest.raises(Conflict):
        grant(cast, newcomer, "guohe", Role.AUDITOR)
    grant(cast, newcomer, "guohe", Role.AUDITOR, starts_at=until)


def test_not_twice(cast, newcomer):
    grant(cast, newcomer, "kunshan", Role.DRAFTER)
    with pytest.raises(Conflict) as refused:
        grant(cast, newcomer, "kunshan", Role.DRAFTER)
    assert [reason.code for reason in refused.value.reasons] == ["same_post"]


@pytest.mark.parametrize(
    ("period", "pointers"),
    [
        ({"starts_at": -1}, ["/starts_on"]),
        ({"ends_at": -1}, ["/ends_on"]),
        ({"starts_at": 3, "ends_at": 2}, ["/ends_on"]),
    ],
)
def test_periods_that_make_no_sense(cast, newcomer, period, pointers):
    days = {name: timezone.now() + timedelta(days=days) for name, days in period.items()}
    with pytest.raises(Malformed) as refused:
        grant(cast, newcomer, "kunshan", Role.DRAFTER, **days)
    assert [reason.pointer for reason in refused.value.reasons] == pointers


@pytest.mark.parametrize(
    "login", ["sysadmin", "auditor", *(f"kunshan.{part}" for part in ("officer", "chief", "desk"))]
)
def test_only_the_security_administrator_grants(cast, newcomer, login):
    with pytest.raises(NotPermitted):
        appointments.grant(
            actor=cast.actor(login), officer_id=newcomer.pk, agency_id=cast.agency("kunshan").pk, role=Role.DRAFTER
        )
    own = Appointment.objects.get(officer__police_number="suzhou.chief")
    with pytest.raises(NotPermitted):
        appointments.end(actor=cast.actor(login), appointment_id=own.pk)


def test_nobody_changes_his_own(cast):
    admin = cast.officer("secadmin")
    with pytest.raises(NotPermitted):
        grant(cast, admin, "guohe", Role.SECURITY_ADMIN)
    with pytest.raises(NotPermitted):
        appointments.end(actor=cast.actor("secadmin"), appointment_id=admin.appointments.get().pk)


def test_unknown_and_dissolved(cast, newcomer):
    with pytest.raises(NotVisible):
        appointments.grant(actor=cast.actor("secadmin"), officer_id=newcomer.pk, agency_id=10**9, role=Role.DRAFTER)
    with pytest.raises(NotVisible):
        appointments.end(actor=cast.actor("secadmin"), appointment_id=10**9)
    with pytest.raises(Malformed):
        grant(cast, newcomer, "kunshan", "emperor")


# --- At the next request -------------------------------------------------------------------------------------------


def test_moving_takes_effect_at_the_next_request(client, cast, newcomer, story):
    """The same session, three requests: Kunshan's officer, then Ruili's, then nobody's."""
    case = story.submitted()
    page = reverse("case-detail", args=[case.pk]) if _has("case-detail") else f"/cases/{case.pk}/"
    client.force_login(newcomer, backend="allauth.account.auth_backends.AuthenticationBackend")
    first = grant(cast, newcomer, "kunshan", Role.APPROVER)
    assert client.get(page).status_code == 200
    appointments.end(actor=cast.actor("secadmin"), appointment_id=first.pk)
    grant(cast, newcomer, "ruili", Role.APPROVER)
    assert client.get(page).status_code == 404
    assert client.get(reverse("agency-list")).status_code == 200


def _has(name: str) -> bool:
    from django.urls import get_resolver

    return name in get_resolver().reverse_dict


# --- Acting --------------------------------------------------------------------------------------------------------


def test_choosing_under_which_one_acts(client, cast, newcomer):
    first, second = grant(cast, newcomer, "kunshan", Role.DRAFTER), grant(cast, newcomer, "suzhou", Role.DESK)
    client.force_login(newcomer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert appointments_of(newcomer)[0] == first
    response = client.post(reverse("acting-as"), {"appointment": second.pk})
    assert response["Location"] == reverse("workbench")
    newcomer.refresh_from_db()
    assert appointments_of(newcomer) == [second, first]
    page = client.get(reverse("my-account")).content.decode()
    assert page.index("苏州市公安局") < page.index("昆山市公安局")
    assert AuditEvent.objects.filter(kind="appointment.act_as").count() == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "999999999", "1" * 30])
def test_only_ones_own_and_only_current(client, cast, newcomer, number):
    client.force_login(newcomer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(reverse("acting-as"), {"appointment": number}).status_code == 404
    other = Appointment.objects.get(officer__police_number="kunshan.chief").pk
    assert client.post(reverse("acting-as"), {"appointment": other}).status_code == 404
    ended = grant(cast, newcomer, "kunshan", Role.DRAFTER)
    appointments.end(actor=cast.actor("secadmin"), appointment_id=ended.pk)
    assert client.post(reverse("acting-as"), {"appointment": ended.pk}).status_code == 404


def test_the_roles_are_seven():
    assert len(CASE_ROLES) == 4
    assert len(Role) == 7


@pytest.mark.parametrize(
    ("period", "officer_active", "agency_active"),
    [
        ({}, True, True),
        ({"ends_at": timedelta(days=1)}, True, True),
        ({"starts_at": timedelta(days=1)}, True, True),
        ({}, False, True),
        ({}, True, False),
    ],
)
def test_what_is_current_is_the_same_in_both_tongues(cast, newcomer, period, officer_active, agency_active):
    made = grant(cast, newcomer, "kunshan", Role.DRAFTER, **{k: timezone.now() + v for k, v in period.items()})
    Officer.objects.filter(pk=newcomer.pk).update(is_active=officer_active)
    Agency.objects.filter(pk=made.agency_id).update(is_active=agency_active)
    expected = list(Appointment.objects.current().filter(officer=newcomer))
    assert appointments_of(newcomer) == expected
    for post in appointments_of(newcomer):
        assert (post.role, post.ends_at, post.agency.name) == (made.role, made.ends_at, made.agency.name)
        assert post.agency.ancestors == made.agency.ancestors  # loaded when asked for

"""Accounts: created, reset, switched off, locked; each by the right administrator only, each with its event."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from agencies import passwords
from agencies.commands import accounts
from agencies.commands.accounts import NewOfficer
from agencies.errors import Conflict, Malformed, NotPermitted, NotVisible
from agencies.models import AuditEvent, Officer
from agencies.models.officers import normalize_police_number

pytestmark = pytest.mark.django_db
NEW = NewOfficer("　３２０５８３Ａ０１ ", " 陈示文 ", "chen@example.test")


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


def test_a_new_account_has_a_one_time_password_that_must_be_changed(cast):
    officer, password = accounts.create_officer(actor=cast.actor("sysadmin"), new=NEW)
    officer.refresh_from_db()
    assert (officer.police_number, officer.name) == ("320583a01", "陈示文")
    assert officer.must_change_password
    assert officer.check_password(password)
    assert (last_event().kind, last_event().facts) == ("officer.create", {})


def test_the_police_number_is_one_whatever_its_width_or_case(cast):
    accounts.create_officer(actor=cast.actor("sysadmin"), new=NEW)
    with pytest.raises(Conflict) as refused:
        accounts.create_officer(actor=cast.actor("sysadmin"), new=NewOfficer("320583A01", "另一人"))
    assert [reason.pointer for reason in refused.value.reasons] == ["/police_number"]


@pytest.mark.parametrize(
    ("new", "pointers"),
    [
        (NewOfficer("", ""), ["/police_number", "/name"]),
        (NewOfficer("32 05", "陈"), ["/police_number"]),
        (NewOfficer("3" * 41, "陈"), ["/police_number"]),
        (NewOfficer("3205\u202e", "陈"), ["/police_number"]),
        (NewOfficer("3205", "陈" * 61, "nobody"), ["/name", "/email"]),
    ],
)
def test_all_faults_are_told_at_once(cast, new, pointers):
    with pytest.raises(Malformed) as refused:
        accounts.create_officer(actor=cast.actor("sysadmin"), new=new)
    assert [reason.pointer for reason in refused.value.reasons] == pointers


@pytest.mark.parametrize("login", ["secadmin", "auditor", "kunshan.chief", "kunshan.officer"])
def test_only_the_system_administrator_manages_accounts(cast, login):
    actor, target = cast.actor(login), cast.officer("suzhou.officer").pk
    for act in (accounts.reset_password, accounts.deactivate, accounts.activate, accounts.release_lock):
        with pytest.raises(NotPermitted):
            act(actor=actor, officer_id=target)
    with pytest.raises(NotPermitted):
        accounts.create_officer(actor=actor, new=NEW)
    with pytest.raises(NotPermitted):
        accounts.update_officer(actor=actor, officer_id=target, name="陈", email="")


def test_a_reset_gives_a_new_one_time_password(cast):
    target = cast.officer("kunshan.officer")
    password = accounts.reset_password(actor=cast.actor("sysadmin"), officer_id=target.pk)
    before = target.get_session_auth_hash()
    target.refresh_from_db()
    assert target.check_password(password)
    assert target.must_change_password
    assert target.get_session_auth_hash() != before, "his sessions end"
    assert last_event().kind == "officer.reset"


def test_one_does_not_reset_or_switch_off_oneself_nor_the_last_of_a_kind(cast):
    admin = cast.actor("sysadmin")
    with pytest.raises(NotPermitted):
        accounts.reset_password(actor=admin, officer_id=admin.officer_id)
    with pytest.raises(NotPermitted):
        accounts.deactivate(actor=admin, officer_id=admin.officer_id)
    with pytest.raises(Conflict):
        accounts.deactivate(actor=admin, officer_id=cast.officer("secadmin").pk)
    accounts.deactivate(actor=admin, officer_id=cast.officer("kunshan.chief").pk)
    with pytest.raises(NotVisible):
        accounts.deactivate(actor=admin, officer_id=2_000_000_000)


def test_switching_off_and_on(cast):
    admin, target = cast.actor("sysadmin"), cast.officer("kunshan.officer").pk
    for _twice in range(2):
        accounts.deactivate(actor=admin, officer_id=target)
    assert not Officer.objects.get(pk=target).is_active
    accounts.activate(actor=admin, officer_id=target)
    assert Officer.objects.get(pk=target).is_active
    kinds = list(AuditEvent.objects.filter(subject=f"officer:{target}").values_list("kind", flat=True))
    assert sorted(kinds) == ["officer.activate", "officer.deactivate"]


def test_a_correction_records_the_fields_and_no_words(cast):
    target = cast.officer("kunshan.officer")
    accounts.update_officer(actor=cast.actor("sysadmin"), officer_id=target.pk, name="陈改名", email=target.email)
    assert (last_event().kind, last_event().facts) == ("officer.update", {"fields": ["name"]})


def test_one_time_passwords_obey_the_rules():
    for _time in range(200):
        password = passwords.one_time_password()
        validate_password(password)
        assert not set(password) & set("0O1lI")


@pytest.mark.parametrize(
    "bad", ["", "Short-1", "alllowercaseletters", "12345678901234", "password12345", "onlylower12345"]
)
def test_weak_passwords_are_refused(bad):
    with pytest.raises(ValidationError):
        validate_password(bad)


@given(st.text(max_size=40))
def test_a_password_passes_exactly_when_three_classes_occur(password):
    expected = sum(
        [
            any(c.islower() for c in password),
            any(c.isupper() for c in password),
            any(c.isdecimal() for c in password),
            any(not (c.islower() or c.isupper() or c.isdecimal()) for c in password),
        ]
    )
    try:
        passwords.CharacterClassesValidator().validate(password)
        passed = True
    except ValidationError:
        passed = False
    assert passed == (expected >= 3)


@given(st.text(alphabet="09AZaz０９ＡＺａｚ.-_ 　", max_size=40))
def test_normalising_twice_is_normalising_once(text):
    once = normalize_police_number(text)
    assert normalize_police_number(once) == once


def test_the_first_log_in_replaces_the_quick_hash(cast):
    officer, password = accounts.create_officer(actor=cast.actor("sysadmin"), new=NEW)
    assert officer.password.startswith("onetime$")
    assert officer.check_password(password)
    officer.refresh_from_db()
    assert not officer.password.startswith("onetime$")
    assert officer.check_password(password)


def test_an_officer_is_found_by_a_police_number_of_any_width(cast):
    assert Officer.objects.get_by_natural_key("ＫＵＮＳＨＡＮ.officer").pk == cast.officer("kunshan.officer").pk

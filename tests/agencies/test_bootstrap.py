"""`manage.py bootstrap`: the first four of a production set, once."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Appointment, AuditEvent, Officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody():
    """A database without officers (inside the test's transaction)."""
    Appointment.objects.all().delete()
    Officer.objects.all().delete()


def bootstrap(*numbers: str) -> list[list[str]]:
    out = StringIO()
    call_command("bootstrap", *numbers, stdout=out)
    return [line.split() for line in out.getvalue().splitlines()[:-1]]


def test_four_officers_with_one_time_passwords(nobody):
    rows = bootstrap()
    assert [row[0] for row in rows] == ["system_admin", "security_admin", "security_admin", "auditor"]
    for role, number, password in rows:
        officer = Officer.objects.get(police_number=number)
        assert officer.check_password(password)
        assert officer.must_change_password
        post = officer.appointments.get()
        assert (post.role, post.agency.is_terminal, post.granted_by) == (role, True, None)
    kinds = AuditEvent.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["appointment.grant"] * 4 + ["officer.create"] * 4


def test_ones_own_police_numbers(nobody):
    assert [row[1] for row in bootstrap("００１", "002", "003", "004")] == ["001", "002", "003", "004"]


@pytest.mark.parametrize("numbers", [("1", "2"), ("1", "1", "2", "3"), ("1 2", "3", "4", "5")])
def test_what_makes_no_sense_makes_nothing(nobody, numbers):
    with pytest.raises(CommandError):
        bootstrap(*numbers)
    assert not Officer.objects.exists()


def test_only_the_first_time(cast):
    before = Officer.objects.count()
    with pytest.raises(CommandError, match="already"):
        bootstrap()
    assert Officer.objects.count() == before

"""Delegations with real commits: two lendings at once, lending against taking back, and the notices from the outbox."""

from __future__ import annotations

from collections import Counter

from agencies import outbox
from agencies.models import AuditEvent, Delegation, Notice
from tests.cases.test_races import THREADS, at_once
from tests.conftest import django_connected_as
from tests.delegating import lend, revoke


def test_lent_at_once_it_is_lent_once(real_db, cast):
    ends = at_once(*[lambda: lend(cast, "kunshan.chief", "kunshan.desk")] * THREADS)
    assert ends == Counter({"": 1, "conflict": THREADS - 1})
    assert Delegation.objects.count() == AuditEvent.objects.filter(kind="delegation.lend").count() == 1


def test_a_loop_that_two_close_at_once_stays_open(real_db, cast):
    acts = [lambda: lend(cast, "kunshan.chief", "kunshan.desk"), lambda: lend(cast, "kunshan.desk", "kunshan.chief")]
    assert at_once(*acts) == Counter({"": 1, "conflict": 1})
    assert Delegation.objects.count() == 1


def test_taken_back_at_once_it_is_taken_back_once(real_db, cast):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    logins = ["kunshan.chief", "kunshan.desk", "secadmin"] * 2
    ends = at_once(*[lambda login=login: revoke(cast, login, made) for login in logins])
    assert ends == Counter({"": 1, "conflict": len(logins) - 1})
    assert AuditEvent.objects.filter(kind="delegation.revoke").count() == 1


def test_both_are_told_when_it_is_made_and_when_it_is_ended(real_db, cast):
    made = lend(cast, "kunshan.chief", "kunshan.desk")
    revoke(cast, "secadmin", made)
    with django_connected_as("worker"):
        outbox.drain()
        told = set(Notice.objects.values_list("officer__police_number", "kind", "subject"))
    assert told == {
        (login, kind, f"delegation:{made.pk}")
        for login in ("kunshan.chief", "kunshan.desk")
        for kind in ("delegation.lend", "delegation.revoke")
    }

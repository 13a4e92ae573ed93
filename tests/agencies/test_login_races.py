"""The lock under twenty tries at once, with real commits."""

from __future__ import annotations

import threading

from axes.models import AccessAttempt
from django.db import connection
from django.test import Client

from agencies.models import AuditEvent


def test_twenty_wrong_tries_at_once_are_five(real_db, cast):
    """Tries for one police number wait for one another: no more than five passwords are looked at."""
    start, codes = threading.Barrier(20), []

    def wrong(number: int) -> None:
        client = Client(headers={"user-agent": f"browser {number}"})
        body = {"login": "kunshan.officer", "password": f"wrong-{number}"}
        start.wait(30)
        codes.append(client.post("/account/login/", body).status_code)
        connection.close()

    threads = [threading.Thread(target=wrong, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(codes) == [200] * 4 + [429] * 16
    assert sum(AccessAttempt.objects.values_list("failures_since_start", flat=True)) == 5
    subject = f"officer:{cast.officer('kunshan.officer').pk}"
    events = list(AuditEvent.objects.filter(subject=subject).values_list("kind", flat=True))
    assert (events.count("session.login_failed"), events.count("session.lockout")) == (5, 1)

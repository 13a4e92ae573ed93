"""Two deciders at once: one decides, the other is told; nothing is done twice and nothing half."""

from __future__ import annotations

import threading

from django.db import connections

from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.scope import acting
from cases.models import Case, Disposal
from tests.keeping import Keeper


def test_keeping_and_confirming_at_once_leave_one_decision_for_each_case(real_db, cast, story):
    keeper = Keeper(cast, story)
    one, two = keeper.due(), keeper.due()
    keeper.propose(one, two)
    start, wrong = threading.Barrier(2), []

    def decide(what, *cases):
        start.wait(10)
        try:
            what(*cases)
        except DomainError as error:
            wrong.append(error.code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=decide, args=(keeper.keep, one)),
        threading.Thread(target=decide, args=(keeper.confirm, one, two)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == ["guard_failed"]
    with acting(cast.actor("guohe.chief")):
        gone = Case.objects.filter(disposed_at__isnull=False).count()
        decided = Disposal.objects.exclude(decision="").count()
    assert (gone, decided) in ((0, 1), (2, 2))
    assert AuditEvent.objects.filter(kind__in=["case.keep", "case.dispose"]).count() == decided

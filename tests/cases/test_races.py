"""Eight officers press at once: exactly one step happens, and everybody else is told why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import content_input, drafts
from cases.commands import take_step
from cases.models import Involvement, Leg
from tests.stories import CONTENT

THREADS = 8


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    """Run the acts in threads released together; how each ended, counted ('' is success)."""
    gate, ends = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            act()
            ends.append("")
        except DomainError as error:
            ends.append(error.code)
        except Exception as error:
            ends.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(ends)


@pytest.fixture
def press(real_db, cast):
    def prepare(login, case, step, version=None, **data):
        actor = cast.actor(login)

        def act():
            with acting(actor):
                take_step(actor=actor, case_id=case.pk, step=step, data=data, version=version)

        return act

    return prepare


def test_approve_against_approve(real_db, story, press, cast):
    case = story.submitted()
    ends = at_once(*[press("kunshan.chief", case, "approve") for _ in range(THREADS)])
    assert ends[""] == 1
    assert sum(ends.values()) == THREADS
    assert set(ends) <= {"", "not_holder"}
    with acting(cast.actor("kunshan.chief")):
        assert Involvement.objects.filter(case=case, kind="approved").count() == 1
        assert Leg.objects.filter(case=case, closed_at=None).count() == 1
    assert AuditEvent.objects.filter(kind="case.approve").count() == 1


def test_approve_against_return(real_db, story, press):
    case = story.submitted()
    back = {"reasons": ["facts_unclear"]}
    acts = [press("kunshan.chief", case, "approve", version=case.version) for _ in range(THREADS // 2)]
    acts += [
        press("kunshan.desk", case, "return_for_correction", version=case.version, **back) for _ in range(THREADS // 2)
    ]
    ends = at_once(*acts)
    assert ends[""] == 1
    assert set(ends) <= {"", "stale_version"}
    assert AuditEvent.objects.filter(kind__in=["case.approve", "case.return_for_correction"]).count() == 1


def test_submit_against_submit(real_db, story, press, cast):
    case = story.draft()
    ends = at_once(*[press("kunshan.officer", case, "submit") for _ in range(THREADS)])
    assert ends[""] == 1
    assert set(ends) <= {"", "wrong_status"}
    assert AuditEvent.objects.filter(kind="case.submit").count() == 1


def test_numbers_given_at_once_are_different_and_without_gap(real_db, cast):
    actor, numbers = cast.actor("kunshan.officer"), []

    def file() -> None:
        with acting(actor):
            numbers.append(drafts.open_case(actor=actor, content=content_input.parse(CONTENT)).number)

    assert at_once(*[file] * THREADS) == Counter({"": THREADS})
    assert sorted(int(number[-6:]) for number in numbers) == list(range(1, THREADS + 1))
    assert all(number.startswith("GJHZ-") and "-320583-" in number for number in numbers)

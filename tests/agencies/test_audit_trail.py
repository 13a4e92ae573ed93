"""The trail: append-only, sealed in commit order, checkpoints outside; every kind of tampering is found."""

from __future__ import annotations

import threading

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection, transaction

from agencies import audit, seals, verification
from agencies.actors import SYSTEM
from agencies.models import AuditEvent, AuditSeal
from tests.conftest import connected_as, django_connected_as


def record(n: int = 1, **facts: object) -> None:
    for _ in range(n):
        audit.record(actor=SYSTEM, kind="test.event", subject="test:1", facts=dict(facts))


@pytest.fixture
def trail(real_db, settings, tmp_path):
    """Five sealed events and a signed checkpoint, then the worker's connection."""
    settings.CHECKPOINTS_ROOT = tmp_path / "checkpoints"
    settings.AUDIT_KEY = tmp_path / "audit.key"
    record(5)
    with django_connected_as("worker"):
        assert seals.seal() == 5
        assert seals.sign_checkpoint() == f"{5:020d}.json"
        yield


def codes() -> set[str]:
    return {code for code, _where in verification.verify().faults}


def tamper(*statements: str) -> None:
    """As the owner of the tables, with the triggers out of the way."""
    with connected_as("migrate") as owner:
        owner.execute("SET ROLE coopdesk_owner")
        for name in ("auditevent", "auditseal"):
            owner.execute(f"ALTER TABLE agencies_{name} DISABLE TRIGGER USER".encode())
        for statement in statements:
            owner.execute(statement.encode())


def test_an_untouched_trail_is_whole(trail):
    report = verification.verify()
    assert report.whole
    assert (report.sealed, report.checkpoints, report.last_checkpoint) == (5, 1, 5)


def test_the_public_half_of_the_key_verifies(trail, settings, tmp_path):
    """Where the signing key is not at hand; another pair's half finds every checkpoint forged."""
    settings.AUDIT_PUBLIC_KEY = tmp_path / "audit.pub"
    half, other = seals.signing_key().public_key(), Ed25519PrivateKey.generate().public_key()
    settings.AUDIT_KEY.unlink()
    for key, found in ((half, set()), (other, {"checkpoint_forged"})):
        settings.AUDIT_PUBLIC_KEY.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        assert codes() == found
    assert not settings.AUDIT_KEY.exists()


@pytest.mark.parametrize(
    "statement, found",
    [
        (
            "UPDATE agencies_auditevent SET facts = '{\"n\": 2}' WHERE id = (SELECT event_id FROM agencies_auditseal WHERE seq = 3)",
            "event_changed",
        ),
        (
            "UPDATE agencies_auditevent SET at = at + interval '1 microsecond' WHERE id = (SELECT event_id FROM agencies_auditseal WHERE seq = 3)",
            "event_changed",
        ),
        (
            "UPDATE agencies_auditevent SET actor = 'officer:9' WHERE id = (SELECT event_id FROM agencies_auditseal WHERE seq = 3)",
            "event_changed",
        ),
        ("DELETE FROM agencies_auditseal WHERE seq = 3", "gap_in_chain"),
        ("DELETE FROM agencies_auditseal WHERE seq >= 4", "checkpoint_beyond_chain"),
        ("UPDATE agencies_auditseal SET hash = sha256('x') WHERE seq = 5", "event_changed"),
        (
            "INSERT INTO agencies_auditevent (kind, subject, actor, role, request_id, facts)"
            " VALUES ('x','x','x','','','{}')",
            "event_outside_chain",
        ),
    ],
)
def test_tampering_is_found(trail, statement, found):
    tamper(statement)
    assert found in codes()


def test_a_deleted_event_is_found(trail):
    tamper(
        "CREATE TEMP TABLE gone AS SELECT event_id FROM agencies_auditseal WHERE seq = 3",
        "DELETE FROM agencies_auditseal WHERE seq = 3",
        "DELETE FROM agencies_auditevent WHERE id IN (SELECT event_id FROM gone)",
    )
    assert codes() >= {"gap_in_chain"}


def test_reordered_events_are_found(trail):
    tamper(
        "CREATE TEMP TABLE swap AS SELECT seq, event_id FROM agencies_auditseal WHERE seq IN (2, 3)",
        "ALTER TABLE agencies_auditseal DROP CONSTRAINT agencies_auditseal_event_id_key",
        "UPDATE agencies_auditseal s SET event_id = o.event_id FROM swap o WHERE o.seq = 5 - s.seq AND s.seq IN (2, 3)",
    )
    assert "event_changed" in codes()


def test_a_rewritten_chain_does_not_match_the_checkpoint(trail):
    """Whoever owns the database can recompute every hash; the signed file outside still says what was there."""
    tamper(
        "UPDATE agencies_auditevent SET facts = '{\"n\": 2}' WHERE id = (SELECT event_id FROM agencies_auditseal WHERE seq = 3)",
        "DELETE FROM agencies_auditseal",
    )
    tamper("INSERT INTO agencies_unsealedevent SELECT id FROM agencies_auditevent")
    seals.seal()
    assert codes() == {"checkpoint_differs"}


def test_a_forged_checkpoint_is_found(trail, settings):
    path = settings.CHECKPOINTS_ROOT / f"{5:020d}.json"
    path.write_text(path.read_text().replace('"seq": 5', '"seq": 4'))
    assert "checkpoint_forged" in codes()


def test_events_that_commit_out_of_order_are_all_sealed(trail):
    """The sealer takes what it sees; an event with an older id that commits later is not lost."""
    begun, let_go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(1, slow=True)
            begun.set()
            let_go.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(20)
    record(1, fast=True)
    assert seals.seal() == 1
    let_go.set()
    thread.join(20)
    assert seals.seal() == 1
    assert AuditSeal.objects.count() == AuditEvent.objects.count() == 7
    assert verification.verify().whole


def test_two_sealers_make_one_chain(trail):
    record(300)
    threads = [threading.Thread(target=lambda: (seals.seal(), connection.close())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    seals.seal()
    assert AuditSeal.objects.count() == 305
    assert verification.verify().whole


@pytest.mark.parametrize("role", ["app", "worker"])
@pytest.mark.parametrize("statement", ["UPDATE agencies_auditevent SET kind = 'x'", "DELETE FROM agencies_auditevent"])
def test_nobody_who_serves_can_change_an_event(real_db, role, statement):
    with connected_as(role) as connection_, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection_.execute(statement)


@pytest.mark.parametrize("verb", ["UPDATE agencies_auditevent SET kind = 'x'", "TRUNCATE agencies_auditevent CASCADE"])
def test_even_the_owner_is_refused_by_triggers(real_db, verb):
    record(1)
    with connected_as("migrate") as owner:
        owner.execute("SET ROLE coopdesk_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute(verb)


def test_a_change_without_its_record_cannot_exist(real_db, story, cast):
    """When the trail cannot be written, nothing is."""
    case = story.submitted()
    with connected_as("migrate") as owner:
        owner.execute("SET ROLE coopdesk_owner")
        owner.execute("REVOKE INSERT ON agencies_auditevent FROM coopdesk_app")
    with pytest.raises(Exception, match="permission denied"):
        story.step("kunshan.chief", case, "approve")
    with connected_as("worker") as worker:
        row = worker.execute("SELECT version, status FROM cases_case WHERE id = %s", [case.pk]).fetchone()
    assert row == (case.version, "in_review")

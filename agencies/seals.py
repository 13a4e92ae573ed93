"""The seal over the audit trail: a hash chain in the order the sealer first sees committed events, and signed checkpoints.

`verify` finds any edit, insertion, deletion or reordering before the last checkpoint. Checkpoints are files outside the
database, one a minute at most, signed with Ed25519: whoever rewrites the chain cannot rewrite them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import connection, transaction

from agencies.models import AuditEvent, AuditSeal, UnsealedEvent

GENESIS = bytes(32)
_LOCK = 7_310_001  # advisory lock of the one sealer
BATCH = 2_000


def canonical(event: AuditEvent) -> bytes:
    """The bytes that a seal covers: every column of the event, in a fixed order."""
    return json.dumps(
        [
            event.pk,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.kind,
            event.subject,
            event.actor,
            event.officer_id,
            event.agency_id,
            event.role,
            event.request_id,
            event.facts,
        ],
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


def link(prev: bytes, seq: int, event: AuditEvent) -> bytes:
    """The hash of one link."""
    return hashlib.sha256(prev + seq.to_bytes(8, "big") + canonical(event)).digest()


def seal() -> int:
    """Seal all committed events that are not sealed yet; returns how many."""
    sealed = 0
    while count := _seal_batch():
        sealed += count
    return sealed


def _seal_batch() -> int:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        ids = list(UnsealedEvent.objects.order_by("event_id").values_list("event_id", flat=True)[:BATCH])
        if not ids:
            return 0
        head = AuditSeal.objects.order_by("-seq").first()
        seq, prev = (head.seq, bytes(head.hash)) if head else (0, GENESIS)
        rows = []
        for event in AuditEvent.objects.filter(pk__in=ids).order_by("pk"):
            seq += 1
            digest = link(prev, seq, event)
            rows.append(AuditSeal(seq=seq, event=event, prev=prev, hash=digest))
            prev = digest
        AuditSeal.objects.bulk_create(rows)
        UnsealedEvent.objects.filter(event_id__in=ids).delete()
        return len(rows)


# --- Checkpoints ---------------------------------------------------------------------------------------------------


def signing_key() -> Ed25519PrivateKey:
    """The private key at COOPDESK_AUDIT_KEY. Only the embedded default makes one when it is missing."""
    path: Path = settings.AUDIT_KEY
    if not path.exists():
        if not (settings.EMBEDDED or settings.TESTING):
            raise FileNotFoundError("COOPDESK_AUDIT_KEY names no file")
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("COOPDESK_AUDIT_KEY is not an Ed25519 key")
    return key


def sign_checkpoint() -> str:
    """Write `<seq>.json` with the head of the chain and its signature; returns the file name, '' if nothing is new."""
    head = AuditSeal.objects.order_by("-seq").first()
    if head is None:
        return ""
    folder: Path = settings.CHECKPOINTS_ROOT
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{head.seq:020d}.json"
    if path.exists():
        return ""
    body = {"seq": head.seq, "hash": bytes(head.hash).hex(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    signature = signing_key().sign(_payload(body))
    text = json.dumps({**body, "signature": base64.b64encode(signature).decode()})
    draft = path.with_suffix(".part")
    draft.write_text(text)
    draft.replace(path)
    return path.name


def _payload(body: dict[str, Any]) -> bytes:
    return json.dumps({key: body[key] for key in ("at", "hash", "seq")}, sort_keys=True).encode()


def checkpoints(public: Ed25519PublicKey) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every checkpoint in order, with whether its signature holds."""
    folder: Path = settings.CHECKPOINTS_ROOT
    for path in sorted(folder.glob("*.json")) if folder.exists() else ():
        try:
            body = json.loads(path.read_text())
            public.verify(base64.b64decode(body["signature"]), _payload(body))
            yield body, True
        except (InvalidSignature, ValueError, KeyError, TypeError):
            yield {"seq": int(path.stem) if path.stem.isdigit() else 0, "hash": "", "at": ""}, False


# --- Verification ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Report:
    """What verification found. `faults` are (code, seq or event id) pairs; empty means that the trail is whole."""

    sealed: int = 0
    unsealed: int = 0
    checkpoints: int = 0
    last_checkpoint: int = 0
    checked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    faults: list[tuple[str, int]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(limit_faults: int = 100) -> Report:
    """Walk the chain from its start and compare it with the events and the signed checkpoints."""
    report = Report()
    expected = _expected_heads(report)
    prev, seq = GENESIS, 0
    for row in AuditSeal.objects.select_related("event").order_by("seq").iterator(chunk_size=BATCH):
        seq += 1
        if row.seq != seq:
            report.faults.append(("gap_in_chain", seq))
            seq = row.seq
        if bytes(row.prev) != prev:
            report.faults.append(("chain_broken", seq))
        if link(bytes(row.prev), row.seq, row.event) != bytes(row.hash):
            report.faults.append(("event_changed", seq))
        prev = bytes(row.hash)
        if seq in expected and expected.pop(seq) != prev.hex():
            report.faults.append(("checkpoint_differs", seq))
        if len(report.faults) >= limit_faults:
            break
    report.sealed = seq
    report.faults += [("checkpoint_beyond_chain", missing) for missing in sorted(expected)]
    _unsealed(report)
    return report


def _expected_heads(report: Report) -> dict[int, str]:
    expected: dict[int, str] = {}
    for body, good in checkpoints(signing_key().public_key()):
        report.checkpoints += 1
        if good:
            expected[int(body["seq"])] = str(body["hash"])
            report.last_checkpoint = max(report.last_checkpoint, int(body["seq"]))
        else:
            report.faults.append(("checkpoint_forged", int(body["seq"])))
    return expected


def _unsealed(report: Report) -> None:
    """Events without a seal are normal for moments; old ones mean a stopped sealer or a hidden insertion."""
    missing = AuditEvent.objects.filter(seal=None)
    report.unsealed = missing.count()
    waiting = UnsealedEvent.objects.values("event_id")
    for event_id in missing.exclude(pk__in=waiting).values_list("pk", flat=True)[:20]:
        report.faults.append(("event_outside_chain", event_id))

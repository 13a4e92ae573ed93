"""The seal over the audit trail: a hash chain in the order the sealer first sees committed events, and signed checkpoints.

agencies/verification.py finds any edit, insertion, deletion or reordering before the last checkpoint. Checkpoints are
files outside the database, one a minute at most, signed with Ed25519: whoever rewrites the chain cannot rewrite them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction

from agencies import turns
from agencies.models import AuditEvent, AuditSeal, UnsealedEvent

GENESIS = bytes(32)
BATCH = 2_000


# Every column of an event, in a fixed order: what a seal covers.
COLUMNS = ("id", "at", "kind", "subject", "actor", "officer_id", "agency_id", "role", "request_id", "facts")


def canonical(values: Sequence[Any]) -> bytes:
    """The bytes that a seal covers, from the values of `COLUMNS`."""
    number, at, *rest = values
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps([number, moment, *rest], ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def link(prev: bytes, seq: int, event: Sequence[Any]) -> bytes:
    """The hash of one link over an event's values."""
    return hashlib.sha256(prev + seq.to_bytes(8, "big") + canonical(event)).digest()


def seal() -> int:
    """Seal all committed events that are not sealed yet; returns how many."""
    sealed = 0
    while count := _seal_batch():
        sealed += count
    return sealed


def _seal_batch() -> int:
    with transaction.atomic():
        if not turns.take(turns.Turn.SEAL):
            return 0
        ids = list(UnsealedEvent.objects.order_by("event_id").values_list("event_id", flat=True)[:BATCH])
        if not ids:
            return 0
        head = AuditSeal.objects.order_by("-seq").first()
        seq, prev = (head.seq, bytes(head.hash)) if head else (0, GENESIS)
        rows = []
        for event in AuditEvent.objects.filter(pk__in=ids).order_by("pk").values_list(*COLUMNS):
            seq += 1
            digest = link(prev, seq, event)
            rows.append(AuditSeal(seq=seq, event_id=event[0], prev=prev, hash=digest))
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


def public_key() -> Ed25519PublicKey:
    """The key that verifies: the file at COOPDESK_AUDIT_PUBLIC_KEY; the half of the signing key where that is at hand."""
    path: Path = settings.AUDIT_PUBLIC_KEY
    if not path.exists():
        return signing_key().public_key()
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("COOPDESK_AUDIT_PUBLIC_KEY is not an Ed25519 key")
    return key


def sign_checkpoint() -> str:
    """Write `<seq>.json` with the head of the chain and its signature; returns the file name, '' if nothing is new."""
    head = AuditSeal.objects.order_by("-seq").first()
    if head is None:
        return ""
    folder: Path = settings.CHECKPOINTS_ROOT
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / checkpoint_name(head.seq)
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


def checkpoint_name(seq: int) -> str:
    """The file name of the checkpoint over this link; names sort as the links do."""
    return f"{seq:020d}.json"


def checkpoint_names() -> list[str]:
    """The file names of all checkpoints, oldest first."""
    folder: Path = settings.CHECKPOINTS_ROOT
    return sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".json")) if folder.exists() else []


def checkpoint_seq(name: str) -> int:
    """The link that a checkpoint of this name speaks of; 0 for a file that is none."""
    stem = name.removesuffix(".json")
    return int(stem) if stem.isdecimal() and stem.isascii() else 0


def read_checkpoint(name: str, public: Ed25519PublicKey) -> dict[str, Any] | None:
    """What a checkpoint says, or None when its signature does not hold or it bears another's name."""
    try:
        body: dict[str, Any] = json.loads((settings.CHECKPOINTS_ROOT / name).read_text())
        public.verify(base64.b64decode(body["signature"]), _payload(body))
        return body if body["seq"] == checkpoint_seq(name) else None
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return None

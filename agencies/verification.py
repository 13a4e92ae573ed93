"""Checking the trail: walks the chain from its start and compares it with the events and the signed checkpoints.

A walk can stop after any batch and go on later (`Walk.as_dict`), so that a page checks a trail of any length in bites of
a second or two and shows how far it has come.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from agencies import seals
from agencies.models import AuditEvent, AuditSeal, UnsealedEvent

BATCH = 2_000
_ROW = ("seq", "prev", "hash", *(f"event__{name}" for name in seals.COLUMNS))


@dataclass(slots=True)
class Report:
    """What verification found. `faults` are (code, seq or event id) pairs; empty means that the trail is whole."""

    sealed: int = 0
    unsealed: int = 0
    checkpoints: int = 0
    last_checkpoint: int = 0
    checked_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    faults: list[tuple[str, int]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults


@dataclass(slots=True)
class Walk:
    """A verification under way: links up to `seq` are checked, `until` is where the chain ended when it began."""

    until: int
    seq: int = 0
    prev: bytes = seals.GENESIS
    report: Report = field(default_factory=Report)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, to go on later with `resume`."""
        return {"until": self.until, "seq": self.seq, "prev": self.prev.hex(), "report": asdict(self.report)}


def begin() -> Walk:
    """A walk over the chain as it stands. Checkpoints are listed first: one that is signed meanwhile is not missed."""
    names = seals.checkpoint_names()
    head = AuditSeal.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    walk = Walk(until=head)
    for name in names:
        if not 0 < seals.checkpoint_seq(name) <= head:
            _checkpoint(walk.report, name, {})
    return walk


def resume(state: dict[str, Any]) -> Walk:
    """The walk that `as_dict` described."""
    report = Report(**state["report"] | {"faults": [(code, where) for code, where in state["report"]["faults"]]})
    return Walk(until=state["until"], seq=state["seq"], prev=bytes.fromhex(state["prev"]), report=report)


def advance(walk: Walk, *, seconds: float | None = None, limit_faults: int = 100) -> bool:
    """Check link after link until the end, or for `seconds`; whether the walk is over."""
    names = seals.checkpoint_names()
    stop = time.monotonic() + seconds if seconds else None
    while len(walk.report.faults) < limit_faults:
        rows = list(
            AuditSeal.objects.filter(seq__gt=walk.seq, seq__lte=walk.until).order_by("seq").values_list(*_ROW)[:BATCH]
        )
        if not rows:
            break
        _batch(walk, rows, names)
        if stop and time.monotonic() > stop and walk.seq < walk.until:
            return False
    walk.report.sealed = walk.seq
    _unsealed(walk.report)
    return True


def verify(limit_faults: int = 100) -> Report:
    """The whole walk at once."""
    walk = begin()
    advance(walk, limit_faults=limit_faults)
    return walk.report


def _batch(walk: Walk, rows: Sequence[tuple[Any, ...]], names: list[str]) -> None:
    report, start, heads = walk.report, walk.seq, {}
    for seq, prev, digest, *event in rows:
        if seq != walk.seq + 1:
            report.faults.append(("gap_in_chain", walk.seq + 1))
        if bytes(prev) != walk.prev:
            report.faults.append(("chain_broken", seq))
        if seals.link(bytes(prev), seq, event) != bytes(digest):
            report.faults.append(("event_changed", seq))
        walk.seq, walk.prev = seq, bytes(digest)
        heads[seq] = walk.prev.hex()
    low, high = (bisect_right(names, seals.checkpoint_name(seq)) for seq in (start, walk.seq))
    for name in names[low:high]:
        _checkpoint(report, name, heads)


def _checkpoint(report: Report, name: str, heads: dict[int, str]) -> None:
    """Compare one checkpoint with the links just walked; one that speaks of no such link is a fault too."""
    seq = seals.checkpoint_seq(name)
    body = seals.read_checkpoint(name, seals.public_key())
    report.checkpoints += 1
    if body is None:
        report.faults.append(("checkpoint_forged", seq))
        return
    report.last_checkpoint = max(report.last_checkpoint, seq)
    if seq not in heads:
        report.faults.append(("checkpoint_beyond_chain", seq))
    elif heads[seq] != body["hash"]:
        report.faults.append(("checkpoint_differs", seq))


def _unsealed(report: Report) -> None:
    """Events without a seal are normal for moments; old ones mean a stopped sealer or a hidden insertion."""
    missing = AuditEvent.objects.filter(seal=None)
    report.unsealed = missing.count()
    waiting = UnsealedEvent.objects.values("event_id")
    for event_id in missing.exclude(pk__in=waiting).values_list("pk", flat=True)[:20]:
        report.faults.append(("event_outside_chain", event_id))

"""What a file says: values, records, treaties and frontiers with their sources, and the written sections that hold.

Not in it: contacts, which are opened for a purpose, one by one; numbers of cases; our record; drafts and proposals; the
history of each value, which stays where it was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from agencies import audit
from agencies.actors import Actor
from agencies.models import Agency, Officer
from agencies.moments import clock
from countries.calendars import day_of
from countries.exchange import seal, shelves
from countries.exchange.told import Key, Piece, Shelf, piece_of
from countries.models import Country, SectionText, TextState
from countries.policies import require_keeper
from treaties import exchange as treaty_shelves

# In the order in which they are taken over: a treaty before the part in it.
SHELVES: dict[str, Shelf] = {one.kind: one for one in (*treaty_shelves.SHELVES, *shelves.SHELVES)}
Held = dict[tuple[str, Key], tuple[Any, Piece]]


@dataclass(frozen=True, slots=True)
class Written:
    """A file and its name."""

    name: str
    content: bytes


def write(*, actor: Actor, country: Country) -> Written:
    """The country as one signed file. Raises NotPermitted (the ministry's desk), GuardFailed without a key; audited."""
    require_keeper(actor)
    today = day_of(clock()).isoformat()
    texts = published(country)
    rows = [piece for row, piece in held(country).values() if withdrawn(row) is None]
    pieces = [piece.data() for piece in rows if piece.values or piece.plain]
    body = {
        "country": {"code": country.code, "name_zh": country.name_zh, "name_en": country.name_en},
        "exporter": site_name(),
        "exported_on": today,
        "pieces": pieces,
        "sections": [_section(text) for _code, text in sorted(texts.items())],
    }
    content = seal.sealed(body)
    facts = {"sha256": hashlib.sha256(content).hexdigest(), "pieces": len(pieces), "sections": len(texts)}
    audit.record(actor=actor, kind="ledger.export", subject=f"country:{country.code}", facts=facts)
    return Written(f"ledger-{country.code}-{today}.json", content)


def withdrawn(row: Any) -> Any:
    """What was entered by mistake: the row, or the treaty that it belongs to; None for what holds."""
    return next((one for one in (row, getattr(row, "instrument", None)) if getattr(one, "withdrawn_at", None)), None)


def published(country: Country) -> dict[str, SectionText]:
    """The version of each written section that holds."""
    rows = SectionText.objects.filter(country=country, state=TextState.PUBLISHED).select_related("author", "reviewer")
    return {row.section: row for row in rows}


def site_name() -> str:
    """How this network calls itself: COOPDESK_EXCHANGE_NAME, else the name of the ministry's desk."""
    named: str = settings.EXCHANGE_NAME
    return named or Agency.objects.filter(is_terminal=True).values_list("name", flat=True).first() or ""


def held(country: Country, *, lock: bool = False) -> Held:
    """Every row of ours that a file may tell of, by kind and key, with what it tells; locked for a change."""
    found: list[tuple[Shelf, Key, Any]] = []
    for shelf in SHELVES.values():
        rows = shelf.rows(country)
        kept = list(rows.select_for_update(of=("self",)) if lock else rows)
        found += [(shelf, key, row) for key, row in zip(shelf.keys(kept), kept, strict=True)]
    officers = _officers([row for _shelf, _key, row in found])
    return {(shelf.kind, key): (row, piece_of(shelf, key, row, officers)) for shelf, key, row in found}


def _officers(rows: Sequence[Any]) -> dict[int, str]:
    ids = {origin["by"] for row in rows for origin in row.provenance.values()} - {None}
    return dict(Officer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _section(text: SectionText) -> dict[str, Any]:
    assert text.reviewer is not None  # the table demands it of what was published
    assert text.decided_at is not None
    return {
        "section": text.section,
        "text_zh": text.text_zh,
        "text_en": text.text_en,
        "sources": text.sources,
        "author": text.author.name,
        "reviewer": text.reviewer.name,
        "published_on": day_of(text.decided_at).isoformat(),
    }

"""`countries/{iso2}/ledger/`: every value of a country's ledger with its source, its day and its confidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.schema import FLAG, NUMBER, TEXT, closed, doc, listed, nullable, one_of, shape
from agencies.errors import NotVisible
from countries.api.partners import LINKS, links_of
from countries.ledger import ledger_of
from countries.lookup import country_by_code
from countries.models import UNSETTLED, FactConfidence, LedgerEntry, LedgerRecord, RecordKind, Section, Sourced
from countries.records import records_of

_ORIGIN: dict[str, Any] = {
    "source": TEXT,
    "as_of": TEXT,
    "confidence": one_of(FactConfidence.values),
    "unsettled": FLAG,
}
_VALUE: dict[str, Any] = {
    "section": one_of(Section.values),
    "topic": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "request_type": nullable(TEXT),
    "field": one_of(LedgerEntry.SOURCED),
    "value": TEXT,
    **_ORIGIN,
}
# A contact is opened for a purpose, on the page alone.
_OPEN = tuple(name for name in LedgerRecord.SOURCED if name != "contact")
_HELD = closed({"field": one_of(_OPEN), "value": {}, **_ORIGIN})
_RECORD = closed({"id": NUMBER, "kind": one_of(RecordKind.values), "values": listed(_HELD)})
LEDGER = shape(
    "CountryLedger",
    closed({"code": TEXT, "values": listed(closed(_VALUE)), "records": listed(_RECORD), "links": LINKS}),
)


class CountryLedger(Door):
    reads = ""

    @doc(_("看一个国家的台账"), LEDGER)
    def get(self, request: Request, code: str) -> Response:
        country = country_by_code(code.upper())
        if country is None:
            raise NotVisible
        ledger = ledger_of(country)
        values = [row for value in ledger.values if value.entry is not None for row in _values(value.entry)]
        records = [{"id": row.pk, "kind": row.kind, "values": list(_held(row, _OPEN))} for row in records_of(country)]
        return Response({"code": country.code, "values": values, "records": records, "links": links_of(country)})


def _values(entry: LedgerEntry) -> Iterator[dict[str, Any]]:
    topic = entry.topic
    about = {
        "section": topic.section,
        "topic": topic.code,
        "name_zh": topic.name_zh,
        "name_en": topic.name_en,
        "request_type": entry.about or None,
    }
    return (about | held for held in _held(entry, entry.SOURCED))


def _held(row: Sourced, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every value that is there, with its origin; blanks are left out."""
    for name in names:
        if (origin := row.provenance.get(name)) is not None:
            told = {key: origin[key] for key in ("source", "as_of", "confidence")}
            unsettled = origin["confidence"] in UNSETTLED
            yield {"field": name, "value": getattr(row, name), **told, "unsettled": unsettled}

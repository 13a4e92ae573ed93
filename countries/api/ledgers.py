"""`countries/{iso2}/ledger/`: every value of a country's ledger with its source, its day and its confidence; and what is
written of each section, with its sources and the day of its last review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.schema import DATE, FLAG, NUMBER, TEXT, closed, doc, listed, nullable, one_of, shape
from agencies.errors import NotVisible
from countries.api.partners import LINKS, links_of
from countries.ledger import ledger_of
from countries.lookup import country_by_code
from countries.models import UNSETTLED, Country, FactConfidence, LedgerEntry, LedgerRecord, RecordKind, Section, Sourced
from countries.records import records_of
from countries.section_care import agencies_of
from countries.written import written_of

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
# `agency` is that of whoever looks after it; who he is says the page alone.
_SECTION: dict[str, Any] = {
    "section": one_of(Section.values),
    "version": NUMBER,
    "text_zh": TEXT,
    "text_en": TEXT,
    "sources": TEXT,
    "published_on": DATE,
    "reviewed_on": DATE,
    "next_review_on": nullable(DATE),
    "overdue": FLAG,
    "agency": nullable(TEXT),
}
LEDGER = shape(
    "CountryLedger",
    closed(
        {
            "code": TEXT,
            "values": listed(closed(_VALUE)),
            "records": listed(_RECORD),
            "sections": listed(closed(_SECTION)),
            "links": LINKS,
        }
    ),
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
        told = {"values": values, "records": records, "sections": _sections(country), "links": links_of(country)}
        return Response({"code": country.code, **told})


def _sections(country: Country) -> list[dict[str, Any]]:
    """What was published of each section, in the order of the page."""
    written, today = written_of(country), timezone.localdate()
    owned = {one.owner_id for one in written.values() if one.owner_id}
    agencies = agencies_of(owned) if owned else {}
    return [
        {
            "section": one.section,
            "version": one.number,
            "text_zh": one.text_zh,
            "text_en": one.text_en,
            "sources": one.sources,
            "published_on": one.published_on,
            "reviewed_on": one.reviewed_on,
            "next_review_on": one.next_review,
            "overdue": one.late(today),
            "agency": agencies.get(one.owner_id or 0),
        }
        for section in Section.values
        if (one := written.get(section)) is not None and one.number
    ]


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

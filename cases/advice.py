"""Which channel to take for a request: gathers what the rules ask for (treaties.advice) and puts the question to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from agencies import prepared
from agencies.models import Agency
from agencies.queries import route_of
from cases.journey import to_authority
from cases.record.cells import ANSWERED, PARTLY, REFUSED
from cases.record.reading import sent_by_channel
from countries.models import Country, LedgerEntry, LedgerRecord, RecordKind, Section
from countries.records import records_of
from treaties.advice import ChannelCode, Event, Fact, Figures, Option, Origin, Question, Stop, advise
from treaties.legal_basis import agreements_with, legal_basis_for
from treaties.models import RequestType
from treaties.type_law import law_of

# The topic of the ledger that says how cooperation stands; its choices are the effects of an event.
_COOPERATION, _AS_USUAL = "cooperation", "normal"
# What the effects of an event (countries.ledger_kinds.EFFECTS) are to the rules; what helps is no warning.
_EFFECTS = {"suspended": "suspended", "slower": "limited", "watch": "noted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an officer asks advice on. `on` is a day, today or another one."""

    country: Country
    kind: RequestType
    urgency: str
    purpose: str
    origin: Agency
    on: date


def advice_for(asked: Asked) -> list[Option]:
    """The channels, the best first. At most nine queries, none of which reads a case: our figures are the country's record."""
    return advise(question_of(asked))


@prepared.statements()
def question_of(asked: Asked) -> Question:
    """Everything that the rules may use, the law as it holds on the day."""
    law = law_of(asked.kind, asked.on)
    entries = list(_entries(asked.country, asked.kind))
    return Question(
        country=asked.country.code,
        country_name=asked.country.name,
        kind=asked.kind,
        law=law,
        urgency=asked.urgency,
        purpose=asked.purpose,
        on=asked.on,
        origin=_origin(asked.origin),
        bases=legal_basis_for(asked.country, asked.kind, asked.on, law),
        agreements=agreements_with(asked.country, asked.on),
        facts={entry.topic.code: _fact(entry) for entry in entries},
        events=[*_stated(entries), *_recorded(asked.country)],
        figures=_figures(asked.country),
    )


def _entries(country: Country, kind: RequestType) -> Iterable[LedgerEntry]:
    """What the ledger says of the country as a whole and of this type."""
    return LedgerEntry.objects.filter(country=country, about__in=["", kind.code]).select_related("topic")


def _fact(entry: LedgerEntry) -> Fact:
    held = _provenance(entry)
    return Fact(
        topic=entry.topic.code,
        name=entry.topic.name,
        value=entry.value,
        code=entry.code,
        text_zh=entry.text_zh,
        confidence=held.get("confidence", ""),
        source=held.get("source", ""),
        as_of=held.get("as_of", ""),
    )


def _provenance(entry: LedgerEntry) -> Mapping[str, str]:
    """Of the value that the rules read: the choice, or else the words."""
    held: dict[str, dict[str, str]] = entry.provenance
    return next((held[name] for name in ("code", "text_zh", "text_en") if name in held), {})


def _stated(entries: Iterable[LedgerEntry]) -> Iterator[Event]:
    """How cooperation stands as a whole, unless that is as usual, and whatever else the ledger asks about events."""
    for entry in entries:
        if entry.topic.section == Section.EVENTS and entry.code != _AS_USUAL:
            effect = entry.code if entry.topic.code == _COOPERATION else ""
            held = _provenance(entry)
            yield Event(
                title=entry.text_zh or entry.text_en or entry.value,
                effect=effect if effect in ("suspended", "limited") else "noted",
                source=held.get("source", ""),
                confidence=held.get("confidence", ""),
                as_of=held.get("as_of", ""),
                subject=entry.subject,
            )


def _recorded(country: Country) -> Iterator[Event]:
    """The events that the ledger keeps as records, each with its scope and its days."""
    for row in records_of(country).filter(kind=RecordKind.EVENT):
        if row.attrs.get("effect") in _EFFECTS:
            yield _record(row)


def _record(row: LedgerRecord) -> Event:
    held = row.provenance["attrs"]
    return Event(
        title=row.name,
        effect=_EFFECTS[row.attrs["effect"]],
        source=held["source"],
        scope=row.attrs["scope"],
        starts=row.starts_on,
        ends=row.ends_on,
        confidence=held["confidence"],
        as_of=held["as_of"],
        subject=row.subject,
    )


def _figures(country: Country) -> dict[str, Figures]:
    """What became of our requests to the country, of every type, by the channel that they were first sent by."""
    return {
        line.code: Figures(
            n=line.n,
            answered=line.state(ANSWERED) + line.state(PARTLY),
            refused=line.state(REFUSED),
            median=line.median,
        )
        for line in sent_by_channel(country)
        if line.code in ChannelCode.values
    }


def _origin(agency: Agency) -> Origin:
    route = route_of(agency)
    return Origin(
        code=agency.code,
        name=agency.name,
        tier=agency.tier,
        is_border=agency.is_border,
        border_countries=frozenset(agency.border_countries),
        route=tuple(map(_stop, route)),
        border_route=tuple(map(_stop, to_authority(route))),
    )


def _stop(agency: Agency) -> Stop:
    return Stop(agency.code, agency.name, agency.tier)

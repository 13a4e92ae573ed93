"""Which channel to take for a request: gathers what the rules ask for (treaties.advice) and puts the question to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from agencies.models import Agency
from agencies.queries import route_of
from cases.journey import to_authority
from countries.models import Country, LedgerEntry, Section
from treaties.advice import Event, Fact, Figures, Option, Origin, Question, Stop, advise
from treaties.legal_basis import agreements_with, legal_basis_for
from treaties.models import RequestType
from treaties.type_law import law_of

# The topic of the ledger that says how cooperation stands; its choices are the effects of an event.
_COOPERATION, _AS_USUAL = "cooperation", "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an officer asks advice on. `on` is a day, today or another one."""

    country: Country
    kind: RequestType
    urgency: str
    purpose: str
    origin: Agency
    on: date


def advice_for(asked: Asked, figures: Mapping[str, Figures] | None = None) -> list[Option]:
    """The channels, the best first. At most eight queries; nothing about any case is read: `figures` are national."""
    return advise(question_of(asked, figures))


def question_of(asked: Asked, figures: Mapping[str, Figures] | None = None) -> Question:
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
        events=[
            _event(entry) for entry in entries if entry.topic.section == Section.EVENTS and entry.code != _AS_USUAL
        ],
        figures=figures or {},
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


def _event(entry: LedgerEntry) -> Event:
    """An entry among the events: how cooperation stands, or something to know."""
    effect = entry.code if entry.topic.code == _COOPERATION else ""
    held = _provenance(entry)
    return Event(
        title=entry.text_zh or entry.text_en or entry.value,
        effect=effect if effect in ("suspended", "limited") else "noted",
        source=held.get("source", ""),
        confidence=held.get("confidence", ""),
    )


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

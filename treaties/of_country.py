"""The treaties of a country on a day: how both sides stand to each, from which dates, and what it covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from countries.models import UNSETTLED, Country
from treaties.models import DOMESTIC, KEPT, PART_KEPT, Instrument, InstrumentKind, Party, Provision, Standing
from treaties.standing import Pair, pair_on

# What comes first on the page.
_ORDER = (Standing.IN_FORCE, Standing.SIGNED, Standing.TERMINATED, Standing.UNKNOWN, Standing.NONE)
_SHOWN = ("signed_on", "signed_partial", "joined_on", "in_force_on", "terminated_on", "stated")


@dataclass(frozen=True, slots=True)
class Held:
    """One instrument and the country. `origins` are those of what is shown, by field, the partner's own part included."""

    instrument: Instrument
    party: Party
    pair: Pair
    provisions: tuple[Provision, ...]

    @property
    def bilateral(self) -> bool:
        """Between the two, so that its dates are those of both."""
        return self.instrument.kind != InstrumentKind.MULTILATERAL

    @property
    def side(self) -> Instrument | Party:
        """The row whose dates are shown: the instrument's, or the partner's part in a convention."""
        return self.instrument if self.bilateral else self.party

    @property
    def origins(self) -> list[dict[str, Any]]:
        """Where the shown values come from, each once; the standing's own are among them."""
        rows = [self.side.provenance] if self.bilateral else [self.party.provenance, self.instrument.provenance]
        return [held[name] for held in rows for name in _SHOWN if name in held]

    @property
    def unsettled(self) -> bool:
        """Does anything shown await checking?"""
        return self.pair.confidence in UNSETTLED or any(
            self.side.provenance.get(name, {}).get("confidence") in UNSETTLED for name in _SHOWN
        )

    @property
    def families(self) -> tuple[str, ...]:
        """The families of requests that it covers."""
        return tuple(provision.family for provision in self.provisions)


def treaties_of(country: Country, on: date) -> list[Held]:
    """Every treaty in which the country has a part, what is in force first. One query."""
    names = ("id", *Provision.SOURCED, "provenance")
    covers = Provision.objects.filter(instrument=OuterRef("instrument")).order_by("family")
    parties = (
        Party.objects.filter(PART_KEPT, country=country)
        .exclude(instrument__kind__in=DOMESTIC)
        .select_related("instrument")
        .annotate(covers=ArraySubquery(covers.values(row=JSONObject(**{name: name for name in names}))))
        .order_by("instrument__code")
    )
    found = [_held(party, country, on) for party in parties]
    kinds = InstrumentKind.values
    return sorted(found, key=lambda held: (_ORDER.index(held.pair.standing), kinds.index(held.instrument.kind)))


def _held(party: Any, country: Country, on: date) -> Held:
    instrument = party.instrument
    party.country = country
    provisions = tuple(Provision(instrument=instrument, **row) for row in party.covers)
    return Held(instrument, party, pair_on(instrument, party, on), provisions)


def in_force_by_country(on: date, countries: Collection[int] | None = None) -> dict[int, Counter[str]]:
    """How many treaties of each kind are in force with each country, by its id. Two queries."""
    instruments = {row.pk: row for row in Instrument.objects.filter(KEPT).exclude(kind__in=DOMESTIC)}
    parties = Party.objects.filter(PART_KEPT)
    if countries is not None:
        parties = parties.filter(country__in=countries)
    found: dict[int, Counter[str]] = {}
    for party in parties.filter(instrument__in=instruments):
        instrument = instruments[party.instrument_id]
        if pair_on(instrument, party, on).standing == Standing.IN_FORCE:
            found.setdefault(party.country_id, Counter())[instrument.kind] += 1
    return found

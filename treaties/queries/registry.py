"""Reading the registry: instruments as they stand on a day, the parties of one, what was changed, what happened when."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.language import english
from countries import facts
from countries.models import UNSETTLED, Country, FactChange, Sourced
from treaties.models import KEPT, Instrument, InstrumentKind, Party, Provision
from treaties.standing import Pair, bounds, one_side_on, pair_on

HISTORY_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One instrument in a list. `pair` is its standing: with the country that was asked for; of a convention without one,
    ours alone."""

    instrument: Instrument
    partners: Sequence[Country]
    pair: Pair
    unsettled: Sequence[str]

    @property
    def first_day(self) -> date | None:
        """The day by which it stands in a list: signed, else joined, else adopted."""
        one = self.instrument
        return one.signed_on or (
            bounds(one.signed_partial)[0] if one.signed_partial else one.joined_on or one.adopted_on
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is narrowed to; "" and None: whatever it is. `words` finds names, codes and partners."""

    on: date
    kind: str = ""
    country: Country | None = None
    standing: str = ""
    unsettled: bool = False
    words: str = ""
    # What was withdrawn, and nothing else.
    withdrawn: bool = False


def instruments_called(codes: Iterable[str]) -> dict[str, Instrument]:
    """Instruments by their code."""
    return {one.code: one for one in Instrument.objects.filter(code__in=set(codes))}


def instruments_on(asked: Asked) -> list[Row]:
    """The instruments that were asked for, by code; three queries whatever their number."""
    found = Instrument.objects.exclude(KEPT) if asked.withdrawn else Instrument.objects.filter(KEPT)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.country is not None:
        found = found.filter(parties__country=asked.country, parties__withdrawn_at=None)
    partners = _partners(found)
    theirs = _parts_of(asked.country)
    terms = unicodedata.normalize("NFKC", asked.words).casefold().split()[:6]
    rows = (
        Row(
            instrument=one,
            partners=partners.get(one.pk, ()),
            pair=standing_with(one, theirs.get(one.pk), asked.on),
            unsettled=facts.unsettled(one),
        )
        for one in found
    )
    wanted = (row for row in rows if _wanted(row, asked) and _says(row, terms))
    return sorted(wanted, key=lambda row: row.instrument.code)


def standing_with(instrument: Instrument, party: Party | None, on: date) -> Pair:
    """With the party; without one ours alone."""
    return one_side_on(instrument, on) if party is None else pair_on(instrument, party, on)


def _wanted(row: Row, asked: Asked) -> bool:
    if asked.standing and row.pair.standing != asked.standing:
        return False
    return not asked.unsettled or bool(row.unsettled) or row.pair.confidence in UNSETTLED


def _says(row: Row, terms: Sequence[str]) -> bool:
    """Does it, or a partner of it, have every word?"""
    one = row.instrument
    text = "\n".join((one.code, one.title_zh, one.title_en, one.short_zh, *(of.search_text for of in row.partners)))
    text = text.casefold()
    return all(term in text for term in terms)


def _partners(found: Iterable[Instrument]) -> dict[int, list[Country]]:
    """Who is on the other side of those that are not open to all."""
    sides = Party.objects.exclude(instrument__kind=InstrumentKind.MULTILATERAL).filter(instrument__in=found)
    partners: dict[int, list[Country]] = {}
    for side in sides.select_related("country").order_by("country__code"):
        partners.setdefault(side.instrument_id, []).append(side.country)
    return partners


def _parts_of(country: Country | None) -> dict[int, Party]:
    if country is None:
        return {}
    return {side.instrument_id: side for side in Party.objects.filter(KEPT, country=country).select_related("country")}


def name_of(instrument: Instrument) -> str:
    """The title in the language of the page, where there is one; else the Chinese."""
    return instrument.title_en if english() and instrument.title_en else instrument.title_zh


def short_name(instrument: Instrument) -> str:
    """The same, short where there is a short one."""
    return name_of(instrument) if english() else instrument.short_zh or instrument.title_zh


# --- One instrument --------------------------------------------------------------------------------------------------


def instrument_by_code(code: str) -> Instrument | None:
    """The instrument that the registry calls so, withdrawn or not."""
    return Instrument.objects.filter(code=code).first()


def parties_on(instrument: Instrument, on: date) -> list[tuple[Party, Pair]]:
    """Every party with how we and it stand that day, by the Chinese name."""
    sides = Party.objects.filter(KEPT, instrument=instrument).select_related("country").order_by("country__pinyin")
    return [(side, pair_on(instrument, side, on)) for side in sides]


def withdrawn_parties(instrument: Instrument) -> list[Party]:
    """Those that were entered in it by mistake."""
    return list(Party.objects.exclude(KEPT).filter(instrument=instrument).select_related("country"))


def party_of(instrument: Instrument, code: str) -> Party | None:
    """The country's part in it, withdrawn or not, or None."""
    return Party.objects.filter(instrument=instrument, country__code=code).select_related("country").first()


def provisions_of(instrument: Instrument) -> list[Provision]:
    """What it covers."""
    return list(Provision.objects.filter(instrument=instrument).order_by("family"))


def changes_of(rows: Iterable[Sourced], limit: int = HISTORY_SHOWN) -> list[FactChange]:
    """What was changed in these rows since they were first collected, newest first; an officer's entries always."""
    found = FactChange.objects.filter(subject__in=[row.subject for row in rows])
    return list(found.exclude(before={}, officer=None).select_related("officer").order_by("-id")[:limit])


def last_change(row: Sourced, field: str) -> FactChange | None:
    """The latest change of one value."""
    found = FactChange.objects.filter(subject=row.subject, field=field).select_related("officer")
    return found.order_by("-id").first()


# --- When what happened ----------------------------------------------------------------------------------------------

# In the order in which they happen on one day.
DATED = ("adopted_on", "general_force_on", "signed_on", "ratified_on", "joined_on", "in_force_on", "terminated_on")


@dataclass(frozen=True, slots=True)
class Event:
    """A dated value of an instrument, or of a partner's part in it; `row` has the value."""

    day: date
    field: str
    instrument: Instrument
    row: Instrument | Party
    partners: Sequence[Country] = ()


def events_of(instrument: Instrument, partners: Sequence[Country] = (), party: Party | None = None) -> Iterator[Event]:
    """Its dates, or those of the party in it, oldest first."""
    row = party or instrument
    dated = [(getattr(row, field, None), n, field) for n, field in enumerate(DATED)]
    for day, _n, field in sorted((day, n, field) for day, n, field in dated if day is not None):
        yield Event(day, field, instrument, row, partners)


def timeline(
    asked: Asked, fields: Sequence[str] = ("signed_on", "joined_on", "in_force_on", "terminated_on")
) -> list[Event]:
    """What happened to the instruments that were asked for, newest first; with a country, also what it did itself."""
    theirs = _parts_of(asked.country)
    events = [event for row in instruments_on(asked) for event in _happened(row, theirs) if event.field in fields]
    return sorted(events, key=lambda event: (event.day, event.instrument.code), reverse=True)


def _happened(row: Row, theirs: Mapping[int, Party]) -> Iterator[Event]:
    yield from events_of(row.instrument, row.partners)
    party = theirs.get(row.instrument.pk)
    if party is not None:
        yield from events_of(row.instrument, [party.country], party)

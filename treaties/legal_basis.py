"""On what a request may rest: the treaties in force, the statutes, and reciprocity where no treaty is in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q

from agencies.language import english
from agencies.seeding import rows_of
from countries.models import Country
from treaties.models import (
    DOMESTIC,
    KEPT,
    PART_KEPT,
    Instrument,
    InstrumentKind,
    Party,
    Provision,
    RequestType,
    Standing,
)
from treaties.standing import Pair, one_side_on, pair_on, weakest
from treaties.type_law import law_of

_RECIPROCITY = (InstrumentKind.RECIPROCITY_GIVEN, InstrumentKind.RECIPROCITY_RECEIVED)


@dataclass(frozen=True, slots=True)
class Need:
    """Something that reciprocity asks for, and the article that says so."""

    article: str
    article_zh: str
    words_zh: str
    words_en: str

    @property
    def statute(self) -> str:
        """The code of the statute or rule that says so."""
        return self.article.partition("-")[0]

    @property
    def words(self) -> str:
        """In the language of the page."""
        return self.words_en if english() else self.words_zh


@dataclass(frozen=True, slots=True)
class Ground:
    """How sure something is, and where it was found. `as_of`: the day for which it was stated, where that matters."""

    confidence: str = ""
    sources: tuple[str, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a treaty asks of a request in place of our statutes. `part` is language, channel, contents or attachments."""

    part: str
    text_zh: str
    text_en: str
    confidence: str
    source: str
    as_of: str

    @property
    def text(self) -> str:
        """In the language of the page, where there is one."""
        return (self.text_en if english() else "") or self.text_zh or self.text_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One thing that a request may rest on. `kind` is treaty, multilateral, statute or reciprocity.

    `stands` is why we say that it is in force (or not), `covers` why we say that it covers such requests.
    """

    kind: str
    instrument: Instrument | None
    standing: Standing
    # "16" of a treaty, "IMLA-25" of a statute; `articles_zh` as a letter cites them.
    articles: tuple[str, ...] = ()
    articles_zh: tuple[str, ...] = ()
    stands: Ground = Ground()
    covers: Ground = Ground()
    # A convention helps only against its own crimes; "" for whatever the crime.
    limited_to: str = ""
    needs: tuple[Need, ...] = field(default=())
    demands: tuple[Demand, ...] = ()

    @property
    def usable(self) -> bool:
        """May a request rest on it? An unsigned assurance of reciprocity may still be given."""
        return self.standing == Standing.IN_FORCE or self.kind == "reciprocity"

    @property
    def confidence(self) -> str:
        """The weaker of the two."""
        return weakest([self.stands.confidence, self.covers.confidence])

    @property
    def sources(self) -> tuple[str, ...]:
        """Those of both, each once."""
        return tuple(dict.fromkeys([*self.stands.sources, *self.covers.sources]))

    @property
    def as_of(self) -> str:
        """The day for which the standing was stated."""
        return self.stands.as_of


def legal_basis_for(
    country: Country, request_type: RequestType, on: date, law: Mapping[str, Any] | None = None
) -> list[Basis]:
    """What a request of the type to (or from) the country may rest on that day, what comes first in law first:

    treaties in force with the country, conventions in force for both, our statutes, reciprocity where no treaty for
    whatever the crime is in force (IMLA-4.1, EXT-3.1, MPSR-13); after them what was signed, has ended or is not known to be
    in force. Who has read the law of the type of that day gives it along.
    """
    found = list(_provisions(country, request_type))
    treaties = [_basis(row, party, on) for row, party in found if row.instrument.kind not in _RECIPROCITY]
    treaties.sort(key=_rank)
    bound = [basis for basis in treaties if basis.standing == Standing.IN_FORCE]
    others = [basis for basis in treaties if basis.standing not in (Standing.IN_FORCE, Standing.NONE)]
    cited, needs = _cited(law_of(request_type, on) if law is None else law), _needs_of(request_type)
    ours = _ours({*cited, *(need.statute for need in needs)}, on)
    statutes = [_statute(*ours[code], entries) for code, entries in cited.items() if code in ours]
    held = [basis for basis in statutes if basis.standing == Standing.IN_FORCE]
    others += [basis for basis in statutes if basis.standing not in (Standing.IN_FORCE, Standing.NONE)]
    # A treaty for certain crimes leaves all others to reciprocity.
    whole = any(basis.kind == "treaty" and not basis.limited_to for basis in bound)
    promised = [] if whole else _reciprocity(_assured(found, on), needs, ours)
    return [*bound, *held, *promised, *others]


def _rank(basis: Basis) -> tuple[bool, bool, str]:
    """A treaty between the two before a convention, one that holds whatever the crime before one that does not."""
    assert basis.instrument is not None
    return (basis.kind != "treaty", bool(basis.limited_to), basis.instrument.code)


def _provisions(country: Country, request_type: RequestType) -> Iterator[tuple[Provision, Party | None]]:
    """What covers such requests: conventions whoever is party to them, and whatever the country has a part in."""
    parties = parties_of(country)
    theirs = Party.objects.filter(PART_KEPT, country=country).order_by().values("instrument")
    provisions = (
        Provision.objects.filter(family=request_type.family)
        .filter(Q(instrument__kind=InstrumentKind.MULTILATERAL) | Q(instrument__in=theirs))
        .filter(instrument__withdrawn_at=None)
        .select_related("instrument")
    )
    for provision in provisions:
        yield provision, parties.get(provision.instrument_id)


def _assured(found: Iterable[tuple[Provision, Party | None]], on: date) -> Iterator[tuple[Instrument, Pair]]:
    """The assurances of reciprocity that hold that day."""
    for row, _party in found:
        if row.instrument.kind in _RECIPROCITY:
            pair = pair_on(row.instrument, None, on)
            if pair.standing == Standing.IN_FORCE:
                yield row.instrument, pair


def _basis(provision: Provision, party: Party | None, on: date) -> Basis:
    instrument = provision.instrument
    pair = pair_on(instrument, party, on)
    return Basis(
        kind="multilateral" if instrument.kind == InstrumentKind.MULTILATERAL else "treaty",
        instrument=instrument,
        standing=pair.standing,
        articles=tuple(provision.articles),
        articles_zh=tuple(f"第{article}条" for article in provision.articles),
        stands=_ground(pair),
        covers=_covers(provision),
        limited_to=provision.limited_to,
        demands=tuple(_demands(provision)),
    )


_DEMANDS = (
    ("language", "language", ""),
    ("channel", "channel", ""),
    ("contents", "contents_zh", "contents_en"),
    ("attachments", "attachments_zh", "attachments_en"),
)


def _demands(provision: Provision) -> Iterator[Demand]:
    for part, zh, en in _DEMANDS:
        held = provision.provenance.get(zh) or provision.provenance.get(en)
        if held:
            yield Demand(
                part=part,
                text_zh=getattr(provision, zh),
                text_en=getattr(provision, en) if en else "",
                confidence=held["confidence"],
                source=held["source"],
                as_of=held["as_of"],
            )


def _ground(pair: Pair) -> Ground:
    return Ground(pair.confidence, pair.sources, pair.as_of)


def _covers(provision: Provision) -> Ground:
    held = [origin for name in ("family", "articles", "limited_to") if (origin := provision.provenance.get(name))]
    return Ground(
        weakest([origin["confidence"] for origin in held]), tuple(dict.fromkeys(origin["source"] for origin in held))
    )


def agreements_with(country: Country, on: date) -> list[Basis]:
    """The police agreements with the country and how they stand that day, whatever request is meant; one query."""
    kinds = (InstrumentKind.POLICE, InstrumentKind.THREE_EVILS)
    provisions = Provision.objects.filter(
        family="police_cooperation",
        instrument__kind__in=kinds,
        instrument__parties__country=country,
        instrument__withdrawn_at=None,
    ).select_related("instrument")
    return sorted((_basis(provision, None, on) for provision in provisions), key=_rank)


def parties_of(country: Country) -> dict[int, Party]:
    """The country's part in each instrument, by the instrument's id."""
    return {party.instrument_id: party for party in Party.objects.filter(PART_KEPT, country=country)}


_Ours = Mapping[str, tuple[Instrument, Pair]]


def _ours(codes: Iterable[str], on: date) -> _Ours:
    """Our statutes and rules of these codes, and how each stands that day."""
    rows = Instrument.objects.filter(KEPT, code__in=codes, kind__in=DOMESTIC)
    return {row.code: (row, one_side_on(row, on)) for row in rows}


def _cited(law: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """The articles on which the type rests, statute by statute, in the order in which they matter to it."""
    cited: dict[str, list[Mapping[str, Any]]] = {}
    for entry in law.get("legal_basis", ()):
        cited.setdefault(entry["cite"].split("-")[0], []).append(entry)
    return cited


def _statute(instrument: Instrument, pair: Pair, entries: Sequence[Mapping[str, Any]]) -> Basis:
    stands = _ground(pair)
    # An article that was not read in an official text is known at second hand.
    doubtful = any("verified" in entry for entry in entries)
    return Basis(
        kind="statute",
        instrument=instrument,
        standing=pair.standing,
        articles=tuple(entry["cite"] for entry in entries),
        articles_zh=tuple(entry["cite_zh"] for entry in entries),
        stands=stands,
        covers=Ground("secondary", stands.sources) if doubtful else Ground(stands.confidence, stands.sources),
    )


def _needs_of(request_type: RequestType) -> list[Need]:
    """What reciprocity asks for with such requests."""
    return [
        need
        for families, direction, need in _needs()
        if request_type.family in families and direction in ("both", request_type.direction)
    ]


def _reciprocity(assured: Iterable[tuple[Instrument, Pair]], needs: Iterable[Need], ours: _Ours) -> list[Basis]:
    """Reciprocity, with what the statutes in force ask for; with each assurance that was given or received for such
    requests. Without any it rests on those statutes alone."""
    in_force = {code: pair for code, (_row, pair) in ours.items() if pair.standing == Standing.IN_FORCE}
    held = tuple(need for need in needs if need.statute in in_force)
    promised = [_promise(instrument, pair.standing, held, _ground(pair)) for instrument, pair in assured]
    if promised or not held:
        return promised
    pairs = [in_force[need.statute] for need in held]
    sources = tuple(dict.fromkeys(source for pair in pairs for source in pair.sources))
    as_of = min((pair.as_of for pair in pairs if pair.as_of), default="")
    rests = Ground(weakest(pair.confidence for pair in pairs), sources, as_of)
    return [_promise(None, Standing.NONE, held, rests)]


def _promise(instrument: Instrument | None, standing: Standing, needs: tuple[Need, ...], stands: Ground) -> Basis:
    return Basis(
        kind="reciprocity",
        instrument=instrument,
        standing=standing,
        articles=tuple(need.article for need in needs),
        articles_zh=tuple(need.article_zh for need in needs),
        stands=stands,
        needs=needs,
    )


@lru_cache(maxsize=1)
def _needs() -> list[tuple[frozenset[str], str, Need]]:
    return [
        (
            frozenset(row["families"].split()),
            row["direction"],
            Need(row["article"], row["article_zh"], row["needs_zh"], row["needs_en"]),
        )
        for row in rows_of("reciprocity_needs.csv")
    ]

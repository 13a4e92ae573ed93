"""Loading the treaty registry from seeds/: what was collected, value by value with its own confidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from agencies.seeding import Tally, rows_of, yaml_of
from countries import facts
from countries.facts import Collected, Origin
from countries.models import Country
from treaties.models import Instrument, InstrumentKind, Party, Provision, Standing
from treaties.standing import bounds

# The day on which the tables of treaties were put together, from stored copies and not from the depositaries' own pages.
COLLECTED_ON = "2026-11-21"
Row = Mapping[str, str]
# The data's word for China's or a partner's status.
_STATED = {
    "in_force": Standing.IN_FORCE,
    "party": Standing.IN_FORCE,
    "member": Standing.IN_FORCE,
    "signatory": Standing.SIGNED,
    "not_party": Standing.NONE,
    "unknown": Standing.UNKNOWN,
}
_RULES = frozenset({"MPSR", "MPSA", "IMLAP", "SPCI", "SPPR", "SSR", "DOC"})


def load_registry() -> list[Tally]:
    """Instruments, parties and provisions equal to the seeds, save what an officer has corrected or confirmed."""
    countries = dict(Country.objects.values_list("code", "id"))
    instruments = facts.load(Instrument, _instruments(), key=lambda row: row.code)
    ids = dict(Instrument.objects.values_list("code", "id"))
    parties = facts.load(
        Party,
        _parties(ids, countries),
        key=lambda row: (row.instrument_id, row.country_id),
        country=lambda row: row.country_id,
    )
    return [
        instruments,
        parties,
        facts.load(Provision, _provisions(ids), key=lambda row: (row.instrument_id, row.family)),
    ]


# --- Instruments -----------------------------------------------------------------------------------------------------


def _instruments() -> Iterator[Collected[Instrument]]:
    for row in rows_of("treaties_bilateral.csv"):
        yield _bilateral(row)
    for row in rows_of("treaties_multilateral.csv"):
        yield _multilateral(row)
    dates = {row["code"]: row for row in rows_of("statute_dates.csv")}
    for source in yaml_of("requirements.yaml")["sources"]:
        yield _domestic(source, dates.get(source["code"], {}))


def _bilateral(row: Row) -> Collected[Instrument]:
    instrument = Instrument(
        code=bilateral_code(row),
        kind=row["treaty_type"],
        title_zh=row["title_zh"],
        signed_on=_day(row["signed_date"]),
        signed_partial=row["signed_partial"],
        adopted_place=row["signed_place"],
        ratified_on=_day(row["china_ratified_date"]),
        in_force_on=_day(row["in_force_date"]),
        stated=_stated_of(row),
        note=row["note"],
    )
    told = _teller(row["source"])
    origins = {
        # The form of the title is built from the country's name; that the treaty exists was seen.
        "title_zh": told("secondary" if row["existence_conf"] == "sourced" else row["existence_conf"]),
        "signed_on": told(row["signed_conf"]),
        "signed_partial": told(row["signed_conf"]),
        "adopted_place": told(row["signed_place_conf"]),
        "ratified_on": told(row["china_ratified_conf"]),
        "in_force_on": told(row["in_force_conf"]),
        "stated": told(row["status_conf"], row["status_as_of"] or COLLECTED_ON),
    }
    return Collected(instrument, _known(origins))


def bilateral_code(row: Row) -> str:
    """What the registry calls a bilateral instrument: its kind and the partner."""
    return f"{row['treaty_type'].upper().replace('_', '-')}-{row['iso2']}"


def _stated_of(row: Row) -> str:
    """Not in force, once signed, is signed; where no signature was found it is left open."""
    if row["status"] != "not_in_force":
        return _STATED[row["status"]]
    return Standing.SIGNED if row["signed_date"] or row["signed_partial"] else Standing.UNKNOWN


def _multilateral(row: Row) -> Collected[Instrument]:
    instrument = Instrument(
        code=row["code"],
        kind=InstrumentKind.MULTILATERAL,
        title_zh=row["title_zh"],
        title_en=row["title_en"],
        short_zh=row["short_zh"],
        subject_field=row["field"],
        depositary=row["depositary"],
        adopted_on=_day(row["adopted_date"]),
        adopted_place=row["adopted_place"],
        general_force_on=_day(row["entry_into_force"]),
        signed_on=_day(row["china_signed"]),
        ratified_on=_day(row["china_npcsc_date"]),
        joined_by=row["china_action"],
        joined_on=_day(row["china_deposit_date"]),
        in_force_on=_day(row["china_in_force"]),
        stated=_STATED[row["china_status"]],
        reservation=row["reservation"],
        authority=row["china_central_authority"],
        note=row["note"],
    )
    told = _teller(row["source"])
    whole = told(row["confidence"])
    origins = {
        "title_zh": whole,
        "title_en": whole,
        "adopted_on": told(row["adopted_conf"]),
        "adopted_place": told(row["adopted_conf"]),
        "general_force_on": told(row["entry_into_force_conf"]),
        "signed_on": told(row["china_signed_conf"]),
        "ratified_on": told(row["china_npcsc_conf"]),
        "joined_by": whole,
        "joined_on": told(row["china_deposit_conf"]),
        "in_force_on": told(row["china_in_force_conf"]),
        "stated": told(row["confidence"]),
        "reservation": told(row["reservation_conf"]),
        "authority": told(row["central_authority_conf"]),
    }
    return Collected(instrument, _known(origins))


def _domestic(source: Mapping[str, Any], dates: Row) -> Collected[Instrument]:
    """A statute or rule that the request types rest on, in force on the day of collection, as its `currency` says; `dates`
    are those of its own text, where they were found."""
    told = _teller(" ; ".join(filter(None, [source["source"], source.get("currency")])))
    current = source.get("currency", "").startswith("listed in force")
    origin = told("sourced" if current else "secondary")
    dated = _teller(dates.get("source", ""))(dates.get("confidence", ""))
    instrument = Instrument(
        code=source["code"],
        kind=InstrumentKind.RULE if source["code"] in _RULES else InstrumentKind.STATUTE,
        title_zh=source["title"],
        short_zh=source["short"],
        adopted_on=_day(dates.get("adopted_on", "")),
        in_force_on=_day(dates.get("in_force_on", "")),
        stated=Standing.IN_FORCE,
        note=source.get("adopted_or_revised", ""),
    )
    origins = {"title_zh": origin, "stated": origin, "adopted_on": dated, "in_force_on": dated}
    return Collected(instrument, _known(origins))


# --- Parties and provisions ------------------------------------------------------------------------------------------


def _parties(ids: Mapping[str, int], countries: Mapping[str, int]) -> Iterator[Collected[Party]]:
    for row in rows_of("treaties_bilateral.csv"):
        yield Collected(Party(instrument_id=ids[bilateral_code(row)], country_id=countries[row["iso2"]]), {})
    for row in rows_of("treaties_parties.csv"):
        if row["iso2"] in countries:
            yield _party(row, ids[row["treaty_code"]], countries[row["iso2"]])
    for row in rows_of("country_memberships.csv"):
        if row["iso2"] in countries:
            yield _member(row, ids["INTERPOL"], countries[row["iso2"]])


def _party(row: Row, instrument_id: int, country_id: int) -> Collected[Party]:
    party = Party(
        instrument_id=instrument_id,
        country_id=country_id,
        signed_on=_day(row["signed_date"]),
        joined_on=_day(row["party_date"]),
        joined_by=row["party_action"],
        stated=_STATED[row["party_status"]],
        note=row["note"],
    )
    told = _teller(row["source"])
    dated, stated = told(row["confidence"]), told(row["confidence"], row["status_as_of"])
    origins = {"signed_on": dated, "joined_on": dated, "joined_by": dated, "stated": stated}
    return Collected(party, _known(origins))


def _member(row: Row, instrument_id: int, country_id: int) -> Collected[Party]:
    stated = Standing.IN_FORCE if row["interpol_member"] == "yes" else Standing.NONE
    party = Party(instrument_id=instrument_id, country_id=country_id, stated=stated)
    origin = _teller(row["source"])(row["membership_conf"])
    return Collected(party, _known({"stated": origin}))


def _provisions(ids: Mapping[str, int]) -> Iterator[Collected[Provision]]:
    """Each row of the seed is of one instrument (by its code) or of every bilateral one of a kind."""
    kinds = dict(Instrument.objects.values_list("code", "kind"))
    for row in rows_of("instrument_provisions.csv"):
        origin = _teller(row["source"])(row["confidence"])
        of = [row["of"]] if row["of"] in ids else [code for code, kind in kinds.items() if kind == row["of"]]
        for code in of:
            for family in row["families"].split():
                provision = Provision(
                    instrument_id=ids[code],
                    family=family,
                    articles=row["articles"].split(),
                    limited_to=row["limited_to"],
                )
                origins = dict.fromkeys(("family", "articles", "limited_to"), origin)
                yield Collected(provision, _known(origins))


# --- Values ----------------------------------------------------------------------------------------------------------


def _teller(source: str) -> Any:
    """Makes the origin of one value of a row: what was remembered is not what the row's source says. ValueError for a value
    of which nobody says when it was found."""

    def told(confidence: str, as_of: str = COLLECTED_ON) -> Origin | None:
        if not confidence:
            return None
        bounds(as_of)
        remembered = confidence == "recollection"
        return Origin(source="recollection" if remembered else source, as_of=as_of, confidence=confidence)

    return told


def _known(origins: Mapping[str, Origin | None]) -> dict[str, Origin]:
    return {name: origin for name, origin in origins.items() if origin is not None}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

"""Loading the ledgers from seeds/: what was collected of each country, value by value with its own confidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agencies.models import Agency
from agencies.seeding import Tally, rows_of, upsert
from countries import facts
from countries.facts import Collected, Origin
from countries.models import Country, Frontier, LedgerEntry, LedgerTopic

Row = Mapping[str, str]
COLLECTED_ON = "2026-11-21"
# How sure the collectors were: what is not a clear statement of a good source shows as 待核实.
_CONFIDENCE = {"high": "sourced", "medium": "secondary", "low": "secondary", "sourced": "sourced"}
_FAMILIES = {
    "大陆法系": "civil",
    "普通法系": "common",
    "混合法系": "mixed",
    "伊斯兰法系": "islamic",
    "普通法系(伊斯兰法影响)": "common_islamic",
}
# (topic, column of the value, column of its source, column of its confidence; without one it is `sourced`)
_TEXTS = [
    ("capital", "capital", "legal_source", ""),
    ("legal_system", "legal_system", "legal_source", ""),
    ("police", "police_body", "police_source", ""),
    ("ncb", "ncb_city", "ncb_source", ""),
    ("mla_authority", "mla_central_authority", "authority_source", "authority_confidence"),
    ("extradition_authority", "extradition_authority", "authority_source", "authority_confidence"),
    ("channel", "channel", "channel_source", ""),
    ("languages_accepted", "languages_accepted", "languages_source", ""),
    ("dual_criminality", "dual_criminality", "dual_criminality_source", ""),
    ("nationals", "nationals_rule", "nationals_source", "nationals_confidence"),
]


def load_ledgers() -> list[Tally]:
    """Topics, entries and frontiers equal to the seeds, save what an officer has corrected or confirmed."""
    topics = upsert(LedgerTopic, [_topic(row, n) for n, row in enumerate(rows_of("ledger_topics.csv"), 1)], key="code")
    countries = dict(Country.objects.values_list("code", "id"))
    ids = dict(LedgerTopic.objects.values_list("code", "id"))
    entries = facts.load(
        LedgerEntry,
        _entries(ids, countries),
        key=lambda row: (row.country_id, row.topic_id, row.about),
        country=lambda row: row.country_id,
    )
    frontiers = facts.load(
        Frontier,
        _frontiers(countries),
        key=lambda row: (row.division_code, row.country_id),
        country=lambda row: row.country_id,
    )
    return [topics, entries, frontiers]


def _topic(row: Row, position: int) -> LedgerTopic:
    choices = {code: [zh, en] for code, zh, en in (one.split("=") for one in row["choices"].split("|") if one)}
    return LedgerTopic(
        code=row["code"],
        section=row["section"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        kind=row["kind"],
        choices=choices,
        per_type=row["per_type"] == "1",
        position=position,
    )


# --- Entries ---------------------------------------------------------------------------------------------------------


def _entries(topics: Mapping[str, int], countries: Mapping[str, int]) -> Iterator[Collected[LedgerEntry]]:
    for row in rows_of("country_memberships.csv"):
        if row["iso2"] in countries:
            for topic, values, origin in _memberships(row):
                yield _entry(countries[row["iso2"]], topics[topic], values, origin)
    for row in rows_of("partner_authorities.csv"):
        for topic, values, origin in _partner(row):
            yield _entry(countries[row["iso2"]], topics[topic], values, origin)


def _entry(country_id: int, topic_id: int, values: Mapping[str, str], origin: Origin) -> Collected[LedgerEntry]:
    held = {name: value for name, value in values.items() if value}
    return Collected(LedgerEntry(country_id=country_id, topic_id=topic_id, **held), dict.fromkeys(held, origin))


Told = tuple[str, Mapping[str, str], Origin]
_BODIES = {
    "sco_member": ("上海合作组织", "SCO"),
    "asean_member": ("东盟", "ASEAN"),
    "lancang_mekong": ("澜湄合作", "LMC"),
}


def _memberships(row: Row) -> Iterator[Told]:
    origin = _origin(row["source"], row["membership_conf"])
    for topic, column in (
        ("relations", "prc_diplomatic_relations"),
        ("borders_us", "china_land_border"),
        ("interpol", "interpol_member"),
    ):
        yield topic, {"code": row[column]}, origin
    held = [names for column, names in _BODIES.items() if row[column] == "yes"]
    if row["brics"] == "yes":
        held.append(("金砖国家", "BRICS"))
    if held:
        yield (
            "bodies",
            {"text_zh": "、".join(zh for zh, _en in held), "text_en": ", ".join(en for _zh, en in held)},
            origin,
        )


def _partner(row: Row) -> Iterator[Told]:
    for topic, column, source, confidence in _TEXTS:
        if row[column]:
            words_zh = row["police_body_zh"] if topic == "police" else ""
            values = {"text_en": row[column], "text_zh": words_zh}
            yield topic, values, _origin(row[source], _said(row, source, confidence))
    if row["official_languages"]:
        yield (
            "languages",
            {"text_en": row["official_languages"].replace("|", ", ")},
            _origin(row["legal_source"], "sourced"),
        )
    if row["legal_family"]:
        # Classed by rule from the words of the source.
        yield "legal_family", {"code": _FAMILIES[row["legal_family"]]}, _origin(row["legal_source"], "medium")
    if row["death_penalty"]:
        origin = _origin(row["death_penalty_source"], row["death_penalty_confidence"])
        yield "death_penalty", {"code": _penalty(row["death_penalty"]), "text_en": row["death_penalty"]}, origin


def _said(row: Row, source: str, confidence: str) -> str:
    """The confidence that the row gives, or what its source is worth."""
    if confidence in row:
        return row[confidence]
    return "medium" if "not an official page" in row[source] else "sourced"


def _penalty(words: str) -> str:
    """The choice that the source's words come to."""
    if words.startswith("retained"):
        return "retained" if words == "retained" else "retained_unused"
    if words.startswith("abolitionist in practice"):
        return "practice"
    return "ordinary" if words.startswith("abolished for ordinary") else "abolished"


def _origin(source: str, confidence: str) -> Origin:
    if confidence == "recollection":
        return Origin(source="recollection", as_of=COLLECTED_ON, confidence=confidence)
    return Origin(source=source, as_of=COLLECTED_ON, confidence=_CONFIDENCE[confidence])


# --- Frontiers -------------------------------------------------------------------------------------------------------


def _frontiers(countries: Mapping[str, int]) -> Iterator[Collected[Frontier]]:
    agencies: dict[str, Any] = dict(Agency.objects.values_list("code", "id"))
    for row in rows_of("border.csv"):
        origin = Origin(source=row["basis"], as_of=COLLECTED_ON, confidence=_CONFIDENCE[row["confidence"]])
        frontier = Frontier(
            division_code=row["division_code"],
            division_name=row["division_name"],
            level=row["level"],
            agency_id=agencies.get(row["agency_code"]),
            country_id=countries[row["neighbor_iso2"]],
            approx_km=int(row["approx_shared_km"]) if row["approx_shared_km"] else None,
            note=row["note"],
        )
        yield Collected(frontier, {"approx_km": origin} if row["approx_shared_km"] else {})

"""Loading the periods of seeds/requirements.yaml with the way Coopdesk runs each (seeds/time_limit_ways.csv)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.db import transaction

from agencies.seeding import Tally, rows_of, upsert, yaml_of
from treaties.law_terms import CONFIDENCE, UNITS
from treaties.models import ExtensionKind, RequestType, TimeLimit

# The words of the data for what an extension's number means; none: it is added.
_EXTENSIONS = {None: ExtensionKind.ADDED, "max": ExtensionKind.AT_MOST, "total": ExtensionKind.TOTAL}

Way = Mapping[str, str]


@transaction.atomic
def load_time_limits() -> Tally:
    """Make the table equal to the seeds. What left them goes: no case points to a row, clocks carry their own copy."""
    ids: dict[str, int | None] = {**dict(RequestType.objects.values_list("code", "id")), "": None}
    ways = {(kind, way["key"]): way for way in rows_of("time_limit_ways.csv") for kind in way["types"].split() or [""]}
    wanted = [
        _time_limit(ids[code], position, text, ways.get((code, text["key"])) or ways["", text["key"]])
        for code, position, text in _texts()
        if code in ids
    ]
    kept = {limit.identity for limit in wanted}
    TimeLimit.objects.filter(pk__in=[row.pk for row in TimeLimit.objects.all() if row.identity not in kept]).delete()
    return upsert(TimeLimit, wanted, key="identity")


def _texts() -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Every period of the data: its request type's code ("" for a measure any case may need), its place, the entry."""
    data = yaml_of("requirements.yaml")
    for entry in data["request_types"]:
        for position, text in enumerate(entry.get("time_limits", ()), 1):
            yield entry["id"], position, text
    shared = [(measure, text) for measure in data["supporting_measures"] for text in measure["time_limits"]]
    for position, (measure, text) in enumerate(shared, 1):
        yield "", position, text | {"of_zh": measure["zh"] + "：", "of_en": measure["en"] + ": "}


def _time_limit(request_type_id: int | None, position: int, text: Mapping[str, Any], way: Way) -> TimeLimit:
    return TimeLimit(
        request_type_id=request_type_id,
        key=text["key"],
        position=position,
        name_zh=text.get("of_zh", "") + text["zh"],
        name_en=text.get("of_en", "") + way["name_en"],
        amount=text.get("value"),
        amount_max=text.get("value_max"),
        unit=UNITS[text["unit"]],
        kind=text["kind"],
        **_words(text),
        article=text["cite"],
        article_zh=text["cite_zh"],
        confidence=CONFIDENCE[text.get("verified")],
        note=text.get("note", ""),
        **_extension(text, way),
        starts_on=way["starts_on"].split(),
        urgencies=way["urgencies"].split(),
        actor_is=way["actor_is"],
        covers=way["covers"],
        overlap=way["overlap"],
        detention=way["detention"] == "1",
        warn_before=_number(way["warn_before"]),
        escalate_after=_number(way["escalate_after"]),
    )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _words(text: Mapping[str, Any]) -> dict[str, str]:
    """Who acts, from when, what follows and what the text says of an extension, each with our English."""
    english = {"": "", **_english()}
    extension = text.get("extension", "")
    said = {
        "actor": text.get("actor", ""),
        "trigger": text["trigger_zh"],
        "consequence": text.get("consequence_zh", ""),
        "extension": extension["on"] if isinstance(extension, Mapping) else extension,
    }
    return {
        f"{name}_{tongue}": words for name, zh in said.items() for tongue, words in (("zh", zh), ("en", english[zh]))
    }


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    return {row["zh"]: row["en"] for row in rows_of("time_limit_words.csv")}


def _extension(text: Mapping[str, Any], way: Way) -> dict[str, Any]:
    """The extension's number: from the entry, or (renewals, which the data has only in words) the way."""
    said = text.get("extension", "")
    if isinstance(said, Mapping):
        return {
            "extension_kind": _EXTENSIONS[said.get("kind")],
            "extension_amount": said["value"],
            "extension_unit": UNITS[said["unit"]],
            "extension_article": said.get("cite", text["cite"]),
        }
    renewed = bool(way["renewal_amount"])
    return {
        "extension_kind": ExtensionKind.RENEWAL if renewed else "",
        "extension_amount": int(way["renewal_amount"]) if renewed else None,
        "extension_unit": UNITS[way["renewal_unit"]] if renewed else "",
        "extension_article": text["cite"] if said else "",
    }

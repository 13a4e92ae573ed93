"""Loading request types with their law and periods, channels, refusal grounds and return reasons from seeds/."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from agencies.seeding import Tally, rows_of, upsert, yaml_of
from treaties.instrument_seed import load_registry
from treaties.models import Channel, Named, RefusalGround, RequestType, ReturnReason, TypeLaw
from treaties.time_limit_seed import load_time_limits

# The lists whose CSV columns are the fields of their model.
LISTS: dict[type[Named], str] = {
    Channel: "channels.csv",
    RefusalGround: "refusal_grounds.csv",
    ReturnReason: "return_reasons.csv",
}

LAW = "requirements.yaml"


def load_treaties() -> list[Tally]:
    """Make the law's tables equal to seeds/; the order of the rows is the order on the page."""
    lists = [_load_list(model, file) for model, file in LISTS.items()]
    return [*load_request_types(), load_time_limits(), *lists, *load_registry()]


def load_request_types() -> list[Tally]:
    """Request types in the order of request_types.csv (how each is handled), with the law of requirements.yaml as the first
    version; what the ministry wrote after it stands."""
    law = _ranked({entry["id"]: entry for entry in yaml_of(LAW)["request_types"]})
    ways = rows_of("request_types.csv")
    types = [_request_type(way, law[way["code"]], position) for position, way in enumerate(ways, 1)]
    tally = upsert(RequestType, types, key="code")
    ids = dict(RequestType.objects.values_list("code", "id"))
    entries = [
        TypeLaw(request_type_id=ids[way["code"]], number=1, data=law[way["code"]], source=f"seeds/{LAW}")
        for way in ways
    ]
    return [tally, upsert(TypeLaw, entries, key="identity", keep=["entered_at"])]


def _ranked(law: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The law with each type's articles in the order in which they matter to it: first those that its own requirements
    cite most often and that fewest other types rest on."""
    types = Counter(entry["cite"] for entries in law.values() for entry in entries["legal_basis"])
    ranked = {}
    for code, entries in law.items():
        cited = Counter(_articles({name: part for name, part in entries.items() if name != "legal_basis"}))
        basis = [
            (-cited[entry["cite"]] / types[entry["cite"]], n, entry) for n, entry in enumerate(entries["legal_basis"])
        ]
        ranked[code] = entries | {"legal_basis": [entry for _weight, _n, entry in sorted(basis)]}
    return ranked


def _articles(part: object) -> Iterator[str]:
    """Every article cited anywhere in a part of the data, without its paragraph: MPSR-374.1 → MPSR-374."""
    if isinstance(part, Mapping):
        if isinstance(cite := part.get("cite"), str):
            yield cite.partition(".")[0]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _articles(one)


def _request_type(way: Mapping[str, str], law: Mapping[str, Any], position: int) -> RequestType:
    return RequestType(
        code=law["id"],
        name_zh=law["zh"],
        name_en=law["en"],
        position=position,
        family=law["family"],
        direction=law["direction"],
        course=way["course"],
        opened_by=way["opened_by"].split(),
        opened_by_article=way["opened_by_article"],
    )


def _load_list(model: type[Named], file: str) -> Tally:
    rows = [model(position=position, **row) for position, row in enumerate(rows_of(file), 1)]
    return upsert(model, rows, key="code")

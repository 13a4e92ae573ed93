"""Loading request types with their law, channels, refusal grounds and return reasons from seeds/."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agencies.seeding import Tally, rows_of, upsert, yaml_of
from treaties.models import Channel, Named, RefusalGround, RequestType, ReturnReason, TypeLaw

# The lists whose CSV columns are the fields of their model.
LISTS: dict[type[Named], str] = {
    Channel: "channels.csv",
    RefusalGround: "refusal_grounds.csv",
    ReturnReason: "return_reasons.csv",
}


def load_treaties() -> list[Tally]:
    """Make the law's tables equal to seeds/; the order of the rows is the order on the page."""
    return [*load_request_types(), *(_load_list(model, file) for model, file in LISTS.items())]


def load_request_types() -> list[Tally]:
    """Request types in the order of request_types.csv (how each is handled), with the law of requirements.yaml."""
    law = {entry["id"]: entry for entry in yaml_of("requirements.yaml")["request_types"]}
    ways = rows_of("request_types.csv")
    types = [_request_type(way, law[way["code"]], position) for position, way in enumerate(ways, 1)]
    tally = upsert(RequestType, types, key="code")
    ids = dict(RequestType.objects.values_list("code", "id"))
    entries = [TypeLaw(request_type_id=ids[way["code"]], data=law[way["code"]]) for way in ways]
    return [tally, upsert(TypeLaw, entries, key="request_type_id")]


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

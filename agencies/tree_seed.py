"""Loading the real tree of organs from seeds/agencies.csv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db import connection

from agencies.models import Agency
from agencies.seeding import Tally, rows_of, searchable, upsert

Row = Mapping[str, str]


def load_agencies() -> Tally:
    """Make the tree equal to the seed, with parents, routes, ancestors and search text, in one pass.

    Ids of new organs are reserved first, so that rows can name each other. `is_active` is the administrator's, and so
    is the place of an organ that an order has moved or merged.
    """
    placed, merged = _reorganised()
    rows = [_resettled(row | placed.get(row["code"], {}), merged) for row in rows_of("agencies.csv")]
    parents = {row["code"]: row["parent_code"] for row in rows}
    ids = _ids([row["code"] for row in rows])
    wanted = [_agency(row, ids, [ids[code] for code in _chain(row["code"], parents)]) for row in rows]
    return upsert(Agency, wanted, key="code", keep=["is_active", "successor_id", "reorganised_at"])


def _reorganised() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Where the organs stand whose place an order has changed, in the words of the seed; and who stands for an organ
    that is no more."""
    placed, merged = {}, {}
    rows = Agency.objects.filter(reorganised_at__isnull=False)
    for code, parent, route, heir in rows.values_list("code", "parent__code", "route_to__code", "successor__code"):
        placed[code] = {"parent_code": parent or "", "route_to_code": route or ""}
        if heir:
            merged[code] = heir
    return placed, merged


def _resettled(row: Row, merged: Mapping[str, str]) -> Row:
    """A row new to the seed may still name an organ that was merged in the meantime."""
    names = {name: merged.get(row[name], row[name]) for name in ("parent_code", "route_to_code")}
    return {**row, **names}


def _ids(codes: list[str]) -> dict[str, int]:
    """The id of each code: the present one, or a new one from the table's sequence."""
    ids = dict(Agency.objects.values_list("code", "id"))
    fresh = [code for code in codes if code not in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [Agency._meta.db_table, len(fresh)],
        )
        return ids | dict(zip(fresh, (row[0] for row in cursor.fetchall()), strict=True))


def _chain(code: str, parents: Mapping[str, str]) -> Iterator[str]:
    """The organ itself, its parent, and so on up to the root."""
    while code:
        yield code
        code = parents[code]


def _agency(row: Row, ids: Mapping[str, int], ancestors: list[int]) -> Agency:
    return Agency(
        id=ids[row["code"]],
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        alt_name=row["alt_name"],
        tier=row["tier"],
        kind=row["kind"],
        parent_id=ids.get(row["parent_code"]),
        route_to_id=ids.get(row["route_to_code"]),
        division_code=row["division_code"],
        desk_name=row["desk_name"],
        is_terminal=row["is_terminal"] == "1",
        is_border=row["is_border"] == "1",
        border_countries=row["border_countries"].split(),
        name_basis=row["name_basis"],
        confidence=row["confidence"],
        note=row["note"],
        ancestors=ancestors,
        pinyin=row["pinyin"],
        search_text=searchable(
            [row["name"], row["alt_name"], row["short_name"]],
            [row["pinyin"], row["alt_pinyin"], row["short_pinyin"]],
            [row["code"]],
        ),
    )

"""`ledger-changes/`: what has changed of the countries and treaties, for systems that follow it. Contacts are never in it, nor
the values of what was withdrawn: there a change is told without them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.schema import MOMENT, NUMBER, PAGING, TEXT, closed, doc, nullable, one_of, page_of, shape
from countries.ledger import listed_after
from countries.models import FactConfidence, Frontier, LedgerChange, LedgerEntry, LedgerRecord, Sourced
from treaties.models import KEPT, OF_KEPT, PART_KEPT, Instrument, Party, Provision

MOST = 2**63 - 1
_VALUE = nullable(
    closed({"value": {}, "source": TEXT, "as_of": TEXT, "confidence": one_of(FactConfidence.values)}),
)
_KINDS = ("value", "section", "withdrawn")
_TABLES: dict[str, type[Sourced]] = {
    str(model._meta.model_name): model for model in (LedgerEntry, LedgerRecord, Frontier, Instrument, Party, Provision)
}
# What a change is of: the name of the table in the history, how the API calls it, and by which columns.
_TYPES = {table: table.removeprefix("ledger") for table in _TABLES}
_NAMES = {
    "ledgerentry": ("topic__code", "about"),
    "ledgerrecord": ("pk",),
    "frontier": ("division_code",),
    "instrument": ("code",),
    "party": ("instrument__code",),
    "provision": ("instrument__code",),
}
# Which of them stand: the values of what was withdrawn are not told.
_STANDING = {"ledgerrecord": Q(withdrawn_at=None), "instrument": KEPT, "party": PART_KEPT, "provision": OF_KEPT}
CHANGE = shape(
    "LedgerChange",
    closed(
        {
            "id": NUMBER,
            "at": MOMENT,
            "kind": one_of(_KINDS),
            "country": nullable(TEXT),
            "of": one_of([*_TYPES.values(), "section"]),
            "ref": TEXT,
            "request_type": nullable(TEXT),
            "field": nullable(TEXT),
            "before": _VALUE,
            "after": _VALUE,
            "version": nullable(NUMBER),
        }
    ),
)
_SIZE = {"page_size": PAGING["page_size"]}
_QUERY: Any = {
    "since": ({**TEXT, "minLength": 1}, _("上次答复里的 next_cursor；不写从头开始。没有新的变动时，答复里还是它。")),
    **_SIZE,
}
Named = Mapping[str, tuple[str, str, bool]]


class LedgerChanges(Door):
    """In the order of the commits, so that who goes on from his last cursor misses nothing."""

    reads = ""
    query = frozenset(_QUERY)

    @doc(_("国别台账和条约的变动，从旧到新"), page_of(CHANGE), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size, after = paging.page_size(params), 0
        if "since" in params:
            (text,) = paging.decode(params["since"], 1)
            if not (text.isascii() and text.isdigit() and int(text) <= MOST):
                raise paging.bad_cursor()
            after = int(text)
        rows = listed_after(after, size + 1)
        shown = rows[:size]
        named = _named([row.fact.subject for row in shown if row.fact is not None])
        cursor = paging.encode([str(shown[-1].pk if shown else after)])
        query = params.copy()
        query["since"] = cursor
        link = request.build_absolute_uri(f"{request.path}?{query.urlencode()}") if len(rows) > size else None
        return Response({"results": [_told(row, named) for row in shown], "next": link, "next_cursor": cursor})


def _told(row: LedgerChange, named: Named) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.pk, "at": row.at, "kind": "value", "country": None, "of": "section", "ref": ""}
    told |= dict.fromkeys(("request_type", "field", "before", "after", "version"))
    if (fact := row.fact) is not None:
        table, _colon, key = fact.subject.partition(":")
        ref, about, stands = named.get(fact.subject, (key, "", False))
        told |= {"at": fact.at, "of": _TYPES[table], "ref": ref, "request_type": about or None, "field": fact.field}
        told |= {"before": _value(fact.before), "after": _value(fact.after)} if stands else {}
        told["country"] = fact.country.code if fact.country is not None else None
    elif (text := row.text) is not None:
        told |= {"kind": "section", "country": text.country.code, "ref": text.section, "version": text.number}
    elif (record := row.withdrawn) is not None:
        told |= {"kind": "withdrawn", "country": record.country.code, "of": "record", "ref": str(record.pk)}
    return told


def _value(held: Mapping[str, Any]) -> dict[str, Any] | None:
    """A value without who vouches for it; null for none."""
    return {name: held[name] for name in ("value", "source", "as_of", "confidence")} if held else None


def _named(subjects: Iterable[str]) -> Named:
    """What the API calls these rows, the request type where a value is of one, and whether the row stands. One query for
    each table."""
    wanted: dict[str, list[int]] = {}
    for subject in subjects:
        table, _colon, key = subject.partition(":")
        wanted.setdefault(table, []).append(int(key))
    found: dict[str, tuple[str, str, bool]] = {}
    for table, keys in wanted.items():
        rows = _TABLES[table]._default_manager.filter(pk__in=keys)
        stand = set(rows.filter(_STANDING.get(table, Q())).values_list("pk", flat=True))
        named = rows.values_list("pk", *_NAMES[table])
        found |= {f"{table}:{key}": (str(ref), about[0] if about else "", key in stand) for key, ref, *about in named}
    return found

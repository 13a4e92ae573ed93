"""`ledger-changes/`: what has changed of the countries and treaties, for systems that follow it. Contacts are never in it, nor
the values of what was withdrawn: there a change is told without them, and that it was withdrawn or brought back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import F, Q, Value
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
_KINDS = ("value", "section", "withdrawn", "restored")
_TABLES: dict[str, type[Sourced]] = {
    str(model._meta.model_name): model for model in (LedgerEntry, LedgerRecord, Frontier, Instrument, Party, Provision)
}
# What a change is of: the name of the table in the history, and how the API calls it.
_TYPES = {table: table.removeprefix("ledger") for table in _TABLES}
_NONE = Value("")
# By which column a row is called, its request type where it is of one, its country where the name does not say it, and whether
# it stands: the values of what was withdrawn are not told.
_NAMES: dict[str, tuple[Any, Any, Any, Any]] = {
    "ledgerentry": (F("topic__code"), F("about"), _NONE, Value(value=True)),
    "ledgerrecord": (F("pk"), _NONE, _NONE, Q(withdrawn_at=None)),
    "frontier": (F("division_code"), _NONE, _NONE, Value(value=True)),
    "instrument": (F("code"), _NONE, _NONE, KEPT),
    "party": (F("instrument__code"), _NONE, F("country__code"), PART_KEPT),
    "provision": (F("instrument__code"), _NONE, _NONE, OF_KEPT),
}
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


class _Named(NamedTuple):
    ref: Any
    request_type: str
    country: str
    stands: bool


Named = Mapping[str, _Named]


class LedgerChanges(Door):
    """In the order of the commits, so that who goes on from his last cursor misses nothing."""

    reads = ""
    query = frozenset(_QUERY)

    @doc(_("国别台账和条约的变动，从旧到新"), page_of(CHANGE), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size, after = paging.page_size(params), 0
        if "since" in params:
            (text,) = paging.decode(params["since"], 1, "since")
            if not (text.isascii() and text.isdigit() and int(text) <= MOST):
                raise paging.bad_cursor("since")
            after = int(text)
        rows = listed_after(after, size + 1)
        shown = rows[:size]
        named = _named({row.fact.subject if row.fact is not None else row.subject for row in shown} - {""})
        cursor = paging.encode([str(shown[-1].pk if shown else after)])
        query = params.copy()
        query["since"] = cursor
        link = request.build_absolute_uri(f"{request.path}?{query.urlencode()}") if len(rows) > size else None
        return Response({"results": [_told(row, named) for row in shown], "next": link, "next_cursor": cursor})


def _told(row: LedgerChange, named: Named) -> dict[str, Any]:
    told: dict[str, Any] = {"id": row.pk, "at": row.at, "kind": "value", "country": None, "of": "section", "ref": ""}
    told |= dict.fromkeys(("request_type", "field", "before", "after", "version"))
    if (fact := row.fact) is not None:
        of = _of(fact.subject, named)
        told |= {
            "at": fact.at,
            "request_type": of.request_type or None,
            "field": fact.field,
            **_called(fact.subject, of),
        }
        told |= {"before": _value(fact.before), "after": _value(fact.after)} if of.stands else {}
        told["country"] = fact.country.code if fact.country is not None else None
    elif (text := row.text) is not None:
        told |= {"kind": "section", "country": text.country.code, "ref": text.section, "version": text.number}
    elif (record := row.withdrawn) is not None:
        told |= {"kind": "withdrawn", "country": record.country.code, "of": "record", "ref": str(record.pk)}
    else:
        of = _of(row.subject, named)
        # As it is now: who reads an older one late is told what holds.
        kind = "restored" if of.stands else "withdrawn"
        told |= {"kind": kind, "country": of.country or None, **_called(row.subject, of)}
    return told


def _of(subject: str, named: Named) -> _Named:
    """What is known of the row; only its number where it is gone."""
    return named.get(subject, _Named(subject.partition(":")[2], "", "", stands=False))


def _called(subject: str, of: _Named) -> dict[str, str]:
    return {"of": _TYPES[subject.partition(":")[0]], "ref": str(of.ref)}


def _value(held: Mapping[str, Any]) -> dict[str, Any] | None:
    """A value without who vouches for it; null for none."""
    return {name: held[name] for name in ("value", "source", "as_of", "confidence")} if held else None


def _named(subjects: Iterable[str]) -> Named:
    """What the API calls these rows and whether they stand. One query for each table."""
    wanted: dict[str, list[int]] = {}
    for subject in subjects:
        table, _colon, key = subject.partition(":")
        wanted.setdefault(table, []).append(int(key))
    found: dict[str, _Named] = {}
    for table, keys in wanted.items():
        ref, request_type, country, stands = _NAMES[table]
        rows = _TABLES[table]._default_manager.filter(pk__in=keys)
        asked = rows.annotate(_ref=ref, _type=request_type, _country=country, _stands=stands)
        told = asked.values_list("pk", "_ref", "_type", "_country", "_stands")
        found |= {f"{table}:{key}": _Named(*said) for key, *said in told}
    return found

"""`instruments/` and `countries/{code}/legal-basis/`: the registry, and on what a request may rest, with sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import (
    DATE,
    PAGING,
    TEXT,
    Json,
    closed,
    doc,
    listed,
    needed,
    nullable,
    one_of,
    page_of,
    shape,
)
from agencies.errors import NotVisible
from countries import facts
from countries.lookup import country_by_code
from countries.models import FactConfidence, Sourced
from treaties.basis_shape import BASIS, basis_row
from treaties.codes import request_type_by_code
from treaties.legal_basis import legal_basis_for
from treaties.models import InstrumentKind, Party, Standing
from treaties.queries import registry
from treaties.queries.registry import Asked, Row
from treaties.standing import Pair, askable, day_words

_CONFIDENCE = one_of(["", *FactConfidence.values])
_STANDING = one_of(Standing.values)
_FIELDS = {
    "id": TEXT,
    "kind": one_of(InstrumentKind.values),
    "title_zh": TEXT,
    "title_en": TEXT,
    "countries": listed(TEXT),
    "signed_on": nullable(DATE),
    "in_force_on": nullable(DATE),
    "status": _STANDING,
    "confidence": _CONFIDENCE,
    "sources": listed(TEXT),
    "unsettled": listed(TEXT),
}
INSTRUMENT = shape("Instrument", closed(_FIELDS))
_FACT = shape(
    "InstrumentFact",
    closed(
        {
            "field": TEXT,
            "value": {"anyOf": [TEXT, listed(TEXT)]},
            "source": TEXT,
            "as_of": TEXT,
            "confidence": one_of(FactConfidence.values),
        }
    ),
)
_PARTY = closed({"country": TEXT, "status": _STANDING, "confidence": _CONFIDENCE, "facts": listed(_FACT)})
_PROVISION = closed({"family": TEXT, "articles": listed(TEXT), "limited_to": TEXT, "facts": listed(_FACT)})
INSTRUMENT_DETAIL = shape(
    "InstrumentDetail",
    closed(
        {**_FIELDS, "on": DATE, "facts": listed(_FACT), "parties": listed(_PARTY), "provisions": listed(_PROVISION)}
    ),
)
BASES = shape("LegalBases", closed({"bases": listed(BASIS)}))
_ON = (DATE, gettext_lazy("哪一天的状态；不写就是今天。"))
_QUERY = {
    "kind": (one_of(InstrumentKind.values), gettext_lazy("种类。")),
    "country": (
        {**TEXT, "pattern": "^[A-Za-z]{2}$"},
        gettext_lazy("国家的两位代码；写了就只给它参加的，status 是两国之间的。不写，公约的 status 是我国的。"),
    ),
    "status": (_STANDING, gettext_lazy("那一天的状态。")),
    "on": _ON,
    **PAGING,
}
_BASIS_QUERY = {"request_type": (needed({**TEXT, "minLength": 1}), gettext_lazy("请求类型的代码。")), "on": _ON}


class Instruments(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(gettext_lazy("查条约和法律"), page_of(INSTRUMENT), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size = paging.page_size(params)
        query = Query(params)
        of = query.text("country").upper()
        country = country_by_code(of)
        if query.given("country") and country is None:
            query.unknown("country")
        kind, standing = query.one_of("kind", InstrumentKind.values), query.one_of("status", Standing.values)
        on = day_of(query, params.get("on"))
        query.check()
        after = paging.decode(params["cursor"], 1)[0] if "cursor" in params else ""
        rows = registry.instruments_on(Asked(on=on, kind=kind, country=country, standing=standing))
        page = [_row(row) for row in rows if row.instrument.code > after][: size + 1]
        return paging.answer(request, page, size, "id")


class InstrumentDetail(Door):
    reads = ""
    query = frozenset({"on"})

    @doc(gettext_lazy("看一项条约或者法律"), INSTRUMENT_DETAIL, query={"on": _ON})
    def get(self, request: Request, code: str) -> Response:
        query = Query(request.query_params)
        on = day_of(query, request.query_params.get("on"))
        query.check()
        instrument = registry.instrument_by_code(code)
        if instrument is None or instrument.withdrawn_at is not None:
            raise NotVisible
        sides = registry.parties_on(instrument, on)
        partners = [] if instrument.kind == InstrumentKind.MULTILATERAL else [side for side, _pair in sides]
        pair = registry.standing_with(instrument, partners[0] if partners else None, on)
        row = Row(instrument, [side.country for side in partners], pair, facts.unsettled(instrument))
        provisions = [
            {"family": one.family, "articles": one.articles, "limited_to": one.limited_to, "facts": _facts(one)}
            for one in registry.provisions_of(instrument)
        ]
        more = {"on": on.isoformat(), "facts": _facts(instrument), "parties": [_party(*one) for one in sides]}
        return Response({**_row(row), **more, "provisions": provisions})


class LegalBasis(Door):
    reads = ""
    query = frozenset(_BASIS_QUERY)

    @doc(gettext_lazy("查请求的法律依据"), BASES, query=_BASIS_QUERY)
    def get(self, request: Request, code: str) -> Response:
        query = Query(request.query_params)
        kind = request_type_by_code(query.text("request_type"))
        if not query.given("request_type"):
            query.fault("required", _("写明请求类型的代码，见 request-types/。"), "request_type")
        elif kind is None:
            query.unknown("request_type")
        on = day_of(query, request.query_params.get("on"))
        query.check()
        country = country_by_code(code.upper())
        if country is None or kind is None:
            raise NotVisible
        return Response({"bases": [basis_row(basis) for basis in legal_basis_for(country, kind, on)]})


def day_of(query: Query, text: str | None) -> date:
    """The day that was named, today without one."""
    try:
        return askable(date.fromisoformat(text)) if text is not None else timezone.localdate()
    except ValueError:
        query.fault("bad_date", day_words(), "on")
        return date.min


def _row(row: Row) -> Json:
    one = row.instrument
    return {
        "id": one.code,
        "kind": one.kind,
        "title_zh": one.title_zh,
        "title_en": one.title_en,
        "countries": [country.code for country in row.partners],
        "signed_on": _text(one.signed_on),
        "in_force_on": _text(one.in_force_on),
        "status": row.pair.standing,
        "confidence": row.pair.confidence,
        "sources": list(row.pair.sources),
        "unsettled": list(row.unsettled),
    }


def _party(party: Party, pair: Pair) -> Json:
    return {
        "country": party.country.code,
        "status": pair.standing,
        "confidence": pair.confidence,
        "facts": _facts(party),
    }


def _facts(row: Sourced) -> Sequence[Json]:
    """Every value that is known, with where it comes from."""
    found = ((name, facts.origin_of(row, name)) for name in row.SOURCED)
    return [
        {
            "field": name,
            "value": _text(getattr(row, name)),
            "source": origin.source,
            "as_of": origin.as_of,
            "confidence": origin.confidence,
        }
        for name, origin in found
        if origin is not None
    ]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

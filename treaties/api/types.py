"""`request-types/`: what may be asked for, by whom, and what the law says about it on a day, each line with its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors import paging
from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import (
    DATE,
    FLAG,
    MOMENT,
    NUMBER,
    PAGING,
    TEXT,
    Json,
    closed,
    doc,
    listed,
    nullable,
    one_of,
    page_of,
    shape,
)
from agencies.errors import NotVisible
from agencies.models.tree import Tier
from treaties.api.instruments import day_of
from treaties.codes import request_type_by_code
from treaties.law_terms import GROUNDS, LEVELS
from treaties.models import Confidence, Course, PeriodKind, RequestType, TypeLaw
from treaties.queries.type_lines import Line, lines_of, texts_read
from treaties.type_law import laws_on, version_on, versions_of

_DIRECTIONS = ["outgoing", "incoming", "both"]
_FIELDS = {
    "code": TEXT,
    "name_zh": TEXT,
    "name_en": TEXT,
    "family": TEXT,
    "direction": one_of(_DIRECTIONS),
    "course": one_of(Course.values),
    "record_only": FLAG,
    "opened_by": listed(one_of(Tier.values)),
    "opened_by_article": TEXT,
}
_VERSION = {"version": nullable(NUMBER), "effective_from": nullable(DATE)}
_ORIGIN = {"article": TEXT, "article_zh": TEXT, "confidence": one_of(["", *Confidence.values]), "source": TEXT}
_SAID = {"key": TEXT, "zh": TEXT, "en": TEXT}
_WANTED = listed(closed({**_SAID, "strength": one_of(["", *LEVELS]), "when": TEXT, **_ORIGIN}))
_RULES = listed(closed({**_SAID, **_ORIGIN}))
_TOLD = listed(closed({"zh": TEXT, "en": TEXT, **_ORIGIN}))
_APPROVAL = {"approver_zh": TEXT, "approver_en": TEXT, "zh": TEXT, "en": TEXT, **_ORIGIN}
_STEP = {"actor_zh": TEXT, "actor_en": TEXT, "action_zh": TEXT, **_ORIGIN}
_PERIOD = {
    **_SAID,
    "value": nullable(NUMBER),
    "value_max": nullable(NUMBER),
    "unit": one_of(["hour", "day", "month", "year"]),
    "kind": one_of(PeriodKind.values),
    "trigger_zh": TEXT,
    **_ORIGIN,
}
_PARTS = {
    "legal_basis": _TOLD,
    "channel": _TOLD,
    "contents": _WANTED,
    "attachments": _WANTED,
    "authority_chain": listed(closed(_STEP)),
    "approval": listed(closed(_APPROVAL)),
    "time_limits": listed(closed(_PERIOD)),
    "refusal_grounds": closed({strength.value: _RULES for strength in GROUNDS}),
    "assurances": listed(closed({**_SAID, "given_by": TEXT, "when": TEXT, **_ORIGIN})),
    "special_rules": _RULES,
}
REQUEST_TYPE = shape("RequestType", closed({**_FIELDS, **_VERSION}))
REQUEST_TYPE_DETAIL = shape(
    "RequestTypeDetail", closed({**_FIELDS, **_VERSION, "on": DATE, **_PARTS, "law": {"type": "object"}})
)
VERSION = shape(
    "RequestTypeVersion",
    closed(
        {
            "version": NUMBER,
            "effective_from": nullable(DATE),
            "source": TEXT,
            "remark": TEXT,
            "entered_by": nullable(TEXT),
            "entered_at": MOMENT,
            "holds": FLAG,
            **_PARTS,
        }
    ),
)
_ON = {"on": (DATE, _("哪一天适用的；不写就是今天。"))}
_QUERY = {
    "direction": (one_of(_DIRECTIONS[:2]), _("请求方向；两个方向都用的类型总在内。")),
    **_ON,
    **PAGING,
}


class RequestTypes(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(_("查请求类型"), page_of(REQUEST_TYPE), query=_QUERY)
    def get(self, request: Request) -> Response:
        params = request.query_params
        size = paging.page_size(params)
        query = Query(params)
        direction = query.one_of("direction", _DIRECTIONS[:2])
        on = day_of(query, params.get("on"))
        query.check()
        found = RequestType.objects.order_by("code")
        if direction:
            found = found.filter(direction__in=[direction, "both"])
        if "cursor" in params:
            found = found.filter(code__gt=paging.decode(params["cursor"], 1)[0])
        kinds = list(found[: size + 1])
        held = laws_on(on).filter(request_type__in=[kind.pk for kind in kinds]).defer("data")
        laws = {law.request_type_id: law for law in held}
        return paging.answer(request, [_kind(kind, laws.get(kind.pk)) for kind in kinds], size, "code")


class RequestTypeDetail(Door):
    reads = ""
    query = frozenset(_ON)

    @doc(_("看一种请求类型"), REQUEST_TYPE_DETAIL, query=_ON)
    def get(self, request: Request, code: str) -> Response:
        query = Query(request.query_params)
        on = day_of(query, request.query_params.get("on"))
        query.check()
        kind = _or_404(code)
        law = version_on(kind, on)
        data: Mapping[str, Any] = law.data if law else {}
        return Response({**_kind(kind, law), "on": on.isoformat(), **_parts(data, texts_read()), "law": data})


class RequestTypeVersions(Door):
    reads = ""

    @doc(_("看一种请求类型的各版规定"), closed({"results": listed(VERSION)}))
    def get(self, request: Request, code: str) -> Response:
        kind = _or_404(code)
        held, texts = version_on(kind, timezone.localdate()), texts_read()
        return Response({"results": [_version(law, held, texts) for law in versions_of(kind)]})


def _or_404(code: str) -> RequestType:
    kind = request_type_by_code(code)
    if kind is None:
        raise NotVisible
    return kind


def _kind(kind: RequestType, law: TypeLaw | None) -> Json:
    found: Json = {name: getattr(kind, name) for name in _FIELDS}
    return found | {"version": law.number if law else None, "effective_from": _day(law)}


def _day(law: TypeLaw | None) -> str | None:
    return law.effective_from.isoformat() if law and law.effective_from else None


def _version(law: TypeLaw, held: TypeLaw | None, texts: Mapping[str, str]) -> Json:
    return {
        "version": law.number,
        "effective_from": _day(law),
        "source": law.source,
        "remark": law.remark,
        "entered_by": law.entered_by.name if law.entered_by else None,
        "entered_at": law.entered_at,
        "holds": held is not None and held.pk == law.pk,
        **_parts(law.data, texts),
    }


# --- The law in fields -----------------------------------------------------------------------------------------------


def _parts(data: Mapping[str, Any], texts: Mapping[str, str]) -> Json:
    """The lines of a version as fields, each with its article, where that was read and how well it was checked."""
    lines = lines_of(data, texts)
    grounds = lines.get("refusal_grounds", ())
    return {
        "legal_basis": [_told(line) for line in lines.get("legal_basis", ())],
        "channel": [_told(line) for line in lines.get("channel", ())],
        "contents": [_wanted(line) for line in lines.get("required_contents", ())],
        "attachments": [_wanted(line) for line in lines.get("required_attachments", ())],
        "authority_chain": [_step(line) for line in lines.get("authority_chain", ())],
        "approval": [_told(line, "approver_zh", "approver_en") for line in lines.get("approval", ())],
        "time_limits": [_period(line) for line in lines.get("time_limits", ())],
        "refusal_grounds": {one.value: _rules([row for row in grounds if row.level == one]) for one in GROUNDS},
        "assurances": [_some(line, "given_by", "when") for line in lines.get("assurances", ())],
        "special_rules": _rules(lines.get("special_rules", ())),
    }


def _origin(line: Line) -> Json:
    """The article; nothing has a confidence without a source."""
    source = line.source or line.read_in
    confidence = line.confidence.value if source else ""
    return {"article": line.cite, "article_zh": line.article, "confidence": confidence, "source": source}


def _some(line: Line, *names: str) -> Json:
    """Our words for a line and these texts of it, with its article."""
    found: Json = {name: line.entry.get(name, "") for name in ("key", "en", *names)}
    return {**found, "zh": line.zh, **_origin(line)}


def _rules(lines: Sequence[Line]) -> list[Json]:
    return [_some(line) for line in lines]


def _wanted(line: Line) -> Json:
    return _some(line, "when") | {"strength": line.level}


def _told(line: Line, *names: str) -> Json:
    """The article, and our words beside it where there are any."""
    found: Json = {name: line.entry.get(name, "") for name in ("en", *names)}
    return {**found, "zh": line.zh, **_origin(line)}


def _step(line: Line) -> Json:
    return {name: line.entry.get(name, "") for name in ("actor_zh", "actor_en", "action_zh")} | _origin(line)


def _period(line: Line) -> Json:
    numbers = {name: line.entry.get(name) for name in ("value", "value_max")}
    return _some(line, "unit", "kind", "trigger_zh") | numbers

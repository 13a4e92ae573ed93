"""`advice/`: which channel to take for a request that is meant, without a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.parsing import object_of
from agencies.doors.schema import (
    DATE,
    FLAG,
    NUMBER,
    TEXT,
    Json,
    closed,
    doc,
    json_body,
    listed,
    nullable,
    one_of,
    shape,
)
from agencies.errors import Malformed, Reason
from agencies.models import Agency
from agencies.queries import agency_by_code
from cases.advice import Asked, advice_for
from cases.models import Urgency
from countries.lookup import country_by_code
from treaties.advice import ChannelCode, Figures, Line, Option, Purpose
from treaties.basis_shape import BASIS, basis_row
from treaties.codes import request_type_by_code
from treaties.standing import askable, day_words

_BODY = {
    "country": {**TEXT, "pattern": "^[A-Za-z]{2}$", "description": gettext_lazy("国家的两位代码。")},
    "request_type": {**TEXT, "minLength": 1, "description": gettext_lazy("request-types/ 里的代码。")},
    "urgency": one_of(Urgency.values),
    "purpose": {**one_of(Purpose.values), "description": gettext_lazy("evidence 作证据，lead 作线索。")},
    "origin_agency": {
        **TEXT,
        "pattern": "^[0-9]{12}$",
        "description": gettext_lazy("提出请求的机关代码；不写就是本机关。"),
    },
    "on": {**DATE, "description": gettext_lazy("哪一天提出；不写就是今天。")},
}
_LINE = closed({"text": TEXT, "article": TEXT})
_RECORD = closed({"n": NUMBER, "answered": NUMBER, "refused": NUMBER, "median": nullable(NUMBER)})
_OPTION = closed(
    {
        "channel": one_of(ChannelCode.values),
        "allowed": FLAG,
        "legal_basis": listed(BASIS),
        "approval": listed(closed({"who": TEXT, "what": TEXT, "article": TEXT, "unsettled": FLAG})),
        "route": listed(closed({"agency": nullable(TEXT), "name": TEXT})),
        "preconditions": listed(_LINE),
        "missing": listed(
            closed(
                {
                    "kind": one_of(["content", "attachment"]),
                    "key": TEXT,
                    "text": TEXT,
                    "level": TEXT,
                    "article": TEXT,
                    "unsettled": FLAG,
                }
            )
        ),
        "record": nullable(_RECORD),
        "expected_by": nullable(DATE),
        "reasons": listed(_LINE),
        "warnings": listed(_LINE),
    }
)
ADVICE = shape("Advice", closed({"options": listed(_OPTION)}))


class Advice(Door):
    """Asks, and changes nothing: no key, and who may read cases may ask. It tells of no case."""

    writes = "cases:read"

    @doc(
        gettext_lazy("问走哪条渠道"),
        ADVICE,
        body=json_body(closed(_BODY, required=["country", "request_type"])),
    )
    def post(self, request: Request) -> Response:
        asked = _Reading(object_of(request)).asked(self.actor.agency_id)
        return Response({"options": [_option(option) for option in advice_for(asked)]})


class _Reading:
    """Reads the question; every fault is said at once."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._reasons = [
            Reason("unknown_field", _("不认识的字段。"), f"/{name}") for name in sorted(raw.keys() - _BODY.keys())
        ]

    def asked(self, own: int | None) -> Asked:
        """The question; Malformed with everything that is wrong."""
        country = country_by_code(self._text("country").upper())
        if country is None:
            told = _("写明国家的两位代码，例如 TH。"), _("没有这个伙伴国家。写两位代码，例如 TH。")
            self._not_found("country", *told)
        kind = request_type_by_code(self._text("request_type"))
        if kind is None:
            told = _("写明请求类型的代码，见 request-types/。"), _("没有这个请求类型，见 request-types/。")
            self._not_found("request_type", *told)
        urgency = self._one_of("urgency", Urgency.values)
        purpose = self._one_of("purpose", Purpose.values)
        origin = self._origin(own)
        on = self._day()
        if self._reasons or country is None or kind is None or origin is None:
            raise Malformed(reasons=self._reasons)
        return Asked(country=country, kind=kind, urgency=urgency, purpose=purpose, origin=origin, on=on)

    def _fault(self, code: str, words: str, name: str) -> None:
        self._reasons.append(Reason(code, words, f"/{name}"))

    def _not_found(self, name: str, absent: str, unknown: str) -> None:
        """Left out, or nothing that we know."""
        required = name not in self._raw
        self._fault("required" if required else "unknown_code", absent if required else unknown, name)

    def _text(self, name: str) -> str:
        value = self._raw.get(name)
        return value if isinstance(value, str) else ""

    def _one_of(self, name: str, known: list[str]) -> str:
        """One of the codes; the first when it is left out."""
        value = self._raw.get(name, known[0])
        if value not in known:
            words = _("不在可选的范围内，可以写：%(choices)s。") % {"choices": _("、").join(known)}
            self._fault("unknown_code", words, name)
        return str(value)

    def _origin(self, own: int | None) -> Agency | None:
        if "origin_agency" in self._raw:
            found = agency_by_code(self._text("origin_agency"))
            if found is None or not found.is_active:
                self._fault("unknown_code", _("没有这个机关，或者已经撤销。写 12 位机关代码。"), "origin_agency")
            return found
        found = Agency.objects.filter(pk=own).first() if own else None
        if found is None:
            self._fault("agency_missing", _("写明提出请求的机关。"), "origin_agency")
        return found

    def _day(self) -> date:
        text = self._raw.get("on")
        if "on" not in self._raw:
            return timezone.localdate()
        try:
            return askable(date.fromisoformat(text if isinstance(text, str) else ""))
        except ValueError:
            self._fault("bad_date", day_words(), "on")
            return date.min


# --- What is answered ------------------------------------------------------------------------------------------------


def _option(option: Option) -> Json:
    return {
        "channel": option.way.value,
        "allowed": option.allowed,
        "legal_basis": [basis_row(basis) for basis in option.legal_basis],
        "approval": [
            {"who": row.who, "what": row.what, "article": row.article, "unsettled": row.unsettled}
            for row in option.approval
        ],
        "route": [{"agency": stop.code or None, "name": stop.name} for stop in option.route],
        "preconditions": _lines(option.preconditions),
        "missing": [
            {
                "kind": row.sort,
                "key": row.key,
                "text": row.text,
                "level": row.level,
                "article": row.article,
                "unsettled": row.unsettled,
            }
            for row in option.missing
        ],
        "record": _record(option.record),
        "expected_by": option.expected_by.isoformat() if option.expected_by else None,
        "reasons": _lines(option.reasons),
        "warnings": _lines([*option.warnings, *option.doubts]),
    }


def _lines(lines: Iterable[Line]) -> list[Json]:
    return [{"text": line.text, "article": line.article} for line in lines]


def _record(figures: Figures | None) -> Json | None:
    if figures is None:
        return None
    return {
        "n": figures.n,
        "answered": figures.answered,
        "refused": figures.refused,
        "median": figures.median,
    }

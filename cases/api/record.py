"""`countries/{iso2}/record/`: what became of all requests with a country, the same numbers for every officer.

`sent` and `received` are null when there are fewer than `least` such cases. In the tables a code of null is everything too
small to be told apart, and a channel `-` was not written down; tables come only with the whole record. Half are answered
within `median_days`, with 95 % between `low` and `high` (null: not so yet, or too few were left to say). `curve` has a step
for each day with an answer: the share answered by then and its 95 % band.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import MOMENT, NUMBER, TEXT, Json, Parameters, closed, doc, listed, nullable, shape
from agencies.errors import NotVisible
from cases.models import Direction
from cases.queries import choices
from cases.record import reading
from cases.record.cells import STATES
from cases.record.reading import MIN, UNNOTED, Line, Part
from countries.lookup import country_by_code
from treaties.models import Channel

_SHARE: Json = {"type": "number", "minimum": 0, "maximum": 1}
_DAYS = nullable(NUMBER)
_CURVE = listed(
    closed(
        {"day": NUMBER, "at_risk": NUMBER, "answers": NUMBER, "answered": _SHARE, "low": _SHARE, "high": _SHARE},
    )
)


def _counts(direction: Direction) -> dict[str, Json]:
    return {
        "n": NUMBER,
        **({"acknowledged": NUMBER} if direction == Direction.OUTGOING else {}),
        **dict.fromkeys(STATES[direction], NUMBER),
        "waiting": NUMBER,
        "oldest_days": _DAYS,
        "median_days": _DAYS,
        "low": _DAYS,
        "high": _DAYS,
    }


def _shape(direction: Direction) -> Json:
    table = listed(closed({"code": nullable(TEXT), **_counts(direction)}))
    parts = {"request_types": table, "channels": table, "years": table}
    grounds = listed(closed({"code": TEXT, "n": NUMBER}))
    return nullable(closed({**_counts(direction), "grounds": grounds, "curve": _CURVE, **parts}))


RECORD = shape(
    "CountryRecord",
    closed(
        {
            "country": TEXT,
            "request_type": nullable(TEXT),
            "channel": nullable(TEXT),
            "as_of": nullable(MOMENT),
            "least": NUMBER,
            "sent": _shape(Direction.OUTGOING),
            "received": _shape(Direction.INCOMING),
        }
    ),
)
_QUERY: Parameters = {
    "request_type": ({**TEXT, "minLength": 1}, _("只看一个请求类型，写它的代码。")),
    "channel": ({**TEXT, "minLength": 1}, _("只看一条渠道，写它的代码；“-”是没有写明渠道的。")),
}


class CountryRecord(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(_("看与一个国家的往来记录"), RECORD, query=_QUERY)
    def get(self, request: Request, code: str) -> Response:
        country = country_by_code(code.upper())
        if country is None:
            raise NotVisible
        query = Query(request.query_params)
        kind = query.one_of("request_type", choices.request_types())
        channel = query.one_of("channel", [*Channel.objects.values_list("code", flat=True), UNNOTED])
        query.check()
        found = reading.read(country, self.actor, kind=kind, channel=channel)
        return Response(
            {
                "country": country.code,
                "request_type": kind or None,
                "channel": channel or None,
                "as_of": found.as_of,
                "least": MIN,
                "sent": _part(found.sent, Direction.OUTGOING),
                "received": _part(found.received, Direction.INCOMING),
            }
        )


def _part(part: Part | None, direction: Direction) -> dict[str, Any] | None:
    if part is None:
        return None
    return {
        **_line(part, direction),
        "grounds": [{"code": code, "n": n} for code, n in part.grounds],
        "curve": [
            {
                "day": step.day,
                "at_risk": step.at_risk,
                "answers": step.answered,
                "answered": 1 - step.share,
                "low": 1 - step.high,
                "high": 1 - step.low,
            }
            for step in (part.curve.told() if part.curve is not None else ())
        ],
        "request_types": _table(part.types, direction),
        "channels": _table(part.channels, direction),
        "years": _table(part.years, direction),
    }


def _table(lines: Sequence[Line], direction: Direction) -> list[dict[str, Any]]:
    return [{"code": line.code or None, **_line(line, direction)} for line in lines]


def _line(line: Line, direction: Direction) -> dict[str, Any]:
    return {
        "n": line.n,
        **({"acknowledged": line.acknowledged} if direction == Direction.OUTGOING else {}),
        **line.states,
        "waiting": line.waiting,
        "oldest_days": line.oldest,
        "median_days": line.median,
        "low": line.low,
        "high": line.high,
    }

"""`stats/`: the figures of the supervision board, with the same rule on who reads whose.

`first_time_right` is the share of `filed_outgoing`, our own requests, that was never sent back: foreign ones never are.
`stopped` says that the figures are older than they should be, for nothing has been folded since `as_of`. `weeks.overdue`
counts the clocks of legs that ran out in the week, met since or not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.reading import Query
from agencies.doors.schema import (
    DATE,
    MOMENT,
    NUMBER,
    TEXT,
    Json,
    Parameters,
    closed,
    doc,
    listed,
    nullable,
    one_of,
    shape,
)
from agencies.models import Agency
from cases.api.door import CaseDoor
from cases.board import access, facts, fold, reading
from cases.board.numbers import DAY
from cases.board.reading import Figures

_AGENCY = closed({"code": TEXT, "name": TEXT})
_SHARE: Json = nullable({"type": "number", "minimum": 0, "maximum": 1})
_NOW = closed(dict.fromkeys(("open", "overdue", "near", "abroad", "returned"), NUMBER))
_CLOCKS = closed({"ended": NUMBER, "late": NUMBER, "in_time": _SHARE})
_DAYS = closed({"cases": NUMBER, "median": nullable(NUMBER), "p90": nullable(NUMBER), "seconds": NUMBER})
_PERIOD: dict[str, Json] = {
    "filed": NUMBER,
    "filed_outgoing": NUMBER,
    "returned": NUMBER,
    "first_time_right": _SHARE,
    "ended": NUMBER,
    "internal_deadlines": _CLOCKS,
    "statutory_limits": _CLOCKS,
    "days": closed(dict.fromkeys(facts.PARTS, _DAYS)),
    "stages": listed(closed({"stage": one_of(facts.STAGES), "reached": NUMBER, "returned": NUMBER})),
    "countries": listed(closed({"code": TEXT, "open": NUMBER, "overdue": NUMBER, "filed": NUMBER})),
    "request_types": listed(closed({"code": TEXT, "open": NUMBER, "overdue": NUMBER, "filed": NUMBER})),
}
_PART = closed(
    {
        "agency": _AGENCY,
        "own": {"type": "boolean"},
        "now": _NOW,
        "filed": NUMBER,
        "first_time_right": _SHARE,
        "internal_deadlines": _CLOCKS,
    }
)
STATS = shape(
    "Stats",
    closed(
        {
            "agency": _AGENCY,
            "as_of": nullable(MOMENT),
            "stopped": {"type": "boolean"},
            "period": closed({"weeks": NUMBER, "from": DATE}),
            "now": _NOW,
            **_PERIOD,
            "weeks": listed(closed({"week": DATE, "filed": NUMBER, "ended": NUMBER, "overdue": NUMBER})),
            "below": listed(_PART),
        }
    ),
)
_PERIODS = [str(weeks) for weeks in reading.PERIODS]
_DEFAULT = 13
_QUERY: Parameters = {
    "agency": (
        {**TEXT, "pattern": "^[0-9]{12}$"},
        _("看哪个机关及所属，本机关或者下级；不写就是本机关，国合局是全国。"),
    ),
    "period": (one_of(_PERIODS), _("近几周，含本周；不写是 13 周。")),
}


class Stats(CaseDoor):
    """For supervisors and approvers; an agency outside the own subtree is as absent as an unknown one."""

    query = frozenset(_QUERY)

    def admit(self) -> None:
        super().admit()
        access.require_reader(self.actor)

    @doc(_("看统计数字"), STATS, query=_QUERY)
    def get(self, request: Request) -> Response:
        query = Query(request.query_params)
        code = query.text("agency", 12)
        period = int(query.one_of("period", _PERIODS) or _DEFAULT)
        query.check()
        board = reading.read(access.board_of(self.actor, code), period=period)
        return Response(_body(board))


def _body(board: reading.Board) -> dict[str, Any]:
    whole = board.whole
    return {
        "agency": _agency(board.agency),
        "as_of": board.as_of,
        "stopped": board.stopped,
        "period": {"weeks": board.period, "from": board.first},
        "now": _now(whole),
        "filed": whole.n(facts.FILED),
        "filed_outgoing": whole.amount(facts.FILED),
        "returned": whole.n(facts.SENT_BACK),
        "first_time_right": whole.first_time_right,
        "ended": whole.n(facts.ENDED),
        "internal_deadlines": _clocks(whole, facts.INTERNAL),
        "statutory_limits": _clocks(whole, facts.STATUTORY),
        "days": {part: _days(whole, part) for part in facts.PARTS},
        "stages": [
            {"stage": stage, "reached": whole.n(facts.REACHED, stage), "returned": whole.n(facts.BACK, stage)}
            for stage in facts.STAGES
        ],
        "countries": _by(whole, facts.COUNTRY, fold.BY_COUNTRY),
        "request_types": _by(whole, facts.TYPE, fold.BY_TYPE),
        "weeks": [
            {
                "week": week,
                "filed": board.trend.get((facts.FILED, week), (0, 0))[0],
                "ended": board.trend.get((facts.ENDED, week), (0, 0))[0],
                "overdue": board.heats[facts.LATE].get((board.agency.pk, week), 0),
            }
            for week in board.weeks
        ],
        "below": [
            *({"agency": _agency(one), "own": False, **_part(figures)} for one, figures in board.below),
            {"agency": _agency(board.agency), "own": True, **_part(board.own)},
        ],
    }


def _agency(agency: Agency) -> dict[str, str]:
    return {"code": agency.code, "name": agency.name}


def _part(figures: Figures) -> dict[str, Any]:
    return {
        "now": _now(figures),
        "filed": figures.n(facts.FILED),
        "first_time_right": figures.first_time_right,
        "internal_deadlines": _clocks(figures, facts.INTERNAL),
    }


def _now(figures: Figures) -> dict[str, int]:
    return {
        "open": figures.standing(fold.OPEN),
        "overdue": figures.standing(fold.OVERDUE),
        "near": figures.standing(fold.NEAR),
        "abroad": figures.standing(fold.WAITING_ABROAD),
        "returned": figures.standing(fold.CORRECTION),
    }


def _clocks(figures: Figures, measure: str) -> dict[str, Any]:
    return {"ended": figures.n(measure), "late": figures.amount(measure), "in_time": figures.in_time(measure)}


def _days(figures: Figures, part: str) -> dict[str, Any]:
    spread = figures.spread(part)
    micros = sum(amount for _n, amount in figures.keyed(facts.DAYS + part).values())
    seconds = micros // (DAY // int(timedelta(days=1).total_seconds()))
    return {"cases": spread.n, "median": spread.median, "p90": spread.ninth, "seconds": seconds}


def _by(figures: Figures, measure: str, now: str) -> list[dict[str, Any]]:
    filed, standing = figures.keyed(measure), figures.keyed_now(now)
    return [
        {
            "code": code,
            "open": standing.get(code, (0, 0))[0],
            "overdue": standing.get(code, (0, 0))[1],
            "filed": filed.get(code, (0, 0))[0],
        }
        for code in sorted(filed.keys() | standing.keys())
    ]

"""`internal-limits/`: which internal limit holds for whom, and setting one (for officers who may)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.idempotency import once
from agencies.doors.parsing import object_of
from agencies.doors.reading import Query
from agencies.doors.schema import (
    DATE,
    FLAG,
    NUMBER,
    TEXT,
    Json,
    Parameters,
    closed,
    doc,
    json_body,
    listed,
    nullable,
    one_of,
    page_of,
    shape,
)
from agencies.errors import Malformed, Reason
from agencies.models import Agency
from agencies.models.tree import Tier
from agencies.queries import agency_by_code
from cases.internal_limits import MOST, NOTE_LIMIT, Asked, set_limit, today
from cases.limit_words import FAMILIES, KINDS
from cases.models import UNITS, Direction, InternalLimit, Urgency
from cases.queries import limits
from countries.calendars import day_of

_SOURCES = ("default", "ministry", "province")
_CELL: dict[str, Json] = {
    "kind": one_of(list(KINDS)),
    "urgency": one_of(Urgency.values),
    "direction": {**TEXT, "enum": ["", *Direction.values], "description": gettext_lazy("空为不限，下同。")},
    "family": {**TEXT, "enum": ["", *FAMILIES]},
    "tier": {**TEXT, "enum": ["", *Tier.values]},
}
_NUMBERS: dict[str, Json] = {
    "amount": {**NUMBER, "minimum": 1, "maximum": MOST},
    "unit": one_of(UNITS),
    "warn_before": {**NUMBER, "minimum": 0, "maximum": MOST},
    "escalate_after": {**NUMBER, "minimum": 1, "maximum": MOST},
    "extend_by": {**NUMBER, "minimum": 0, "maximum": MOST},
}
_HOLDING: dict[str, Json] = {
    **_CELL,
    **_NUMBERS,
    "basis": TEXT,
    "source": {
        **one_of(_SOURCES),
        "description": gettext_lazy("default 是本系统的默认值，没有法律规定；ministry 公安部设定；province 本省更严。"),
    },
    "agency": {**nullable(TEXT), "description": gettext_lazy("设定它的省级公安机关的代码；null 为全国。")},
    "effective_from": DATE,
    "note": TEXT,
    "withdrawn": FLAG,
}
_ROW = shape("InternalLimit", closed(_HOLDING))
_LATER = nullable(_ROW)
_CELLS = shape("InternalLimits", page_of(closed({**_HOLDING, "next": _LATER})))
_COUNT = closed({"agency": TEXT, "count": NUMBER})
_SET = shape(
    "InternalLimitSet",
    closed(
        {**_HOLDING, "id": NUMBER, "differing": closed({"total": NUMBER, "more": FLAG, "by_agency": listed(_COUNT)})}
    ),
)
_NEW = shape(
    "NewInternalLimit",
    closed(
        {
            **_CELL,
            **_NUMBERS,
            "effective_from": {**nullable(DATE), "description": gettext_lazy("不写就从今天起。")},
            "note": {**TEXT, "maxLength": NOTE_LIMIT},
            "withdrawn": {**FLAG, "description": gettext_lazy("撤回本机关对这一项的设定；数字不用写。")},
        },
        required=["kind", "urgency"],
    ),
)
_QUERY: Parameters = {
    "kind": (one_of(list(KINDS)), gettext_lazy("事项。")),
    "urgency": (one_of(Urgency.values), gettext_lazy("紧急程度。")),
    "direction": (one_of(Direction.values), gettext_lazy("请求方向。")),
    "family": (one_of(list(FAMILIES)), gettext_lazy("请求类别。")),
    "tier": (one_of(Tier.values), gettext_lazy("办理机关的层级。")),
    "agency": ({**TEXT, "pattern": "^[0-9]{12}$"}, gettext_lazy("办理机关的代码：用它的层级，以及所在省的设定。")),
    "on": (DATE, gettext_lazy("哪一天的，不写就是今天。")),
}


class InternalLimits(Door):
    """GET tells which limit holds; POST sets one, for the ministry's and a province's approvers and supervisors."""

    query = frozenset(_QUERY)

    @doc(gettext_lazy("查内部时限"), _CELLS, query=_QUERY)
    def get(self, request: Request) -> Response:
        query = Query(request.query_params)
        kind, urgency = query.one_of("kind", KINDS), query.one_of("urgency", Urgency.values)
        direction, family = query.one_of("direction", Direction.values), query.one_of("family", FAMILIES)
        agency = _agency(query)
        tier = query.one_of("tier", Tier.values) or (agency.tier if agency else "")
        if agency is not None and tier != agency.tier:
            query.fault("other_tier", _("与 agency 的层级不同，只写一个。"), "tier")
        moment = query.moment("on")
        query.check()
        wanted = limits.Wanted(direction=direction, family=family, tier=tier, above=agency.ancestors if agency else ())
        on = day_of(moment) if moment else today()
        rows = [
            {**_body(cell.row), "next": _body(cell.next_row) if cell.next_row else None}
            for cells in limits.table(wanted, on).values()
            for cell in cells
            if kind in ("", cell.kind) and urgency in ("", cell.urgency)
        ]
        return Response({"results": rows, "next": None, "next_cursor": None})

    @doc(gettext_lazy("设定内部时限"), _SET, status=201, body=json_body(_NEW), headers="key")
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._set(request))

    def _set(self, request: Request) -> Response:
        row = set_limit(actor=self.actor, asked=_asked(object_of(request)))
        found = limits.differing(self.actor, row)
        counts = [{"agency": name, "count": n} for name, n in found.by_agency]
        differing = {"total": found.total, "more": found.more, "by_agency": counts}
        return Response({**_body(row), "id": row.pk, "differing": differing}, status=201)


def _agency(query: Query) -> Agency | None:
    code = query.text("agency", 60)
    agency = agency_by_code(code) if code else None
    if agency is None and query.given("agency"):
        query.unknown("agency")
    return agency


def _body(row: InternalLimit) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in (*_CELL, *_NUMBERS, "basis", "source", "note", "withdrawn")}
    agency = row.agency.code if row.agency else None
    return plain | {"agency": agency, "effective_from": row.effective_from.isoformat()}


def _asked(raw: Mapping[str, object]) -> Asked:
    """What was sent, by type alone; the command knows the rest. Every fault is said at once."""
    faults: list[Reason] = []
    given: dict[str, Any] = {}
    for name, value in raw.items():
        reader = _READERS.get(name)
        if reader is None:
            faults.append(Reason("unknown_field", _("不认识的字段。"), f"/{name[:60]}"))
            continue
        kind, words = reader
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
            given[name] = value
        elif not (name == "effective_from" and value is None):
            faults.append(Reason("wrong_type", words, f"/{name}"))
    wanted = ["kind", "urgency", *([] if given.get("withdrawn") else _NUMBERS)]
    faults += [Reason("missing", _("写明这一项。"), f"/{name}") for name in wanted if name not in raw]
    given |= _dated(given.get("effective_from"), faults)
    if faults:
        raise Malformed(reasons=faults)
    return Asked(**given)


def _dated(text: str | None, faults: list[Reason]) -> dict[str, date]:
    if text is None:
        return {}
    try:
        if len(text) != len("2026-01-31"):
            raise ValueError(text)
        return {"effective_from": date.fromisoformat(text)}
    except ValueError:
        faults.append(Reason("bad_date", _("写成 2026-01-31。"), "/effective_from"))
        return {}


_TEXT = (str, gettext_lazy("写成文字。"))
_NUMBER = (int, gettext_lazy("写整数。"))
_READERS: Mapping[str, tuple[type, object]] = {
    **dict.fromkeys((*_CELL, "unit", "note", "effective_from"), _TEXT),
    **dict.fromkeys(("amount", "warn_before", "escalate_after", "extend_by"), _NUMBER),
    "withdrawn": (bool, gettext_lazy("写 true 或 false。")),
}

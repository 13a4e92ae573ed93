"""`time-limits/`: the periods of the law, as they hold for a country on a day."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.api import Door
from agencies.doors.reading import Query
from agencies.doors.schema import DATE, FLAG, NUMBER, TEXT, Json, closed, doc, listed, nullable, one_of, shape
from countries.lookup import country_by_code
from treaties.alarms import alarm_unit
from treaties.codes import request_type_by_code
from treaties.models import (
    ActorIs,
    Confidence,
    Covers,
    ExtensionKind,
    PeriodKind,
    RequestType,
    StartsOn,
    Unit,
)
from treaties.queries import Limit, time_limits_for

_EXTENSION = closed(
    {
        "kind": one_of(ExtensionKind.values),
        "amount": nullable(NUMBER),
        "unit": one_of(["", *Unit.values]),
        "text_zh": TEXT,
        "text_en": TEXT,
        "article": TEXT,
    }
)
_ALARMS = closed(
    {
        "warn_before": nullable(NUMBER),
        "escalate_after": NUMBER,
        "unit": one_of([Unit.HOUR, Unit.CALENDAR_DAY]),
        "source": one_of(["default", "ministry"]),
    }
)
TIME_LIMIT = shape(
    "TimeLimit",
    closed(
        {
            "request_type": nullable(TEXT),
            "key": TEXT,
            "name_zh": TEXT,
            "name_en": TEXT,
            "amount": nullable(NUMBER),
            "amount_max": nullable(NUMBER),
            "unit": one_of(Unit.values),
            "strength": one_of(PeriodKind.values),
            "actor": one_of(ActorIs.values),
            "actor_zh": TEXT,
            "actor_en": TEXT,
            "trigger_zh": TEXT,
            "trigger_en": TEXT,
            "consequence_zh": TEXT,
            "consequence_en": TEXT,
            "extension": nullable(_EXTENSION),
            "basis": closed({"article": TEXT, "article_zh": TEXT, "confidence": one_of(Confidence.values)}),
            "starts_on": listed(one_of(StartsOn.values)),
            "urgencies": listed(TEXT),
            "covers": one_of(Covers.values),
            "overlap": TEXT,
            "detention": FLAG,
            "alarms": nullable(_ALARMS),
            "overridden_by": nullable(closed({"id": NUMBER, "source": TEXT})),
        }
    ),
)
_QUERY = {
    "request_type": (
        TEXT,
        gettext_lazy("请求类型的代码；不写就是全部。各类案件都可能用到的措施总在内，它们的 request_type 是 null。"),
    ),
    "country": ({**TEXT, "pattern": "^[A-Za-z]{2}$"}, gettext_lazy("国家的两位代码；写了就以条约期限代替法律的规定。")),
    "on": (DATE, gettext_lazy("哪一天适用的；不写就是今天。")),
}


class TimeLimits(Door):
    reads = ""
    query = frozenset(_QUERY)

    @doc(gettext_lazy("查法定期限"), closed({"on": DATE, "results": listed(TIME_LIMIT)}), query=_QUERY)
    def get(self, request: Request) -> Response:
        query = Query(request.query_params)
        code, of = query.text("request_type"), query.text("country").upper()
        kind = request_type_by_code(code) if code else None
        country = country_by_code(of)
        if code and kind is None:
            query.unknown("request_type")
        if query.given("country") and country is None:
            query.unknown("country")
        on = _day(query, request.query_params.get("on"))
        query.check()
        codes = dict(RequestType.objects.values_list("pk", "code"))
        limits = time_limits_for(kind, country_id=country.pk if country else None, on=on)
        return Response({"on": on.isoformat(), "results": [_shown(limit, codes) for limit in limits]})


def _day(query: Query, text: str | None) -> date:
    """The day that was named, today without one."""
    try:
        return date.fromisoformat(text) if text is not None else timezone.localdate()
    except ValueError:
        query.fault("bad_date", _("写成 2026-01-31。"), "on")
        return date.min


def _shown(limit: Limit, codes: dict[int, str]) -> Json:
    plain: tuple[str, ...] = (
        "key",
        "name_zh",
        "name_en",
        "amount",
        "amount_max",
        "unit",
        "actor_zh",
        "actor_en",
        "trigger_zh",
    )
    plain += (
        "trigger_en",
        "consequence_zh",
        "consequence_en",
        "starts_on",
        "urgencies",
        "covers",
        "overlap",
        "detention",
    )
    found: Json = {name: getattr(limit, name) for name in plain}
    return found | {
        "request_type": codes.get(limit.request_type_id or 0),
        "strength": limit.kind,
        "actor": limit.actor_is,
        "extension": _extension(limit),
        "alarms": _alarms(limit),
        "basis": {"article": limit.article, "article_zh": limit.article_zh, "confidence": limit.confidence},
        "overridden_by": {"id": limit.overridden_by, "source": limit.source} if limit.overridden_by else None,
    }


def _alarms(limit: Limit) -> Json | None:
    """When its clock warns and rises; null for a rule that never runs, `warn_before` null where the length is not known."""
    if not limit.starts_on:
        return None
    before, after = limit.alarms(limit.amount or 1, limit.unit)
    return {
        "warn_before": limit.warn_before if limit.amount is None else before,
        "escalate_after": after,
        "unit": alarm_unit(limit.unit),
        "source": "ministry" if limit.alarms_own else "default",
    }


def _extension(limit: Limit) -> Json | None:
    if not limit.extension_zh:
        return None
    return {
        "kind": limit.extension_kind,
        "amount": limit.extension_amount,
        "unit": limit.extension_unit,
        "text_zh": limit.extension_zh,
        "text_en": limit.extension_en,
        "article": limit.extension_article,
    }

"""Our record with a country as it stands on a page: tiles, curves, tables and what is owed. One function makes it all for the
record's own page and for the country's (templates/cases/_record.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agencies.doors import words
from agencies.language import english
from cases.models import Direction, Phase
from cases.queries import choices
from cases.record.cells import ANSWERED, OPEN, PARTLY, REFUSED, RETURNED, TRANSFERRED, UNANSWERED, WITHDRAWN
from cases.record.reading import MIN, REST, UNNOTED, Due, Line, Part, Record
from cases.web import record_chart
from countries.calendars import SHANGHAI


def shown(record: Record, *, whole: bool = False) -> dict[str, Any]:
    """Everything the templates of the record show; tables and grounds of refusals on its own page (`whole`) alone."""
    names = {"types": type_names(), "channels": channel_names(), "years": {}}
    sent, received = record.sent, record.received
    return {
        "country": record.country,
        "as_of": record.as_of,
        "least": MIN,
        "url": reverse("country-record", args=[record.country.code]),
        "narrowed": bool(record.kind or record.channel),
        "tiles": _tiles(sent, received),
        "sent": _part(sent, _("对方答复的累计比例"), Direction.OUTGOING, names, whole) if sent else None,
        "received": _part(received, _("我方答复的累计比例"), Direction.INCOMING, names, whole) if received else None,
        "owed": _owed(record.theirs, record.ours) if record.theirs and record.ours else None,
        "filters": [
            _filter("type", _("类型"), record.types, names["types"], record.kind),
            _filter("channel", _("渠道"), record.channels, names["channels"], record.channel),
        ],
    }


def type_names() -> dict[str, str]:
    return {code: name for code, name, _group in choices.request_types().values()}


def channel_names() -> dict[str, str]:
    return choices.channels() | {UNNOTED: _("没有写明渠道")}


def _filter(name: str, label: str, codes: Sequence[str], names: Mapping[str, str], chosen: str) -> dict[str, Any]:
    known = dict.fromkeys([*codes, *([chosen] if chosen else [])])
    return {
        "name": name,
        "label": label,
        "chosen": chosen,
        "choices": [(code, names.get(code, code)) for code in known],
    }


def _tiles(sent: Part | None, received: Part | None) -> list[dict[str, Any]]:
    """What was sent, what came back, and who owes whom; a dash for what too few say."""
    unit = _("件")
    return [
        {"label": pgettext("record", "发出"), "value": _n(sent), "unit": unit},
        {"label": _("全部答复"), "value": _n(sent, ANSWERED), "unit": unit},
        {"label": _("部分或拒绝"), "value": _n(sent, PARTLY, REFUSED), "unit": unit},
        {
            "label": _("在外方"),
            "value": words.grouped(sent.waiting if sent else None),
            "unit": unit,
            "note": _oldest(sent),
        },
        {"label": pgettext("record", "收到"), "value": _n(received), "unit": unit},
        {
            "label": _("我方欠对方"),
            "value": words.grouped(received.waiting if received else None),
            "unit": unit,
            "note": _oldest(received),
        },
    ]


def _n(part: Line | None, *states: str) -> str:
    if part is None:
        return words.UNKNOWN
    return words.grouped(sum(part.state(name) for name in states) if states else part.n)


def _oldest(part: Line | None) -> str:
    if part is None or not part.waiting or part.oldest is None:
        return ""
    return _("最久 %(days)s") % {"days": words.plain_days(part.oldest)}


_TABLES = ("types", "channels", "years")


_Names = Mapping[str, Mapping[str, str]]


def _part(part: Part, title: str, direction: Direction, names: _Names, whole: bool) -> dict[str, Any]:
    curve = {"n": part.n, "title": title, **_curve(part, title)}
    return curve | (_tables(part, direction, names) if whole else {})


def _curve(part: Part, title: str) -> dict[str, Any]:
    if part.curve is not None:
        return {"curve": record_chart.curve(part.curve, title), "finding": record_chart.finding(part.curve)}
    why = _("只按渠道不画曲线：同各类型的曲线对照，会看出不到 %(least)s 件的情况。") % {"least": MIN}
    told = "" if part.median is None else record_chart.half(part.median, (part.low, part.high), part.n)
    return {"curve": None, "finding": f"{told} {why}".strip()}


def _tables(part: Part, direction: Direction, names: _Names) -> dict[str, Any]:
    heads = {"types": _("类型"), "channels": _("渠道"), "years": _("年份")}
    rests = {"types": _("其他类型合计"), "channels": _("其他渠道合计"), "years": _("其他年份合计")}
    ground_names = choices.refusal_grounds() if part.grounds else {}
    return {
        "states": [{"label": label, "n": part.state(code)} for code, label in _state_words(direction)],
        "acknowledged": part.acknowledged,
        "tables": [
            {
                "name": name,
                "head": heads[name],
                "rows": [_line(line, names[name].get(line.code, line.code) or rests[name]) for line in lines],
            }
            for name, lines in zip(_TABLES, (part.types, part.channels, part.years), strict=True)
            if lines
        ],
        "grounds": [{"name": ground_names.get(code, code), "n": n} for code, n in part.grounds],
    }


def _state_words(direction: Direction) -> list[tuple[str, str]]:
    """What became of the requests, in order, with the words for it."""
    both = [(ANSWERED, _("全部答复")), (PARTLY, _("部分答复")), (REFUSED, pgettext("outcome", "拒绝"))]
    if direction == Direction.OUTGOING:
        return [*both, (UNANSWERED, _("没有答复")), (WITHDRAWN, _("已撤回")), (OPEN, _("还没有答复"))]
    return [*both, (RETURNED, _("退回外方")), (TRANSFERRED, _("移送其他机关")), (OPEN, _("还没有答复"))]


def _line(line: Line, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "rest": line.code == REST,
        "n": line.n,
        "answered": line.state(ANSWERED),
        "partly": line.state(PARTLY),
        "refused": line.state(REFUSED),
        "open": line.state(OPEN),
        "median": _median(line),
        "between": "" if line.median is None else record_chart.between(line.low, line.high),
    }


def _median(line: Line) -> str:
    if line.median is not None:
        return words.plain_days(line.median)
    return _("样本太少") if line.few else _("不到半数")


def _owed(theirs: Due, ours: Due) -> list[dict[str, Any]]:
    """Two lists, what they owe us and what we owe them."""
    return [
        {
            "id": "theirs",
            "title": _("对方欠我方"),
            "none": _("你能看到的案件里，没有在等对方的"),
            **_due(theirs),
        },
        {
            "id": "ours",
            "title": _("我方欠对方"),
            "none": _("你能看到的案件里，没有欠对方答复的"),
            **_due(ours),
        },
    ]


def _due(due: Due) -> dict[str, Any]:
    today = timezone.now().astimezone(SHANGHAI).date()
    return {
        "rows": [
            {
                "url": reverse("case-detail", args=[row["case_id"]]),
                "number": row["case__number"],
                "title": row["case__title"],
                "type": row[f"case__request_type__name_{'en' if english() else 'zh'}"],
                "phase": Phase(row["phase"]).label,
                "days": words.plain_days((today - row["owed_since"]).days),
            }
            for row in due.rows
        ],
        "more": due.more,
    }

"""The tables of a board, row by row, and the sentence that says what each of them finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies.doors import words
from agencies.models import Agency
from agencies.models.tree import Tier
from cases.board import facts, fold
from cases.board import labels as named
from cases.board.longest import Late
from cases.board.numbers import average, shade, steps_of
from cases.board.reading import Board, Figures
from cases.models import Phase
from cases.queries import choices
from cases.web.queue_rows import data

FEW = 10  # fewer cases than this say little
TOP = 10

Address = Callable[[Agency], str]


def rates(whole: Figures) -> list[dict[str, Any]]:
    """What happened in the period, as tiles without links."""
    back = whole.n(facts.SENT_BACK)
    return [
        {"label": pgettext("count", "报送"), "value": words.grouped(whole.n(facts.FILED)), "note": _("件")},
        {
            "label": pgettext("count", "办结"),
            "value": words.grouped(whole.n(facts.ENDED)),
            "note": _("件，含撤回和不予上报"),
        },
        {
            "label": _("一次通过率"),
            "value": words.percent(whole.first_time_right),
            "note": _("我方请求 %(all)s 件，退回过 %(n)s 件")
            % {"all": words.grouped(whole.amount(facts.FILED)), "n": words.grouped(back)},
        },
        _clock_rate(_("内部时限按期率"), whole, facts.INTERNAL),
        _clock_rate(_("法定期限按期率"), whole, facts.STATUTORY),
    ]


def _clock_rate(label: str, whole: Figures, measure: str) -> dict[str, Any]:
    ended, late = whole.n(measure), whole.amount(measure)
    note = _("%(n)s 个时限到头，%(late)s 个超期") % {"n": words.grouped(ended), "late": words.grouped(late)}
    return {
        "label": label,
        "value": words.percent(whole.in_time(measure)),
        "note": note if ended else _("没有到头的时限"),
    }


def heat(board: Board, measure: str, address: Address) -> dict[str, Any]:
    """A row for each agency below that has anything, one for the agency's own, and the sums of the weeks; the shades and
    their key follow what there is to tell apart."""
    below, own, whole = board.heat_lines(measure)
    steps = steps_of(n for ns in (own, *(ns for _one, ns in below)) for n in ns)
    rows: list[dict[str, Any]] = [
        {"name": one.short_name, "url": address(one), "cells": _shaded(ns, steps), "sum": sum(ns)}
        for one, ns in below
        if any(ns)
    ]
    if any(own) or not rows:
        rows.append({"name": board.agency.short_name, "own": True, "cells": _shaded(own, steps), "sum": sum(own)})
    return {
        "weeks": board.weeks,
        "labels": [f"{week.month}/{week.day}" for week in board.weeks],
        "rows": rows,
        "sums": whole,
        "total": sum(whole),
        "finding": _heat_finding(rows, sum(whole), late=measure == facts.LATE),
        "key": _heat_key(steps, max((n for row in rows for n, _shade in row["cells"]), default=0)),
    }


def _shaded(counts: Sequence[int], steps: Sequence[int]) -> list[tuple[int, int]]:
    return [(n, shade(n, steps)) for n in counts]


def _heat_key(steps: Sequence[int], most: int) -> list[tuple[int, str]]:
    """Each shade with the numbers that it stands for."""
    ends = [*(step - 1 for step in steps[1:]), most]
    spans = (
        [
            words.grouped(a) if a == b else f"{words.grouped(a)}–{words.grouped(b)}"
            for a, b in zip(steps, ends, strict=True)
        ]
        if steps
        else []
    )
    return [(0, "0"), *enumerate(spans, 1)]


def _heat_finding(rows: Sequence[Mapping[str, Any]], total: int, *, late: bool) -> SafeString:
    """Clocks of legs for what was late, cases for what was filed."""
    if not total:
        return escape(_("26 周里一个超期的环节也没有。") if late else _("26 周里一件也没有。"))
    most = max(rows, key=lambda row: row["sum"])
    of_cases = _("26 周共 %(total)s 件，最多的是%(name)s，%(n)s 件。")
    of_legs = _("26 周共 %(total)s 个环节，最多的是%(name)s，%(n)s 个。")
    said = escape(of_legs if late else of_cases)
    facts_said = {"total": words.grouped(total), "name": data(most["name"]), "n": words.grouped(most["sum"])}
    return mark_safe(said % facts_said)  # noqa: S308 - the words are escaped, the name too


def below(board: Board, address: Address) -> list[dict[str, Any]]:
    """The agencies right below, the latest first, then the agency's own; the parts add up to the whole in the foot."""
    most = max((figures.standing(fold.OPEN) for _one, figures in board.below), default=0)
    most = max(most, board.own.standing(fold.OPEN), 1)
    rows = [_line(one.short_name, figures, most) | {"url": address(one)} for one, figures in board.below]
    rows.sort(key=lambda row: (-row["overdue"], -row["open"]))
    own = _line(board.agency.short_name, board.own, most) | {"own": True}
    if board.own.now or board.own.period or not rows:
        rows.append(own)
    return rows


def _line(name: str, figures: Figures, most: int) -> dict[str, Any]:
    home, abroad = figures.spread(facts.HOME), figures.spread(facts.ABROAD)
    return {
        "name": name,
        "open": figures.standing(fold.OPEN),
        "width": _percent(figures.standing(fold.OPEN), most),
        "overdue": figures.standing(fold.OVERDUE),
        "late_width": _percent(figures.standing(fold.OVERDUE), most),
        "near": figures.standing(fold.NEAR),
        "correction": figures.standing(fold.CORRECTION),
        "filed": figures.n(facts.FILED),
        "in_time": words.percent(figures.in_time(facts.INTERNAL)),
        "right": words.percent(figures.first_time_right),
        "home": words.grouped(home.median),
        "abroad": words.grouped(abroad.median),
    }


def whole_line(board: Board) -> dict[str, Any]:
    return _line(board.agency.short_name, board.whole, max(board.whole.standing(fold.OPEN), 1))


def stages(whole: Figures) -> dict[str, Any]:
    """How far what was filed in the period has come, and where it was sent back."""
    labels = named.stages()
    most = max((whole.n(facts.REACHED, stage) for stage in facts.STAGES), default=0)
    rows: list[dict[str, Any]] = [
        {
            "label": labels[stage],
            "n": whole.n(facts.REACHED, stage),
            "width": _percent(whole.n(facts.REACHED, stage), max(most, 1)),
            "bar": "b-abroad" if stage == facts.ABROAD else "b-home",
            "back": whole.n(facts.BACK, stage) if stage in Tier.values else None,
            "back_width": _percent(whole.n(facts.BACK, stage), max(most, 1)),
        }
        for stage in facts.STAGES
    ]
    backs = [row for row in rows if row["back"]]
    worst = max(backs, key=lambda row: row["back"], default=None)
    finding = _("没有退回的。")
    if worst is not None:
        finding = _("退回最多的是%(stage)s：%(n)s 件。") % {"stage": worst["label"], "n": words.grouped(worst["back"])}
    return {"rows": rows, "finding": finding if most else _("这段时间没有报送的我方请求。")}


def tiers(whole: Figures) -> list[dict[str, Any]]:
    """Median and ninth decile of the whole days at each tier, abroad, and with other central organs."""
    labels = named.holders()
    found = []
    for part in (*Tier.values, facts.LIAISON, facts.ABROAD):
        spread = whole.spread(part)
        if spread.n or part in Tier.values:
            found.append(
                {
                    "label": labels[part],
                    "abroad": part == facts.ABROAD,
                    "median": words.grouped(spread.median),
                    "ninth": words.grouped(spread.ninth),
                    "n": spread.n,
                }
            )
    return found


def types(whole: Figures) -> dict[str, Any]:
    """Of what ended, by type: the average days at home and abroad, side by side and never summed."""
    names = _names(choices.request_types())
    home, abroad = whole.keyed(facts.TYPE_HOME), whole.keyed(facts.TYPE_ABROAD)
    filed, now = whole.keyed(facts.TYPE), whole.keyed_now(fold.BY_TYPE)
    days = {
        code: (average(home.get(code)), average(abroad.get(code)))
        for code in home.keys() | abroad.keys() | filed.keys() | now.keys()
    }
    most = max((value for pair in days.values() for value in pair if value is not None), default=1) or 1
    rows: list[dict[str, Any]] = [
        {
            "name": names.get(code, code),
            "open": now.get(code, (0, 0))[0],
            "late": now.get(code, (0, 0))[1],
            "filed": filed.get(code, (0, 0))[0],
            "ended": home.get(code, (0, 0))[0],
            "home": _days(days[code][0]),
            "home_width": _percent(days[code][0] or 0, most),
            "abroad": _days(days[code][1]),
            "abroad_width": _percent(days[code][1] or 0, most),
        }
        for code in days
    ]
    rows.sort(key=lambda row: (-row["open"], -row["filed"], row["name"]))
    return {"rows": rows[:TOP], "more": max(len(rows) - TOP, 0), "finding": _slower(rows)}


def _slower(rows: Sequence[Mapping[str, Any]]) -> str:
    timed = [row for row in rows if row["home_width"]]
    if not timed:
        return _("这段时间没有办结的。")
    slowest = max(timed, key=lambda row: float(row["home_width"]))
    return _("我方用时最长的是%(name)s，平均 %(days)s 日。") % {"name": slowest["name"], "days": slowest["home"]}


def countries(whole: Figures) -> dict[str, Any]:
    """What is open and what was filed, by country."""
    names = _names(choices.countries())
    filed, now = whole.keyed(facts.COUNTRY), whole.keyed_now(fold.BY_COUNTRY)
    most = max((n for n, _late in now.values()), default=1)
    rows: list[dict[str, Any]] = [
        {
            "name": names.get(code, code) or words.UNKNOWN,
            "open": now.get(code, (0, 0))[0],
            "width": _percent(now.get(code, (0, 0))[0], most),
            "late": now.get(code, (0, 0))[1],
            "late_width": _percent(now.get(code, (0, 0))[1], most),
            "filed": filed.get(code, (0, 0))[0],
        }
        for code in filed.keys() | now.keys()
    ]
    rows.sort(key=lambda row: (-row["open"], -row["filed"], row["name"]))
    finding = ""
    if rows and rows[0]["open"]:
        finding = _("在办最多的是%(name)s，%(n)s 件。") % {"name": rows[0]["name"], "n": words.grouped(rows[0]["open"])}
    return {"rows": rows[:TOP], "more": max(len(rows) - TOP, 0), "finding": finding}


def longest(found: Sequence[Late]) -> list[dict[str, Any]]:
    """The cases to press for, each with how often it was urged."""
    return [
        {
            "row": late.row,
            "due_at": late.due_at,
            "said": words.deadline(late.due_at, None, late.now)[1],
            "phase": Phase(late.row["held__phase"]).label if late.row["held__phase"] else "",
            "urged": _urged(late),
        }
        for late in found
    ]


def _urged(late: Late) -> str:
    parts = []
    if late.orders:
        parts.append(ngettext("督办 %(n)s 次", "督办 %(n)s 次", late.orders) % {"n": late.orders})
    if late.reminders:
        parts.append(ngettext("催办 %(n)s 次", "催办 %(n)s 次", late.reminders) % {"n": late.reminders})
    return _("，").join(parts) or _("没有催办过")


def _names(offers: Mapping[str, choices.Offer]) -> dict[str, str]:
    return {code: str(offer[1]) for code, offer in offers.items()}


def _days(value: float | None) -> str:
    return words.UNKNOWN if value is None else f"{value:,.1f}"


def _percent(part: float, whole: float) -> str:
    """A width for SVG."""
    return f"{100 * part / whole:.2f}" if part else ""


def monday_said(week: date) -> str:
    return f"{week.month}/{week.day}"


def few(n: int) -> str:
    """What is said besides when there are few."""
    return ngettext("样本少，只有 %(n)s 件。", "样本少，只有 %(n)s 件。", n) % {"n": n} if n < FEW else ""

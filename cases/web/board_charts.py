"""The curves and bars of a board as numbers for server-made SVG: x and widths in percent, heights in pixels."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agencies.doors import words
from cases.board import facts
from cases.board.numbers import Spread
from cases.board.reading import Board, Figures
from cases.web.board_rows import few, monday_said

HEIGHT = 150  # of the drawing
HEAD = 18  # above it, for the numbers over the bars


def trend(board: Board) -> dict[str, Any]:
    """Filed week by week as bars, ended as a curve on the same axis."""
    filed = [board.trend.get((facts.FILED, week), (0, 0))[0] for week in board.weeks]
    ended = [board.trend.get((facts.ENDED, week), (0, 0))[0] for week in board.weeks]
    clocks = [board.trend.get((facts.INTERNAL, week), (0, 0)) for week in board.weeks]
    most = max([*filed, *ended, 1])
    step = 100 / len(board.weeks)
    bars = [
        {"x": f"{step * at + step * 0.15:.2f}", "width": f"{step * 0.7:.2f}", **_bar(n, most)}
        for at, n in enumerate(filed)
    ]
    curve = " ".join(f"{step * (at + 0.5):.2f},{100 - 100 * n / most:.2f}" for at, n in enumerate(ended))
    rows = [
        {
            "week": week,
            "filed": f,
            "ended": e,
            "in_time": words.percent((n - late) / n if n else None),
        }
        for week, f, e, (n, late) in zip(board.weeks, filed, ended, clocks, strict=True)
    ]
    labels = [
        {"x": f"{step * (at + 0.5):.2f}", "text": monday_said(week)}
        for at, week in enumerate(board.weeks)
        if (len(board.weeks) - 1 - at) % 5 == 0
    ]
    finding = _("26 周报送 %(filed)s 件、办结 %(ended)s 件，平均每周报送 %(mean)s 件。") % {
        "filed": words.grouped(sum(filed)),
        "ended": words.grouped(sum(ended)),
        "mean": f"{sum(filed) / len(filed):.1f}",
    }
    return {"bars": bars, "curve": curve, "rows": rows, "labels": labels, "most": most, "finding": finding, **_frame()}


def _bar(n: int, most: int) -> dict[str, Any]:
    height = HEIGHT * n / most
    return {
        "n": n,
        "y": f"{HEAD + HEIGHT - height:.1f}",
        "height": f"{height:.1f}",
        "above": f"{HEAD + HEIGHT - height - 4:.1f}",
    }


def _frame() -> dict[str, int]:
    return {
        "head": HEAD,
        "height": HEIGHT,
        "base": HEAD + HEIGHT,
        "below": HEAD + HEIGHT + 18,
        "all": HEAD + HEIGHT + 26,
    }


def spreads(whole: Figures) -> list[dict[str, Any]]:
    """How the days at home and the days abroad of what ended are distributed: two charts, two colours, no sum."""
    home = _spread(whole.spread(facts.HOME), "b-home", _("我方用时"), "home")
    abroad = _spread(whole.spread(facts.ABROAD), "b-abroad", _("外方用时"), "abroad")
    return [home, abroad]


def _spread(spread: Spread, bar: str, title: str, name: str) -> dict[str, Any]:
    bins, width = spread.binned()
    most = max([n for _label, n in bins], default=1) or 1
    step = 100 / max(len(bins), 1)
    bars = [
        {
            "x": f"{step * at + step * 0.08:.2f}",
            "width": f"{step * 0.84:.2f}",
            "mid": f"{step * (at + 0.5):.2f}",
            "label": label,
            "first": label.split("–")[0],
        }
        | _bar(n, most)
        for at, (label, n) in enumerate(bins)
    ]
    median, ninth = spread.median, spread.ninth
    finding = _("这段时间没有办结的。")
    if median is not None and ninth is not None:
        finding = _("半数在 %(median)s 内，九成在 %(ninth)s 内（%(n)s 件）。") % {
            "median": words.plain_days(median),
            "ninth": words.plain_days(ninth),
            "n": words.grouped(spread.n),
        } + few(spread.n)
    return {
        "name": name,
        "title": title,
        "bar": bar,
        "bars": bars,
        "finding": finding,
        "median_x": _place(median, width, len(bins)),
        "ninth_x": _place(ninth, width, len(bins)),
        "n": spread.n,
        **_frame(),
    }


def _place(day: int | None, width: int, bins: int) -> str:
    """Where a day stands on the axis, in percent: in the middle of its own width."""
    return "" if day is None or not bins else f"{min((day + 0.5) / (width * bins), 1) * 100:.2f}"

"""The curve of answers as numbers for a server-made SVG: x in percent of the drawing, y in percent of the share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from agencies.doors import words
from cases.record.survival import FEWEST, Curve, Step

# The drawing inside the SVG: from where to where across, in percent; below which line and how high, in pixels.
LEFT, WIDTH, TOP, HEIGHT = 8.0, 90.0, 8, 180
_TICKS = 5
_NICE = (1, 2, 5, 10, 15, 30, 60, 90, 120, 180, 365, 730, 1825)


def curve(found: Curve, title: str) -> dict[str, Any] | None:
    """Steps, band, marks of those that wait, the median and the numbers at risk; None when nothing can be drawn. It stops
    where fewer than FEWEST are left."""
    steps, end = found.told(), found.end
    if not steps or end is None:
        return None
    wide = next((nice for nice in _NICE if end <= nice * _TICKS), -(-end // _TICKS))
    days = [wide * at for at in range(max(-(-end // wide), 1) + 1)]
    last = days[-1]
    median = found.median
    return {
        "title": title,
        "finding": finding(found),
        "path": _line(steps, end, last),
        "band": _band(steps, end, last),
        "ticks": [
            {"x": _x(day, last), "from": _y(share, -4), "to": _y(share, 4)}
            for day, share in _censored(found, steps, end)
        ],
        "grid": [{"y": _y(share), "said": f"{share:.0%}"} for share in (0, 0.25, 0.5, 0.75, 1)],
        "days": [
            {"x": _x(day, last), "said": words.plain_days(day) if day else "0", "left": _left(found, day)}
            for day in days
        ],
        "rows": [_row(found, day) for day in dict.fromkeys((*[day for day in days[1:] if day <= end], end))],
        "median": None if median is None else {"x": _x(median, last), "said": words.plain_days(median)},
        "half": _y(0.5),
        "base": TOP + HEIGHT,
        "top": TOP,
        "height": HEIGHT,
    }


def finding(found: Curve) -> str:
    """The curve in a sentence: within how many days half are answered, how sure that is, and from how many."""
    if found.median is not None:
        return half(found.median, found.interval, found.n)
    n = words.grouped(found.n)
    if (end := found.end) is None or (step := found.at(end)) is None:
        return _("还没有足够的答复（%(n)s 件）") % {"n": n}
    told = {"days": words.plain_days(end), "share": f"{1 - step.share:.0%}", "n": n}
    return _("%(days)s内答复的占 %(share)s，还不到半数（%(n)s 件；未答复的按在途计）") % told


def half(median: int, interval: tuple[int | None, int | None], n: int) -> str:
    """Within how many days half are answered, how sure that is, and from how many."""
    told = {"median": words.plain_days(median), "between": between(*interval), "n": words.grouped(n)}
    return _("半数在 %(median)s内答复（95%% 区间 %(between)s，%(n)s 件；未答复的按在途计）") % told


def between(low: int | None, high: int | None) -> str:
    """`44–71 日`; without an upper bound `44 日以上`."""
    if low is None:
        return words.UNKNOWN
    if high is None:
        return _("%(low)s以上") % {"low": words.plain_days(low)}
    return f"{words.grouped(low)}–{words.plain_days(high)}"


def _x(day: float, last: int) -> str:
    """Where a day stands in the whole SVG, in percent."""
    return f"{LEFT + WIDTH * day / last:.2f}"


def _y(answered: float, lower: int = 0) -> str:
    """Where a share that is answered stands in the SVG, in pixels."""
    return f"{TOP + HEIGHT * (1 - answered) + lower:.1f}"


def _line(steps: Sequence[Step], end: int, last: int) -> str:
    """The path of the share that is answered, in a square of 100."""
    moves = "".join(f"H{100 * step.day / last:.2f}V{100 * step.share:.2f}" for step in steps)
    return f"M0 100{moves}H{100 * end / last:.2f}"


def _band(steps: Sequence[Step], end: int, last: int) -> str:
    """Forth along the upper bound of what is answered, back along the lower one."""
    forth = "".join(f"H{100 * step.day / last:.2f}V{100 * step.low:.2f}" for step in steps)
    back = "".join(
        f"H{100 * step.day / last:.2f}V{100 * high:.2f}"
        for step, high in zip(reversed(steps), [*(one.high for one in reversed(steps[:-1])), 1.0], strict=True)
    )
    return f"M0 100{forth}H{100 * end / last:.2f}V{100 * steps[-1].high:.2f}{back}H0Z"


def _censored(found: Curve, steps: Sequence[Step], end: int) -> list[tuple[int, float]]:
    """The days on which some wait without an answer, and how high the curve is there."""
    marks = []
    bounds = [*((step.day, step.share) for step in steps), (end + 1, 0.0)]
    for day in sorted(day for day, n in found.waiting.items() if n and day <= end):
        share = next((share for (begin, share), (until, _s) in pairwise(bounds) if begin <= day < until), 1.0)
        marks.append((day, 1 - share))
    return marks


def _left(found: Curve, day: int) -> str:
    """How many are without an answer then; a few are no number."""
    n = found.at_risk(day)
    return words.grouped(n) if n >= FEWEST or n == 0 else f"<{FEWEST}"


def _row(found: Curve, day: int) -> dict[str, str]:
    step = found.at(day)
    low, high = (1 - step.high, 1 - step.low) if step else (0.0, 0.0)
    return {
        "after": words.plain_days(day),
        "left": _left(found, day),
        "answered": f"{1 - step.share if step else 0:.0%}",
        "between": f"{low:.0%}–{high:.0%}" if step else words.UNKNOWN,
    }

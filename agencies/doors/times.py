"""How time is told to an officer, in the language of the page: due, left, over, spent. Pure functions.

Days are told in Asia/Shanghai. Working days are counted elsewhere (countries.calendars) and come in as numbers. Over and
abroad are always calendar days, so that nobody has to ask which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEAR = 2  # working days
_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as shown: the state of its mark (data-due), the words beside it, the small line under it."""

    state: str
    words: str
    sub: str = ""


def english() -> bool:
    """Is the page in English?"""
    return (get_language() or "").startswith("en")


def local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


def days_apart(a: datetime, b: datetime) -> int:
    """Calendar days from the day of `a` to the day of `b`; parts of one stretch add up to the whole."""
    return (local(b).date() - local(a).date()).days


def day(value: date, today: date, *, weekday: bool = True) -> str:
    """11月25日 周三; in another year 2027年1月8日."""
    other_year = value.year != today.year
    if english():
        text = f"{value.day} {_MONTHS_EN[value.month - 1]}"
        if other_year:
            return f"{text} {value.year}"
        return f"{text} ({_WEEKDAYS_EN[value.weekday()]})" if weekday else text
    if other_year:
        return f"{value.year}年{value.month}月{value.day}日"
    text = f"{value.month}月{value.day}日"
    return f"{text} {_WEEKDAYS_ZH[value.weekday()]}" if weekday else text


def moment(at: datetime, now: datetime) -> str:
    """11月25日 周三 17:00; on the same day 今日 17:00."""
    here, today = local(at), local(now).date()
    if here.date() == today:
        return _("今日 %(time)s") % {"time": f"{here:%H:%M}"}
    return f"{day(here.date(), today)} {here:%H:%M}"


def due(at: datetime, now: datetime, working_days: int) -> Due:
    """A running deadline; `working_days` from now until `at`."""
    over = days_apart(at, now)
    on = day(local(at).date(), local(now).date())
    if at < now:
        words = ngettext("超 %(n)s 日", "超 %(n)s 日", over) % {"n": over} if over else _("今日刚超期")
        return Due("late", words, on)
    if over == 0:
        return Due("near", _("今日 %(time)s 前") % {"time": f"{local(at):%H:%M}"}, hours_left(at - now))
    words = ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", working_days) % {"n": working_days}
    return Due("near" if working_days <= NEAR else "ok", words, on)


def hours_left(left: timedelta) -> str:
    """剩 6 小时: on the last day only."""
    hours = int(left.total_seconds()) // 3600
    return ngettext("剩 %(n)s 小时", "剩 %(n)s 小时", hours) % {"n": hours} if hours else _("剩不到 1 小时")


def no_due() -> Due:
    return Due("none", _("无时限"))


def abroad(since: datetime, now: datetime) -> str:
    """在外方 41 日."""
    n = days_apart(since, now)
    return ngettext("在外方 %(n)s 日", "在外方 %(n)s 日", n) % {"n": n} if n else _("今日发出")


def so_far(working_days: int) -> str:
    """A running stretch of ours: 已 2 个工作日."""
    if not working_days:
        return _("今日收到")
    return ngettext("已 %(n)s 个工作日", "已 %(n)s 个工作日", working_days) % {"n": working_days}


def took(working_days: int) -> str:
    """A finished stretch of ours: 用时 1 个工作日."""
    if not working_days:
        return _("当日办完")
    return ngettext("用时 %(n)s 个工作日", "用时 %(n)s 个工作日", working_days) % {"n": working_days}


def calendar_days(n: int) -> str:
    """41 日."""
    return ngettext("%(n)s 日", "%(n)s 日", n) % {"n": n}


def capped(n: int, cap: int = 1000) -> str:
    """A count that was not counted past its cap: 999+."""
    return f"{cap - 1}+" if n >= cap else str(n)

"""How Coopdesk says times, spans and counts, in both languages (pure: the caller brings every number and the clock).

The forms are those of the design: a due time is a date an officer would say aloud, what remains is in working days, what
is over in calendar days. Date patterns live here, side by side per language; sentences are in the catalogues.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.language import english

CAP = 1000  # counts are not counted further
NEAR = 2  # working days left from which a deadline is shown as near
UNKNOWN = "—"

_WEEKDAYS = {"zh": tuple("一二三四五六日"), "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PATTERNS = {
    "zh": {
        "day": "{m}月{d}日",
        "weekday": "{m}月{d}日 周{w}",
        "due": "{m}月{d}日 周{w} {time}",
        "year": "{y}年{m}月{d}日",
        "stamp": "{y}年{m}月{d}日 周{w} {time}",
    },
    "en": {
        "day": "{d} {mon}",
        "weekday": "{d} {mon} ({w})",
        "due": "{d} {mon} ({w}) {time}",
        "year": "{d} {mon} {y}",
        "stamp": "{d} {mon} {y} ({w}) {time}",
    },
}

_TIMED = ("due", "stamp")


def _language() -> str:
    return "en" if english() else "zh"


def same_day(moment: datetime, now: datetime) -> bool:
    """Are both on one day?"""
    return _local(moment).date() == _local(now).date()


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _form(moment: date | datetime, pattern: str) -> str:
    language = _language()
    local = _local(moment) if isinstance(moment, datetime) else moment
    return _PATTERNS[language][pattern].format(
        y=local.year,
        m=local.month,
        d=local.day,
        mon=_MONTHS[local.month - 1],
        w=_WEEKDAYS[language][local.weekday()],
        time=f"{local:%H:%M}" if isinstance(local, datetime) and pattern in _TIMED else "",
    )


def clock(moment: datetime) -> str:
    """`17:00`."""
    return f"{_local(moment):%H:%M}"


def day(moment: date | datetime, now: datetime) -> str:
    """`11月25日`; of another year `2027年1月8日`."""
    return _form(moment, "day" if _year(moment) == _local(now).year else "year")


def whole_day(moment: date | datetime) -> str:
    """`1970年6月24日`: always with the year."""
    return _form(moment, "year")


def weekday(moment: date | datetime, now: datetime) -> str:
    """`11月25日 周三`; of another year `2027年1月8日`."""
    return _form(moment, "weekday" if _year(moment) == _local(now).year else "year")


def due(moment: datetime, now: datetime) -> str:
    """`11月25日 周三 17:00`; the same day `今日 17:00 前`; of another year `2027年1月8日`."""
    if _local(moment).date() == _local(now).date():
        return _("今日 %(time)s 前") % {"time": clock(moment)}
    return _form(moment, "due" if _year(moment) == _local(now).year else "year")


def when(moment: datetime, now: datetime) -> str:
    """When something happened: `今日 09:42`, `11月20日 15:08`, of another year `2025年11月20日`."""
    if _local(moment).date() == _local(now).date():
        return _("今日 %(time)s") % {"time": clock(moment)}
    form = day(moment, now)
    return f"{form} {clock(moment)}" if _year(moment) == _local(now).year else form


def stamp(moment: datetime) -> str:
    """`2026年11月23日 周一 10:20`: whole, for a footer or a printed line."""
    return _form(moment, "stamp")


def _year(moment: date | datetime) -> int:
    return _local(moment).year if isinstance(moment, datetime) else moment.year


def working_days_left(days: int) -> str:
    """`剩 2 个工作日`."""
    return ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", days) % {"n": grouped(days)}


def days_left(days: int) -> str:
    """`剩 23 日`, calendar days."""
    return ngettext("剩 %(n)s 日", "剩 %(n)s 日", days) % {"n": grouped(days)}


def hours_left(hours: int) -> str:
    """`剩 6 小时`, on the last day only."""
    return ngettext("剩 %(n)s 小时", "剩 %(n)s 小时", hours) % {"n": grouped(hours)}


def days_over(days: int) -> str:
    """`超 3 日`, always calendar days, so that nobody has to ask which."""
    return ngettext("超 %(n)s 日", "超 %(n)s 日", days) % {"n": grouped(days)}


def running(days: int) -> str:
    """`已 2 个工作日`: a stretch that still runs."""
    if days < 1:
        return _("不到 1 个工作日")
    return ngettext("已 %(n)s 个工作日", "已 %(n)s 个工作日", days) % {"n": grouped(days)}


def took(days: int) -> str:
    """`用时 1 个工作日`: a finished stretch."""
    if days < 1:
        return _("用时不到 1 个工作日")
    return ngettext("用时 %(n)s 个工作日", "用时 %(n)s 个工作日", days) % {"n": grouped(days)}


def limit(days: int) -> str:
    """`限 3 个工作日`: how long a stretch may take."""
    return ngettext("限 %(n)s 个工作日", "限 %(n)s 个工作日", days) % {"n": grouped(days)}


def abroad(days: int) -> str:
    """`在外方 41 日`."""
    if days < 1:
        return _("今日发出")
    return ngettext("在外方 %(n)s 日", "在外方 %(n)s 日", days) % {"n": grouped(days)}


def paused(days: int) -> str:
    """`暂停，已停 4 日`."""
    if days < 1:
        return _("暂停")
    return ngettext("暂停，已停 %(n)s 日", "暂停，已停 %(n)s 日", days) % {"n": grouped(days)}


def silence(days: int) -> str:
    """`间隔 5 个工作日`: a silent stretch of a timeline."""
    return ngettext("间隔 %(n)s 个工作日", "间隔 %(n)s 个工作日", days) % {"n": grouped(days)}


def deadline(due_at: datetime | None, working_days: int | None, now: datetime) -> tuple[str, str]:
    """The state of a running deadline (late, near, ok, none) and the words that say it.

    `working_days` is what is left, counted by the caller; unknown (None) is said in calendar days.
    """
    if due_at is None:
        return "none", _("无时限")
    over = (_local(now).date() - _local(due_at).date()).days
    if due_at < now:
        return "late", days_over(over) if over else _("今日 %(time)s 已过") % {"time": clock(due_at)}
    if over == 0:
        return "near", due(due_at, now)
    if working_days is None:
        return ("near" if -over <= NEAR else "ok"), days_left(-over)
    return ("near" if working_days <= NEAR else "ok"), working_days_left(working_days)


def grouped(number: int | float | Decimal | None) -> str:
    """`1,388`; decimals are kept, nothing is rounded; unknown is a dash, never 0."""
    return UNKNOWN if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """`91.4%` of a share between 0 and 1."""
    return UNKNOWN if share is None else f"{share:.1%}"


def size(count: int) -> str:
    """A file's size: `52 kB`, `1.2 MB`."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1_000_000:.1f} MB"


def capped(count: int) -> str:
    """A count that stops at the cap: `999+`."""
    return f"{CAP - 1}+" if count >= CAP else grouped(count)


def plain_days(days: int) -> str:
    """`126 日`: calendar days, where words before it say what they were."""
    return ngettext("%(n)s 日", "%(n)s 日", days) % {"n": grouped(days)}


def period(amount: int, unit: str, most: int | None = None) -> str:
    """`45 日`, `3 个月`, `24 小时`; with `most` a span, `1—5 年`. `unit` is one of countries.calendars.Unit."""
    n = grouped(amount) if most is None else f"{grouped(amount)}{'–' if english() else '—'}{grouped(most)}"
    count = most or amount
    units = {
        "hour": ngettext("%(n)s 小时", "%(n)s 小时", count),
        "calendar_day": ngettext("%(n)s 日", "%(n)s 日", count),
        "working_day": ngettext("%(n)s 个工作日", "%(n)s 个工作日", count),
        "month": ngettext("%(n)s 个月", "%(n)s 个月", count),
        "year": ngettext("%(n)s 年", "%(n)s 年", count),
    }
    return units[unit] % {"n": n}

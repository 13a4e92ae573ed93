"""Past moments in working hours on working days: where the times of the demo's history are taken from."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from countries.calendars import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Morning and afternoon, in minutes after midnight. A day's work is 390 minutes.
_SESSIONS = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60))
DAY = sum(end - start for start, end in _SESSIONS)


class OfficeHours:
    """Counts back from `now` in working time, by the work calendar."""

    def __init__(self, calendar: Calendar, now: datetime) -> None:
        local = now.astimezone(SHANGHAI)
        self._calendar = calendar
        self._days: list[date] = []
        today = local.date()
        self._today = _worked(local) if calendar.is_workday(today) else 0.0
        self._days.append(today)

    def before(self, days: float) -> datetime:
        """The moment `days` working days of working time ago; 0 is the latest working minute up to now."""
        minutes = days * DAY - self._today
        if minutes < 0:
            return _moment(self._days[0], -minutes)
        back, rest = divmod(minutes, DAY)
        return _moment(self._workday(int(back) + 1), DAY - rest)

    def _workday(self, back: int) -> date:
        while len(self._days) <= back:
            day = self._days[-1] - timedelta(days=1)
            while not self._calendar.is_workday(day):
                day -= timedelta(days=1)
            self._days.append(day)
        return self._days[back]


def _worked(local: datetime) -> float:
    """Minutes worked so far on the day of `local`."""
    clock = local.hour * 60 + local.minute + local.second / 60
    return float(sum(max(0.0, min(clock, end) - start) for start, end in _SESSIONS))


def _moment(day: date, minutes: float) -> datetime:
    """`minutes` of work into `day`."""
    for start, end in _SESSIONS:
        if minutes <= end - start:
            return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=start + minutes)
        minutes -= end - start
    raise ValueError("a working day is shorter")

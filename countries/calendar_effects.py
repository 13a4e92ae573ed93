"""What a change of a calendar does to open deadlines: counted beforehand, carried out in one step, by the worker.

This room knows no deadlines: who does says so at start (coopdesk/wiring.py), `preview_with` and `apply_with`. The web sees
no cases for an administrator (row-level security), so a notice is drafted there, counted here, decided there and applied
here, each told by an event through the outbox; a message is one transaction. See docs/decisions/0016.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies import audit, turns
from agencies.actors import SYSTEM
from agencies.models import AuditEvent
from agencies.moments import clock
from countries.calendars import Calendar, work_calendar
from countries.models import CalendarNotice, NoticeState
from countries.tables import applied, calendar_of, changes_of, fits, table_of, write

logger = logging.getLogger(__name__)
LISTED = 500
# A number below this would name the agency and the day of one case.
FEW = 3
# Longer than any request lasts: what read the calendar before the change is written by then.
SETTLES = timedelta(minutes=3)
FAULTS: Mapping[str, str | Promise] = {
    "stale": _("这期间日历另有改动，没有应用，什么都没有改。请撤销后重新提出。"),
    "failed": _("应用时出错，什么都没有改；错误已记入日志。稍后再应用，还不行就请运维人员查看。"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """`n` open deadlines that `agency` (a name) has to meet, due on `before` by the old calendar and `after` by the new."""

    agency: str
    before: date
    after: date
    n: int


# What would move if `calendar` were that of the country (None: ours); nothing is written.
Preview = Callable[[Calendar, int | None], Sequence[Moved]]
# The same, carried out: every open deadline that was computed by this calendar follows, recorded under the notice's id.
# Called again for whatever was written meanwhile, so a second call moves only what the first could not see.
Apply = Callable[[Calendar, int | None, int], Sequence[Moved]]
_previews: list[Preview] = []
_applies: list[Apply] = []


def preview_with(preview: Preview) -> None:
    """Name who counts."""
    _previews[:] = [preview]


def apply_with(apply: Apply) -> None:
    """Name who moves."""
    _applies[:] = [apply]


def count(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Count what a notice would move, for the administrator's page: numbers alone, never a case."""
    notice = _notice(event)
    if notice is not None and notice.state == NoticeState.ASKED:
        _count(notice)


def carry_out(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Change the days and every deadline that hangs on them, or nothing at all."""
    notice = _notice(event)
    if notice is None or notice.state != NoticeState.CONFIRMED:
        return
    turns.wait(turns.Turn.CALENDAR, str(notice.country_id or ""))
    if not fits(table_of(notice.country_id), changes_of(notice)):
        _give_back(notice, "stale")
        return
    try:
        with transaction.atomic():
            _apply(notice)
    except Exception:  # it is undone; a person looks at it rather than the outbox trying twelve times
        logger.exception("calendar notice %s failed", notice.pk)
        _give_back(notice, "failed")


def follow(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """The days have been changed by the seed's loader: what is open follows."""
    notice = _notice(event)
    if notice is not None:
        _store(notice, _move(notice))


def settle() -> int:
    """Once after each change: deadlines that were being written while it was applied, by the calendar before, follow.

    Gives how many moved.
    """
    found = 0
    waiting = CalendarNotice.objects.filter(state=NoticeState.DONE, settled_at=None, done_at__lt=clock() - SETTLES)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            notice = CalendarNotice.objects.select_for_update().get(pk=pk)
            moved = sum(row.n for row in _move(notice))
            notice.settled_at = clock()
            notice.save(update_fields=["settled_at"])
            if moved:
                _record(notice, "settle", {"moved": moved})
        found += moved
    return found


def _count(notice: CalendarNotice) -> None:
    changes = changes_of(notice)
    table = table_of(notice.country_id)
    new = calendar_of(applied(table, changes))
    _store(notice, _previews[0](new, notice.country_id) if _previews else ())
    notice.state, notice.fault = NoticeState.READY, "" if fits(table, changes) else "stale"
    notice.save(update_fields=["state", "fault"])
    _record(notice, "preview", {"moved": notice.moved["total"]})


def _apply(notice: CalendarNotice) -> None:
    write(notice.country_id, changes_of(notice))
    moved = _move(notice)
    _store(notice, moved)
    notice.state, notice.fault, notice.done_at = NoticeState.DONE, "", clock()
    notice.save(update_fields=["state", "fault", "done_at"])
    _record(notice, "done", {"days": len(notice.changes), "moved": notice.moved["total"]})


def _move(notice: CalendarNotice) -> Sequence[Moved]:
    """Only within a transaction: the calendar is read after its change."""
    return _applies[0](work_calendar(notice.country_id), notice.country_id, notice.pk) if _applies else ()


def _give_back(notice: CalendarNotice, fault: str) -> None:
    """Not applied: the page says why."""
    notice.refresh_from_db()  # what an undone attempt left in memory is not so
    notice.state, notice.fault = NoticeState.READY, fault
    notice.save(update_fields=["state", "fault"])
    _record(notice, "refused", {"fault": fault})


def _store(notice: CalendarNotice, moved: Iterable[Moved]) -> None:
    """Write the numbers down: all of them in the total, the largest in the list.

    Agencies with few are added up without a name, day by day; where that is still few, the row keeps no number (0).
    """
    sums: Counter[tuple[str, date, date]] = Counter()
    for row in moved:
        sums[row.agency, row.before, row.after] += row.n
    told: Counter[tuple[str, date, date]] = Counter()
    for (agency, before, after), n in sums.items():
        told[agency if n >= FEW else "", before, after] += n
    rows = sorted(told.most_common(LISTED), key=lambda item: (item[0][1], item[0][2], item[0][0]))
    notice.moved = {
        "total": sum(sums.values()),
        "hidden": max(0, len(told) - LISTED),
        "rows": [
            {"agency": agency, "before": before.isoformat(), "after": after.isoformat(), "n": n if n >= FEW else 0}
            for (agency, before, after), n in rows
        ],
    }
    notice.counted_at = clock()
    notice.save(update_fields=["moved", "counted_at"])


def _notice(event: AuditEvent) -> CalendarNotice | None:
    notices = CalendarNotice.objects.select_for_update()
    return notices.filter(pk=int(event.subject.partition(":")[2])).first()


def _record(notice: CalendarNotice, act: str, facts: dict[str, Any]) -> None:
    audit.record(actor=SYSTEM, kind=f"calendar.{act}", subject=f"calendar:{notice.pk}", facts=facts)

"""Changing a work calendar: the system administrator asks for a change, sees what it moves, and has it applied.

Every change goes this way, one day or a whole year: the worker counts and applies (countries.calendar_effects).
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from agencies import audit, turns
from agencies.actors import Actor
from agencies.commands.accounts import require
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible, Reason
from agencies.roles import Role
from countries import calendar_files
from countries.calendar_files import FIRST_YEAR, LAST_YEAR, NAME_LIMIT
from countries.models import STANDING, CalendarNotice, Country, DayStatus, NoticeKind, NoticeState
from countries.tables import (
    Day,
    Table,
    as_json,
    changes_between,
    changes_of,
    noticed_years,
    parts_of_years,
    table_of,
    years_of,
)

TITLE_LIMIT = 120
_SATURDAY = 5


@transaction.atomic
def import_days(*, actor: Actor, text: str, title: str, country_id: int | None = None) -> CalendarNotice:
    """Ask for the days of a file (calendar_files.read). Raises NotPermitted, NotVisible for the country, Malformed with
    every fault, Conflict while another change waits, GuardFailed when nothing would change."""
    require(actor, Role.SYSTEM_ADMIN)
    title = _checked_title(title)
    table = _table(country_id)
    return _ask(
        actor, NoticeKind.IMPORT, title, country_id, (table, calendar_files.read(text, title=title, table=table))
    )


@transaction.atomic
def set_day(
    *, actor: Actor, day: date, is_workday: bool, name: str, title: str, country_id: int | None = None
) -> CalendarNotice:
    """Ask that `day` be worked or not, by the order or reason `title`. In a year without a notice it is provisional: one day
    is no notice. Raises as `import_days`."""
    require(actor, Role.SYSTEM_ADMIN)
    title, name = _checked_title(title), " ".join(name.split())
    table = _table(country_id)
    _check_day(day, is_workday, name)
    status = DayStatus.OFFICIAL if day.year in noticed_years(table) else DayStatus.PROVISIONAL
    wanted = table | {day: Day(is_workday, name, status, title)}
    return _ask(actor, NoticeKind.EDIT, title, country_id, (table, wanted))


@transaction.atomic
def clear_day(*, actor: Actor, day: date, title: str, country_id: int | None = None) -> CalendarNotice:
    """Ask that `day` be like any Monday to Friday again, for the reason `title`. Raises as `import_days`."""
    require(actor, Role.SYSTEM_ADMIN)
    title = _checked_title(title)
    table = _table(country_id)
    wanted = {other: special for other, special in table.items() if other != day}
    return _ask(actor, NoticeKind.EDIT, title, country_id, (table, wanted))


@transaction.atomic
def confirm(*, actor: Actor, notice_id: int, whole_year: bool = False) -> CalendarNotice:
    """Have the worker apply it; `whole_year` says that what announces a year by some of its months is all of it.

    Raises NotPermitted, NotVisible, Conflict when it does not wait for this, GuardFailed when `whole_year` must be said.
    """
    require(actor, Role.SYSTEM_ADMIN)
    notice = _locked(notice_id)
    if notice.state != NoticeState.READY or notice.fault == "stale":
        raise Conflict(_("这项改动现在不等待应用，看一下它的状态。"))
    if not whole_year and parts_of_years(notice.country_id, changes_of(notice)):
        words = _("文件里只有一年的一部分，没有应用。先核对，确认这是全年的安排再应用；不是就撤销，补全文件再导入。")
        raise GuardFailed(words, reasons=[Reason("part_of_year", words, "/whole_year")])
    return _decide(actor, notice, NoticeState.CONFIRMED, "confirm")


@transaction.atomic
def cancel(*, actor: Actor, notice_id: int) -> CalendarNotice:
    """Take back what is not being applied. Raises NotPermitted, NotVisible, Conflict."""
    require(actor, Role.SYSTEM_ADMIN)
    notice = _locked(notice_id)
    if notice.state not in (NoticeState.ASKED, NoticeState.READY):
        raise Conflict(_("已经应用或撤销的改动不能再撤销。"))
    return _decide(actor, notice, NoticeState.CANCELLED, "cancel")


@transaction.atomic
def look_again(*, actor: Actor, notice_id: int) -> CalendarNotice:
    """Have it counted anew. Raises NotPermitted, NotVisible, Conflict."""
    require(actor, Role.SYSTEM_ADMIN)
    notice = _locked(notice_id)
    if notice.state not in (NoticeState.ASKED, NoticeState.READY):
        raise Conflict(_("已经应用或撤销的改动不再统计。"))
    CalendarNotice.objects.filter(pk=notice.pk).update(state=NoticeState.ASKED)
    _record(actor, "look_again", notice)
    return notice


def _ask(
    actor: Actor, kind: NoticeKind, title: str, country_id: int | None, tables: tuple[Table, Table]
) -> CalendarNotice:
    changes = changes_between(*tables)
    if not changes:
        raise GuardFailed(reasons=[Reason("nothing_changes", _("日历里已经是这样，没有要改的。"))])
    other = CalendarNotice.objects.filter(country=country_id, state__in=STANDING).first()
    if other is not None:
        words = _("第 %(n)s 号改动还没有办完，先应用或撤销它。") % {"n": other.pk}
        raise Conflict(reasons=[Reason("notice_waiting", words)])
    notice = CalendarNotice.objects.create(
        kind=kind,
        title=title,
        country_id=country_id,
        years=years_of(changes),
        changes=as_json(changes),
        asked_by_id=actor.person_id,
    )
    _record(actor, "ask", notice)
    return notice


def _table(country_id: int | None) -> Table:
    """The table to change, nobody else changing it meanwhile."""
    if country_id is not None and not Country.objects.filter(pk=country_id, is_partner=True).exists():
        raise NotVisible
    turns.wait(turns.Turn.CALENDAR, str(country_id or ""))
    return table_of(country_id)


def _check_day(day: date, is_workday: bool, name: str) -> None:
    reasons = []
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        reasons.append(Reason("bad_year", _("日期要在 2000 至 2100 年之间。"), "/day"))
    if is_workday and day.weekday() < _SATURDAY:
        words = _("这天是周一到周五，本来就上班。要取消放假，选“恢复为平日”。")
        reasons.append(Reason("plain_day", words, "/what"))
    if not 0 < len(name) <= NAME_LIMIT or "\x00" in name:
        words = _("写明是什么节日，最多 %(limit)s 个字。") % {"limit": NAME_LIMIT}
        reasons.append(Reason("bad_name", words, "/name"))
    if reasons:
        raise Malformed(reasons=reasons)


def _checked_title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= TITLE_LIMIT or "\x00" in title:
        words = _("写明通知的名称和文号，或改动的理由，最多 %(limit)s 个字。") % {"limit": TITLE_LIMIT}
        raise Malformed(reasons=[Reason("bad_title", words, "/title")])
    return title


def _locked(notice_id: int) -> CalendarNotice:
    notice = CalendarNotice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None:
        raise NotVisible
    return notice


def _decide(actor: Actor, notice: CalendarNotice, state: NoticeState, act: str) -> CalendarNotice:
    CalendarNotice.objects.filter(pk=notice.pk).update(state=state, decided_by=actor.person_id, decided_at=Now())
    notice.state = state
    _record(actor, act, notice)
    return notice


def _record(actor: Actor, act: str, notice: CalendarNotice) -> None:
    facts = {"kind": notice.kind, "years": notice.years, "days": len(notice.changes)}
    audit.record(actor=actor, kind=f"calendar.{act}", subject=f"calendar:{notice.pk}", facts=facts)

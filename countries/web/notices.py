"""Changing the work calendar: a file or one day, what it moves, applying it; and every change that was made.

Every officer reads the changes that were applied; the system administrator makes them and sees what they move, in numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.actors import Actor
from agencies.commands.accounts import require
from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible
from agencies.roles import Role
from countries import calendar_files, notices
from countries.calendar_effects import FAULTS, FEW
from countries.lookup import country_by_code
from countries.models import CalendarNotice, NoticeKind, NoticeState
from countries.tables import applied, changes_of, parts_of_years, table_after, table_of
from countries.web.forms import OFF, PLAIN, WORKED, DayForm, ImportForm
from countries.web.grid import changed_months, weekday_of, weekdays

SHOWN = 200
ACTS = ("confirm", "cancel", "recount")  # each is an address of its own


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """Every change, the newest first."""
    editor = _editor(request)
    found = CalendarNotice.objects.select_related("country", "asked_by").defer("moved")
    found = found if editor else found.filter(state=NoticeState.DONE)
    rows = [(notice, len(notice.changes)) for notice in found[:SHOWN]]
    return render(request, "countries/notice_list.html", {"rows": rows, "may_edit": editor})


@require_safe
def notice_page(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One change: its days, and for the administrator what it moves and what to do with it."""
    return render(request, "countries/notice.html", _context(request, notice_id))


@require_safe
def notice_state(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The administrator's part as a fragment, which asks again while the worker is busy."""
    require(_actor(request), Role.SYSTEM_ADMIN)
    return render(request, "countries/_notice_state.html", _context(request, notice_id))


@require_POST
def notice_act(request: HttpRequest, notice_id: int, act: str) -> HttpResponse:
    """Apply, take back, or count anew."""
    actor = _actor(request)
    confirm = partial(notices.confirm, whole_year=request.POST.get("whole_year") == "yes")
    acts: dict[str, tuple[Callable[..., object], str]] = {
        "confirm": (confirm, _("已确认，正在应用。")),
        "cancel": (notices.cancel, _("已撤销，日历没有改。")),
        "recount": (notices.look_again, _("正在重新统计。")),
    }
    do, done = acts[act]
    try:
        do(actor=actor, notice_id=notice_id)
    except (Conflict, GuardFailed) as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, done)
    return redirect("calendar-notice", notice_id)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_import(request: HttpRequest) -> HttpResponse:
    """Choose the file of a notice; what it changes and moves is on the page that follows."""
    actor = _actor(request)
    require(actor, Role.SYSTEM_ADMIN)
    form = ImportForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            text = calendar_files.decode(upload.read(calendar_files.BYTES_LIMIT + 1))
            notice = notices.import_days(
                actor=actor, text=text, title=form.cleaned_data["title"], country_id=form.country_id
            )
        except (Malformed, GuardFailed, Conflict) as error:
            attach(form, error)
        else:
            return redirect("calendar-notice", notice.pk)
    return render(request, "countries/calendar_import.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
def calendar_import_sample(request: HttpRequest) -> HttpResponse:
    """An example to fill in."""
    require(_actor(request), Role.SYSTEM_ADMIN)
    rows = ("日期,是否上班,名称,状态", "2027-02-05,0,春节,已公布", "2027-02-14,1,春节,已公布")
    response = HttpResponse("\ufeff" + "\r\n".join(rows) + "\r\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendar.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_day(request: HttpRequest) -> HttpResponse:
    """Set one day, or give it back to Monday–Friday."""
    actor = _actor(request)
    require(actor, Role.SYSTEM_ADMIN)
    form = DayForm(sent(request), initial=_as_it_is(request))
    if request.method == "POST" and form.is_valid():
        try:
            notice = _set(actor, form)
        except (Malformed, GuardFailed, Conflict) as error:
            attach(form, error)
        else:
            return redirect("calendar-notice", notice.pk)
    return render(request, "countries/calendar_day.html", {"form": form}, status=400 if form.errors else 200)


def _set(actor: Actor, form: DayForm) -> CalendarNotice:
    asked = form.cleaned_data
    common = {"actor": actor, "day": asked["day"], "title": asked["title"], "country_id": form.country_id}
    if asked["what"] == PLAIN:
        return notices.clear_day(**common)
    return notices.set_day(**common, is_workday=asked["what"] == WORKED, name=asked["name"])


def _as_it_is(request: HttpRequest) -> dict[str, Any]:
    """The day that was clicked, as it stands in the calendar."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return {}
    code = request.GET.get("country", "")
    country = country_by_code(code) if code else None
    special = table_of(country.pk if country else None).get(day)
    known = {"what": WORKED if special.is_workday else OFF, "name": special.name} if special else {}
    return {"day": day, "country": code, **known}


def _context(request: HttpRequest, notice_id: int) -> dict[str, Any]:
    editor = _editor(request)
    found = CalendarNotice.objects.select_related("country", "asked_by", "decided_by").filter(pk=notice_id)
    notice = (found if editor else found.filter(state=NoticeState.DONE)).first()
    if notice is None:
        raise NotVisible
    changes = changes_of(notice)
    done = notice.state == NoticeState.DONE
    table = table_after(notice) if done else applied(table_of(notice.country_id), changes)
    moved = [
        {**row, "before": date.fromisoformat(row["before"]), "after": date.fromisoformat(row["after"])}
        for row in notice.moved.get("rows", [])
    ]
    waiting = notice.state in (NoticeState.ASKED, NoticeState.READY)
    today = timezone.localdate()
    return {
        "notice": notice,
        "changes": [(change, weekday_of(change.day)) for change in changes],
        "weekdays": weekdays(),
        "months": changed_months({change.day: change for change in changes}, table, today),
        "editor": editor,
        "fault": FAULTS.get(notice.fault, ""),
        "busy": notice.state in (NoticeState.ASKED, NoticeState.CONFIRMED),
        "moved": moved,
        "counted": sum(row["n"] for row in moved),
        "few": FEW if any(not row["agency"] for row in moved) else 0,
        "partial": parts_of_years(notice.country_id, changes) if waiting else [],
        "all_past": waiting and notice.kind == NoticeKind.IMPORT and all(change.day < today for change in changes),
        "may_apply": notice.state == NoticeState.READY and notice.fault != "stale",
        "may_cancel": waiting,
        "may_recount": notice.state == NoticeState.READY,
    }


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _editor(request: HttpRequest) -> bool:
    return _actor(request).role == Role.SYSTEM_ADMIN

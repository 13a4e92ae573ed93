"""The route, the clocks and the custody table of a case in words, ready for the components."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies.doors import words
from agencies.models import Agency
from agencies.models.tree import Tier
from cases.models import AssignmentKind, Deadline, Phase, Status
from cases.queries.custody import ABROAD, DORMANT, HOME, LIAISON, Custody
from cases.queries.dossier import Dossier
from cases.queries.station import State, Station
from cases.web.sentences import named


def stops(dossier: Dossier, stations: list[Station]) -> list[dict[str, Any]]:
    """Stations as components/route.html takes them."""
    return [
        {
            "state": station.state.value,
            "foreign": station.kind == "foreign",
            "late": station.late,
            "tier": _tier(station),
            "name": _name(dossier, station),
            "who": station.counterpart,
            "days": _days(dossier, station),
            "note": _note(station) if station is not stations[-1] else _note(station) or _end(dossier, station),
        }
        for station in stations
    ]


def _end(dossier: Dossier, station: Station) -> str:
    """A case that ended on its way up says so at its last stop."""
    over = dossier.case.ended_at and station.kind != "back"
    return str(Status(dossier.case.status).label) if over else ""


def tier_of(agency: Agency) -> str:
    """县、区、市、州、省、部 as people say it: a district of a municipality is 区, the municipality's bureau 市."""
    if agency.kind.endswith("district_branch"):
        return pgettext("tier", "区")
    if agency.kind == "autonomous_prefecture_bureau":
        return pgettext("tier", "州")
    if agency.kind == "municipality_bureau":
        return pgettext("tier", "市")
    return {
        Tier.COUNTY: pgettext("tier", "县"),
        Tier.CITY: pgettext("tier", "市"),
        Tier.PROVINCE: pgettext("tier", "省"),
        Tier.MINISTRY: pgettext("tier", "部"),
    }[Tier(agency.tier)]


def _tier(station: Station) -> str:
    if station.agency is not None:
        return tier_of(station.agency)
    return {"foreign": _("境外"), "liaison": _("中央")}.get(station.kind, _("返回"))


def _name(dossier: Dossier, station: Station) -> SafeString | str:
    if station.kind != "back":
        return station.name
    here = dossier.leg.agency_id if dossier.leg and station.state is State.NOW else None
    stops = ((" here" if agency.pk == here else "", tier_of(agency)) for agency in station.path)
    return format_html_join(mark_safe("→<wbr>"), '<span class="nowrap{}">{}</span>', stops)


def _days(dossier: Dossier, station: Station) -> str:
    """Spent there so far, or the limit of what is to come."""
    if station.kind == "foreign":
        return _abroad(dossier, station)
    if station.state is State.SKIP and not station.legs:
        return _("不经过")
    if not station.legs:
        return words.limit(station.limit) if station.limit else ""
    if station.state is not State.NOW:
        return words.took(sum(dossier.working_days(leg.opened_at, leg.closed_at) for leg in station.legs))
    running = words.running(dossier.working_days(station.legs[-1].opened_at))
    late = dossier.deadline and station.late and dossier.days(dossier.deadline.due_at, dossier.now)
    return f"{running}{_('，')}{words.days_over(late)}" if late else running


def _abroad(dossier: Dossier, station: Station) -> str:
    if not station.legs:
        return _("用时另计")
    days = sum(dossier.days(leg.opened_at, leg.closed_at or dossier.now) for leg in station.legs)
    if station.state is State.NOW:
        return _("已 %(days)s") % {"days": words.plain_days(days)} if days else words.abroad(0)
    return _("用时 %(days)s") % {"days": words.plain_days(days)}


def _note(station: Station) -> str:
    if station.straight:
        return _("补正件不再经过")
    if station.returned:
        return ngettext("退回补正 %(n)s 次", "退回补正 %(n)s 次", station.returned) % {"n": station.returned}
    return ""


# --- Clocks ----------------------------------------------------------------------------------------------------------


MET_SHOWN = 3


def clocks(dossier: Dossier) -> dict[str, list[dict[str, Any]]]:
    """The deadlines that run, the earliest first, with the three met last; and apart the `earlier` ones, newest first."""
    running = sorted((d for d in dossier.deadlines if d.running), key=lambda d: d.due_at)
    met = [_met(dossier, d) for d in reversed(dossier.deadlines) if d.met_at is not None]
    return {
        "clocks": [_running(dossier, d) for d in running] + met[:MET_SHOWN],
        "earlier_clocks": met[MET_SHOWN:],
    }


def _clock_name(dossier: Dossier, deadline: Deadline) -> SafeString:
    if deadline.assignment_id is not None:
        return _assigned_name(dossier, deadline)
    leg = next((leg for leg in dossier.legs if leg.pk == deadline.leg_id), None)
    phase = Phase(deadline.kind).label if deadline.kind in Phase.values else deadline.kind
    if leg is None or leg.agency is None:
        return format_html("{}", phase)
    return format_html(_("{agency} {phase}"), agency=named(leg.holder_name), phase=phase)


def _assigned_name(dossier: Dossier, deadline: Deadline) -> SafeString:
    """Of parallel work: who does it, and what."""
    given = next(one for one in dossier.assignments if one.pk == deadline.assignment_id)
    kind = AssignmentKind(given.kind).label
    return format_html(_("{agency} {phase}"), agency=named(given.doer), phase=kind)


def _running(dossier: Dossier, deadline: Deadline) -> dict[str, Any]:
    left = dossier.calendar.working_days_between(dossier.now, deadline.due_at)
    state, said = words.deadline(deadline.due_at, left, dossier.now)
    whole = (deadline.due_at - deadline.started_at).total_seconds() or 1
    used = (dossier.now - deadline.started_at).total_seconds()
    basis = _("内部时限，{due}前").format(due=_due(dossier, deadline))
    if deadline.provisional:
        basis = _("%(basis)s；放假通知未公布，暂定") % {"basis": basis}
    return {
        "name": _clock_name(dossier, deadline),
        "mark": format_html('<span class="due" data-due="{}">{}</span>', state, said),
        "state": state,
        "share": max(2, min(100, round(100 * used / whole))),
        "basis": basis,
        "facts": _how(dossier, deadline),
    }


def _due(dossier: Dossier, deadline: Deadline) -> str:
    if words.same_day(deadline.due_at, dossier.now):
        return words.when(deadline.due_at, dossier.now)
    return words.due(deadline.due_at, dossier.now)


def _how(dossier: Dossier, deadline: Deadline) -> list[tuple[str, str]]:
    """How the due date came about: the day counting starts, the length, the calendar."""
    zero = dossier.calendar.day_zero(deadline.started_at)
    years = _("国务院放假通知（含调休）") if not deadline.provisional else _("周一至周五，通知公布后重算")
    return [
        (_("收到"), words.when(deadline.started_at, dossier.now)),
        (_("起算"), _("%(day)s，当日不计") % {"day": words.weekday(zero, dossier.now)}),
        (_("限期"), words.limit(deadline.amount)),
        (_("日历"), years),
    ]


def _met(dossier: Dossier, deadline: Deadline) -> dict[str, Any]:
    assert deadline.met_at is not None  # the caller chose met ones
    over = dossier.days(deadline.due_at, deadline.met_at) if deadline.met_at > deadline.due_at else 0
    late = deadline.met_at > deadline.due_at
    said = _("超 %(days)s办结") % {"days": words.plain_days(over)} if over else _("按期办结")
    if late and not over:
        said = _("当日超时办结")
    form = '<span class="due" data-due="{}">{}</span>'
    return {
        "name": _clock_name(dossier, deadline),
        "mark": format_html(form, "late" if late else "met", said),
        "state": "",
        "share": None,
        "basis": words.when(deadline.met_at, dossier.now),
        "facts": [],
    }


# --- Custody ---------------------------------------------------------------------------------------------------------

_BARS = {HOME: "b-home", LIAISON: "b-abroad", ABROAD: "b-abroad", DORMANT: "b-pause"}


def custody_rows(dossier: Dossier, custody: Custody) -> list[dict[str, Any]]:
    """Rows of the custody table. Bars are percentages of the whole; the thinnest stays visible."""
    rows = []
    for stretch in custody.stretches:
        width = max(stretch.width, 0.6)
        until = _("现在") if stretch.running else words.day(stretch.ends, dossier.now)
        rows.append(
            {
                "name": stretch.name,
                "dormant": stretch.kind == DORMANT,
                "span": f"{words.day(stretch.begins, dossier.now)} — {until}",
                "bar": "b-now" if stretch.running and stretch.kind == HOME else _BARS[stretch.kind],
                "left": f"{min(stretch.left, 100 - width):.2f}",
                "width": f"{width:.2f}",
                "working_days": stretch.working_days if stretch.kind == HOME else None,
                "days": stretch.days,
            }
        )
    return rows


def custody_sum(custody: Custody) -> str:
    """我方 25 日，外方 53 日: apart, and together the whole."""
    parts = [
        (HOME, _("我方 %(days)s")),
        (LIAISON, _("对外联系机关 %(days)s")),
        (ABROAD, _("外方 %(days)s")),
        (DORMANT, _("办结后 %(days)s")),
    ]
    kinds = {stretch.kind for stretch in custody.stretches}
    return _("，").join(form % {"days": words.plain_days(custody.days(kind))} for kind, form in parts if kind in kinds)

"""The route, the clocks and the custody table of a case in words, ready for the components."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agencies.doors import words
from agencies.models import Agency
from agencies.models.tree import Tier
from cases.models import Status
from cases.queries.custody import ABROAD, DORMANT, HOME, LIAISON, Custody
from cases.queries.dossier import Dossier
from cases.queries.station import State, Station


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

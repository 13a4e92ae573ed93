"""工作台 and the list of all cases: what waits for me, what I filed, what my agency has in hand, what is late or near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.home import first_page
from agencies.errors import NotPermitted
from agencies.roles import CASE_ROLES, Role
from cases.models import ENDED, Case, Direction, Status, Urgency
from cases.policies import visible_to
from cases.queries import choices, inbox, queue
from cases.queries.supervisions import waiting_here
from cases.queries.tallies import CAP, Tallies, Tally, tallies
from cases.registration import may_register
from cases.web.bulk import acts_offered
from cases.web.filter_options import options
from cases.web.list_params import Asked, home_view, of_everything, of_workbench, place
from cases.web.queue_rows import Rows
from cases.workflow import TRANSITIONS
from countries.calendars import Calendar, work_calendar
from countries.policies import keeps_facts
from countries.written import work_of


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """The first page of everyone who works on cases; whoever does other work is shown to his own."""
    role = request.actor.role  # type: ignore[attr-defined]
    if role not in CASE_ROLES:
        return redirect(first_page(role))
    actor = case_actor(request)
    asked = of_workbench(request.GET, actor)
    if case := _named(actor, asked.wanted.q):
        return redirect("case-detail", case_id=case.pk)
    calendar = work_calendar()
    now = queue.moment_of(timezone.now(), calendar)
    counts = tallies(actor, now)
    context = _table(actor, asked, now, calendar) | {
        "asked": asked,
        "sentence": _sentence(counts.views[home_view(actor)], home_view(actor), actor),
        "tiles": _tiles(asked, counts, now),
        "tabs": _tabs(asked, counts, actor),
        "may_file": actor.role == Role.DRAFTER,
        "may_register": may_register(actor),
        "total": _total(asked, counts),
        "n_to_answer": waiting_here(actor),
        "ledgers": _ledgers(request, actor),
    }
    return render(request, "cases/workbench.html", context)


def _ledgers(request: HttpRequest, actor: Actor) -> Mapping[str, int]:
    """What waits for an officer of the ministry's desk in the ledgers, kind by kind; nothing for the others."""
    if not keeps_facts(actor, request.appointments[0].agency):  # type: ignore[attr-defined]
        return {}
    waiting = work_of(actor, timezone.localdate()).waiting
    return waiting if any(waiting.values()) else {}


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Every case in sight, ended ones too, newest first."""
    actor = case_actor(request)
    asked = of_everything(request.GET)
    if case := _named(actor, asked.wanted.q):
        return redirect("case-detail", case_id=case.pk)
    calendar = work_calendar()
    context = _table(actor, asked, queue.moment_of(timezone.now(), calendar), calendar, by_filing=True)
    context |= {"asked": asked, "may_register": may_register(actor)}
    return render(request, "cases/case_list.html", context)


def case_actor(request: HttpRequest) -> Actor:
    """Who acts, if he does case work."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.case_agency_id is None or not actor.role:
        raise NotPermitted(_("你现在的身份不办理案件，看不到案件列表。"))
    return actor


def _named(actor: Actor, q: str) -> Case | None:
    """The one case whose whole number was searched for, if the actor may see it."""
    if not q.upper().startswith("GJHZ-"):
        return None
    return visible_to(actor).filter(number=q.upper()).only("pk").first()


def _table(
    actor: Actor, asked: Asked, now: queue.Now, calendar: Calendar, *, by_filing: bool = False
) -> dict[str, Any]:
    """The rows of the page, the links around it, and the filters."""
    page = queue.page(actor, asked.wanted, now, after=asked.after, before=asked.before)
    offered = acts_offered(actor)
    rows = Rows(
        actor=actor,
        now=now.at,
        calendar=calendar,
        unread=inbox.unread_cases(actor),
        asked=queue.asked_of(actor, [row["pk"] for row in page.rows]),
        by_filing=by_filing,
        pickable=bool(offered),
    )
    assert actor.case_agency_id is not None  # case_actor saw to it
    return {
        "rows": rows.html(page.rows),
        "n_rows": len(page.rows),
        "bulk": offered,
        "newer": asked.link(before=place(page.before)) if page.before else "",
        "older": asked.link(after=place(page.after)) if page.after else "",
        "filters": filters_of(actor.case_agency_id, asked),
        "chips": _chips(asked),
        "board_off": asked.link(board=""),
    }


def _sentence(tally: Tally, view: str, actor: Actor) -> str:
    """The answer first: how many wait, how many are late, how many are due today."""
    if not tally.n:
        return _("现在没有等你处理的案件。") if view == queue.MINE else _("辖区现在没有在办的案件。")
    whole = _("%(n)s 件等你处理") if view == queue.MINE else _("辖区在办 %(n)s 件")
    parts = []
    if tally.late:
        parts.append(_("%(n)s 件已超期") % {"n": words.capped(tally.late)})
    if tally.today:
        parts.append(_("%(n)s 件今天到期") % {"n": words.capped(tally.today)})
    if not parts:
        parts.append(_("没有超期，今天也没有到期的"))
    return _("%(whole)s：%(parts)s。") % {
        "whole": whole % {"n": words.capped(tally.n)},
        "parts": _("，").join(parts),
    }


def _tiles(asked: Asked, counts: Tallies, now: queue.Now) -> list[dict[str, Any]]:
    """By time, within the view. Nothing abroad waits for anybody here, so that tile opens the agency's view."""
    view = asked.wanted.view
    tally = counts.views[view]
    whole = {queue.MINE: _("全部待办"), queue.FILED: _("全部报送"), queue.AGENCY: _("全部在办")}[view]
    tiles = [
        ("", "", whole, tally.n, view),
        (queue.LATE, "late", _("已超期"), tally.late, view),
        (queue.NEAR, "near", _("2 个工作日内到期"), tally.near, view),
        (queue.ABROAD, "abroad", _("在外方"), tally.abroad, queue.AGENCY if view == queue.MINE else view),
    ]
    return [
        {
            "href": f"?view={where}&when={when}" if when else f"?view={where}",
            "mark": mark,
            "label": label,
            "n": words.capped(n),
            "current": when == asked.wanted.when and where == view,
            "remark": _longest(counts, now) if when == queue.ABROAD and view != queue.FILED else "",
        }
        for when, mark, label, n, where in tiles
    ]


def _longest(counts: Tallies, now: queue.Now) -> str:
    if counts.abroad_since is None:
        return ""
    return _("最久 %(days)s") % {"days": words.plain_days((now.at - counts.abroad_since).days)}


def _tabs(asked: Asked, counts: Tallies, actor: Actor) -> list[dict[str, Any]]:
    """By whose turn it is."""
    mine = (queue.MINE, _("等我处理"))
    if actor.role == Role.SUPERVISOR:
        views = [(queue.AGENCY, _("本机关及下级在办")), mine]
    else:
        views = [mine, (queue.FILED, _("我报送的")), (queue.AGENCY, _("本机关在办"))]
    return [
        {
            "href": f"?view={view}",
            "label": label,
            "n": words.capped(counts.views[view].n),
            "current": asked.wanted.view == view,
        }
        for view, label in views
    ]


def _total(asked: Asked, counts: Tallies) -> int | None:
    """How many there are of what is listed, when that was counted whole."""
    tally = counts.views[asked.wanted.view]
    n = {"": tally.n, queue.LATE: tally.late, queue.NEAR: tally.near, queue.ABROAD: tally.abroad}[asked.wanted.when]
    return n if not asked.narrowed and n < CAP else None


def filters_of(agency_id: int, asked: Asked) -> list[dict[str, Any]]:
    """The selects above the table, each with its options."""
    ended_too = asked.wanted.view in (queue.FILED, queue.ALL)
    directions = [(value, str(label), "") for value, label in Direction.choices]
    urgencies = [(value, str(label), "") for value, label in reversed(Urgency.choices)]
    offers: Mapping[str, tuple[str, list[choices.Offer], bool]] = {
        "direction": (_("方向"), directions, False),
        "status": (_("状态"), _statuses(ended_too=ended_too), False),
        "country": (_("国家"), list(choices.countries().values()), False),
        "type": (_("类型"), list(choices.request_types().values()), False),
        "urgency": (_("紧急"), urgencies, False),
        "origin": (_("报送机关"), choices.origins(agency_id, asked.origin), True),
    }
    return [
        {"name": name, "label": label, "options": options(found, asked.params.get(name, ""), official=official)}
        for name, (label, found, official) in offers.items()
    ]


def _statuses(*, ended_too: bool) -> list[choices.Offer]:
    """The statuses to choose from: first those of both directions, then those of one."""
    of: dict[str, set[Direction]] = {}
    for (direction, _name), row in TRANSITIONS.items():
        if row.targets:
            for status in row.targets:
                of.setdefault(status, set()).add(direction)
    shown = [one for one in Status if ended_too or one not in ENDED]
    both = [(one.value, str(one.label), "") for one in shown if len(of.get(one, ())) == len(Direction)]
    apart = [
        (one.value, str(one.label), str(direction.label))
        for direction in Direction
        for one in shown
        if of.get(one, {_FIRST.get(one)}) == {direction}
    ]
    return [*both, *apart]


# Where a case begins: no step of the table leads there.
_FIRST = {Status.DRAFT: Direction.OUTGOING, Status.RECEIVED: Direction.INCOMING}


def _chips(asked: Asked) -> list[dict[str, str]]:
    """What was searched for, each with a link that takes it away."""
    if not asked.wanted.q:
        return []
    return [{"words": asked.wanted.q, "href": asked.link(q="")}]

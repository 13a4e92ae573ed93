"""交接 and 无人办理: what an officer has in hand, handed over on one screen; and what waits for nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.actors import Actor
from agencies.errors import GuardFailed, NotPermitted
from agencies.models import Officer
from agencies.roles import Role
from cases import departures, handover
from cases.handover import HANDLER, Work
from cases.models import Phase, Status
from cases.web.case import actor_of

KEEP, NOBODY = "keep", "none"
_WHY: Mapping[str, str | Promise] = {
    departures.NOBODY: gettext_lazy("本环节的角色没有人在任"),
    departures.DRAFTER_GONE: gettext_lazy("承办人已不在任"),
    departures.HANDLER_GONE: gettext_lazy("经办人已不在任"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, officer_id: int | None = None) -> HttpResponse:
    """One's own work, or for an approver and the desk that of an officer of the agency: all to one, or one by one."""
    actor = actor_of(request)
    officer = handover.subject_of(actor, actor.person_id if officer_id is None else officer_id)
    typed, reasons, status = {}, {}, 200
    if request.method == "POST":
        typed = {name: value[:60] for name, value in request.POST.items() if isinstance(value, str)}
        work = handover.work_of(actor, officer)
        try:
            done = handover.hand_over(actor=actor, officer_id=officer.pk, plan=_plan(work, typed))
        except GuardFailed as error:
            reasons = {reason.pointer.strip("/"): reason.words for reason in error.reasons}
            status = error.status
        else:
            words = ngettext("已交接 %(n)s 件，接手的人会收到通知。", "已交接 %(n)s 件，接手的人会收到通知。", done)
            messages.success(request, words % {"n": done})
            return redirect(request.path)
    context = _page(actor, officer, typed, reasons) | {"officer_himself": officer.pk == actor.officer_id}
    return render(request, "cases/handover.html", context, status=status)


def _plan(work: list[Work], typed: Mapping[str, str]) -> dict[str, str]:
    """Who takes what: a row's own choice, else the choice for all; rows that stay are left out.

    Rows that the form had and that are no longer in hand stay in the plan, so that they are refused and not forgotten.
    """
    plan = {}
    shown = {name.removeprefix("to-") for name in typed if name.startswith("to-")}
    for key in sorted(shown | {one.key for one in work if not shown}):
        choice = typed.get(f"to-{key}", "") or typed.get("all", "")
        if choice in ("", KEEP):
            continue
        plan[key] = "" if choice == NOBODY and key.startswith(HANDLER) else choice
    return plan


def _page(actor: Actor, person: Any, typed: Mapping[str, str], reasons: Mapping[str, Any]) -> dict[str, Any]:
    work = handover.work_of(actor, person)
    offers = handover.successors(actor, person)
    asked = [offers[one.heirs] for one in work]
    known = {one.pk: one for part in asked for one in part}
    return {
        "person": person,
        "rows": [
            {
                "work": one,
                "part": _("经办") if one.part == HANDLER else _("承办"),
                "status": Status(one.case.status),
                "phase": Phase(one.leg.phase).label,
                "offers": offers[one.heirs],
                "handler": one.part == HANDLER,
                "chosen": typed.get(f"to-{one.key}", ""),
                "fault": reasons.get(one.key, ""),
            }
            for one in work
        ],
        # Only those who may take all of it can take it all at once.
        "everybody": sorted((one for one in known.values() if all(one in part for part in asked)), key=_name),
        "stuck": sum(not part for part in asked),
        "all": typed.get("all", ""),
        "faults": list(reasons.values()),
    }


def _name(officer: Officer) -> str:
    return officer.name


@require_safe
def unattended(request: HttpRequest) -> HttpResponse:
    """What waits for nobody at the agency and below it, and whose work there is still to be handed over."""
    actor = actor_of(request)
    if actor.role not in departures.SEE_TO_IT or actor.agency_id is None:
        raise NotPermitted(_("无人办理的案件由审批人、国合联络员和督办人查看。"))
    may = actor.role in (Role.APPROVER, Role.DESK)
    context = {
        "rows": [
            {
                "waiting": one,
                "why": _WHY[one.why],
                "role": Role(one.role).label if one.role else "",
                "status": Status(one.case.status),
                "ours": may and one.why == departures.DRAFTER_GONE and one.agency_id == actor.agency_id,
            }
            for one in departures.waiting_for(actor)
        ],
        "leavers": departures.leavers(actor) if may else [],
        "shown": departures.SHOWN,
    }
    return render(request, "cases/unattended.html", context)

"""督办: the ledger, one supervision with its forms, issuing one on a case, and the official notice."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.downloads import attached
from agencies.doors.once import do_once, fresh_token
from agencies.errors import GuardFailed, Malformed, NotPermitted, NotVisible, WrongStatus
from agencies.models import AuditEvent
from agencies.queries import agency_by_code
from agencies.roles import CASE_ROLES, Role
from cases import policies
from cases.models import Supervision, SupervisionKind
from cases.paper.notice import print_notice
from cases.queries import supervisions as ledger
from cases.queries.dossier import dossier
from cases.queries.supervisions import ESCALATED, ISSUED, OVERDUE, RECEIVED, Wanted
from cases.queries.timeline import SUPERVISION, heard, told
from cases.supervision import acts, issuing, sight
from cases.web.case import actor_of
from cases.web.case_page import lines
from cases.web.sentences import named
from cases.web.supervision_page import facts, forms, offers, row
from countries.calendars import work_calendar

_VIEWS = {
    ISSUED: gettext_lazy("本机关发出"),
    RECEIVED: gettext_lazy("发给本机关"),
    ESCALATED: gettext_lazy("提级到本机关"),
}
_TILES = (
    ("unclosed", "", gettext_lazy("未办结")),
    ("waiting", "near", gettext_lazy("待反馈")),
    (OVERDUE, "late", gettext_lazy("逾期未反馈")),
    ("answered", "met", gettext_lazy("已反馈，待办结")),
    ("escalated", "", gettext_lazy("已提级")),
    ("closed", "", gettext_lazy("已办结")),
)
_DONE = {
    "answer": gettext_lazy("已反馈，发出督办的人会收到通知。"),
    "close": gettext_lazy("已办结。"),
    "withdraw": gettext_lazy("已撤销，对方会收到通知。"),
    "escalate": gettext_lazy("已提级，上级机关的督办人会收到通知。"),
}
_ISSUED = {
    SupervisionKind.ORDER: gettext_lazy("已发出督办 {number}，{agency}会收到通知。"),
    SupervisionKind.REMINDER: gettext_lazy("已催办（{number}），{agency}会收到通知。"),
}
# The word in an address for each kind.
KINDS = {"remind": SupervisionKind.REMINDER, "order": SupervisionKind.ORDER}


@require_safe
def supervision_list(request: HttpRequest) -> HttpResponse:
    """The ledger: issued by us, to us, raised to us; counts as tiles, filters, the newest first."""
    actor = _case_actor(request)
    given = {name: request.GET.get(name, "")[:80] for name in ("view", "state", "kind", "agency")}
    n_open = ledger.open_by_view(actor)
    view = given["view"] if given["view"] in _VIEWS else _opens_with(actor, n_open)
    wanted = _wanted(given, view)
    now = timezone.now()
    page = ledger.page(actor, wanted, now, after=_place(request, "after"), before=_place(request, "before"))
    clocks, calendar = ledger.clocks_of(page.rows), work_calendar()
    kept = {name: value for name, value in given.items() if value} | {"view": view}
    context = {
        "view": view,
        "given": given,
        "asked": kept,
        "rows": [row(one, clocks.get(one.pk), now, calendar) for one in page.rows],
        "tabs": [
            {"url": f"?view={name}", "label": label, "count": n_open[name], "current": name == view}
            for name, label in _VIEWS.items()
        ],
        "tiles": _tiles(ledger.counts(actor, view, now), view, given["state"]),
        "kinds": SupervisionKind.choices,
        "agencies": ledger.agencies_in(actor, view),
        "narrowed": bool(given["kind"] or given["agency"]),
        "newer": f"?{urlencode({**kept, 'before': str(page.before)})}" if page.before else "",
        "older": f"?{urlencode({**kept, 'after': str(page.after)})}" if page.after else "",
    }
    return render(request, "cases/supervision_list.html", context)


def _opens_with(actor: Actor, n_open: Mapping[str, int]) -> str:
    """The view that has something waiting; what was raised to a supervisor comes first, what was issued to others."""
    order = (ESCALATED, ISSUED, RECEIVED) if actor.role == Role.SUPERVISOR else (RECEIVED, ESCALATED, ISSUED)
    usual = ISSUED if actor.role == Role.SUPERVISOR else RECEIVED
    return next((view for view in order if n_open[view]), usual)


def _wanted(given: Mapping[str, str], view: str) -> Wanted:
    """The list that the address asks for; a part that means nothing is refused."""
    state, kind, code = given["state"], given["kind"], given["agency"]
    agency = agency_by_code(code) if code else None
    known = state in ("", OVERDUE, *ledger.STATES) and kind in ("", *SupervisionKind.values)
    if not known or (code and agency is None):
        raise Malformed(_("没有这个筛选条件。"))
    pk = agency.pk if agency else 0
    received = view == RECEIVED
    return Wanted(view=view, state=state, kind=kind, issued_by=pk if received else 0, agency=0 if received else pk)


def _place(request: HttpRequest, name: str) -> UUID | None:
    text = request.GET.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Malformed(_("翻页的位置无效，请从第一页重新开始。")) from None


def _tiles(counts: Mapping[str, int], view: str, state: str) -> list[dict[str, Any]]:
    return [
        {
            "url": f"?{urlencode({'view': view, 'state': name})}",
            "label": label,
            "due": mark,
            "count": counts[name],
            "unit": _("件"),
            "current": state == name,
        }
        for name, mark, label in _TILES
    ]


@require_safe
def supervision_detail(request: HttpRequest, supervision_id: UUID) -> HttpResponse:
    """One of them: what it orders, the feedback, the clock, what happened, and what this officer may do."""
    actor = _case_actor(request)
    return render(request, "cases/supervision.html", _detail(actor, _one(actor, supervision_id)))


@require_POST
def supervision_act(request: HttpRequest, supervision_id: UUID, act: str) -> HttpResponse:
    """Answer, close or escalate; a refusal comes back on its page with what was typed."""
    actor = _case_actor(request)
    typed = request.POST.get("text", "")
    run = {
        "answer": lambda: acts.answer(actor=actor, supervision_id=supervision_id, feedback=typed),
        "close": lambda: acts.close(actor=actor, supervision_id=supervision_id, note=typed),
        "withdraw": lambda: acts.close(actor=actor, supervision_id=supervision_id, note=typed),
        "escalate": lambda: acts.escalate(actor=actor, supervision_id=supervision_id, reason=typed),
    }.get(act)
    if run is None:
        raise NotVisible
    try:
        one = run()
    except (Malformed, GuardFailed, WrongStatus, NotPermitted) as error:
        told_of = {"act": act, "typed": typed, "refusal": error}
        context = _detail(actor, _one(actor, supervision_id)) | told_of
        return render(request, "cases/supervision.html", context, status=error.status)
    messages.success(request, _DONE[act])
    if request.POST.get("from") == "case":
        return redirect("case-detail", case_id=one.case_id)
    return redirect("supervision-detail", supervision_id=one.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def case_supervise(request: HttpRequest, case_id: UUID, kind: str) -> HttpResponse:
    """Remind or order an agency below about one case; what is refused comes back with what was typed."""
    actor = _case_actor(request)
    if kind not in KINDS:
        raise NotVisible
    case = policies.get_visible(actor, case_id)
    issuing.require_supervisor(actor)
    typed = {name: request.POST.get(name, "") for name in ("agency", "text", "due_on")}
    context = {
        "case": case,
        "kind": kind,
        "label": KINDS[kind].label,
        "order": KINDS[kind] == SupervisionKind.ORDER,
        "typed": typed,
        "supervise": offers(actor, case),
        "token": fresh_token(),
        "limit": issuing.LIMIT,
    }
    if request.method != "POST":
        return render(request, "cases/supervise.html", context)
    try:
        raw = {"kind": KINDS[kind].value, **{name: value for name, value in typed.items() if value}}
        made = _issue_once(actor, case_id, request.POST.get("token", ""), kind, raw)
    except (Malformed, GuardFailed, WrongStatus) as error:
        return render(request, "cases/supervise.html", context | {"refusal": error}, status=error.status)
    one = _one(actor, UUID(made))
    form = _ISSUED[SupervisionKind(one.kind)]
    messages.success(request, format_html(str(form), number=named(one.number), agency=named(one.agency.name)))
    return redirect("case-detail", case_id=case_id)


def _issue_once(actor: Actor, case_id: UUID, token: str, kind: str, raw: Mapping[str, object]) -> str:
    wording = issuing.parse(raw)
    return do_once(
        actor,
        token,
        lambda: str(issuing.issue(actor=actor, case_id=case_id, wording=wording).pk),
        what=f"supervise-{kind}:{case_id}",
        otherwise=_("请刷新案件页面，再发一次。"),
    )


@require_GET
def supervision_paper(request: HttpRequest, supervision_id: UUID) -> HttpResponseBase:
    """The official notice as a PDF; printing is recorded."""
    printed = print_notice(actor=_case_actor(request), supervision_id=supervision_id)
    return attached(io.BytesIO(printed.content), name=printed.name, media_type="application/pdf")


def _case_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role not in CASE_ROLES or actor.case_agency_id is None:
        raise NotPermitted(_("你现在的身份不办理案件，看不到督办。"))
    return actor


def _one(actor: Actor, supervision_id: UUID) -> Supervision:
    one = sight.in_sight(actor).select_related(*sight.PARTIES).filter(pk=supervision_id).first()
    if one is None:
        raise NotVisible
    return one


def _detail(actor: Actor, one: Supervision) -> dict[str, Any]:
    file = dossier(actor, one.case_id)
    clock = ledger.clocks_of([one]).get(one.pk)
    about = AuditEvent.objects.filter(heard(actor, file.case), kind__in=SUPERVISION)
    events = about.filter(facts__supervision=str(one.pk)).select_related("officer", "agency").order_by("-pk")
    shown = row(one, clock, file.now, file.calendar)
    story = lines(file, told(file, events))
    return {
        "shown": shown,
        "one": one,
        "case": file.case,
        "facts": facts(one, clock),
        "may": forms(actor, one),
        "story": story,
        "n_story": len(story),
        "closed": words.stamp(one.closed_at) if one.closed_at else "",
        "limit": acts.LIMIT,
    }

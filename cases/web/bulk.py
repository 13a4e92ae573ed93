"""One act on the chosen cases: choose, see what it would do to each, adjust, confirm, and what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.errors import Malformed, NotPermitted, NotVisible, Reason
from agencies.officers import officers_at
from agencies.roles import CASE_ROLES
from cases import bulk
from cases.bulk import Effect, Line
from cases.models import SupervisionKind
from cases.policies import visible_to
from cases.supervision import issuing
from cases.web.case import actor_of
from cases.web.once import do_once, done_before, fresh_token
from cases.web.sentences import named

WHAT = "bulk"
LABELS: Mapping[str, str | Promise] = {
    "remind": SupervisionKind.REMINDER.label,
    "order": SupervisionKind.ORDER.label,
    "reassign": gettext_lazy("改派经办人"),
    "extend": pgettext_lazy("verb", "延长"),
}
# The fields of each act.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "remind": ("text",),
    "order": ("text", "due_on"),
    "reassign": ("handler", "opinion"),
    "extend": ("amount", "reason"),
}
# What can be said before anything is typed.
_NEEDS_NOTHING = frozenset({"remind"})


def acts_offered(actor: Actor) -> list[tuple[str, str]]:
    """The acts that this officer may choose, with their words."""
    return [(name, str(LABELS[name])) for name in LABELS if name in bulk.acts_of(actor)]


@require_POST
def bulk_preview(request: HttpRequest) -> HttpResponse:
    """What the act would do to each chosen case; nothing is changed. Without an act, which act it is to be."""
    actor, case_ids, act, values = _asked(request)
    context = {"act": act, "values": values, "chosen": case_ids}
    if not act or not (act in _NEEDS_NOTHING or any(values.values()) or request.POST.get("previewed")):
        return render(request, "cases/bulk.html", _page(actor, context, bulk.chosen(actor, case_ids), fresh=True))
    try:
        lines = bulk.preview(actor=actor, act=act, case_ids=case_ids, values=values)
    except Malformed as error:
        return _again(request, actor, context, case_ids, error)
    return render(request, "cases/bulk.html", _page(actor, context, lines))


@require_POST
def bulk_confirm(request: HttpRequest) -> HttpResponse:
    """Do it, once however often the form is sent; then the page that says what was done and what not."""
    actor, case_ids, act, values = _asked(request)
    token = request.POST.get("token", "")

    def run() -> str:
        lines = bulk.carry_out(actor=actor, act=act, case_ids=case_ids, values=values)
        done = [str(line.case_id) for line in lines if line.effect is not None]
        refused = [[str(line.case_id), _why(line)] for line in lines if line.effect is None]
        return json.dumps({"act": act, "done": done, "refused": refused})

    try:
        do_once(actor, token, run, what=WHAT, otherwise=_("请重新选择案件，再办一次。"))
    except Malformed as error:
        context = {"act": act, "values": values, "chosen": case_ids}
        return _again(request, actor, context, case_ids, error)
    return redirect("bulk-done", token=token)


@require_safe
def bulk_done(request: HttpRequest, token: str) -> HttpResponse:
    """How many were done, and each that was not, with why."""
    actor = _case_actor(request)
    made = done_before(actor, token, what=WHAT)
    if made is None:
        raise NotVisible
    told = json.loads(made)
    refused = dict(told["refused"])
    cases = {str(case.pk): case for case in visible_to(actor).filter(pk__in=[*told["done"], *refused])}
    context = {
        "label": LABELS[told["act"]],
        "done": [cases[pk] for pk in told["done"] if pk in cases],
        "n_done": len(told["done"]),
        "refused": [(cases.get(pk), why) for pk, why in refused.items()],
    }
    return render(request, "cases/bulk_done.html", context)


def _case_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role not in CASE_ROLES or actor.case_agency_id is None or not bulk.acts_of(actor):
        raise NotPermitted(_("你现在的身份没有可以成批办理的。"))
    return actor


def _asked(request: HttpRequest) -> tuple[Actor, list[UUID], str, dict[str, str]]:
    """Who, which cases, which act and its input. Raises NotPermitted, Malformed."""
    actor, post = _case_actor(request), request.POST
    try:
        case_ids = [UUID(text) for text in dict.fromkeys(post.getlist("case"))]
    except ValueError:
        raise Malformed(reasons=[Reason("malformed", _("案件的地址不对，请刷新页面再选。"), "/cases")]) from None
    issuing.check_count(case_ids)
    act = post.get("act", "")
    if act and act not in bulk.acts_of(actor):
        raise NotPermitted
    return actor, case_ids, act, {name: post.get(name, "") for name in FIELDS.get(act, ())}


def _again(
    request: HttpRequest, actor: Actor, context: dict[str, Any], case_ids: Sequence[UUID], error: Malformed
) -> HttpResponse:
    page = _page(actor, context, bulk.chosen(actor, case_ids), fresh=True) | {"refusal": error}
    return render(request, "cases/bulk.html", page, status=error.status)


def _page(actor: Actor, context: dict[str, Any], lines: Sequence[Line], *, fresh: bool = False) -> dict[str, Any]:
    """The page with a row for each case; `fresh` before anything is known of what would happen."""
    able = [line for line in lines if line.case is not None and (fresh or line.effect is not None)]
    unable = [(line.case, _why(line)) for line in lines if line not in able]
    act = context["act"]
    return {
        **context,
        "label": LABELS.get(act, ""),
        "offered": acts_offered(actor),
        "fields": FIELDS.get(act, ()),
        "rows": [(line.case, _effect(line.effect) if line.effect else "") for line in able],
        "unable": unable,
        "n": len(able),
        "ready": not fresh,
        "officers": officers_at(actor.seat_id) if act == "reassign" else (),
        "token": fresh_token(),
        "limit": issuing.LIMIT,
    }


def _why(line: Line) -> str:
    return line.refusal if line.case is not None else _("没有找到，或者不在你的查看范围内。")


def _effect(effect: Effect) -> SafeString:
    """What happens to the case, in words."""
    now = timezone.now()
    if effect.after is not None:
        if effect.before is None:
            return format_html(_("分派给{name}"), name=named(effect.after.name))
        return format_html(_("{before} → {after}"), before=named(effect.before.name), after=named(effect.after.name))
    if effect.due_before is not None and effect.due_at is not None:
        days = {"before": words.weekday(effect.due_before, now), "after": words.weekday(effect.due_at, now)}
        return format_html(_("应办结 {before} → {after}"), **days)
    agency = named(effect.agency.name if effect.agency else "")
    if effect.due_at is None:
        return format_html(_("催办{agency}"), agency=agency)
    return format_html(_("督办{agency}，{day}前反馈"), agency=agency, day=words.weekday(effect.due_at, now))

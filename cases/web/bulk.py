"""One act on the chosen cases: choose, see what it would do to each, adjust, confirm, and what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.once import do_once, done_before, fresh_token
from agencies.errors import DomainError, GuardFailed, Malformed, NotPermitted, NotVisible, Reason
from agencies.officers import officers_at
from agencies.roles import CASE_ROLES
from cases import bulk
from cases.bulk import Effect, Line
from cases.models import SupervisionKind
from cases.policies import visible_to
from cases.queries.clock_names import Law, kind_word, laws_of
from cases.supervision import issuing
from cases.web.case import actor_of
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
# The pages that cases are chosen on.
_CHOSEN_ON: Mapping[str, str | Promise] = {
    "workbench": gettext_lazy("工作台"),
    "case-list": pgettext_lazy("room", "案件"),
    "board": gettext_lazy("督办看板"),
    "board-of": gettext_lazy("督办看板"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the form asks for; `told` when it says enough for a preview, `back` is where the cases were chosen."""

    actor: Actor
    case_ids: Sequence[UUID]
    act: str
    values: Mapping[str, str]
    told: bool
    back: str


class _NotChosen(Exception):
    """No case is ticked, or too many are; `asked` has what the page listed."""

    def __init__(self, asked: _Asked, why: Malformed) -> None:
        super().__init__(str(why))
        self.asked, self.why = asked, why


def acts_offered(actor: Actor) -> list[tuple[str, str]]:
    """The acts that this officer may choose, with their words."""
    return [(name, str(LABELS[name])) for name in LABELS if name in bulk.acts_of(actor)]


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_preview(request: HttpRequest) -> HttpResponse:
    """What the act would do to each chosen case; nothing is changed. Without an act, which act it is to be. An address
    without cases, as after a step back, leads to the list."""
    try:
        asked = _asked(request)
    except _NotChosen as error:
        return _to_choose(request, error)
    if not asked.act or not asked.told:
        return _fresh(request, asked)
    try:
        lines = bulk.preview(actor=asked.actor, act=asked.act, case_ids=asked.case_ids, values=asked.values)
    except Malformed as error:
        return _fresh(request, asked, error)
    if faults := _faults(asked.act, lines):
        return _fresh(request, asked, GuardFailed(Malformed.message, reasons=faults))
    return render(request, "cases/bulk.html", _page(asked, lines))


@require_POST
def bulk_confirm(request: HttpRequest) -> HttpResponse:
    """Do it, once however often the form is sent; then the page that says what was done and what not. What fails for every
    case because of the input comes back with it."""
    try:
        asked = _asked(request, only_ticked=True)
    except _NotChosen as error:
        return _to_choose(request, error)
    token = request.POST.get("token", "")

    def run() -> str:
        lines = bulk.carry_out(actor=asked.actor, act=asked.act, case_ids=asked.case_ids, values=asked.values)
        if faults := _faults(asked.act, lines):
            raise GuardFailed(Malformed.message, reasons=faults)
        done = [str(line.case_id) for line in lines if line.effect is not None]
        refused = [[str(line.case_id), _why(line)] for line in lines if line.effect is None]
        return json.dumps({"act": asked.act, "done": done, "refused": refused, "back": asked.back})

    try:
        do_once(asked.actor, token, run, what=WHAT, otherwise=_("请重新选择案件，再办一次。"))
    except (Malformed, GuardFailed) as error:
        return _fresh(request, asked, error)
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
        **_way(told["back"]),
    }
    return render(request, "cases/bulk_done.html", context)


def _case_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role not in CASE_ROLES or actor.case_agency_id is None or not bulk.acts_of(actor):
        raise NotPermitted(_("你现在的身份没有可以成批办理的。"))
    return actor


def _asked(request: HttpRequest, *, only_ticked: bool = False) -> _Asked:
    """Who, which cases, which act and its input. The page sends what it listed as well as what is ticked: what was refused
    stays chosen, and when nothing is ticked nothing is lost. Raises NotPermitted, Malformed, _NotChosen."""
    actor, given = _case_actor(request), request.POST if request.method == "POST" else request.GET
    ticked = given.getlist("case")
    case_ids = _ids(ticked if only_ticked or not ticked else [*ticked, *given.getlist("refused")])
    act = given.get("act", "")
    if act and act not in bulk.acts_of(actor):
        raise NotPermitted
    values = {name: given.get(name, "") for name in FIELDS.get(act, ())}
    told = act in _NEEDS_NOTHING or any(values.values()) or bool(given.get("previewed"))
    asked = _Asked(
        actor=actor, case_ids=case_ids, act=act, values=values, told=told, back=way_back(given.get("back", ""))
    )
    try:
        issuing.check_count(case_ids)
    except Malformed as error:
        raise _NotChosen(replace(asked, case_ids=_ids(given.getlist("listed"))), error) from None
    return asked


def _ids(texts: Sequence[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in dict.fromkeys(texts)]
    except ValueError:
        raise Malformed(reasons=[Reason("malformed", _("案件的地址不对，请刷新页面再选。"), "/cases")]) from None


def way_back(path: str) -> str:
    """The page that the cases were chosen on; the workbench for anything else."""
    try:
        name = resolve(urlsplit(path).path).url_name
    except (Resolver404, ValueError):
        name = None
    return path if name in _CHOSEN_ON and path.startswith("/") and not path.startswith("//") else reverse("workbench")


def _way(back: str) -> dict[str, object]:
    return {"back": back, "back_label": _CHOSEN_ON[str(resolve(urlsplit(back).path).url_name)]}


def _to_choose(request: HttpRequest, error: _NotChosen) -> HttpResponse:
    """Nothing, or too much, was chosen: back to where one chooses, or the page again with all that it listed."""
    asked = error.asked
    if 0 < len(asked.case_ids) <= issuing.MOST:
        return _fresh(request, asked, error.why)
    for reason in error.why.reasons:
        messages.error(request, str(reason.words))
    return redirect(asked.back if request.method == "POST" else reverse("case-list"))


def _faults(act: str, lines: Sequence[Line]) -> list[Reason]:
    """Why nothing can be done, when it is the input that stands in the way."""
    if any(line.effect is not None for line in lines):
        return []
    found = [fault for line in lines for fault in line.faults if fault.pointer.strip("/") in FIELDS[act]]
    return list({(fault.pointer, str(fault.words)): fault for fault in found}.values())


def _fresh(request: HttpRequest, asked: _Asked, refusal: DomainError | None = None) -> HttpResponse:
    """The form with the chosen cases, before anything is known of what would happen; with what is wrong with its input."""
    lines = bulk.chosen(asked.actor, asked.case_ids)
    page = _page(asked, lines, fresh=True)
    if refusal is None:
        return render(request, "cases/bulk.html", page)
    at: dict[str, list[str]] = {}
    for reason in refusal.reasons:
        at.setdefault(reason.pointer.strip("/"), []).append(str(reason.words))
    return render(request, "cases/bulk.html", page | {"refusal": refusal, "errors": at}, status=refusal.status)


def _page(asked: _Asked, lines: Sequence[Line], *, fresh: bool = False) -> dict[str, Any]:
    """The page with a row for each case; `fresh` before anything is known of what would happen."""
    known = laws_of() if asked.act == "extend" else {}
    act, orders = asked.act, bulk.orders_open(asked.actor, asked.case_ids)
    able = [line for line in lines if line.case is not None and (fresh or line.effect is not None)]
    rest = [line for line in lines if line not in able]
    return {
        "act": act,
        "values": asked.values,
        "chosen": asked.case_ids,
        "errors": {},
        "label": LABELS.get(act, ""),
        "offered": acts_offered(asked.actor),
        "fields": FIELDS.get(act, ()),
        "rows": [
            (line.case, _effect(line.effect, known) if line.effect else "", orders.get(line.case_id, ()))
            for line in able
        ],
        "unable": [(line.case, _why(line)) for line in rest],
        "refused_ids": [line.case_id for line in rest],
        "n": len(able),
        "ready": not fresh,
        "officers": officers_at(asked.actor.seat_id) if act == "reassign" else (),
        "token": fresh_token(),
        "limit": issuing.LIMIT,
        **_way(asked.back),
    }


def _why(line: Line) -> str:
    return line.refusal if line.case is not None else _("没有找到，或者不在你的查看范围内。")


def _effect(effect: Effect, known: Mapping[str, Law]) -> SafeString:
    """What happens to the case, in words; `known` holds the law's periods by key."""
    now = timezone.now()
    if effect.after is not None:
        if effect.before is None:
            return format_html(_("无人经办 → {name}"), name=named(effect.after.name))
        return format_html(_("{before} → {after}"), before=named(effect.before.name), after=named(effect.after.name))
    if effect.due_before is not None and effect.due_at is not None and effect.clock is not None:
        days = {"before": words.weekday(effect.due_before, now), "after": words.weekday(effect.due_at, now)}
        form = _("延长“{clock}”的时限，应办结 {before} → {after}")
        if effect.due_at <= now:
            form = _("延长“{clock}”的时限，应办结 {before} → {after}，延长后仍已超期")
        return format_html(form, clock=kind_word(effect.clock.kind, known), **days) + _untouched(effect, known)
    agency = named(effect.agency.name if effect.agency else "")
    if effect.due_at is None:
        return format_html(_("催办{agency}"), agency=agency)
    return format_html(_("督办{agency}，{day}前反馈"), agency=agency, day=words.weekday(effect.due_at, now))


def _untouched(effect: Effect, known: Mapping[str, Law]) -> SafeString:
    """The other clocks that run on the case, which do not change; nothing when there is none."""
    now, rest = timezone.now(), effect.untouched
    said = [
        (_("%(clock)s（法定，%(day)s）") if clock.statutory else _("%(clock)s（%(day)s）"))
        % {"clock": kind_word(clock.kind, known), "day": words.weekday(clock.due_at, now)}
        for clock in rest
    ]
    if not said:
        return format_html("")
    return format_html('<span class="sub">{}</span>', _("不变：%(clocks)s") % {"clocks": _("、").join(said)})

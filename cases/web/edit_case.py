"""新建请求, the third step, and the mending of a returned case: facts, persons, items, files, and 报送审批.

One form serves the page with and without script. Whatever a POST asks for, the text is saved first; whatever cannot be
saved comes back as it was typed, with the reason beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.signed_out import answers_signed_out
from agencies.errors import DomainError, GuardFailed, Malformed, NotPermitted, Reason, StaleVersion
from cases import drafts, files, policies
from cases.commands import take_step
from cases.models import Case
from cases.queries.drafting import missing
from cases.web import case_advice, draft_form, drafting_page, unsaved
from cases.web.draft_form import Form, Row
from cases.web.new_case import choose, chosen_country, chosen_type
from cases.web.papers import removed, take_files
from cases.workflow import EDITABLE

_PAGE = re.compile(r"[A-Za-z0-9]{12}")


@answers_signed_out  # whose session has ended gets his text back, not a log-in page instead of it
@require_http_methods(["GET", "POST"])
def edit_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The drafting page of a draft or returned case."""
    if not request.user.is_authenticated:
        return drafting_page.signed_out(request)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case = policies.get_visible(actor, case_id)
    if request.method == "POST":
        return _post(request, actor, case)
    if case.status not in EDITABLE:
        return redirect("case-detail", case_id=case.pk)
    if not policies.may_edit(actor, case, policies.open_leg(case)):
        raise NotPermitted(_("草稿由本机关承办人填写。"))
    step = request.GET.get("step")
    if step == "country":
        return choose(request, country=None, case=case)
    if step == "type" and (country := chosen_country(request.GET.get("country", "")) or case.country):
        return choose(request, country=country, case=case)
    form = draft_form.stored(drafts.content_of(case))
    form.opinion = request.session.get(_opinion_key(case), "")
    unsaved.restore(request.session, case, form)
    return _page(request, case, form)


@answers_signed_out
@require_POST
def autosave(request: HttpRequest, case_id: UUID) -> JsonResponse:
    """Save what was typed so far: {version, saved, kept, title, duplicates, missing, errors}, or a problem in JSON with its status."""
    if not request.user.is_authenticated:
        detail = _("登录已过期，刚写的内容还没有存上，都在这一页。请另开一页登录，再回到这里。")
        return JsonResponse({"code": "signed_out", "detail": detail}, status=401)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        case = policies.get_visible(actor, case_id)
        form = draft_form.posted(request.POST)
        case, reasons, kept = _save(request, actor, case, form)
    except DomainError as error:
        answer = {"code": error.code, "detail": str(error.message), "version": error.facts.get("current")}
        return JsonResponse(answer, status=error.status)
    now = timezone.now()
    told = _("%(time)s，有 %(n)s 处还没存上") % {"time": words.clock(now), "n": len(reasons)}
    return JsonResponse(
        {
            "version": case.version,
            "saved": told if reasons else words.clock(now),
            "kept": kept,
            "title": case.title,
            "duplicates": drafting_page.duplicate_lines(actor, case),
            "route": [agency.short_name or agency.name for agency in drafting_page.way_of(case)],
            "missing": [_shown(reason) for reason in missing(case)],
            "errors": [_shown(form.on_page(one)) | {"label": drafting_page.label_of(one.pointer)} for one in reasons],
        }
    )


@require_http_methods(["GET", "POST"])
def discard_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """删除草稿: asks once, naming the number; the number is not used again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case = policies.get_visible(actor, case_id)
    if request.method == "GET":
        policies.require_role(actor, policies.find(case, "discard"))
        policies.require_ready(actor, policies.find(case, "discard"), case, policies.open_leg(case))
        return render(request, "cases/discard.html", {"case": case})
    take_step(actor=actor, case_id=case.pk, step="discard", version=_number(request.POST.get("version", "")))
    messages.success(request, format_html("<b>{}</b>", _("草稿 %(number)s 已删除。") % {"number": case.number}))
    return redirect("workbench")


# --- A POST of the page ---------------------------------------------------------------------------------------------


def _post(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    action, _colon, place = request.POST.get("action", "save").partition(":")
    if action == "choose":
        return _choose(request, actor, case)
    form = draft_form.posted(request.POST)
    _rows(form, action, place)
    try:
        case, reasons, _kept = _save(request, actor, case, form)
    except StaleVersion:
        return drafting_page.conflict(request, actor, case.pk, form)
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(request, case, form, error=error)
    if action in ("add_subject", "add_item", "remove_subject", "remove_item"):
        return _with_rows(request, case, form, action, reasons)
    act = _ACTIONS.get(action, _saved)
    if reasons and action not in ("attach", "remove_file"):
        return _page(request, case, form, error=Malformed(reasons=reasons))
    return act(request, actor, case, form, place)


def _save(request: HttpRequest, actor: Actor, case: Case, form: Form) -> tuple[Case, list[Reason], bool]:
    """Save every part of the form that can be saved; gives the case, what is wrong with the rest, and whether that
    waits in the session."""
    content, reasons = draft_form.parse(form, lists="rows" in request.POST)
    if form.chosen:
        content |= _chosen(actor, form)
    case = drafts.save_draft(actor=actor, case_id=case.pk, content=content, **_opened_at(request))
    case_advice.hold(request, case)
    if "opinion" in request.POST:
        request.session[_opinion_key(case)] = form.opinion[:4000]
    return case, reasons, unsaved.keep(request.session, case, form, reasons)


def _opened_at(request: HttpRequest) -> dict[str, Any]:
    """The version that the page was opened at, and the name by which it knows its own saves again."""
    page = request.POST.get("page", "")
    return {"version": _number(request.POST.get("version", "")), "page": page if _PAGE.fullmatch(page) else ""}


def _chosen(actor: Actor, form: Form) -> dict[str, Any]:
    """The country and the type that were chosen; raises Malformed unless the actor's agency may open that."""
    country = chosen_country(form.chosen.get("country", ""))
    kind = chosen_type(actor, country, form.chosen.get("request_type", ""))
    if country is None or kind is None:
        raise Malformed(reasons=[Reason("unknown_code", _("选择请求类型。"), "/request_type")])
    return {"country": country, "request_type": kind}


def _rows(form: Form, action: str, place: str) -> None:
    """Take off the row whose 去掉 was pressed, by its number on the page."""
    rows = {"remove_subject": form.subjects, "remove_item": form.items}.get(action)
    if rows is not None and re.fullmatch("[0-9]{1,4}", place):
        rows[:] = [row for row in rows if row.number != int(place)]


def _with_rows(request: HttpRequest, case: Case, form: Form, action: str, reasons: list[Reason]) -> HttpResponse:
    if action == "add_subject":
        form.subjects.append(Row({}))
    elif action == "add_item":
        form.items.append(Row({}))
    form.blame(reasons)
    return _page(request, case, form, focus=action.removeprefix("add_") if action.startswith("add_") else "")


def _saved(request: HttpRequest, actor: Actor, case: Case, form: Form, place: str) -> HttpResponse:
    return redirect("case-edit", case_id=case.pk)


def _go(request: HttpRequest, actor: Actor, case: Case, form: Form, place: str) -> HttpResponse:
    """On to another step, now that the text is saved."""
    if place == "discard":
        return redirect("case-discard", case_id=case.pk)
    step = "type" if place == "type" and case.country else "country"
    return redirect(f"{reverse('case-edit', args=[case.pk])}?step={step}")


def _choose(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """Steps 1 and 2 of an existing draft: its country and type are changed together."""
    posted = draft_form.posted(request.POST)
    try:
        content = _chosen(actor, posted)
    except Malformed as error:
        country = chosen_country(posted.chosen.get("country", "")) or case.country
        return choose(request, country=country, case=case, status=error.status)
    try:
        drafts.save_draft(actor=actor, case_id=case.pk, content=content, **_opened_at(request))
    except StaleVersion:
        form = draft_form.stored(drafts.content_of(policies.get_visible(actor, case.pk)))
        form.chosen = posted.chosen
        return drafting_page.conflict(request, actor, case.pk, form)
    return redirect("case-edit", case_id=case.pk)


def _attach(request: HttpRequest, actor: Actor, case: Case, form: Form, place: str) -> HttpResponse:
    refusal = take_files(request, actor, case)
    if refusal is not None:
        return _page(request, case, form, error=refusal)
    return redirect(f"{reverse('case-edit', args=[case.pk])}#f-file")


def _remove_file(request: HttpRequest, actor: Actor, case: Case, form: Form, place: str) -> HttpResponse:
    try:
        file_id = UUID(place)
    except ValueError:
        raise Malformed from None
    attachment = files.remove(actor=actor, case_id=case.pk, file_id=file_id)
    messages.success(request, removed(attachment))
    return redirect(f"{reverse('case-edit', args=[case.pk])}#f-file")


def _advise(request: HttpRequest, actor: Actor, case: Case, form: Form, place: str) -> HttpResponse:
    try:
        case_advice.keep(actor, case, request.POST.dict())
    except Malformed as error:
        return _page(request, case, form, error=error)
    case_advice.release(request, case)
    messages.success(request, _("渠道已记下。"))
    return redirect(f"{reverse('case-edit', args=[case.pk])}#advice")


def _submit(request: HttpRequest, actor: Actor, case: Case, form: Form, place: str) -> HttpResponse:
    data = {"opinion": form.opinion} if form.opinion.strip() else {}
    try:
        case_advice.file(request, actor, case)
        done = take_step(actor=actor, case_id=case.pk, step="submit", data=data, version=case.version)
    except (GuardFailed, Malformed) as error:
        return _page(request, case, form, error=error)
    request.session.pop(_opinion_key(case), None)
    unsaved.drop(request.session, case)
    words_ = _("已报送本机关审批人审批。审批后逐级上报，每一步都会通知你。")
    messages.success(request, format_html("<b>{}</b> {}", done.number, words_))
    return redirect("case-detail", case_id=done.pk)


_ACTIONS: dict[str, Callable[[HttpRequest, Actor, Case, Form, str], HttpResponse]] = {
    "go": _go,
    "attach": _attach,
    "remove_file": _remove_file,
    "advise": _advise,
    "submit": _submit,
}


# --- Parts ----------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, case: Case, form: Form, **extra: Any) -> HttpResponse:
    error: DomainError | None = extra.get("error")
    if error is not None:
        form.blame(error.reasons)
    return drafting_page.show(request, case, form, status=error.status if error else 200, **extra)


def _shown(reason: Reason) -> dict[str, str]:
    return {
        "code": reason.code,
        "detail": str(reason.words),
        "pointer": reason.pointer,
        "href": drafting_page.anchor(reason),
    }


def _number(text: str) -> int:
    """The version a page was opened at; a page that does not say is as old as can be, so nothing is overwritten."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _opinion_key(case: Case) -> str:
    return f"submit-note:{case.pk}"

"""Taking a step from its form, and what becomes of a form that cannot be taken: nothing typed is lost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.actors import Actor
from agencies.delegations import signed
from agencies.errors import (
    DomainError,
    FourEyes,
    GuardFailed,
    Malformed,
    NotHolder,
    NotPermitted,
    StaleVersion,
    WrongStatus,
)
from agencies.models import Agency
from agencies.officers import officers_at, standing_in
from cases.commands import take_step
from cases.models import Case, Involvement, Status
from cases.policies import available, find, open_leg
from cases.queries.changes import Since, since
from cases.queries.dossier import Dossier, dossier
from cases.web import done_words, onward_words, sentences
from cases.web.case import actor_of, described
from cases.web.case_page import lines, page, seat_of, whose
from cases.web.papers import attach_all, refusal_of, uploaded
from cases.web.step_forms import StepForm, brings_files, build
from cases.web.step_posts import Posted, read
from cases.workflow import Kind, Transition


@require_POST
def case_step(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """Take the step; then the case page with a plain notice. Refusals keep what was typed."""
    actor = actor_of(request)
    posted = read(step, request.POST)
    try:
        case, taken = _take(request, actor, case_id, step, posted)
    except (Malformed, GuardFailed) as error:
        return _again(request, dossier(actor, case_id), step, posted, error)
    except StaleVersion as error:
        return _conflict(request, dossier(actor, case_id), step, posted, error)
    except (NotPermitted, NotHolder, FourEyes, WrongStatus) as error:
        return _refused(request, dossier(actor, case_id), step, posted, error)
    messages.success(request, _done(done_words.done(step, case, open_leg(case))))
    if taken:
        messages.success(request, uploaded(taken))
    return redirect("case-detail", case_id=case.pk)


def _take(request: HttpRequest, actor: Actor, case_id: UUID, step: str, posted: Posted) -> tuple[Case, list[str]]:
    """The step with the files it brings, both or neither; gives the case and the files' names."""
    with transaction.atomic():
        case = take_step(actor=actor, case_id=case_id, step=step, data=posted.data, version=posted.version)
        if not brings_files(find(case, step)):
            return case, []
        taken, refused = attach_all(request, actor, case)
        if refused:
            raise refusal_of(refused, _("文件没有收下，这一步没有办成。改好后重新选择文件。"))
        return case, taken


def _done(said: SafeString) -> SafeString:
    """What was done, and the way to what comes next."""
    return format_html('{}　<a href="{}">{}</a>', said, reverse("workbench"), _("回到工作台"))


def _again(request: HttpRequest, told: Dossier, step: str, posted: Posted, error: DomainError) -> HttpResponse:
    """The case page with the form open, every reason at its input. A step that is not his to take says whose it is."""
    transition = find(told.case, step)
    if transition not in available(told.actor, told.case, told.leg):
        return _refused(request, told, step, posted, NotPermitted())
    context = page(told, step=step, posted=posted, error=error)
    return render(request, "cases/case.html", context | {"refused": error}, status=error.status)


# --- The case changed since the page was opened ----------------------------------------------------------------------


def _conflict(request: HttpRequest, told: Dossier, step: str, posted: Posted, error: StaleVersion) -> HttpResponse:
    transition = find(told.case, step)
    news = since(told, posted.version or 0)
    still = transition in available(told.actor, told.case, told.leg)
    form = build(told, transition, leads=onward_words.leads(told, transition) if still else "", posted=posted)
    context = {
        "case": told.case,
        "error": error,
        "form": form,
        "still": still,
        "whose": "" if still else whose(told, transition),
        "typed": typed(transition, posted, form),
        "news": lines(told, news.entries),
        "changes": _then_and_now(told, news) + described(list(news.content)),
    }
    return render(request, "cases/conflict.html", context, status=error.status)


def _then_and_now(told: Dossier, news: Since) -> list[dict[str, Any]]:
    """Status and holder, where they differ from what the page showed."""
    case, leg = told.case, told.leg
    pairs = []
    if news.status != case.status:
        before, after = (str(Status(code).label) for code in (news.status, case.status))
        pairs.append({"label": _("状态"), "before": before, "after": after})
    holder = Agency.objects.filter(pk=news.holder_id).first() if news.holder_id else None
    then, now = holder.name if holder else _("外方"), leg.holder_name if leg else _("已结束")
    if (news.holder_id or 0) != (leg.agency_id if leg and leg.agency_id else 0):
        pairs.append({"label": _("现由谁办"), "before": then, "after": now})
    return pairs


def typed(transition: Transition, posted: Posted, form: StepForm) -> list[tuple[object, str]]:
    """What was written, label by label, for a page on which the form cannot be sent."""
    words: list[tuple[object, str]] = []
    options = {shown.name: dict(shown.options) for shown in form.inputs}
    for field in transition.fields:
        value = posted.data.get(field.name)
        if not value or field.kind is Kind.DECISIONS:
            continue
        names = options.get(field.name, {})
        if field.kind is Kind.OUTCOMES:
            text = "；".join(row["note"] for row in value if row["note"])
        elif value is True:
            text = _("是")
        elif isinstance(value, dict):
            text = "，".join(part for part in value.values() if part)
        else:
            text = "、".join(str(names.get(one, one)) for one in ([value] if isinstance(value, str) else value))
        words.append((field.label, text))
    return words


# --- Not his step ----------------------------------------------------------------------------------------------------


def _refused(request: HttpRequest, told: Dossier, step: str, posted: Posted, error: DomainError) -> HttpResponse:
    transition = find(told.case, step)
    form = build(told, transition, leads="", posted=posted)
    context = {
        "case": told.case,
        "error": error,
        "step": transition.label,
        "lede": sentences.lede(told),
        "whose": whose(told, transition) if told.case.status in transition.sources else "",
        "officers": _who_may(told.actor, told, transition),
        "typed": typed(transition, posted, form),
    }
    return render(request, "cases/refused.html", context, status=error.status)


def _who_may(actor: Actor, told: Dossier, transition: Transition) -> list[str]:
    """The officers in office who may take the step now, but for those whose other hand is in the case."""
    seat = seat_of(told, transition)
    if seat is None or told.case.status not in transition.sources:
        return []
    roles = sorted(transition.roles)
    found: dict[tuple[int, ...], str] = {
        (officer.pk,): officer.name for role in roles for officer in officers_at(seat.pk, role=role)
    }
    for lent in (one for role in roles for one in standing_in(seat.pk, role)):
        found[lent.delegate_id, lent.lender_id] = signed(lent.delegate.name, lent.lender.name)
    if transition.involvement is not None:
        hands = Involvement.objects.filter(case=told.case)
        same = hands.filter(kind=transition.involvement).values_list("officer_id", flat=True)
        used = set(hands.values_list("officer_id", flat=True)) - set(same)
        found = {pks: name for pks, name in found.items() if used.isdisjoint(pks)}
    return [name for pks, name in found.items() if pks != actor.hands]

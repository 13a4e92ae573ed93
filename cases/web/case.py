"""The case page, its personal data for a stated purpose, a comparison of two contents, and copying a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.actors import Actor
from agencies.errors import Malformed, NotVisible
from cases import reading
from cases.copies import copy_case
from cases.models import BorderMatter, Mark, Revision, Urgency
from cases.queries import choices
from cases.queries.changes import Change, between
from cases.queries.dossier import dossier
from cases.web.case_page import page, person
from cases.web.drafting_page import FIELD_WORDS
from cases.web.once import open_once
from cases.web.timeline_words import FIELDS


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; an officer without an appointment sees no case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_safe
def case_detail(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Where a case is, what happens next, what I may do, and everything it holds. Reading it is recorded."""
    actor = actor_of(request)
    told = dossier(actor, case_id)
    reading.opened(actor, told.case)
    return render(request, "cases/case.html", page(told, whole_timeline=request.GET.get("timeline") == "all"))


@require_POST
def unmask(request: HttpRequest, case_id: UUID, subject_id: UUID) -> HttpResponse:
    """One person's document number and birthday: the row for htmx, the whole page without script."""
    actor = actor_of(request)
    try:
        case, subject = reading.unmask(actor, case_id, subject_id, request.POST.get("purpose", ""))
    except Malformed as error:
        told = dossier(actor, case_id)
        messages.error(request, _("没有打开：先选择查看的用途。"))
        return render(request, "cases/case.html", page(told), status=error.status)
    if request.htmx:  # type: ignore[attr-defined]
        context = {"case": case, "person": person(subject, shown=True), "purposes": reading.PURPOSES.items()}
        return render(request, "cases/_person.html", context)
    return render(request, "cases/case.html", page(dossier(actor, case_id, case=case), shown=subject.pk))


@require_safe
def revision(request: HttpRequest, case_id: UUID, number: int) -> HttpResponse:
    """A corrected content beside the one before: what a passed-over tier is pointed to."""
    actor = actor_of(request)
    told = dossier(actor, case_id)
    versions = {
        row.number: row
        for row in Revision.objects.filter(case=told.case, number__in=[number - 1, number]).select_related(
            "submitted_by", "for_officer"
        )
    }
    if number not in versions:
        raise NotVisible
    reading.opened(actor, told.case)
    changes = between(told, number - 1, number)
    context = {
        "case": told.case,
        "new": versions[number],
        "old": versions.get(number - 1),
        "changes": described(changes),
        "latest": told.case.content_version,
    }
    return render(request, "cases/revision.html", context)


@require_POST
def copy(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A new draft with the same content, for a drafter who may see the case; one, however often the form is sent.

    With `supplements` it names the case and adds to it (补充请求)."""
    actor = actor_of(request)
    adds = request.POST.get("supplements") == "1"
    made = open_once(
        actor,
        request.POST.get("token", ""),
        lambda: copy_case(actor=actor, case_id=case_id, supplements=adds),
        what=f"case-{'add' if adds else 'copy'}:{case_id}",
        otherwise=_("请刷新案件页面，再复制一次。"),
    )
    done = _("补充请求的草稿已建好：留下要补充的内容，改好后报送。") if adds else _("已复制为新的草稿，改好后报送。")
    messages.success(request, done)
    return redirect("case-edit", case_id=made)


def described(changes: list[Change]) -> list[dict[str, Any]]:
    """Changes with the words of their fields, as components/diff.html takes them."""
    return [
        {"label": _label(change), "before": _shown(change.field, change.before), "after": _shown(change.field, after)}
        for change in changes
        for after in [change.after if change.after != change.before else _hidden_change(change.after)]
    ]


def _label(change: Change) -> str:
    label = str(FIELDS.get(change.field) or FIELD_WORDS[change.field])
    return _("%(label)s 第 %(row)s 项") % {"label": label, "row": change.row} if change.row else label


def _hidden_change(text: str) -> str:
    """Masked values may look alike and differ."""
    return _("%(text)s（证件号码或出生日期有改动）") % {"text": text}


def _shown(field: str, value: str) -> str:
    """The words of a code; other values as they are."""
    if field in ("country", "request_type"):
        offers = choices.countries() if field == "country" else choices.request_types()
        return offers[value][1] if value in offers else value
    codes = {"urgency": Urgency, "mark": Mark, "border_matter": BorderMatter}.get(field)
    return str(codes(value).label) if codes is not None and value in codes.values else value

"""The written part of a section: what holds, its versions, two of them side by side, review, and who looks after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from agencies.actors import Actor
from agencies.doors.forms import attach
from agencies.errors import Conflict, DomainError, GuardFailed, Malformed, NotVisible
from agencies.roles import Role
from countries import proposals, section_care, sections
from countries.lookup import country_by_code
from countries.models import Country, ProposalState, Section, SectionCare, SectionText, TextState
from countries.policies import keeps_facts, proposes, require_keeper
from countries.section_words import Told, told
from countries.web.section_forms import CareForm
from countries.written import written_of


@dataclass(frozen=True, slots=True)
class Place:
    """A section of a country's ledger, and who looks at it."""

    actor: Actor
    country: Country
    section: Section

    def context(self) -> dict[str, Any]:
        """What every page of the section shows."""
        return {"country": self.country, "section": self.section, "title": self.section.label}


def place_of(request: HttpRequest, code: str, section: str) -> Place:
    """The section; NotVisible for a country or a section that is not there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    country = country_by_code(code.upper())
    if country is None or section not in Section.values:
        raise NotVisible
    return Place(actor, country, Section(section))


# --- Reading ---------------------------------------------------------------------------------------------------------


@require_safe
def section_page(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """What holds of the section, its versions, who looks after it; for the desk what is being written."""
    return _page(request, place_of(request, code, section))


def _page(request: HttpRequest, place: Place, form: CareForm | None = None) -> HttpResponse:
    actor, desk = place.actor, keeps_facts(place.actor)
    care = SectionCare.objects.filter(country=place.country, section=place.section).select_related("owner").first()
    if form is None and desk and actor.role == Role.APPROVER:
        form = CareForm(care=care)
    context = place.context() | {
        "told": _told(place),
        "versions": list(sections.versions(place.country, place.section)),
        "desk": desk,
        "may_propose": proposes(actor) and not desk,
        "care_form": form,
        "confirms": care is not None and care.owner_id in actor.hands and desk,
        "own": sections.own(actor, place.country, place.section) if desk else None,
    }
    if desk:
        context["reviews"] = _under_review(place)
        open_ones = proposals.proposals_for(actor).filter(state=ProposalState.OPEN, country=place.country)
        context["proposals"] = list(open_ones.filter(section=place.section).order_by("pk"))
    failed = form is not None and form.errors
    return render(request, "countries/section.html", context, status=400 if failed else 200)


def _told(place: Place) -> Told:
    return told(place.section, written_of(place.country).get(place.section), timezone.localdate())


def _under_review(place: Place) -> list[SectionText]:
    rows = SectionText.objects.filter(country=place.country, section=place.section, state=TextState.REVIEW)
    return list(rows.exclude(author__in=place.actor.hands).select_related("author").order_by("written_at"))


@require_safe
def section_version(request: HttpRequest, code: str, section: str, number: int) -> HttpResponse:
    """One version; under review beside what holds now, with what the reviewer may do.

    Notices name a version by its number. Where it is no longer to be seen under it the desk lands on the section, whether or
    not somebody else has a draft with that number.
    """
    place = place_of(request, code, section)
    try:
        row = sections.version(place.actor, place.country, place.section, number)
    except NotVisible:
        if not keeps_facts(place.actor):
            raise
        words = _("第 %(n)s 版已经退回、放弃或者换了版号。这一节现在的文字和等复核的版本在这里。")
        messages.info(request, words % {"n": number})
        return redirect("ledger-section", place.country.code, place.section)
    return _version(request, place, row)


def _version(
    request: HttpRequest, place: Place, row: SectionText, *, fault: str = "", remark: str = "", status: int = 200
) -> HttpResponse:
    holds = sections.holding(place.country, place.section)
    context = place.context() | {
        "row": row,
        "holds": holds,
        "beside": holds if holds is not None and row.state in sections.AT_WORK else None,
        "overtaken": row.state in sections.AT_WORK and holds is not None and holds.pk != row.based_on_id,
        "reviews": sections.may_review(place.actor, row),
        "mine": row.author_id == place.actor.officer_id and keeps_facts(place.actor),
        "fault": fault,
        "remark": remark,
    }
    return render(request, "countries/section_version.html", context, status=status)


@require_safe
def section_compare(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """Two versions side by side: the older on the left."""
    place = place_of(request, code, section)
    choices = list(sections.versions(place.country, place.section))
    if len(choices) > 1 and not request.GET:
        asked = [choices[1].number, choices[0].number]
    else:
        asked = [_number(request.GET.get(name, "")) for name in ("a", "b")]
    pair = [sections.version(place.actor, place.country, place.section, number) for number in sorted(asked)]
    picks = [("a", _("旧版"), pair[0].number), ("b", _("新版"), pair[1].number)]
    context = place.context() | {"choices": choices, "picks": picks, "old": pair[0], "new": pair[1]}
    return render(request, "countries/section_compare.html", context)


def _number(text: str) -> int:
    """The number of a version; NotVisible for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotVisible
    return int(text)


# --- Acting ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done with a version, and the words when it is done."""

    run: Callable[[Actor, SectionText, str], object]
    done: str | Promise


ACTS: Mapping[str, Act] = {
    "submit": Act(
        lambda actor, row, _remark: sections.submit(actor=actor, text_id=row.pk),
        gettext_lazy("已送复核，复核的人会收到通知。"),
    ),
    "publish": Act(
        lambda actor, row, _remark: sections.publish(actor=actor, text_id=row.pk),
        gettext_lazy("已发布，写的人会收到通知。"),
    ),
    "send-back": Act(
        lambda actor, row, remark: sections.send_back(actor=actor, text_id=row.pk, remark=remark),
        gettext_lazy("已退回，写的人会收到通知。"),
    ),
    "drop": Act(
        lambda actor, row, _remark: sections.drop(actor=actor, text_id=row.pk),
        gettext_lazy("已放弃这份草稿。"),
    ),
}


@require_POST
def section_act(request: HttpRequest, code: str, section: str, number: int, act: str) -> HttpResponse:
    """Submit, publish, send back or drop a version; a refusal shows the version again, with what was typed."""
    place = place_of(request, code, section)
    require_keeper(place.actor)
    row = sections.version(place.actor, place.country, place.section, number)
    remark = request.POST.get("remark", "")
    try:
        ACTS[act].run(place.actor, row, remark)
    except (Malformed, GuardFailed, Conflict) as error:
        return _version(request, place, row, fault=_words(error), remark=remark, status=error.status)
    messages.success(request, str(ACTS[act].done))
    return redirect("ledger-section", place.country.code, place.section)


def _words(error: DomainError) -> str:
    return " ".join(str(reason.words) for reason in error.reasons) or str(error.message)


@require_POST
def section_entrust(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """An approver of the desk says who looks after the section."""
    place = place_of(request, code, section)
    require_keeper(place.actor)
    form = CareForm(request.POST)
    if form.is_valid():
        try:
            section_care.entrust(actor=place.actor, country=place.country, section=place.section, **form.cleaned_data)
        except GuardFailed as error:
            attach(form, error)
        else:
            messages.success(request, _("已指定，他会收到通知。"))
            return redirect("ledger-section", place.country.code, place.section)
    return _page(request, place, form)


@require_POST
def section_confirm(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """The owner has read it again and it still holds."""
    place = place_of(request, code, section)
    section_care.confirm(actor=place.actor, country=place.country, section=place.section)
    messages.success(request, _("已记为复核过，仍然有效。"))
    return redirect("ledger-section", place.country.code, place.section)

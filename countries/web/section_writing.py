"""Writing a version of a section: nothing typed is lost, whoever else writes at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, DomainError, FourEyes, GuardFailed, Malformed, StaleVersion
from countries import proposals, sections
from countries.models import LedgerProposal, SectionText, TextState
from countries.policies import require_keeper
from countries.sections import Overtaken
from countries.web.section_forms import TextForm
from countries.web.sections import Place, place_of

SUBMIT, SAVE = "submit", "save"


@dataclass(slots=True)
class Desk:
    """What lies on the writer's desk: what holds, his own version, the proposal that he takes over."""

    place: Place
    holds: SectionText | None
    own: SectionText | None
    proposal: LedgerProposal | None

    def opened(self) -> dict[str, Any]:
        """What the form opens with: his own version, else what holds; a proposal is put at the end."""
        row = self.own or self.holds
        base = self.own.based_on if self.own is not None else self.holds
        names = ("text_zh", "text_en", "sources")
        found: dict[str, Any] = {name: getattr(row, name) if row is not None else "" for name in names}
        found |= {"based_on": base.number if base else None, "seen": self.own.seen if self.own is not None else ""}
        if (one := self.proposal) is not None:
            found["text_zh"] = "\n\n".join(filter(None, [found["text_zh"], one.text]))
            found["sources"] = "\n".join(filter(None, [found["sources"], one.source]))
            found["proposal"] = one.pk
        return found

    @property
    def overtaken(self) -> bool:
        """Was another version published since he began his own?"""
        return self.own is not None and self.holds is not None and self.own.based_on_id != self.holds.pk


def _desk(request: HttpRequest, place: Place) -> Desk:
    here = (place.country, place.section)
    proposal = proposals.opened_with(place.actor, request.GET.get("proposal", ""), here)
    holds = sections.holding(place.country, place.section)
    return Desk(place, holds, sections.own(place.actor, place.country, place.section), proposal)


@require_http_methods(["GET", "HEAD", "POST"])
def section_write(request: HttpRequest, code: str, section: str) -> HttpResponse:
    """Write one's own version, save it as a draft or ask for review; who was overtaken sees both texts."""
    place = place_of(request, code, section)
    require_keeper(place.actor)
    desk = _desk(request, place)
    if request.method != "POST" and desk.own is not None and desk.own.state == TextState.REVIEW:
        messages.info(request, _("你的这一版正在复核，退回以后才能改。"))
        return redirect("ledger-section-version", place.country.code, place.section, desk.own.number)
    form = TextForm(sent(request), initial=desk.opened())
    if not form.is_bound or not form.is_valid():
        return _show(request, desk, form, 400 if form.errors else 200)
    try:
        row = _save(request, place, form)
    except (Malformed, GuardFailed, Conflict, FourEyes, StaleVersion) as error:
        return _refused(request, desk, form, error)
    if request.POST.get("act") == SUBMIT:
        messages.success(request, _("已送复核，复核的人会收到通知。"))
        return redirect("ledger-section", place.country.code, place.section)
    messages.success(request, _("第 %(n)s 版草稿已保存，只有你看得到。") % {"n": row.number})
    return redirect("ledger-section-write", place.country.code, place.section)


def _save(request: HttpRequest, place: Place, form: TextForm) -> SectionText:
    """Save it, take the proposal over, ask for review. What was saved stays when a later part is refused."""
    typed = form.cleaned_data
    onto = request.POST.get("onto", "")
    based_on = int(onto) if onto.isascii() and onto.isdecimal() and len(onto) < 10 else typed["based_on"]
    row = sections.write(
        actor=place.actor,
        country=place.country,
        section=place.section,
        words=form.words(),
        based_on=based_on,
        seen=typed["seen"],
    )
    if typed["proposal"]:
        proposals.accept(actor=place.actor, proposal_id=typed["proposal"], into=(place.country, place.section))
    return sections.submit(actor=place.actor, text_id=row.pk) if request.POST.get("act") == SUBMIT else row


def _refused(request: HttpRequest, desk: Desk, form: TextForm, error: DomainError) -> HttpResponse:
    """The same form with everything typed, beside what stands in its way."""
    elsewhere = desk.own if isinstance(error, StaleVersion) else None
    again = {name: form.data.get(name, "") for name in form.fields}
    if not isinstance(error, Malformed):
        desk = _desk(request, desk.place)
        again["seen"] = desk.own.seen if desk.own is not None else ""
    if isinstance(error, (Conflict, FourEyes, GuardFailed)):
        again["proposal"] = ""  # it was taken over, or somebody else has decided it
    form = TextForm(again, initial=form.initial)
    form.is_valid()
    if not isinstance(error, (StaleVersion, Overtaken)):
        attach(form, error)
    return _show(request, desk, form, error.status, elsewhere)


def _show(
    request: HttpRequest, desk: Desk, form: TextForm, status: int, elsewhere: SectionText | None = None
) -> HttpResponse:
    """`elsewhere` is his own draft as he saved it on another page."""
    typed = {name: str(form[name].value() or "") for name in ("text_zh", "text_en", "sources")}
    other = elsewhere or (desk.holds if desk.overtaken else None)
    context = desk.place.context() | {
        "form": form,
        "own": desk.own,
        "holds": desk.holds,
        "proposal": desk.proposal,
        "elsewhere": elsewhere,
        "overtaken": desk.overtaken and elsewhere is None,
        "both": [(form[name].label, getattr(other, name), typed[name]) for name in typed] if other else [],
    }
    return render(request, "countries/section_write.html", context, status=status)

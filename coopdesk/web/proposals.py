"""Proposals for the ledgers: an officer makes one, perhaps from a case; the ministry's desk accepts or answers it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.actors import Actor
from agencies.doors.forms import attach, sent
from agencies.doors.once import do_once, fresh_token
from agencies.errors import Conflict, Malformed, NotPermitted, NotVisible
from cases.models import Mark
from cases.policies import visible_to
from coopdesk.web import country_words
from coopdesk.web.countries import actor_of, country_or_404, is_desk
from coopdesk.web.country_lists import tabs_of
from countries import proposals
from countries.facts import SOURCE_LIMIT
from countries.models import Country, LedgerProposal, LedgerTopic, ProposalKind, ProposalState, RecordKind, Section
from countries.policies import keeps_facts, proposes, require_keeper
from countries.source_form import token_field
from treaties.codes import request_type_by_code

SHOWN = 100
# How the list of items names a section as a whole.
WHOLE = "section:"
_KINDS = {
    ProposalKind.CORRECTION: gettext_lazy("台账里有不对的，或者缺的"),
    ProposalKind.LESSON: gettext_lazy("办案中的一条经验教训，别人用得上"),
}


class ProposalForm(forms.Form):
    """What is proposed, from where it is known, and from which case."""

    kind = forms.ChoiceField(
        label=gettext_lazy("提什么"),
        choices=list(_KINDS.items()),
        widget=forms.RadioSelect,
        initial=ProposalKind.CORRECTION,
        error_messages={"required": gettext_lazy("选一项。"), "invalid_choice": gettext_lazy("选一项。")},
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("哪一项"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("在列表里选一项，或者不选。")},
    )
    text = forms.CharField(
        label=gettext_lazy("应当是什么"),
        max_length=proposals.TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("更正写应当是什么，经验教训写经过和以后怎么办。不写人名、证件号和案情细节。"),
        error_messages={"required": gettext_lazy("写明应当是什么。")},
    )
    source = forms.CharField(
        label=gettext_lazy("出处"),
        max_length=SOURCE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("从哪里知道的：文件、网址、外方答复、办案经过。"),
        error_messages={"required": gettext_lazy("写明出处。")},
    )
    case_number = forms.CharField(
        label=gettext_lazy("案件编号"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("从哪件案件知道的。编号只给看得到这件案件的人看，不进台账。"),
    )

    token = token_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = LedgerTopic.objects.all()
        named: list[tuple[Any, Any]] = [("", gettext_lazy("不在列表里"))]
        for section in Section:
            whole = (f"{WHOLE}{section}", _("%(section)s：整节的文字") % {"section": section.label})
            named.append((section.label, [whole, *((row.code, row.name) for row in topics if row.section == section)]))
        self.fields["topic"].choices = named  # type: ignore[attr-defined]


def _new(form: ProposalForm, actor: Actor, country: Country, about: str) -> proposals.NewProposal:
    """What was typed; Malformed for a case that the officer does not see or that must not be named."""
    typed = form.cleaned_data
    number = typed["case_number"].strip()
    if number:
        case = visible_to(actor).filter(number=number).first()
        if case is None:
            proposals.refuse(_("没有找到这个编号的案件。核对编号，或者不填。"), "/case_number")
        elif case.mark == Mark.WORK_SECRET:
            proposals.refuse(_("工作秘密的案件不能写进台账。去掉编号，也不要写案情。"), "/case_number")
    section = typed["topic"].removeprefix(WHOLE) if typed["topic"].startswith(WHOLE) else ""
    topic = LedgerTopic.objects.filter(code=typed["topic"]).first() if typed["topic"] and not section else None
    kind = request_type_by_code(about) if about and topic is not None and topic.per_type else None
    return proposals.NewProposal(
        country=country,
        kind=typed["kind"],
        text=typed["text"],
        source=typed["source"],
        section=section,
        topic=topic,
        about=kind.code if kind is not None else "",
        case_number=number,
    )


def _once(actor: Actor, form: ProposalForm, new: proposals.NewProposal) -> str:
    """Make the proposal once, however often the form is sent; gives its number."""
    token, otherwise = form.cleaned_data["token"] or fresh_token(), _("重新打开这一页再填。")
    return do_once(
        actor,
        token,
        lambda: str(proposals.propose(actor=actor, new=new).pk),
        what="proposal",
        otherwise=otherwise,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: HttpRequest, code: str) -> HttpResponse:
    """Propose a correction or a lesson; a link from a value or a case brings what it is about along."""
    actor, country = actor_of(request), country_or_404(code)
    if not proposes(actor):
        raise NotPermitted(_("更正和经验教训由办案的民警提出。"))
    about = request.GET.get("type", "")
    opened = {name: request.GET[name] for name in ("kind", "topic", "case_number") if name in request.GET}
    if "section" in request.GET:
        opened["topic"] = f"{WHOLE}{request.GET['section']}"
    form = ProposalForm(sent(request), initial=opened)
    if form.is_bound and form.is_valid():
        try:
            made = _once(actor, form, _new(form, actor, country, about))
        except Malformed as error:
            attach(form, error)
        else:
            messages.success(request, _("已送公安部国际合作局。采纳或者答复时，你会收到通知。"))
            return redirect("ledger-proposal", int(made))
    context = {"country": country, "form": form}
    return render(request, "coopdesk/proposal_new.html", context, status=400 if form.errors else 200)


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Those that the officer may see: what waits for an answer first."""
    actor = actor_of(request)
    rows = list(proposals.proposals_for(actor)[: SHOWN + 1])
    waiting = [row for row in rows if row.state == ProposalState.OPEN]
    decided = [row for row in rows[:SHOWN] if row.state != ProposalState.OPEN]
    desk = is_desk(request)
    context = {
        "tabs": tabs_of("ledger-proposal-list", desk=desk),
        "waiting": waiting,
        "decided": decided,
        "cut": len(rows) > SHOWN,
        "desk": desk,
    }
    return render(request, "coopdesk/proposal_list.html", context)


@require_safe
def proposal_page(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal and what came of it."""
    return _page(request, _visible(actor_of(request), proposal_id))


def _visible(actor: Actor, proposal_id: int) -> LedgerProposal:
    row = proposals.proposals_for(actor).filter(pk=proposal_id).first()
    if row is None:
        raise NotVisible
    return row


def _page(request: HttpRequest, row: LedgerProposal, words: str = "", fault: str = "") -> HttpResponse:
    actor = actor_of(request)
    context = {
        "row": row,
        "kind": request_type_by_code(row.about) if row.about else None,
        "desk": keeps_facts(actor) and row.state == ProposalState.OPEN and row.proposed_by_id not in actor.hands,
        "accept_url": _accepting(row),
        "words": words,
        "fault": fault,
        # The number of a case is for who sees that case.
        "case": visible_to(actor).filter(number=row.case_number).first() if row.case_number else None,
    }
    return render(request, "coopdesk/proposal.html", context, status=400 if fault else 200)


def _accepting(row: LedgerProposal) -> str:
    """Where the desk states what is proposed: stating it accepts it."""
    if row.kind == ProposalKind.LESSON:
        new = reverse("ledger-record-new", args=[row.country.code])
        return f"{new}?kind={RecordKind.LESSON}&proposal={row.pk}"
    if row.topic is None and row.section:
        return f"{reverse('ledger-section-write', args=[row.country.code, row.section])}?proposal={row.pk}"
    if row.topic is None:
        return ""
    url = country_words.value_url(row.country, row.topic.code, row.about)
    return f"{url}{'&' if row.about else '?'}proposal={row.pk}"


@require_POST
def proposal_answer(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The desk says why it is not taken over."""
    actor, words = actor_of(request), request.POST.get("answer", "")
    require_keeper(actor)
    row = _visible(actor, proposal_id)
    try:
        proposals.answer(actor=actor, proposal_id=proposal_id, words=words)
    except (Malformed, Conflict) as error:
        return _page(request, row, words, str(error.reasons[0].words if error.reasons else error.message))
    messages.success(request, _("已答复，提出的人会收到通知。"))
    return redirect("ledger-proposal", proposal_id)


@require_POST
def proposal_accept(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The desk has stated elsewhere in the ledger what no single value holds, and says so."""
    actor = actor_of(request)
    require_keeper(actor)
    row = _visible(actor, proposal_id)
    if _accepting(row):
        raise Conflict(_("先按建议录入，录入后就算采纳。"))
    proposals.accept(actor=actor, proposal_id=proposal_id, into=None)
    messages.success(request, _("已采纳，提出的人会收到通知。"))
    return redirect("ledger-proposal", proposal_id)

"""A ledger's records, one page for all kinds: read, enter, correct, withdraw, and open a contact for a purpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agencies.actors import Actor
from agencies.doors.forms import attach, sent
from agencies.doors.once import do_once, fresh_token
from agencies.errors import Conflict, FourEyes, Malformed, NotVisible, StaleVersion
from agencies.models import Officer
from countries import proposals, record_words, records
from countries.ledger import history_of, officers_in
from countries.ledger_commands import fingerprint
from countries.ledger_kinds import KINDS, Kind
from countries.lookup import country_by_code
from countries.models import FactChange, LedgerProposal, LedgerRecord, RecordKind
from countries.policies import keeps_facts, proposes, require_keeper
from countries.source_words import Notes
from countries.web.record_form import RecordForm, initial_of

_MASKED = gettext_lazy("（联系方式，不显示）")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _section_url(row: LedgerRecord) -> str:
    return f"{reverse('country-detail', args=[row.country.code])}#{KINDS[row.kind].section}"


@require_http_methods(["GET", "HEAD", "POST"])
def record_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a record of the kind named in the address, perhaps out of a proposal."""
    actor, country = _actor(request), country_by_code(code.upper())
    require_keeper(actor)
    kind = KINDS.get(request.GET.get("kind", RecordKind.LESSON))
    if country is None or kind is None:
        raise NotVisible
    row = LedgerRecord(country=country, kind=kind.code)
    proposal = proposals.opened_with(actor, request.GET.get("proposal", ""), row)
    initial = {"seen": fingerprint(row)} | (_proposed(proposal) if proposal else {})
    form = RecordForm(sent(request), kind=kind, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            _enter(actor, row, form)
        except (Malformed, Conflict, FourEyes) as error:
            attach(form, error)
        else:
            messages.success(request, _("已记入台账。"))
            return redirect(_section_url(row))
    context = {"row": row, "kind": kind, "form": form, "proposal": proposal}
    return render(request, "countries/ledger_record_new.html", context, status=400 if form.errors else 200)


def _enter(actor: Actor, row: LedgerRecord, form: RecordForm) -> None:
    """Once, however often the form is sent."""

    def enter() -> str:
        _state(actor, row, form)
        return str(row.pk)

    do_once(
        actor, form.cleaned_data["token"] or fresh_token(), enter, what="record", otherwise=_("重新打开这一页再填。")
    )


def _proposed(row: LedgerProposal) -> dict[str, Any]:
    """A lesson as it was proposed: the desk shortens the first line and checks the rest."""
    return {"text_zh": row.text, "source": row.source, "proposal": row.pk}


def _state(actor: Actor, row: LedgerRecord, form: RecordForm) -> None:
    typed = form.cleaned_data
    said = {"source": typed["source"], "as_of": typed["as_of"], "seen": typed["seen"], "proposal": typed["proposal"]}
    records.state_record(actor=actor, row=row, values=form.values(row), **said)


@require_http_methods(["GET", "HEAD", "POST"])
def record_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """Everybody reads the record and its history; the ministry's desk corrects or confirms it."""
    actor, row = _actor(request), records.record_by_id(record_id)
    if row.withdrawn_at is not None and not keeps_facts(actor):
        raise NotVisible
    if request.method == "POST":
        require_keeper(actor)
        if row.withdrawn_at is not None:
            raise NotVisible
    kind = KINDS[row.kind]
    form = RecordForm(sent(request), kind=kind, initial=initial_of(row) | {"seen": fingerprint(row)})
    differing: list[dict[str, Any]] = []
    if form.is_bound and form.is_valid():
        try:
            _state(actor, row, form)
        except StaleVersion:
            row = records.record_by_id(record_id)
            differing, form = _both(row, form), _again(form, kind, row)
        except (Malformed, Conflict, FourEyes) as error:
            attach(form, error)
        else:
            messages.success(request, _("已记录，出处和日期一并保存，原来的值在历史里。"))
            return redirect("ledger-record", row.pk)
    context = _context(actor, row, form, differing)
    status = 409 if differing else 400 if form.errors else 200
    return render(request, "countries/ledger_record.html", context, status=status)


def _context(actor: Actor, row: LedgerRecord, form: RecordForm, differing: Sequence[object]) -> dict[str, Any]:
    changes = history_of(row)
    ids = officers_in([*row.provenance.values(), *(change.after for change in changes if change.after)])
    notes = Notes(Officer.objects.in_bulk(ids) if ids else {})
    desk = keeps_facts(actor) and row.withdrawn_at is None
    return {
        "row": row,
        "kind": KINDS[row.kind],
        "said": record_words.said(row, notes, timezone.localdate()),
        "history": [_past(row, change, form, notes) for change in changes],
        "form": form if desk else None,
        "differing": differing,
        "desk": desk,
        "may_open": proposes(actor),
        "purposes": records.PURPOSES.items(),
    }


def _both(row: LedgerRecord, form: RecordForm) -> list[dict[str, Any]]:
    """The other's text and the one just typed, where they differ; contacts stay masked."""
    found = []
    for name, typed in form.values(row).items():
        held = getattr(row, name)
        if typed != held and name != "contact":
            found.append(
                {"label": _label(form, name), "before": _told(row, name, typed), "after": _told(row, name, held)}
            )
    return found or [{"label": _("出处"), "before": form.cleaned_data["source"], "after": _("同样的值，另有人核对过")}]


def _again(form: RecordForm, kind: Kind, row: LedgerRecord) -> RecordForm:
    again = RecordForm({**dict(form.data.items()), "seen": fingerprint(row)}, kind=kind)
    again.is_valid()
    return again


def _label(form: RecordForm, name: str) -> Any:
    return form.fields[name].label if name in form.fields else _("其他项目")


def _told(row: LedgerRecord, name: str, value: Any) -> str:
    """A value as words: the kind's own fields with their labels and choices."""
    if name == "contact" and value:
        return str(_MASKED)
    if name != "attrs":
        return "" if value is None else str(value)
    told = []
    for attr in KINDS[row.kind].attrs:
        if held := (value or {}).get(attr.name):
            told.append(f"{attr.label} {attr.choices.get(held, held) if attr.choices else held}")
    return "; ".join(told)


def _past(row: LedgerRecord, change: FactChange, form: RecordForm, notes: Notes) -> dict[str, Any]:
    before, after = change.before.get("value"), change.after.get("value")
    return {
        "change": change,
        "field": _label(form, change.field),
        "before": _told(row, change.field, before),
        "after": _told(row, change.field, after),
        "facts": notes.pairs([change.after]) if change.after else [],
        "confirmed": bool(before) and before == after,
    }


@require_POST
def record_withdraw(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take out what was entered by mistake."""
    try:
        row = records.withdraw_record(actor=_actor(request), record_id=record_id, reason=request.POST.get("reason", ""))
    except (Malformed, Conflict) as error:
        words = error.reasons[0].words if error.reasons else error.message
        messages.error(request, str(words))
        return redirect("ledger-record", record_id)
    messages.success(request, _("已从台账撤下，记录留着。"))
    return redirect(_section_url(row))


@never_cache
@require_POST
def record_contact(request: HttpRequest, record_id: int) -> HttpResponse:
    """The contact for a stated purpose: what replaces the button for htmx, the record's page without script."""
    actor = _actor(request)
    try:
        row = records.open_contact(actor=actor, record_id=record_id, purpose=request.POST.get("purpose", ""))
    except Malformed as error:
        messages.error(request, _("没有打开：先选择查看的用途。"))
        row = records.record_by_id(record_id)
        return _record(request, actor, row, {}, error.status)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "countries/_contact.html", {"row": row, "opened": True})
    return _record(request, actor, row, {"opened": True}, 200)


def _record(request: HttpRequest, actor: Actor, row: LedgerRecord, more: dict[str, Any], status: int) -> HttpResponse:
    kind = KINDS[row.kind]
    form = RecordForm(None, kind=kind, initial=initial_of(row) | {"seen": fingerprint(row)})
    return render(request, "countries/ledger_record.html", _context(actor, row, form, []) | more, status=status)

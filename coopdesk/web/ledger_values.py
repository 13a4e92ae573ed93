"""The page of one value of a ledger: what is known and since when, its history, and the desk's form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, FourEyes, Malformed, NotVisible, StaleVersion
from agencies.language import english
from agencies.models import Officer
from coopdesk.web import country_words
from coopdesk.web.countries import actor_of, country_or_404
from coopdesk.web.ledger_forms import ValueForm
from countries import proposals
from countries.ledger import Value, history_of, officers_in
from countries.ledger_commands import entry_of, fingerprint, state_value
from countries.models import FactChange, LedgerEntry, LedgerTopic
from countries.policies import keeps_facts, proposes, require_keeper
from countries.source_words import Notes, shown
from treaties.codes import request_type_by_code
from treaties.models import RequestType

_FIELDS: dict[str, str | Promise] = {
    "code": gettext_lazy("选项"),
    "text_zh": gettext_lazy("中文"),
    "text_en": gettext_lazy("英文"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def value_page(request: HttpRequest, code: str, topic: str) -> HttpResponse:
    """Everybody reads the value and its history; the ministry's desk states it."""
    country, actor = country_or_404(code), actor_of(request)
    asked, kind = _topic(topic, request.GET.get("type", ""))
    entry = entry_of(country, asked, kind.code if kind else "")
    desk = keeps_facts(actor)
    if request.method == "POST":
        require_keeper(actor)
    proposal = proposals.opened_with(actor, request.GET.get("proposal", ""), entry) if desk else None
    initial = {name: getattr(entry, name) for name in LedgerEntry.SOURCED} | {"seen": fingerprint(entry)}
    initial |= {"proposal": proposal.pk, "source": proposal.source} if proposal else {}
    form = ValueForm(sent(request), topic=asked, initial=initial)
    differing: list[dict[str, Any]] = []
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        said = {name: typed[name] for name in ("source", "as_of", "seen", "proposal")}
        try:
            state_value(actor=actor, entry=entry, values=form.values(), **said)
        except StaleVersion as error:
            entry = entry_of(country, asked, entry.about)
            differing, form = _both(entry, form), _again(form, asked, entry)
            form.add_error(None, str(error.message))
        except (Malformed, Conflict, FourEyes) as error:
            attach(form, error)
        else:
            messages.success(request, _("已记录，出处和日期一并保存，原来的值在历史里。"))
            return redirect(country_words.value_url(country, asked.code, entry.about))
    context = _context(entry, kind) | {"form": form if desk else None, "differing": differing}
    context |= {"country": country, "topic": asked, "kind": kind, "desk": desk, "proposal": proposal}
    context["may_propose"] = proposes(actor) and not desk
    return render(request, "coopdesk/ledger_value.html", context, status=_status(form, differing))


def _status(form: ValueForm, differing: Sequence[object]) -> int:
    if differing:
        return 409
    return 400 if form.errors else 200


def _topic(code: str, about: str) -> tuple[LedgerTopic, RequestType | None]:
    """The topic, with the request type where it asks by type; NotVisible when either is unknown."""
    topic = LedgerTopic.objects.filter(code=code).first()
    kind = request_type_by_code(about) if about else None
    if topic is None or topic.per_type != (kind is not None) or bool(about) != topic.per_type:
        raise NotVisible
    return topic, kind


def _both(entry: LedgerEntry, form: ValueForm) -> list[dict[str, Any]]:
    """The other's text and the one just typed, field by field."""
    return [
        {"label": _FIELDS[name], "before": text, "after": _told(entry, name, getattr(entry, name))}
        for name, typed in form.values().items()
        if (text := _told(entry, name, typed)) or getattr(entry, name)
    ]


def _again(form: ValueForm, topic: LedgerTopic, entry: LedgerEntry) -> ValueForm:
    """The same form with everything typed, as if opened now: sent again it replaces what the page shows."""
    again = ValueForm({**dict(form.data.items()), "seen": fingerprint(entry)}, topic=topic)
    again.is_valid()
    return again


def _told(entry: LedgerEntry, name: str, value: str) -> str:
    names = entry.topic.choices.get(value) if name == "code" else None
    return names[1 if english() else 0] if names else value


@dataclass(frozen=True, slots=True)
class Past:
    """One change in the history of the value."""

    change: FactChange
    field: str | Promise
    before: str
    after: str
    facts: Any
    confirmed: bool


def _context(entry: LedgerEntry, kind: RequestType | None) -> dict[str, Any]:
    value = Value(entry.topic, entry)
    changes = history_of(entry) if entry.pk else []
    held = [row.after for row in changes if row.after]
    ids = officers_in([*value.origins, *held])
    notes = Notes(Officer.objects.in_bulk(ids) if ids else {})
    return {"one": shown(value, notes), "history": [_past(entry, row, notes) for row in changes]}


def _past(entry: LedgerEntry, change: FactChange, notes: Notes) -> Past:
    before, after = change.before.get("value", ""), change.after.get("value", "")
    return Past(
        change=change,
        field=_FIELDS[change.field],
        before=_told(entry, change.field, before),
        after=_told(entry, change.field, after),
        facts=notes.pairs([change.after]) if change.after else [],
        confirmed=bool(before) and before == after,
    )

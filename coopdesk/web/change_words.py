"""What changed in the ledgers and in the law, as a list tells it: what it is about in words, with a link to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.language import english
from coopdesk.web import country_words
from countries.ledger_kinds import KINDS
from countries.models import FactChange, Frontier, LedgerEntry, LedgerRecord
from treaties.family_words import family_name
from treaties.models import Instrument, Party, Provision
from treaties.queries.registry import short_name
from treaties.web.fact_words import LABELS, said

_HIDDEN = gettext_lazy("（不显示）")
_TAKEN_OUT = gettext_lazy("已撤下")


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: the thing and which of its values, its page, and the value before and after."""

    change: FactChange
    about: str | Promise
    url: str
    before: str | Promise
    after: str | Promise


def told(changes: Sequence[FactChange]) -> list[Changed]:
    """The changes in words; each kind of thing is read once, whatever their number."""
    rows = _subjects(changes)
    return [_told(change, rows.get(change.subject)) for change in changes]


def _subjects(changes: Sequence[FactChange]) -> dict[str, Model]:
    found: dict[str, Model] = {}
    for name, (model, joined) in _MODELS.items():
        ids = [row.subject.partition(":")[2] for row in changes if row.subject.partition(":")[0] == name]
        if ids:
            rows = model._default_manager.filter(pk__in=ids).select_related(*joined)
            found |= {f"{name}:{row.pk}": row for row in rows}
    return found


def _told(change: FactChange, row: Model | None) -> Changed:
    tell = _TOLD.get(type(row)) if row is not None else None
    return tell(change, row) if tell else Changed(change, _("已经没有的一项"), "", "", "")


def _entry(change: FactChange, row: LedgerEntry) -> Changed:
    choices = row.topic.choices if change.field == "code" else {}
    url = country_words.value_url(row.country, row.topic.code, row.about)
    return Changed(change, row.topic.name, url, *(_choice(text, choices) for text in _values(change)))


def _choice(value: Any, choices: Mapping[str, Sequence[str]]) -> str:
    names = choices.get(value)
    return names[1 if english() else 0] if names else str(value)


def _record(change: FactChange, row: LedgerRecord) -> Changed:
    kind = KINDS[row.kind]
    if row.withdrawn_at is not None:
        return Changed(change, kind.code.label, "", "", _TAKEN_OUT)
    url = reverse("ledger-record", args=[row.pk])
    about = _about(kind.code.label, row.name)
    if change.field == "contact":
        return Changed(change, about, url, "", _HIDDEN)
    return Changed(change, about, url, *(_attrs(row, value) for value in _values(change)))


def _attrs(row: LedgerRecord, value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    held = [(attr, value[attr.name]) for attr in KINDS[row.kind].attrs if value.get(attr.name)]
    return "; ".join(f"{attr.label} {attr.choices.get(one, one) if attr.choices else one}" for attr, one in held)


def _frontier(change: FactChange, row: Frontier) -> Changed:
    url = reverse("ledger-frontier", args=[row.country.code, row.division_code])
    before, after = (country_words.kilometres(held.get("value")) for held in (change.before, change.after))
    return Changed(change, _about(gettext_lazy("陆地边界"), row.division_name), url, before, after)


def _law(change: FactChange, row: Instrument | Party | Provision) -> Changed:
    instrument = row if isinstance(row, Instrument) else row.instrument
    if instrument.withdrawn_at is not None or (isinstance(row, Party) and row.withdrawn_at is not None):
        return Changed(change, instrument.get_kind_display(), "", "", _TAKEN_OUT)
    parts = [short_name(instrument)]
    if isinstance(row, Party):
        parts.append(row.country.name)
    elif isinstance(row, Provision):
        parts.append(family_name(row.family))
    parts.append(str(LABELS.get(change.field, change.field)))
    url = reverse("instrument-detail", args=[instrument.code])
    return Changed(change, " · ".join(parts), url, *(said(change.field, value)[0] for value in _values(change)))


def _values(change: FactChange) -> tuple[Any, Any]:
    before, after = (held.get("value") for held in (change.before, change.after))
    return "" if before is None else before, "" if after is None else after


def _about(kind: str | Promise, name: str) -> str:
    """The kind in the language of the page, the name as somebody wrote it."""
    return format_html('{} · <span lang="zh-CN" data-user>{}</span>', kind, name)


_MODELS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    LedgerEntry._meta.model_name or "": (LedgerEntry, ("topic", "country")),
    LedgerRecord._meta.model_name or "": (LedgerRecord, ("country",)),
    Frontier._meta.model_name or "": (Frontier, ("country",)),
    Instrument._meta.model_name or "": (Instrument, ()),
    Party._meta.model_name or "": (Party, ("instrument", "country")),
    Provision._meta.model_name or "": (Provision, ("instrument",)),
}
_TOLD: dict[type[Model], Callable[[FactChange, Any], Changed]] = {
    LedgerEntry: _entry,
    LedgerRecord: _record,
    Frontier: _frontier,
    Instrument: _law,
    Party: _law,
    Provision: _law,
}

"""The one form of all kinds of records: its fields come from countries.ledger_kinds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from countries.ledger_kinds import Attr, Kind
from countries.models import LedgerRecord
from countries.records import CONTACT_LIMIT, NAME_LIMIT, TEXT_LIMIT
from countries.source_form import SourceForm, day_field, token_field


def _text(label: Any, language: str, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "lang": language})
    return forms.CharField(label=label, required=False, max_length=TEXT_LIMIT, widget=widget)


class RecordForm(SourceForm):
    """What a record of the kind says, with its source. A contact that is there is not shown; typing replaces it."""

    seen = forms.CharField(widget=forms.HiddenInput)
    token = token_field()
    proposal = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind
        title: Any = kind.name
        fields: dict[str, forms.Field] = {
            "name_zh": forms.CharField(label=title, max_length=NAME_LIMIT, required=False),
            "name_en": forms.CharField(label=_("英文名称"), max_length=NAME_LIMIT, required=False),
            **{attr.name: _attr_field(attr) for attr in kind.attrs},
            "text_zh": _text(kind.text, "zh-CN"),
            "text_en": _text(_("英文说明"), "en"),
        }
        if kind.since:
            fields["starts_on"] = day_field(kind.since, required=kind.dated)
        if kind.until:
            fields["ends_on"] = day_field(kind.until, required=False)
        if kind.contact:
            fields["contact"] = forms.CharField(
                label=_("联系方式"),
                required=False,
                max_length=CONTACT_LIMIT,
                widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
                help_text=_("电话、邮箱、联系人。查看要填用途并留痕。已有的不显示，填了就替换，不填不变。"),
            )
        self.fields = fields | self.fields

    def values(self, row: LedgerRecord) -> dict[str, Any]:
        """Every value of the record as it would be."""
        typed = self.cleaned_data
        attrs = {attr.name: typed[attr.name] for attr in self._kind.attrs if typed.get(attr.name)}
        return {
            "name_zh": typed["name_zh"],
            "name_en": typed["name_en"],
            "starts_on": typed.get("starts_on"),
            "ends_on": typed.get("ends_on"),
            "text_zh": typed["text_zh"],
            "text_en": typed["text_en"],
            "attrs": attrs,
            "contact": typed.get("contact") or row.contact,
        }


def initial_of(row: LedgerRecord) -> dict[str, Any]:
    """What the form opens with."""
    names = ("name_zh", "name_en", "starts_on", "ends_on", "text_zh", "text_en")
    attrs: dict[str, Any] = row.attrs
    return {name: getattr(row, name) for name in names} | attrs


def _attr_field(attr: Attr) -> forms.Field:
    label: Any = attr.label
    if attr.choices is None:
        return forms.CharField(label=label, max_length=NAME_LIMIT, required=attr.required)
    errors = {"required": _("选一项。"), "invalid_choice": _("选一项。")}
    choices = [("", _("选一项")), *attr.choices.items()]
    return forms.ChoiceField(label=label, choices=choices, required=attr.required, error_messages=errors)

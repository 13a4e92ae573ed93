"""The form of a ledger's value. It reads input; the command decides, and its reasons come back to the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.language import english
from countries.ledger_commands import TEXT_LIMIT
from countries.models import LedgerEntry, LedgerTopic, TopicKind
from countries.source_form import SourceForm


class ValueForm(SourceForm):
    """A value: a choice with words beside it, or a text, in Chinese and English."""

    code = forms.ChoiceField(
        label=_("选项"), error_messages={"required": _("选一项。"), "invalid_choice": _("选一项。")}
    )
    text_zh = forms.CharField(
        label=_("中文"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-CN"}),
    )
    text_en = forms.CharField(
        label=_("英文"), required=False, max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 3, "lang": "en"})
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    # The proposal that is accepted by stating the value.
    proposal = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    field_order = ("code", "text_zh", "text_en", "source", "as_of", "seen", "proposal")

    def __init__(self, *args: Any, topic: LedgerTopic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if topic.kind != TopicKind.CHOICE:
            del self.fields["code"]
            return
        place = 1 if english() else 0
        named = [(code, names[place]) for code, names in topic.choices.items()]
        self.fields["code"].choices = [("", _("选一项")), *named]  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """What was typed of the value itself."""
        return {name: self.cleaned_data.get(name, "") for name in LedgerEntry.SOURCED if name in self.fields}

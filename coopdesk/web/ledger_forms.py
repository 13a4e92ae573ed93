"""The form of a ledger's value. It reads input; the command decides, and its reasons come back to the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.doors import words
from countries.facts import SOURCE_LIMIT
from countries.ledger_commands import TEXT_LIMIT
from countries.models import LedgerEntry, LedgerTopic, TopicKind


class SourceForm(forms.Form):
    """What every value needs beside itself: where it was found, and on which day."""

    source = forms.CharField(
        label=_("出处"),
        max_length=SOURCE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("从哪里查到的：文件、网址、谁在什么场合告知。没有出处的不能录入。"),
        error_messages={"required": _("写明出处。没有出处的不能录入。")},
    )
    as_of = forms.DateField(
        label=_("查证日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        initial=timezone.localdate,
        help_text=_("哪一天查到的，不能晚于今天。"),
        error_messages={"required": _("写明查证日期。"), "invalid": _("写成 2026-01-31。")},
    )


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
    field_order = ("code", "text_zh", "text_en", "source", "as_of", "seen")

    def __init__(self, *args: Any, topic: LedgerTopic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if topic.kind != TopicKind.CHOICE:
            del self.fields["code"]
            return
        place = 1 if words.english() else 0
        named = [(code, names[place]) for code, names in topic.choices.items()]
        self.fields["code"].choices = [("", _("选一项")), *named]  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """What was typed of the value itself."""
        return {name: self.cleaned_data.get(name, "") for name in LedgerEntry.SOURCED if name in self.fields}

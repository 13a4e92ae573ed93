"""The forms of a section: its text, and who looks after it. They read input; the commands decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Officer
from countries import section_care
from countries.models import SectionCare
from countries.sections import Words


class _Area(forms.CharField):
    """A text. Review asks for it (`required`), a draft does not: the command says so, not the form."""

    def __init__(self, label: Any, language: str, rows: int, hint: Any, *, required: bool = True) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "lang": language})
        super().__init__(label=label, help_text=hint, required=required, widget=widget)

    def validate(self, value: Any) -> None:
        """Nothing is asked of a draft."""


class TextForm(forms.Form):
    """A version."""

    use_required_attribute = False
    text_zh = _Area(_("中文正文"), "zh-CN", 14, _("空一行另起一段。不写人名、证件号和案情。"))
    text_en = _Area(_("英文正文"), "en", 8, _("英文界面看到的文字；不写就显示中文。"), required=False)
    sources = _Area(_("出处"), "zh-CN", 3, _("从哪里查到的：文件、网址、谁在什么场合告知。没有出处的不能送复核。"))
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    # The proposal that is accepted by taking it into the text.
    proposal = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def words(self) -> Words:
        """What was typed; lines end as they do in the database."""
        typed = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in ("text_zh", "text_en", "sources")}
        return Words(**typed)


class _Names(forms.Select):
    """Names of officers stay Chinese on an English page."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["lang"] = "zh-CN"
        return option


class CareForm(forms.Form):
    """Who looks after a section, and how often he comes back to it."""

    owner = forms.ChoiceField(
        label=_("谁管"),
        widget=_Names,
        error_messages={"required": _("选一名民警。"), "invalid_choice": _("选一名民警。")},
    )
    every_months = forms.IntegerField(
        label=_("每几个月复核一次"),
        min_value=section_care.MONTHS.start,
        max_value=section_care.MONTHS.stop - 1,
        initial=12,
        error_messages={
            name: _("复核间隔写 1 到 60 个月。") for name in ("required", "invalid", "min_value", "max_value")
        },
    )

    def __init__(self, data: Any = None, *, care: SectionCare | None = None) -> None:
        held = {"owner": care.owner_id, "every_months": care.every_months} if care is not None else {}
        super().__init__(data, initial=held)
        self._officers = {str(one.pk): one for one in section_care.candidates()}
        named = [(pk, f"{one.name} {one.police_number}") for pk, one in self._officers.items()]
        self.fields["owner"].choices = [("", _("选一名民警")), *named]  # type: ignore[attr-defined]

    def clean_owner(self) -> Officer:
        """The officer himself."""
        return self._officers[self.cleaned_data["owner"]]

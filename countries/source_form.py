"""What every form that states a value asks beside it: where it was found, and on which day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.doors.once import fresh_token
from countries.facts import SOURCE_LIMIT


def day_field(label: Any, hint: Any = "", *, required: bool = True, initial: Any = None) -> forms.DateField:
    """A date, as the browser's own input sends it."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        initial=initial,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("写明日期。"), "invalid": _("写成 2026-01-31。")},
    )


def token_field() -> forms.CharField:
    """What makes the form of something new one: sent again, it enters nothing more (agencies.doors.once)."""
    return forms.CharField(widget=forms.HiddenInput, required=False, initial=fresh_token)


class SourceForm(forms.Form):
    """Source and day."""

    source = forms.CharField(
        label=_("出处"),
        max_length=SOURCE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("从哪里查到的：文件、网址、谁在什么场合告知。没有出处的不能录入。"),
        error_messages={"required": _("写明出处。没有出处的不能录入。")},
    )
    as_of = day_field(_("查证日期"), _("哪一天查到的，不能晚于今天。"), initial=timezone.localdate)

"""The form of 通知设置: which notices are e-mailed when, and the hours. The command decides what can stand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Channel

NO_HOUR = "none"
_HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


def _channel(label: Any, hint: Any, *channels: Channel) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=[(one.value, one.label) for one in channels or Channel],
        error_messages={"invalid_choice": _("选一种通知方式。"), "required": _("选一种通知方式。")},
    )


def _hour(label: Any, hint: Any = "", *, none: Any = None) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        choices=[*([(NO_HOUR, none)] if none else []), *_HOURS],
        coerce=lambda value: None if value == NO_HOUR else int(value),
        error_messages={"invalid_choice": _("选一个整点。"), "required": _("选一个整点。")},
    )


class NoticeSettingsForm(forms.Form):
    cases = _channel(_("案件进展"), _("轮到你办、有答复、被退回、有人提到你。"))
    clocks = _channel(_("期限提醒"), _("临近期限、逾期、该催办外方。"))
    supervision = _channel(_("督办和催办"), _("上级给你机关的，和下级反馈给你的。"))
    escalations = _channel(
        _("提级通知"), _("逾期久未办的和督办，提级到上级督办人时。不能关闭。"), Channel.AT_ONCE, Channel.DIGEST
    )
    quiet_from = _hour(_("免打扰从"))
    quiet_to = _hour(_("到"))
    digest_at = _hour(_("每日汇总"), _("逾期、临期、等你处理和新通知各有几件，都没有就不发。"), none=_("不要汇总"))

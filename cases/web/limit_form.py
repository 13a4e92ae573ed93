"""The form that sets an internal limit. It reads input; the command decides, and its reasons come back to the fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.tree import Tier
from cases.internal_limits import MOST, NOTE_LIMIT, Asked
from cases.limit_words import FAMILIES, KINDS, UNIT_NAMES
from cases.models import Direction, Urgency

_ANY = ("", _("不限"))
_NUMBERS = ("amount", "unit", "warn_before", "escalate_after", "extend_by")
_PICK = {"required": _("选一项。"), "invalid_choice": _("选一项。")}


def _number(label: Any, hint: Any, least: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=MOST,
        widget=forms.NumberInput(attrs={"min": least, "max": MOST, "inputmode": "numeric"}),
        error_messages={
            "required": _("写明数字。"),
            "invalid": _("写整数。"),
            "min_value": _("最小是 %(limit_value)s。"),
            "max_value": _("最大是 %(limit_value)s。"),
        },
    )


class LimitForm(forms.Form):
    use_required_attribute = False

    kind = forms.ChoiceField(label=pgettext_lazy("limit", "事项"), error_messages=_PICK)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=Urgency.choices, error_messages=_PICK)
    direction = forms.ChoiceField(label=_("请求方向"), choices=[_ANY, *Direction.choices], required=False)
    family = forms.ChoiceField(label=_("请求类别"), choices=[_ANY, *FAMILIES.items()], required=False)
    tier = forms.ChoiceField(label=_("办理机关"), required=False)
    withdrawn = forms.BooleanField(
        label=_("撤回本机关对这一项的设定"),
        required=False,
        help_text=_("从执行日起不再另有规定，用上一层的时限；下面的数字不用写。"),
    )
    amount = _number(pgettext_lazy("limit", "时限"), _("从第二天数起；当天 17:00 以后收到的算下一个工作日。"), 1)
    unit = forms.ChoiceField(
        label=pgettext_lazy("limit", "单位"),
        choices=list(UNIT_NAMES.items()),
        initial="working_day",
        error_messages=_PICK,
    )
    warn_before = _number(_("提前提醒"), _("期满前多久提醒承办人；0 为最后一天。"), 0)
    escalate_after = _number(_("超期上报"), _("期满后多久告知上一级督办人。"), 1)
    extend_by = _number(_("最多延长"), _("各次延长合计；0 为不得延长。"), 0)
    effective_from = forms.DateField(
        label=_("执行日"),
        required=False,
        help_text=_("留空就从今天起。以后开始的时限才用它。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("写成 2026-01-31。")},
    )
    note = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=_("例如文件名称和文号。各机关都看得到，不写涉密内容。"),
    )

    def __init__(self, *args: Any, kinds: Iterable[str], province: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self.data.get("withdrawn"):
            for name in _NUMBERS:
                self.fields[name].required = False
        self._choices("kind", [(kind, KINDS[kind]) for kind in kinds])
        tiers = [(tier, label) for tier, label in Tier.choices if not (province and tier == Tier.MINISTRY)]
        self._choices("tier", [_ANY, *((tier, _tier(label)) for tier, label in tiers)])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def asked(self) -> Asked:
        """What was typed, for the command; what is left out stays as the command has it."""
        return Asked(**{name: value for name, value in self.cleaned_data.items() if value not in (None, "")})


def _tier(label: Any) -> Any:
    return _("%(tier)s级机关") % {"tier": label}

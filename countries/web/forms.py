"""Forms of the work calendar. They read input; countries.notices decides, and its reasons come back to the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from countries.calendar_files import NAME_LIMIT
from countries.lookup import partner_countries
from countries.notices import TITLE_LIMIT

OFF, WORKED, PLAIN = "off", "worked", "plain"


class _CountryForm(forms.Form):
    """Whose calendar: China's when none is picked."""

    country = forms.ChoiceField(
        label=_("哪里的日历"), required=False, error_messages={"invalid_choice": _("在列表里选一个国家。")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {country.code: country for country in partner_countries().order_by("pinyin")}
        self.countries = known
        self.fields["country"].choices = [("", _("中国")), *((code, row.name) for code, row in known.items())]  # type: ignore[attr-defined]

    @property
    def country_id(self) -> int | None:
        """The country picked; None for our own calendar."""
        code = self.cleaned_data.get("country")
        return self.countries[code].pk if code else None


class ImportForm(_CountryForm):
    title = forms.CharField(
        label=_("通知的名称和文号"),
        max_length=TITLE_LIMIT,
        help_text=_("例如“国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕7号）”。"),
        error_messages={"required": _("写明通知的名称和文号。")},
    )
    file = forms.FileField(
        label=_("CSV 文件"),
        help_text=_(
            "列名：日期、是否上班（或类型）、名称，状态和来源可以不要。只列和周一到周五不同的日子。UTF-8 或 GBK 都行。"
        ),
        error_messages={"required": _("选一个文件。"), "empty": _("文件是空的。")},
    )
    field_order = ("title", "file", "country")


class DayForm(_CountryForm):
    day = forms.DateField(
        label=_("日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("选一个日期。"), "invalid": _("写成 2026-01-31。")},
    )
    what = forms.ChoiceField(
        label=_("改成"),
        choices=[
            (OFF, _("放假")),
            (WORKED, _("调休上班")),
            (PLAIN, _("恢复为平日：周一到周五上班，周末休息")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("选一项。"), "invalid_choice": _("选一项。")},
    )
    name = forms.CharField(
        label=_("节日名称"), max_length=NAME_LIMIT, required=False, help_text=_("例如“春节”。恢复为平日时不用写。")
    )
    title = forms.CharField(
        label=_("依据或理由"),
        max_length=TITLE_LIMIT,
        help_text=_("写明哪个通知，或为什么改；以后在改动记录里看得到。"),
        error_messages={"required": _("写明依据或理由。")},
    )
    field_order = ("day", "what", "name", "title", "country")

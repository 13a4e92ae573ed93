"""Forms of the periods' pages. They read input; the commands decide, and their reasons come back to the fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agencies.language import english
from countries.lookup import country_by_code, partner_countries, sound
from countries.models import Country
from treaties.codes import request_type_by_code
from treaties.commands import AMOUNT_LIMIT, ARTICLE_LIMIT, REASON_LIMIT, SOURCE_LIMIT, NewOverride
from treaties.models import PeriodOverride, RequestType, TimeLimit, Unit
from treaties.queries import GROUPS
from treaties.standing import askable, day_words

Choice = tuple[Any, Any]
EVERY_TYPE = "*"
_NONE: Choice = ("", gettext_lazy("选一个"))


def day_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    """A date, as the browser's own input sends it."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("写成 2026-01-31。")},
    )


def asked_day(day: date | None) -> date | None:
    """A day that is asked about; ValidationError for one of which the registry can say nothing."""
    try:
        return askable(day) if day else day
    except ValueError:
        raise forms.ValidationError(day_words()) from None


def country_choices() -> list[Choice]:
    """Partner countries, as lists in the page's language sort them."""
    key: Callable[[Country], str] = (lambda row: row.name_en) if english() else sound
    return [(row.code, row.name) for row in sorted(partner_countries(), key=key)]


def type_choices() -> list[Choice]:
    """The request types that have periods of their own, under the names of their groups."""
    types = list(RequestType.objects.filter(time_limits__isnull=False).distinct())
    groups = [(label, [row for row in types if row.family.startswith(start)]) for start, label in GROUPS]
    return [(label, [(row.code, row.name) for row in members]) for label, members in groups if members]


def _filter_types() -> list[Choice]:
    return [("", gettext_lazy("全部")), *type_choices()]


def _filter_countries() -> list[Choice]:
    return [("", gettext_lazy("不分国家")), *country_choices()]


def _countries() -> list[Choice]:
    return [_NONE, *country_choices()]


def _keys() -> list[Choice]:
    """Every period once, with its article."""
    rows: dict[str, TimeLimit] = {}
    for row in TimeLimit.objects.select_related("request_type"):
        rows.setdefault(row.key, row)
    return [
        _NONE,
        *(
            (key, _("%(name)s（%(article)s）") % {"name": row.name, "article": row.article})
            for key, row in rows.items()
        ),
    ]


def _scopes() -> list[Choice]:
    starts = dict(GROUPS)
    families = set(RequestType.objects.filter(time_limits__isnull=False).values_list("family", flat=True))
    whole = [(start, _("%(group)s，全部类型") % {"group": starts[start]}) for start in starts if start in families]
    return [(EVERY_TYPE, gettext_lazy("所有有这个期限的类型")), *whole, *type_choices()]


class LimitFilter(forms.Form):
    """Which periods: of a request type, for a country, on a day (today unless one is named)."""

    type = forms.ChoiceField(label=gettext_lazy("请求类型"), choices=_filter_types, required=False)
    country = forms.ChoiceField(label=pgettext_lazy("field", "国家"), choices=_filter_countries, required=False)
    on = day_field(gettext_lazy("哪一天"), required=False)

    def asked(self) -> tuple[RequestType | None, Country | None, date]:
        """What was asked for; what is wrong counts as not asked, and stands in `errors`."""
        self.full_clean()
        found = self.cleaned_data
        return (
            request_type_by_code(found.get("type") or ""),
            country_by_code(found.get("country") or ""),
            found.get("on") or timezone.localdate(),
        )


class OverrideForm(forms.Form):
    """A period of a treaty or a country in place of the statute's."""

    country = forms.ChoiceField(label=pgettext_lazy("field", "国家"), choices=_countries)
    key = forms.ChoiceField(
        label=pgettext_lazy("field", "期限"), choices=_keys, help_text=gettext_lazy("条约另定的是哪一个法定期限。")
    )
    scope = forms.ChoiceField(label=gettext_lazy("适用于"), choices=_scopes, initial=EVERY_TYPE)
    amount = forms.IntegerField(
        label=gettext_lazy("条约的数额"), widget=forms.NumberInput(attrs={"min": 1, "max": AMOUNT_LIMIT})
    )
    unit = forms.ChoiceField(label=gettext_lazy("单位"), choices=[_NONE, *Unit.choices])
    warn_before = forms.IntegerField(
        label=gettext_lazy("提前提醒"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 0, "max": AMOUNT_LIMIT}),
        help_text=gettext_lazy(
            "期满前多久提醒承办人，0 为最后一天。按小时计的写小时，其余写日。不填用 Coopdesk 默认。"
        ),
    )
    escalate_after = forms.IntegerField(
        label=gettext_lazy("超期上报"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": AMOUNT_LIMIT}),
        help_text=gettext_lazy("期满后多久告知上一级督办人。单位同上。不填用 Coopdesk 默认。"),
    )
    article = forms.CharField(
        label=gettext_lazy("条约和条款"),
        max_length=ARTICLE_LIMIT,
        help_text=gettext_lazy("用简称，例如“中×引渡条约第×条”；案件页按它显示依据。"),
    )
    source = forms.CharField(
        label=gettext_lazy("出处"),
        max_length=SOURCE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("条约的全称，从哪里查到的：文本、汇编、网址。没有出处的不能录入。"),
        error_messages={"required": gettext_lazy("写明出处。")},
    )
    as_of = day_field(gettext_lazy("查证日期"), gettext_lazy("哪一天查到的，不能晚于今天。"))
    confidence = forms.ChoiceField(
        label=gettext_lazy("可信度"), choices=PeriodOverride.Confidence.choices, widget=forms.RadioSelect
    )
    valid_from = day_field(gettext_lazy("从哪一天起适用"), gettext_lazy("已经在计的时限不改，从这一天起开始的才按它。"))

    def new(self) -> NewOverride | None:
        """What was typed, for the command; None when the country is gone."""
        typed = dict(self.cleaned_data)
        country = country_by_code(typed.pop("country"))
        typed["scope"] = "" if typed["scope"] == EVERY_TYPE else typed["scope"]
        return NewOverride(country_id=country.pk, **typed) if country else None


class EndForm(forms.Form):
    """When and why an override ends."""

    valid_to = day_field(gettext_lazy("从哪一天起不再适用"), gettext_lazy("写开始适用的那一天，就等于从未适用。"))
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )

"""Forms of the registry's pages. They read input; the commands decide, and their reasons come back to the fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from countries.lookup import country_by_code
from countries.models import Country, Sourced
from treaties.family_words import FAMILIES
from treaties.instrument_commands import NewInstrument, NewParty, NewProvision, NewValue
from treaties.models import DOMESTIC, STATED, InstrumentKind, Standing
from treaties.queries.matrix import BY_CONVENTION, BY_KIND, KINDS
from treaties.queries.registry import Asked
from treaties.web.fact_words import LABELS
from treaties.web.forms import Choice, asked_day, country_choices, day_field
from treaties.withdrawing import REASON_LIMIT

_PART = re.compile(r"[\s、,，;；]+")
_ANY: Choice = ("", gettext_lazy("全部"))
_NONE: Choice = ("", gettext_lazy("选一个"))
STATED_CHOICES: list[Choice] = [(one.value, one.label) for one in STATED]


def _every_country() -> list[Choice]:
    return [("", gettext_lazy("不分国家")), *country_choices()]


def _one_country() -> list[Choice]:
    return [_NONE, *country_choices()]


def source_field() -> forms.CharField:
    """Where it was found; nothing is entered without."""
    return forms.CharField(
        label=gettext_lazy("出处"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("从哪里查到的：条约文本、汇编、公报、网址。没有出处的不能录入。"),
        error_messages={"required": gettext_lazy("写明出处。没有出处的不能录入。")},
    )


def as_of_field() -> forms.DateField:
    """The day on which the source was looked at."""
    return day_field(gettext_lazy("查证日期"), gettext_lazy("哪一天查到的，不能晚于今天。"))


# --- Filters ---------------------------------------------------------------------------------------------------------


class OnDay(forms.Form):
    """A day; today unless one is named, or when what was named is none."""

    on = day_field(gettext_lazy("状态日期"), required=False)

    def __init__(self, params: Mapping[str, str]) -> None:
        self.given = {name: value for name, value in params.items() if value}
        super().__init__({"on": timezone.localdate().isoformat()} | self.given)

    def clean_on(self) -> date | None:
        """A day of which the registry can say something."""
        return asked_day(self.cleaned_data["on"])

    def narrowed(self, *but: str) -> bool:
        """Was anything asked for, but in what order and where to go on?"""
        return bool(self.given.keys() - {"sort", "after", "view", *but})

    def day(self) -> date:
        """The day that was asked for."""
        self.full_clean()
        return self.cleaned_data.get("on") or timezone.localdate()


class InstrumentFilter(OnDay):
    """Which instruments a list shows."""

    q = forms.CharField(
        label=gettext_lazy("搜索"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"size": 16}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=[_ANY, *InstrumentKind.choices], required=False)
    country = forms.ChoiceField(label=pgettext_lazy("field", "国家"), choices=_every_country, required=False)
    standing = forms.ChoiceField(label=gettext_lazy("状态"), choices=[_ANY, *Standing.choices], required=False)
    unsettled = forms.BooleanField(label=gettext_lazy("只看有待核实的"), required=False)

    withdrawn = forms.BooleanField(label=gettext_lazy("只看已撤下的"), required=False)

    field_order = ("q", "kind", "country", "standing", "on", "unsettled", "withdrawn")

    def __init__(self, params: Mapping[str, str], *, keeps: bool = False) -> None:
        super().__init__(params)
        if not keeps:
            del self.fields["withdrawn"]

    def asked(self) -> Asked:
        """What was asked for; what is wrong counts as not asked, and stands in `errors`."""
        day = self.day()
        found = self.cleaned_data
        return Asked(
            on=day,
            kind=found.get("kind") or "",
            country=country_by_code(found.get("country") or ""),
            standing=found.get("standing") or "",
            unsettled=bool(found.get("unsettled")),
            words=found.get("q") or "",
            withdrawn=bool(found.get("withdrawn")),
        )


class PartyFilter(OnDay):
    """Which parties of a convention its page shows."""

    standing = forms.ChoiceField(label=gettext_lazy("状态"), choices=[_ANY, *Standing.choices], required=False)
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)

    def __init__(self, params: Mapping[str, str], regions: list[Choice]) -> None:
        super().__init__(params)
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [_ANY, *regions]


SORTS: list[Choice] = [
    ("name", gettext_lazy("按国名")),
    ("region", gettext_lazy("按地区")),
    ("count", gettext_lazy("按生效数")),
]
VIEWS: list[Choice] = [(BY_KIND, gettext_lazy("按种类")), (BY_CONVENTION, gettext_lazy("按公约"))]


class MatrixFilter(PartyFilter):
    """Which lines of the matrix, in which order, against what."""

    column = forms.ChoiceField(
        label=gettext_lazy("种类"), choices=[_ANY, *((kind.value, kind.label) for kind in KINDS)], required=False
    )
    sort = forms.ChoiceField(label=gettext_lazy("排列"), choices=SORTS, required=False)
    view = forms.ChoiceField(choices=VIEWS, required=False, widget=forms.HiddenInput)

    field_order = ("on", "region", "column", "standing", "sort", "view")

    def __init__(
        self, params: Mapping[str, str], regions: list[Choice], conventions: list[Choice] | None = None
    ) -> None:
        super().__init__(params, regions)
        if conventions is not None:
            column = self.fields["column"]
            assert isinstance(column, forms.ChoiceField)
            column.label, column.choices = gettext_lazy("公约"), [_ANY, *conventions]


# --- One value -------------------------------------------------------------------------------------------------------


class ValueForm(forms.Form):
    """One value as an officer states it, typed by its column; `seen` is the change that the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    source = source_field()
    as_of = as_of_field()

    field_order = ("value", "source", "as_of", "seen")

    def __init__(self, data: Any, row: Sourced, name: str, **more: Any) -> None:
        super().__init__(data, **more)
        self._name = name
        self.fields["value"] = _typed(row, name)
        self.order_fields(self.field_order)

    def new(self) -> NewValue:
        """What was typed, for the command."""
        typed = dict(self.cleaned_data)
        if self._name == "articles":
            typed["value"] = [part for part in _PART.split(typed["value"]) if part]
        return NewValue(field=self._name, **typed)


def _typed(row: Sourced, name: str) -> forms.Field:
    label, field = str(LABELS[name]), row._meta.get_field(name)
    missing = {"required": gettext_lazy("写明这个值。查不到的，不用改。")}
    if isinstance(field, models.DateField):
        return day_field(label)
    if name == "stated":
        return forms.ChoiceField(label=label, choices=[_NONE, *STATED_CHOICES], error_messages=missing)
    hints = {
        "signed_partial": gettext_lazy("写年，或者年和月：2016 或 2016-05。"),
        "articles": gettext_lazy("只写条款号，用空格隔开，例如“16 18.1”。"),
    }
    most = getattr(field, "max_length", None) or 300
    long = most > 60 and name != "articles"
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=hints.get(name, ""),
        widget=forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput(),
        error_messages=missing,
    )


class ReasonForm(forms.Form):
    """Why something is withdrawn or brought back."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=REASON_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )


# --- New rows --------------------------------------------------------------------------------------------------------


class NewInstrumentForm(forms.Form):
    """An instrument with another side."""

    kind = forms.ChoiceField(
        label=gettext_lazy("种类"),
        choices=[_NONE, *((kind.value, kind.label) for kind in InstrumentKind if kind not in DOMESTIC)],
    )
    country = forms.ChoiceField(
        label=gettext_lazy("对方国家"),
        choices=_one_country,
        required=False,
        help_text=gettext_lazy("多边公约不选，录入以后逐个添加缔约方。"),
    )
    title_zh = forms.CharField(label=gettext_lazy("中文名称"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=240, required=False)
    signed_on = day_field(gettext_lazy("签署或者作出的日期"), required=False)
    in_force_on = day_field(gettext_lazy("生效日期"), required=False)
    stated = forms.ChoiceField(
        label=gettext_lazy("现在的状态"),
        choices=[("", gettext_lazy("由日期判断")), *STATED_CHOICES],
        required=False,
        help_text=gettext_lazy("不知道生效日期时选；从查证那天起按它判断。"),
    )
    families = forms.MultipleChoiceField(
        label=gettext_lazy("适用于哪些请求"),
        choices=list(FAMILIES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("选了的，这些请求就可以以它为依据。"),
    )
    reservation = forms.CharField(label=gettext_lazy("保留和声明"), max_length=300, required=False)
    source = source_field()
    as_of = as_of_field()

    def new(self) -> NewInstrument:
        """What was typed, for the command."""
        typed = dict(self.cleaned_data)
        code = typed.pop("country")
        return NewInstrument(country=country_by_code(code) if code else None, **typed)


class NewPartyForm(forms.Form):
    """A country's part in a convention."""

    country = forms.ChoiceField(label=pgettext_lazy("field", "国家"), choices=_one_country)
    signed_on = day_field(gettext_lazy("签署日期"), required=False)
    joined_on = day_field(gettext_lazy("交存日期"), required=False)
    joined_by = forms.CharField(
        label=gettext_lazy("参加方式"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("批准、加入、接受、继承。"),
    )
    in_force_on = day_field(gettext_lazy("生效日期"), required=False)
    stated = forms.ChoiceField(
        label=gettext_lazy("现在的状态"),
        choices=[("", gettext_lazy("由日期判断")), *STATED_CHOICES],
        required=False,
    )
    reservation = forms.CharField(label=gettext_lazy("保留和声明"), max_length=300, required=False)
    authority = forms.CharField(label=gettext_lazy("指定的机关"), max_length=120, required=False)
    source = source_field()
    as_of = as_of_field()

    def new(self) -> NewParty | None:
        """What was typed, for the command; None when the country is gone."""
        typed = dict(self.cleaned_data)
        country: Country | None = country_by_code(typed.pop("country"))
        return NewParty(country=country, **typed) if country else None


def _told_at_length(name: str) -> forms.CharField:
    label: Any = LABELS[name]
    return forms.CharField(label=label, max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class NewProvisionForm(forms.Form):
    """What an instrument covers, and what it demands of such requests."""

    family = forms.ChoiceField(label=gettext_lazy("适用于哪些请求"), choices=[_NONE, *FAMILIES.items()])
    articles = forms.CharField(
        label=gettext_lazy("条款"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("只写条款号，用空格隔开，例如“16 18.1”。"),
    )
    limited_to = forms.CharField(label=gettext_lazy("只适用于"), max_length=60, required=False)
    language = forms.CharField(label=gettext_lazy("要求的文字"), max_length=100, required=False)
    channel = forms.CharField(label=gettext_lazy("规定的联系途径"), max_length=100, required=False)
    contents_zh = _told_at_length("contents_zh")
    contents_en = _told_at_length("contents_en")
    attachments_zh = _told_at_length("attachments_zh")
    attachments_en = _told_at_length("attachments_en")
    source = source_field()
    as_of = as_of_field()

    def new(self) -> NewProvision:
        """What was typed, for the command."""
        typed = dict(self.cleaned_data)
        return NewProvision(articles=[part for part in _PART.split(typed.pop("articles")) if part], **typed)

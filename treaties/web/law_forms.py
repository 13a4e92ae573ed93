"""Forms of the pages on request types: filters, a day, two versions to compare, and the lines of a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.errors import DomainError
from treaties.article_names import ARTICLE_LIMIT
from treaties.law_commands import REMARK_LIMIT, SOURCE_LIMIT
from treaties.law_lines import (
    ACTING,
    EN_LIMIT,
    FIELDS,
    MOST,
    STRENGTHS,
    TRIGGER_LIMIT,
    WHO_LIMIT,
    WORDLESS,
    ZH_LIMIT,
    NewLine,
)
from treaties.law_terms import LEVELS
from treaties.models import PeriodKind, Strength
from treaties.queries import GROUPS
from treaties.queries.law_types import DIRECTIONS, Wanted
from treaties.web.forms import Choice, day_field
from treaties.web.law_words import TAGS, level_name

_ANY: Choice = ("", _("全部"))
_NONE: Choice = ("", _("选一个"))
_UNITS: Sequence[Choice] = (
    ("hour", pgettext_lazy("unit", "小时")),
    ("day", pgettext_lazy("unit", "日")),
    ("month", pgettext_lazy("unit", "个月")),
    ("year", pgettext_lazy("unit", "年")),
)
# No page sends more lines of one section.
MOST_LINES = 200


class TypeFilter(forms.Form):
    """Which types the list shows, as they stand on which day."""

    q = forms.CharField(label=_("搜索"), required=False, max_length=100, widget=forms.SearchInput(attrs={"size": 16}))
    direction = forms.ChoiceField(label=_("方向"), choices=[_ANY, *list(DIRECTIONS.items())[:2]], required=False)
    family = forms.ChoiceField(label=_("类别"), choices=[_ANY, *GROUPS], required=False)
    on = day_field(_("哪一天"), required=False)

    def __init__(self, params: Mapping[str, str]) -> None:
        self.given = {name: value for name, value in params.items() if value}
        super().__init__({"on": timezone.localdate().isoformat()} | self.given)

    def wanted(self) -> Wanted:
        """What was asked for; what is wrong counts as not asked, and stands in `errors`."""
        self.full_clean()
        found = self.cleaned_data
        return Wanted(
            on=found.get("on") or timezone.localdate(),
            direction=found.get("direction") or "",
            group=found.get("family") or "",
            words=found.get("q") or "",
        )


class HoldsOn(forms.Form):
    """A day; today unless one is named, or when what was named is none."""

    on = day_field(_("哪一天"), required=False)

    def __init__(self, params: Mapping[str, str]) -> None:
        super().__init__({"on": params.get("on") or timezone.localdate().isoformat()})

    def day(self) -> date:
        self.full_clean()
        return self.cleaned_data.get("on") or timezone.localdate()


# --- A version -------------------------------------------------------------------------------------------------------


class VersionForm(forms.Form):
    """What a version says of itself. `base` and `seen`: whose lines these are, and the latest that was known."""

    use_required_attribute = False

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    effective_from = day_field(
        _("从哪一天起适用"), _("可以是将来的日子；不能早于现在的版本。到那一天起，表单、核对和渠道建议都按它。")
    )
    source = forms.CharField(
        label=_("出处"),
        max_length=SOURCE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("依据哪个公布的文本或者文件，从哪里查到的。改过的每一行都记上它。"),
        error_messages={"required": _("写明出处。没有出处的不能录入。")},
    )
    remark = forms.CharField(
        label=_("改了什么，为什么"),
        max_length=REMARK_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


# What a line cannot do without.
_NEEDED: Mapping[str, Any] = {
    "zh": _("用自己的话写明。"),
    "article": _("写条款的代码，例如 IMLA-13.1.4。"),
    "trigger_zh": _("写明从什么时候起算。"),
    "who": _("写明由谁办或者由谁审批。"),
}
_WHO: Mapping[str, Any] = {
    "authority_chain": _("由谁办"),
    "approval": _("由谁审批"),
    "assurances": _("由谁承诺"),
}
_WHAT: Mapping[str, Any] = {
    "legal_basis": _("说明"),
    "channel": _("说明"),
    "authority_chain": _("办什么"),
    "approval": _("审批什么"),
}


def _needs(name: str, section: str) -> bool:
    """Can a line of the section not do without the field?"""
    optional = {"zh": section in WORDLESS, "who": section not in ACTING}
    return name in _NEEDED and not optional.get(name, False)


def _typed(name: str, section: str) -> forms.Field:
    texts: Mapping[str, tuple[Any, int]] = {
        "zh": (_WHAT.get(section, _("内容")), ZH_LIMIT),
        "en": (_("英文"), EN_LIMIT),
        "who": (_WHO.get(section, ""), WHO_LIMIT),
        "who_en": (_("由谁，英文"), EN_LIMIT),
        "article": (_("条款"), ARTICLE_LIMIT),
        "trigger_zh": (_("从什么时候起算"), TRIGGER_LIMIT),
    }
    if name in texts:
        label, limit = texts[name]
        hint = _("例如 IMLA-13.1.4") if name == "article" else ""
        needed = _needs(name, section)
        said = {"required": _NEEDED[name]} if needed else None
        return forms.CharField(label=label, max_length=limit, required=needed, help_text=hint, error_messages=said)
    if name == "checked":
        return forms.BooleanField(label=_("已与公布的条文核对（不选就显示待核实）"), required=False)
    if name == "value":
        return forms.IntegerField(label=_("数额"), required=False, min_value=1, max_value=MOST)
    choices: Mapping[str, tuple[Any, Sequence[Choice]]] = {
        "unit": (_("单位"), _UNITS),
        "kind": (_("性质"), PeriodKind.choices),
        "level": (_("强度"), [(code, LEVELS.get(code) or Strength(code).label) for code in STRENGTHS.get(section, ())]),
    }
    label, offered = choices[name]
    return forms.ChoiceField(label=label, choices=[_NONE, *offered], error_messages={"required": _("选一个。")})


class LineForm(forms.Form):
    """One line of a section; a new one has no key. `theirs`: what somebody else has made of it meanwhile."""

    use_required_attribute = False

    def __init__(self, section: str, number: int, data: QueryDict | None = None, **initial: Any) -> None:
        super().__init__(data, prefix=f"{section}-{number}", initial=initial)
        self.section, self.theirs = section, ""
        self.fields["key"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
        for name in FIELDS[section]:
            self.fields[name] = _typed(name, section)
        self.fields["gone"] = forms.BooleanField(label=_("去掉这一行"), required=False)

    @property
    def known(self) -> bool:
        """Is it a line of the version that is edited?"""
        return bool(self["key"].value())

    @property
    def blank(self) -> bool:
        """Was nothing typed into a new line?"""
        asked = (self[name].value() for name in FIELDS[self.section] if name != "checked")
        return not self.known and not any(asked)

    @property
    def told(self) -> str:
        """What the line is called at its head; "" for an article alone."""
        who = self["who"].value() if self.section in ACTING else ""
        return str(_("：")).join(str(part) for part in (who, self["zh"].value()) if part)

    @property
    def strength(self) -> tuple[Any, str] | None:
        """The word and the tag of its strength."""
        level = self["level"].value() if "level" in self.fields else ""
        return (level_name(self.section, level), TAGS[level]) if level in TAGS else None

    def asked(self) -> list[forms.BoundField]:
        """The fields of the section, in order."""
        return [self[name] for name in FIELDS[self.section]]

    def new(self) -> NewLine:
        """What was typed, for the command."""
        typed: dict[str, Any] = {name: self.cleaned_data[name] for name in (*FIELDS[self.section], "key", "gone")}
        typed |= {name: " ".join(value.split()) for name, value in typed.items() if isinstance(value, str)}
        return NewLine(section=self.section, place=f"/{self.prefix}", **typed)


class LawForm:
    """A version with its lines: one form, as the page sees it."""

    def __init__(self, head: VersionForm, lines: Mapping[str, Sequence[LineForm]]) -> None:
        self.head, self.lines = head, lines

    def __iter__(self) -> Iterator[LineForm]:
        for lines in self.lines.values():
            yield from lines

    def is_valid(self) -> bool:
        return not [form for form in (self.head, *self.written()) if not form.is_valid()]

    def written(self) -> list[LineForm]:
        """The lines but for new ones that were left blank."""
        return [form for form in self if not form.blank]

    def attach(self, error: DomainError) -> None:
        """Put the reasons of a refusal beside the fields they point to, the others at the head."""
        by_prefix = {str(form.prefix): form for form in self}
        for reason in error.reasons:
            first, _slash, name = reason.pointer.strip("/").partition("/")
            form: forms.Form = by_prefix.get(first, self.head)
            name = name or first
            form.add_error(name if name in form.fields else None, str(reason.words))
        if not error.reasons:
            self.head.add_error(None, str(error.message))

    @property
    def errors(self) -> dict[str, Any]:
        """What is wrong, by field (components/form_errors.html)."""
        if not self.head.is_bound:
            return {}
        return {form.add_prefix(name): found for form in self._bound() for name, found in form.errors.items()}

    def _bound(self) -> list[forms.Form]:
        return [self.head, *self.written()]

    def non_field_errors(self) -> list[Any]:
        return [error for form in self._bound() for error in form.non_field_errors()]

    def visible_fields(self) -> list[forms.BoundField]:
        return [field for form in self._bound() for field in form.visible_fields()]

    def hidden_fields(self) -> list[forms.BoundField]:
        return [field for form in self._bound() for field in form.hidden_fields()]


def counted(data: QueryDict, section: str) -> int:
    """How many lines of the section were sent."""
    text = data.get(f"{section}-n", "")
    return min(int(text), MOST_LINES) if text.isascii() and text.isdigit() else 0


def sent_lines(data: QueryDict, *, bound: bool) -> dict[str, list[LineForm]]:
    """The lines as they were sent: bound to be checked, or to be typed on."""
    return {
        section: [
            LineForm(section, n, data) if bound else LineForm(section, n, **_raw(data, section, n))
            for n in range(counted(data, section))
        ]
        for section in FIELDS
    }


def _raw(data: QueryDict, section: str, number: int) -> dict[str, Any]:
    start = f"{section}-{number}-"
    return {name: data.get(start + name, "") for name in ("key", *FIELDS[section], "gone")}

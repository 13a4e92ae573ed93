"""Forms of the people pages. They read input; the commands decide, and their reasons come back to the fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.commands.accounts import EMAIL_LIMIT, NAME_LIMIT, NUMBER_LIMIT, NewOfficer
from agencies.commands.reorganisation import REASON_LIMIT as ORDER_REASON_LIMIT
from agencies.models import Agency, Officer
from agencies.models.delegations import REASON_LIMIT
from agencies.models.reorganisation import OrderKind
from agencies.queries import agency_by_code, search_agencies
from agencies.roles import ADMIN_ROLES, CASE_ROLES, Role

PICKED = 20
_TAGS = {"zh-hans": "zh-CN"}
Period = tuple[datetime | None, datetime | None]
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


# Each language by its own name, marked as what it is.
_LANGUAGES = [
    (code, format_html('<span lang="{}">{}</span>', _TAGS.get(code, code), name)) for code, name in settings.LANGUAGES
]


def _day(label: Any, hint: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        error_messages={"invalid": _("写成 2026-01-31。")},
    )


class OfficerForm(forms.Form):
    police_number = forms.CharField(
        label=_("警号"), max_length=NUMBER_LIMIT, help_text=_("登录用，不分全角半角、大小写。")
    )
    name = forms.CharField(label=_("姓名"), max_length=NAME_LIMIT)
    email = forms.CharField(
        label=_("邮箱"), max_length=EMAIL_LIMIT, required=False, help_text=_("收案件进展的通知；邮件里只有编号和链接。")
    )

    def new(self) -> NewOfficer:
        """What was typed, for the command."""
        return NewOfficer(**{name: self.cleaned_data.get(name, "") for name in ("police_number", "name", "email")})

    def clean(self) -> dict[str, Any]:
        """The command's own rules, so that a form and a file obey the same ones and everything is said at once."""
        cleaned = super().clean() or {}
        for fault in self.new().normalized().faults():
            name = fault.pointer.strip("/")
            if name in self.fields and name not in self.errors:
                self.add_error(name, str(fault.words))
        return cleaned


class DetailsForm(OfficerForm):
    """Name and e-mail; the police number stays as it is."""

    police_number = None  # type: ignore[assignment]

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": officer.name, "email": officer.email}
        super().__init__(*args, **kwargs)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("CSV 文件"),
        help_text=_("列名：警号、姓名、邮箱（邮箱可以不要）。UTF-8 或 GBK，一次最多 2,000 人。"),
        error_messages={"required": _("选一个文件。"), "empty": _("文件是空的。")},
    )


class AgencyPickForm(forms.Form):
    """Name an agency by typing: one match is taken, several are offered to choose from."""

    agency_text = forms.CharField(
        label=pgettext_lazy("field", "机关"),
        max_length=100,
        required=False,
        help_text=_("名称、拼音首字母或机关代码，例如“昆山”“kss”。"),
    )
    agency = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    options: list[Agency]
    picked: Agency | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options, self.picked = [], None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text, code = cleaned.get("agency_text", ""), cleaned.get("agency", "")
        self.options = search_agencies(text, PICKED) if text else []
        chosen = agency_by_code(code) if code else None
        exact = [agency for agency in self.options if text in (agency.name, agency.code)]
        if chosen is not None and (not text or chosen in self.options):
            self.picked = chosen
        elif len(self.options) == 1 or len(exact) == 1:
            self.picked = (exact or self.options)[0]
        elif self.options:
            self.add_error("agency_text", _("符合的机关不止一个，在下面选一个。"))
        else:
            self.add_error("agency_text", _("没有这样的机关，换个写法再找。") if text else _("写明机关。"))
        return cleaned


class AppointmentForm(AgencyPickForm):
    role = forms.ChoiceField(
        label=_("角色"),
        help_text=_("三类管理员互斥，也不能兼办案。"),
        choices=[
            ("", _("选一种角色")),
            (_("办案"), [(role.value, role.label) for role in Role if role in CASE_ROLES]),
            (_("管理"), [(role.value, role.label) for role in Role if role in ADMIN_ROLES]),
        ],
        error_messages={"required": _("选一种角色。"), "invalid_choice": _("选一种角色。")},
    )
    starts_on = _day(_("开始日期"), _("留空就从现在起。"))
    ends_on = _day(_("结束日期"), _("含当天。长期任职就留空。"))

    def period(self) -> dict[str, datetime | None]:
        """From the beginning of the first day (or now) to the end of the last one, in the product's time zone."""
        starts_at, ends_at = _period(self.cleaned_data)
        return {"starts_at": starts_at, "ends_at": ends_at}


class DelegationForm(forms.Form):
    """To whom, from when until when, and why; the command decides."""

    delegate = forms.CharField(
        label=_("由谁代办"), max_length=NUMBER_LIMIT, error_messages={"required": _("选一名本机关的民警。")}
    )
    starts_on = _day(_("开始日期"), _("留空就从现在起。"))
    ends_on = _day(_("结束日期"), _("含当天，连开始那天最多 30 天。"))
    reason = forms.CharField(
        label=_("事由"),
        max_length=REASON_LIMIT,
        help_text=_("例如出差、休假。双方和安全管理员看得到。"),
        error_messages={"required": _("写明为什么请人代办，例如出差、休假。")},
    )

    def __init__(self, *args: Any, colleagues: Iterable[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers = [(one.police_number, f"{one.name}（{one.police_number}）") for one in colleagues]
        self.fields["ends_on"].required = True
        self.fields["ends_on"].error_messages["required"] = _("写明代办到哪一天。")
        self.fields["delegate"].widget = forms.Select(
            attrs={"data-user": True}, choices=[("", _("选一名本机关的民警")), *offers]
        )

    def period(self) -> Period:
        """From the beginning of the first day (None: now) to the end of the last one."""
        return _period(self.cleaned_data)


class ReorganisationForm(AgencyPickForm):
    """Into which organ, or under which one; why; and for a move, whether its cases go there too."""

    agency_text = forms.CharField(
        label=_("并入或划归的机关"),
        max_length=100,
        required=False,
        help_text=_("名称、拼音首字母或机关代码，例如“昆山”“kss”。"),
    )
    kind = forms.ChoiceField(
        label=_("怎么调整"),
        choices=[
            (OrderKind.MERGE, _("合并：并入另一个机关，本机关停用")),
            (OrderKind.MOVE, _("划转：换一个上级机关，本机关保留")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("选合并或划转。"), "invalid_choice": _("选合并或划转。")},
    )
    route = forms.ChoiceField(
        label=_("划转后案件报送到"),
        choices=[("parent", _("新的上级机关")), ("keep", _("和现在一样"))],
        initial="parent",
        required=False,
        widget=forms.RadioSelect,
        help_text=_("合并时不用选：案件由并入的机关报送。"),
        error_messages={"invalid_choice": _("选一个报送去向。")},
    )
    reason = forms.CharField(
        label=_("理由和批准文件"),
        max_length=ORDER_REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明批准机关和文号，案件页上会显示。不写涉密内容。"),
        error_messages={"required": _("写明理由和批准文件。")},
    )
    field_order = ("kind", "agency_text", "agency", "route", "reason")


class ClientForm(AgencyPickForm):
    name = forms.CharField(
        label=_("接入系统"), max_length=80, required=False, help_text=_("写系统的名称，例如“昆山市局案件办理系统”。")
    )
    field_order = ("name", "agency_text", "agency")


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("语言"), choices=_LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("明暗"),
        choices=[("auto", _("跟随电脑")), ("light", _("浅色")), ("dark", _("深色"))],
        widget=forms.RadioSelect,
    )
    single_key_shortcuts = forms.BooleanField(
        label=_("单键快捷键"), required=False, help_text=_("不在输入框里时，按 j、k、/ 等单个键就有动作。")
    )


def _period(cleaned: dict[str, Any]) -> Period:
    first: date | None = cleaned["starts_on"]
    last: date | None = cleaned["ends_on"]
    begins_now = first is None or first == timezone.localdate()
    starts_at = None if begins_now or first is None else _midnight(first)
    return starts_at, _midnight(last + timedelta(days=1)) if last else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

"""Fictional data for the component page: every component in every state. Nothing here is a fact."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.doors import words
from cases.models import Outcome, Status
from coopdesk.icons import ICONS

DUES = ("ok", "near", "late", "pause", "abroad", "met", "none")
COLOURS = [
    "ink",
    "ink-2",
    "ink-3",
    "edge",
    "line",
    "ground",
    "paper",
    "sunk",
    "accent",
    "accent-soft",
    "ok",
    "near",
    "late",
    "pause",
    "abroad",
    "home-bar",
    "abroad-bar",
]


class Specimen(forms.Form):
    """One field of each kind; bound, it shows each error."""

    title = forms.CharField(label=gettext_lazy("标题"), help_text=gettext_lazy("写案件，不写请求。"), max_length=120)
    account = forms.CharField(label=gettext_lazy("账号"), help_text=gettext_lazy("逐个填写。"), required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("国家"), choices=[("", "—"), ("TH", gettext_lazy("泰国")), ("VN", gettext_lazy("越南"))]
    )
    opened_on = forms.DateField(label=gettext_lazy("立案日期"), widget=forms.DateInput(attrs={"type": "date"}))
    agency = forms.CharField(label=gettext_lazy("报送机关"), widget=forms.TextInput(attrs={"readonly": True}))
    number = forms.CharField(label=gettext_lazy("编号"), disabled=True, required=False)
    opinion = forms.CharField(
        label=gettext_lazy("补正要求"),
        help_text=gettext_lazy("要补什么，补到什么程度。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("用途"),
        choices=[("evidence", gettext_lazy("证据")), ("lead", gettext_lazy("线索"))],
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("退回原因"),
        choices=[("a", gettext_lazy("译文与请求书版本不一致")), ("b", gettext_lazy("请求事项不明确"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    copy_along = forms.BooleanField(label=gettext_lazy("同时抄送反诈中心"), required=False)


def specimens(now: datetime) -> dict[str, Any]:
    """The context of the component page."""
    return {
        "statuses": Status.values,
        "outcomes": Outcome.values,
        "deadlines": [(now + timedelta(days=days), left) for days, left in ((9, 5), (3, 2), (0, 0), (-3, None))],
        "dues": _dues(),
        "clocks": _clocks(),
        "form": Specimen(
            {"title": "“6·7”跨境刷单返利诈骗案", "agency": "昆山市公安局", "purpose": "evidence"},
            initial={"number": "GJHZ-2026-320583-000127"},
        ),
        "tiles": _tiles(),
        "tabs": [
            {"url": "#tabs", "label": _("等我处理"), "count": 12, "current": True},
            {"url": "#tabs", "label": _("我报送的"), "count": 1388},
            {"url": "#tabs", "label": _("会办"), "count": 0},
        ],
        "rows": _rows(now),
        "routes": _routes(),
        "entries": _entries(now),
        "files": _files(),
        "facts": [
            (_("国家"), _("泰国")),
            (_("请求类型"), _("警务合作请求")),
            (_("用途"), _("证据")),
            (_("接受语言"), None),
        ],
        "source": [(_("来源"), _("条约数据库")), (_("截至"), "2018-10"), (_("可信度"), _("有来源"))],
        "recalled": [(_("来源"), _("凭记忆录入，未见原文")), (_("要做"), _("国别管理员查原文后确认"))],
        "changes": [
            {"label": _("第 5 项"), "before": "查明转出资金的收款人。", "after": "查明 4月至6月转出资金的最终收款人。"},
            {"label": _("紧急程度"), "before": "普通", "after": "加急"},
        ],
        "colours": COLOURS,
        "icons": sorted(ICONS),
    }


def _dues() -> list[tuple[str, str]]:
    texts = (
        words.working_days_left(5),
        words.working_days_left(1),
        words.days_over(3),
        words.paused(4),
        words.abroad(41),
        _("按期办结"),
        _("无时限"),
    )
    return list(zip(DUES, texts, strict=True))


def _clocks() -> list[dict[str, Any]]:
    return [
        {"name": _("市级审核"), "state": "ok", "text": words.working_days_left(3), "share": 25, "basis": _("内部时限")},
        {
            "name": _("省级审核"),
            "state": "near",
            "text": words.working_days_left(1),
            "share": 80,
            "basis": _("内部时限"),
        },
        {"name": _("部级审核"), "state": "late", "text": words.days_over(2), "share": 100, "basis": _("内部时限")},
        {"name": _("等外方答复"), "state": "abroad", "text": words.abroad(41), "share": 73, "basis": _("自然日")},
        {"name": _("对方回执"), "state": "none", "text": _("无时限"), "share": None, "basis": _("发出后开始计时")},
    ]


def _tiles() -> list[dict[str, Any]]:
    unit = _("件")
    return [
        {"url": "#tabs", "label": _("全部待办"), "count": 12, "unit": unit, "current": True},
        {"url": "#tabs", "label": _("已超期"), "due": "late", "count": 1, "unit": unit},
        {"url": "#tabs", "label": _("2 个工作日内到期"), "due": "near", "count": 3, "unit": unit},
        {
            "url": "#tabs",
            "label": _("在外方"),
            "due": "abroad",
            "count": 38,
            "unit": unit,
            "note": words.plain_days(126),
        },
    ]


def _rows(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "due": now - timedelta(days=1),
            "left": None,
            "title": "【演示】“9·21”跨境冒充客服退款诈骗案",
            "number": "GJHZ-2026-320585-000061",
            "urgency": "most_urgent",
            "status": "in_review",
            "days": 6,
            "new": True,
        },
        {
            "due": now + timedelta(days=3),
            "left": 2,
            "title": "【演示】“6·7”跨境刷单返利诈骗案补充请求",
            "number": "GJHZ-2026-320583-000127",
            "urgency": "urgent",
            "status": "returned",
            "days": 4,
            "current": True,
        },
        {
            "due": now + timedelta(days=12),
            "left": 8,
            "title": "【演示】常熟市恒示（虚构）有限公司信息系统被勒索软件攻击案",
            "number": "GJHZ-2026-320581-000058",
            "urgency": "normal",
            "status": "dispatched",
            "days": 41,
        },
    ]


def _stop(state: str, tier: str, name: str, days: str, **more: Any) -> dict[str, Any]:
    return {"state": state, "tier": tier, "name": name, "days": days} | more


def _routes() -> list[tuple[str, list[dict[str, Any]]]]:
    abroad, back = _("境外"), _("返回")
    reply_here = _("半数 41 日内答复")
    return [
        (
            _("在外方；越过的一级已抄送"),
            [
                _stop("done", _("县"), "瑞丽市公安局", words.took(1)),
                _stop("skip", _("州"), "德宏州公安局", _("未经手"), note=_("已抄送")),
                _stop("done", _("省"), "云南省公安厅", words.took(2)),
                _stop("done", _("部"), "公安部国际合作局", words.took(3)),
                _stop("now", abroad, _("缅甸"), words.abroad(41), who="缅甸警方", foreign=True),
                _stop("next", back, "部→省→州→县", words.limit(4)),
            ],
        ),
        (
            _("超期"),
            [
                _stop("done", _("区"), "朝阳分局", words.took(1)),
                _stop("now", _("市"), "北京市公安局", f"{words.running(6)} {words.days_over(2)}", late=True),
                _stop("next", _("部"), "公安部国际合作局", words.limit(5)),
                _stop("next", abroad, _("泰国"), reply_here, foreign=True),
                _stop("next", back, "部→市→区", words.limit(3)),
            ],
        ),
    ]


def _entries(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "at": now - timedelta(hours=1),
            "who": "陈示文",
            "text": _("打开案件，查看人员证件"),
        },
        {"at": now - timedelta(hours=2), "kind": "warn", "text": _("系统提醒：市级审核还剩 2 个工作日")},
        {
            "at": now - timedelta(days=3),
            "kind": "step",
            "who": "吴演",
            "post": "昆山市公安局",
            "text": _("审批同意，报送上一级"),
            "said": "请求事项与案件关联清楚，同意上报。",
            "gap": 5,
        },
        {
            "at": now - timedelta(days=12),
            "kind": "abroad",
            "who": "泰国皇家警察总署",
            "text": _("答复：执行 1 项，拒绝 1 项"),
        },
    ]


def _files() -> list[dict[str, Any]]:
    return [
        {
            "url": "#files",
            "name": "警务合作请求书.pdf",
            "note": _("第 3 版"),
            "tag": _("必须"),
            "tag_kind": "must",
            "form": "PDF",
            "size": 52_000,
        },
        {
            "url": "#files",
            "name": "泰文译文.docx",
            "note": _("第 1 版，对应请求书第 2 版"),
            "due": "near",
            "due_text": _("译文落后 1 版"),
            "form": "DOCX",
            "size": 1_238_000,
        },
    ]

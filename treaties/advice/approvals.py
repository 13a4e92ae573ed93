"""Who must approve a request that goes by a channel, as the law's own entries name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.language import english
from treaties.advice.asking import ChannelCode, Question
from treaties.advice.groups import POLICE_WAYS, Group
from treaties.advice.options import ARTICLES, Approval

# The words of seeds/requirements.yaml on approval, so that they have an English as well; a test compares.
WORDS: tuple[Promise, ...] = (
    _("上一级地方人民政府公安机关或者出入境边防检查机关"),
    _("主管机关会同相关主管部门"),
    _("公安部"),
    _("公安部会同外交部"),
    _("公安部会同外交部（条文对紧急途径未另作规定）"),
    _("公安部批准"),
    _("公安部（主管机关审核同意）"),
    _("县级以上公安机关或者出入境边防检查机关负责人"),
    _("司法部（按照职责分工承担主管机关职责）"),
    _("国务院"),
    _("国务院公安部门批准"),
    _("国务院或者中央有关部门批准"),
    _("对外联系机关（形式审查）"),
    _("省级公安机关审核、公安部"),
    _("省级公安机关批准并报公安部备案"),
    _("省级公安机关（审核）"),
    _("省级公安机关（审核）、公安部（中央主管机关）"),
    _("逐级上报至国际刑事警察组织中国国家中心局"),
    _("中央主管机关"),
    _("其他警务合作"),
    _("向外国提出的请求"),
    _("审核同意"),
    _("执法会晤、人员往来、边境管控、情报信息交流等按照惯例的警务合作"),
    _("拘留审查延长至六十日"),
    _("拟向外国提出的请求"),
    _("是否同意移管"),
    _("是否提出请求或者同意"),
    _("派员出境"),
    _("移管案件"),
    _("紧急请求"),
    _("警务合作请求"),
    _("请求"),
    _("请求书、所附文件及译文"),
    _("跨境有组织犯罪情报信息交流和警务合作机制"),
    _("边境地区县级以上公安机关禁毒执法合作"),
    _("边境地区县级以上地方政府及其主管部门的反恐情报交流、执法合作和国际资金监管合作"),
    _("遣送出境、拘留审查、限制活动范围"),
    _("申请"),
)

# Under each channel of its own kind another chain holds than the type's.
_POLICE = ("省级公安机关（审核）、公安部（中央主管机关）", "警务合作请求", "MPSR-380")
_BUREAU = ("逐级上报至国际刑事警察组织中国国家中心局", "申请", "MPSR-381")


def approvals(question: Question, group: Group, way: ChannelCode) -> list[Approval]:
    """Who approves: for a lead the police chain or the NCB, at the border the province; else as the type's entry says."""
    rows = list(question.law.get("approval") or ())
    if group is Group.MLA_LEAD and way in POLICE_WAYS:
        return [_own(*(_BUREAU if way == ChannelCode.INTERPOL else _POLICE))]
    if group is Group.BORDER:
        here = "border" if way == ChannelCode.BORDER else "elsewhere"
        rows = [row for row in rows if row.get("at", here) == here]
    elif way == ChannelCode.BORDER:
        return [
            _own(
                "省级公安机关批准并报公安部备案",
                "执法会晤、人员往来、边境管控、情报信息交流等按照惯例的警务合作",
                "MPSR-376",
            )
        ]
    elif way == ChannelCode.INTERPOL and group is not Group.INTERPOL:
        return [*map(_approval, rows), _own(*_BUREAU)]
    return [_approval(row) for row in rows]


def _own(who: str, what: str, article: str) -> Approval:
    return Approval(gettext(who), gettext(what), article, ARTICLES[article])


def _approval(row: Mapping[str, Any]) -> Approval:
    return Approval(
        who=_said(row["approver_zh"], row.get("approver_en", "")),
        what=_said(row.get("what", ""), row.get("en", "")),
        article=row["cite"],
        article_zh=row.get("cite_zh", ""),
        unsettled="verified" in row,
    )


def _said(zh: str, en: str) -> str:
    """In the language of the page: the ministry's own English where it wrote one."""
    return en if en and english() else gettext(zh) if zh else ""

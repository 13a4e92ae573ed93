"""The kinds of a ledger's records: where each stands, which fields it has, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from countries.models import RecordKind, Section

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Attr:
    """A field of a kind's own; without choices it is a line of text."""

    name: str
    label: Words
    choices: Mapping[str, Words] | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. `since` and `until` are the words for its days ("" where it has none)."""

    code: RecordKind
    section: Section
    name: Words
    text: Words
    since: Words = ""
    until: Words = ""
    attrs: tuple[Attr, ...] = ()
    contact: bool = False
    dated: bool = False  # it must say when it began


# How far cooperation has grown, from the first contact to an organisation of its own.
LADDER: Mapping[str, Words] = {
    "contact": _("联系"),
    "dialogue": _("对话"),
    "mechanism": _("机制"),
    "agreement": _("协定"),
    "organisation": _("组织"),
}
_AUTHORITIES: Mapping[str, Words] = {
    "central": _("中央机关"),
    "police": _("警方"),
    "ncb": _("国家中心局"),
    "prosecution": _("检察机关"),
    "justice": _("司法部"),
    "foreign": _("外交部"),
    "immigration": _("移民机关"),
    "other": _("其他"),
}
_ACTIVITIES: Mapping[str, Words] = {
    "visit": _("访问"),
    "operation": _("联合行动"),
    "patrol": _("联合巡逻"),
    "training": _("培训"),
    "other": _("其他"),
}
_SIDES: Mapping[str, Words] = {"ours": _("我方"), "theirs": _("外方")}
# Which cooperation an event touches.
SCOPES: Mapping[str, Words] = {
    "all": _("全部合作"),
    "police": _("警务合作"),
    "assistance": _("司法协助"),
    "extradition": _("引渡"),
    "border": _("边境合作"),
}
EFFECTS: Mapping[str, Words] = {
    "suspended": _("暂停"),
    "slower": _("变慢"),
    "watch": _("需关注"),
    "better": _("便利"),
}

KINDS: Mapping[str, Kind] = {
    kind.code.value: kind
    for kind in (
        Kind(
            RecordKind.AUTHORITY,
            Section.AUTHORITIES,
            _("机关名称"),
            _("负责什么请求"),
            attrs=(
                Attr("role", _("是什么机关"), _AUTHORITIES, required=True),
                Attr("languages", _("使用的语言")),
                Attr("address", _("地址")),
            ),
            contact=True,
        ),
        Kind(
            RecordKind.MECHANISM,
            Section.MECHANISMS,
            _("机制名称"),
            _("做什么"),
            since=_("建立日期"),
            until=_("终止日期"),
            attrs=(Attr("maturity", _("成熟程度"), LADDER, required=True), Attr("level", _("级别"))),
        ),
        Kind(
            RecordKind.MEETING,
            Section.MECHANISMS,
            _("会议名称"),
            _("议定事项"),
            since=_("开始日期"),
            until=_("结束日期"),
            attrs=(Attr("place", _("地点")), Attr("mechanism", _("属于哪个机制"))),
            dated=True,
        ),
        Kind(
            RecordKind.ACTIVITY,
            Section.ACTIVITIES,
            _("活动名称"),
            _("经过和成果"),
            since=_("开始日期"),
            until=_("结束日期"),
            attrs=(Attr("type", _("种类"), _ACTIVITIES, required=True), Attr("place", _("地点"))),
            dated=True,
        ),
        Kind(
            RecordKind.POST,
            Section.POSTS,
            _("职务"),
            _("联系什么事"),
            since=_("到任日期"),
            until=_("离任日期"),
            attrs=(Attr("side", _("哪一方"), _SIDES, required=True), Attr("seat", _("驻在"))),
            contact=True,
        ),
        Kind(
            RecordKind.EVENT,
            Section.EVENTS,
            _("什么事"),
            _("怎么影响合作"),
            since=_("从哪一天起"),
            until=_("到哪一天止"),
            attrs=(
                Attr("scope", _("影响什么合作"), SCOPES, required=True),
                Attr("effect", _("影响"), EFFECTS, required=True),
            ),
            dated=True,
        ),
        Kind(
            RecordKind.LESSON,
            Section.LESSONS,
            _("标题"),
            _("经过和做法"),
            since=_("哪一天的事"),
        ),
    )
}


def kinds_in(section: str) -> list[Kind]:
    """The kinds that a section of the page shows."""
    return [kind for kind in KINDS.values() if kind.section == section]

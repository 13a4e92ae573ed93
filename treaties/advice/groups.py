"""Which channels the law opens to a request, and in which order they are weighed: two tables, read line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treaties.advice.asking import ChannelCode, Purpose, Question
from treaties.models import Standing


class Group(Enum):
    """Requests that the law sends the same ways."""

    FOREIGN = auto()
    POLICE = auto()
    INTELLIGENCE = auto()
    INTERPOL = auto()
    # An INTERPOL request to a State that is no member.
    BESIDE_INTERPOL = auto()
    BORDER = auto()
    MLA_EVIDENCE = auto()
    MLA_LEAD = auto()
    TRANSFER = auto()
    EXTRADITION = auto()
    ARREST = auto()
    DEPLOYMENT = auto()
    REMOVAL = auto()


ASSISTANCE = frozenset({Group.MLA_EVIDENCE, Group.MLA_LEAD, Group.TRANSFER})
POLICING = frozenset({Group.POLICE, Group.INTELLIGENCE, Group.BORDER, Group.BESIDE_INTERPOL})
SURRENDER = frozenset({Group.EXTRADITION, Group.ARREST})
POLICE_WAYS = frozenset({ChannelCode.INTERPOL, ChannelCode.LIAISON, ChannelCode.AGREED, ChannelCode.NETWORK})

_BY_CODE = {
    "criminal_intelligence_exchange": Group.INTELLIGENCE,
    "counter_terrorism_deployment_abroad": Group.DEPLOYMENT,
    "extradition_provisional_arrest_out": Group.ARREST,
}
_BY_FAMILY = {
    "police_cooperation": Group.POLICE,
    "fugitive_handover": Group.POLICE,
    "border_cooperation": Group.BORDER,
    "transfer_sentenced_person": Group.TRANSFER,
    "extradition": Group.EXTRADITION,
    "repatriation": Group.REMOVAL,
}


def group_of(question: Question) -> Group:
    """The group of what is asked: by direction, type, purpose, and whether the country is in INTERPOL."""
    kind = question.kind
    if kind.direction == "incoming":
        return Group.FOREIGN
    if kind.family == "interpol":
        return Group.BESIDE_INTERPOL if question.said("interpol") == "no" else Group.INTERPOL
    if kind.family.startswith("mla_"):
        return Group.MLA_EVIDENCE if question.purpose == Purpose.EVIDENCE else Group.MLA_LEAD
    return _BY_CODE.get(kind.code) or _BY_FAMILY[kind.family]


# --- What the law opens ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What the law says of a channel, and where; no article where it says nothing of it."""

    text: Promise
    article: str


@dataclass(frozen=True, slots=True)
class Law:
    """For one group: the channels that are open, and why the rest are not."""

    open: Mapping[ChannelCode, Said]
    closed: Said
    closed_otherwise: Mapping[ChannelCode, Said]


_NOT_CUSTOMARY = Said(
    _("边境机关可以与邻国直接开展的只有执法会晤、人员往来、边境管控、情报信息交流；这类请求逐级报公安部批准。"),
    "MPSR-376",
)
_MINISTRY_SENDS = Said(_("公安部可以通过国际刑警组织渠道向外国提出警务合作请求。"), "MPSR-374.1")
_AGREED = Said(_("有协议的，公安部按协议约定的途径提出。"), "MPSR-374.1")
_POLICE_TO_POLICE = Said(_("警务联络官可以向对方警方转递、催问；条文没有规定这个途径，正式请求仍按法定途径提出。"), "")
_NETWORK = Said(_("可以依据公安部参加的多边合作协议开展警务合作。"), "MPSR-13")
_DIPLOMATIC = Said(_("公安部可以通过外交途径提出警务合作请求。"), "MPSR-374.1")
_POLICE_CLOSED = Said(_("警务合作请求走约定途径、外交途径或者国际刑警组织渠道，不走这个渠道。"), "MPSR-374.1")
_POLICE_OPEN = {
    ChannelCode.INTERPOL: _MINISTRY_SENDS,
    ChannelCode.LIAISON: _POLICE_TO_POLICE,
    ChannelCode.AGREED: _AGREED,
    ChannelCode.DIPLOMATIC: _DIPLOMATIC,
    ChannelCode.NETWORK: _NETWORK,
}
_AUTHORITY = Said(_("刑事司法协助通过对外联系机关联系。"), "IMLA-5.1")
_NO_TREATY = Said(_("没有刑事司法协助条约的，通过外交途径联系。"), "IMLA-5.3")
_LIAISON_ONLY = Said(_("要作证据的，制作刑事司法协助请求书，经公安部审核同意后由对外联系机关提出。"), "IMLA-9")
_THROUGH_MFA = Said(_("向外国请求引渡、引渡过境，由公安部会同外交部审核同意后通过外交部提出。"), "EXT-47")
_AGREEABLE = Said(_("紧急情况下，可以通过被请求国同意的其他途径请求先行采取强制措施。"), "EXT-48")
_BEYOND_CUSTOM = Said(_("四类事项以外的，或者不是与邻国直接合作的，报公安部批准后走这个渠道。"), "MPSR-376")

LAW: Mapping[Group, Law] = {
    Group.FOREIGN: Law(
        {}, Said(_("外方的请求不选渠道；不符合条约、协议规定的，从接收请求的途径退回。"), "MPSR-377.1"), {}
    ),
    Group.POLICE: Law(_POLICE_OPEN, _POLICE_CLOSED, {ChannelCode.BORDER: _NOT_CUSTOMARY}),
    Group.INTELLIGENCE: Law(
        _POLICE_OPEN
        | {
            ChannelCode.BORDER: Said(
                _("情报信息交流是边境机关可以与邻国直接开展的事项，报省级公安机关批准。"), "MPSR-376"
            )
        },
        _POLICE_CLOSED,
        {},
    ),
    Group.INTERPOL: Law(
        {ChannelCode.INTERPOL: Said(_("查找、缉捕、查询资料、调查取证，提出申请，层报中国国家中心局。"), "MPSR-381")},
        Said(_("这一类请求就是向中国国家中心局提出的申请；要走别的渠道，换成警务合作类的请求。"), "MPSR-381"),
        {},
    ),
    Group.BESIDE_INTERPOL: Law(
        {way: said for way, said in _POLICE_OPEN.items() if way != ChannelCode.INTERPOL},
        _POLICE_CLOSED,
        {
            ChannelCode.INTERPOL: Said(_("该国不是国际刑警组织成员，中国国家中心局的申请到不了对方。"), "MPSR-381"),
            ChannelCode.BORDER: _NOT_CUSTOMARY,
        },
    ),
    Group.BORDER: Law(
        {ChannelCode.BORDER: Said(_("边境的市、县级公安机关可以按照惯例与相邻国家的警察机关直接合作。"), "MPSR-376")}
        | dict.fromkeys(_POLICE_OPEN, _BEYOND_CUSTOM),
        _POLICE_CLOSED,
        {},
    ),
    Group.MLA_EVIDENCE: Law(
        {ChannelCode.AUTHORITY: _AUTHORITY, ChannelCode.DIPLOMATIC: _NO_TREATY},
        _LIAISON_ONLY,
        {ChannelCode.BORDER: _NOT_CUSTOMARY},
    ),
    Group.MLA_LEAD: Law(
        {
            ChannelCode.INTERPOL: Said(_("只要线索的，可以提出申请，层报中国国家中心局查询资料。"), "MPSR-381"),
            ChannelCode.LIAISON: Said(_("只要线索的，可以先由警务联络官向对方警方了解；条文没有规定这个途径。"), ""),
            ChannelCode.AGREED: Said(_("只要线索的，可以先按警务合作协议约定的途径提出。"), "MPSR-374.1"),
            ChannelCode.NETWORK: Said(_("只要线索的，可以先用多边合作机制交流情报信息。"), "MPSR-13"),
            ChannelCode.AUTHORITY: _AUTHORITY,
            ChannelCode.DIPLOMATIC: _NO_TREATY,
        },
        _LIAISON_ONLY,
        {ChannelCode.BORDER: _NOT_CUSTOMARY},
    ),
    Group.TRANSFER: Law({ChannelCode.AUTHORITY: _AUTHORITY, ChannelCode.DIPLOMATIC: _NO_TREATY}, _AUTHORITY, {}),
    Group.EXTRADITION: Law(
        {ChannelCode.DIPLOMATIC: _THROUGH_MFA},
        _THROUGH_MFA,
        {ChannelCode.AUTHORITY: Said(_("引渡的联系机关是外交部，条约另有规定的除外。"), "EXT-4.1")},
    ),
    Group.ARREST: Law(
        {ChannelCode.DIPLOMATIC: Said(_("紧急情况下，可以通过外交途径请求先行采取强制措施。"), "EXT-48")}
        | dict.fromkeys((ChannelCode.INTERPOL, ChannelCode.LIAISON, ChannelCode.AGREED), _AGREEABLE),
        Said(_("请求先行采取强制措施，只走外交途径或者被请求国同意的其他途径。"), "EXT-48"),
        {},
    ),
    Group.DEPLOYMENT: Law(
        dict.fromkeys(
            (ChannelCode.DIPLOMATIC, ChannelCode.AGREED),
            Said(_("派员出境执行反恐任务，要先与有关国家达成协议。"), "CTL-71.1"),
        ),
        Said(_("派员出境执行反恐任务由两国达成协议，不走这个渠道。"), "CTL-71.1"),
        {},
    ),
    Group.REMOVAL: Law(
        {
            ChannelCode.CONSULAR: Said(
                _("采取限制人身自由的措施，要通知该外国人所属国家的驻华使馆、领馆。"), "MPSA-254"
            ),
            ChannelCode.LIAISON: Said(_("可以请警务联络官向对方警方核实身份、商量接收；条文没有列出这个事项。"), ""),
            ChannelCode.DIPLOMATIC: _DIPLOMATIC,
        },
        Said(_("遣送出境是我方依法采取的措施，不是向外国提出的请求，不走这个渠道。"), "EEAL-58"),
        {},
    ),
}
# Courts may have our consulates serve on our own nationals.
SERVICE_BY_CONSUL = Said(
    _("人民法院向境外的中国籍当事人送达，所在国法律允许或者同意的，可以委托我国驻该国使领馆代为送达。"), "SPCI-495"
)

# --- The order in which they are weighed -----------------------------------------------------------------------------

_W = ChannelCode
# What is named first goes first, of those that may be taken; what is not named comes after, as the law lists it.
_ORDER: Mapping[Group, tuple[ChannelCode, ...]] = {
    Group.FOREIGN: (),
    Group.POLICE: (_W.INTERPOL, _W.LIAISON, _W.NETWORK, _W.AGREED, _W.DIPLOMATIC),
    Group.INTELLIGENCE: (_W.BORDER, _W.INTERPOL, _W.LIAISON, _W.NETWORK, _W.AGREED, _W.DIPLOMATIC),
    Group.INTERPOL: (_W.INTERPOL,),
    Group.BESIDE_INTERPOL: (_W.LIAISON, _W.NETWORK, _W.AGREED, _W.DIPLOMATIC),
    Group.BORDER: (_W.BORDER, _W.LIAISON, _W.INTERPOL, _W.NETWORK, _W.AGREED, _W.DIPLOMATIC),
    Group.MLA_EVIDENCE: (_W.AUTHORITY, _W.DIPLOMATIC, _W.CONSULAR),
    Group.MLA_LEAD: (_W.INTERPOL, _W.LIAISON, _W.NETWORK, _W.AGREED, _W.AUTHORITY, _W.DIPLOMATIC, _W.CONSULAR),
    Group.TRANSFER: (_W.AUTHORITY, _W.DIPLOMATIC),
    Group.EXTRADITION: (_W.DIPLOMATIC,),
    Group.ARREST: (_W.DIPLOMATIC, _W.INTERPOL, _W.LIAISON, _W.AGREED),
    Group.DEPLOYMENT: (_W.AGREED, _W.DIPLOMATIC),
    Group.REMOVAL: (_W.CONSULAR, _W.LIAISON, _W.DIPLOMATIC),
}


def order_of(question: Question, group: Group) -> list[ChannelCode]:
    """Every channel once, the first choice first.

    An agreement in force for whatever the crime comes before the rest among police channels: a treaty precedes the
    statute. In a hurry it waits behind INTERPOL, whose bureaus answer each other directly. A liaison officer of whom the
    ledger knows nothing comes last of those named.
    """
    first = list(_ORDER[group])
    if "liaison_posts" not in question.facts and ChannelCode.LIAISON in first:
        first.remove(ChannelCode.LIAISON)
        first.append(ChannelCode.LIAISON)
    hurried = question.urgent and ChannelCode.INTERPOL in first
    if group in POLICING | {Group.MLA_LEAD} and any_crime(question) and not hurried:
        ahead = [ChannelCode.BORDER] if first[0] == ChannelCode.BORDER else []
        first = [*ahead, ChannelCode.AGREED, *first]
    return list(dict.fromkeys([*first, *ChannelCode]))


def any_crime(question: Question) -> bool:
    """Is a police agreement in force that holds whatever the crime?"""
    return any(basis.standing == Standing.IN_FORCE and not basis.limited_to for basis in question.agreements)

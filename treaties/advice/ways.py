"""Which channels may be taken: one function for each rule, with its article. A rule that does not apply says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.language import english
from treaties.advice.asking import ChannelCode, Event, Fact, Question
from treaties.advice.groups import ASSISTANCE, LAW, POLICE_WAYS, POLICING, SERVICE_BY_CONSUL, SURRENDER, Group, Said
from treaties.advice.options import Finding, blocks, needs, opens, quoted, warns
from treaties.legal_basis import Basis
from treaties.models import Standing

Rule = Callable[[Question, Group, ChannelCode], Iterator[Finding]]
# The bodies of law enforcement that we are in ourselves, as the ledger writes them.
OUR_BODIES = ("上海合作组织", "澜湄合作")
_BETWEEN = re.compile(r"[、，,；;]")
BORDER_TIERS = ("county", "city")


def the_law(_question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """What the law says of the channel for such a request (MPSR-374 to 381, IMLA-5 and 9, EXT-4, 47 and 48)."""
    law = LAW[group]
    if way in law.open:
        yield _opened(law.open[way])
    elif not (way == ChannelCode.CONSULAR and group in (Group.MLA_EVIDENCE, Group.MLA_LEAD)):
        yield _closed(law.closed_otherwise.get(way, law.closed))


def consular_service(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """A consulate may serve documents on our own nationals (SPCI-495); other assistance is not its business (IMLA-5.1)."""
    if way == ChannelCode.CONSULAR and group in (Group.MLA_EVIDENCE, Group.MLA_LEAD):
        if question.kind.family == "mla_service":
            yield _opened(SERVICE_BY_CONSUL)
            yield needs(_("只限人民法院送达刑事诉讼文书：当事人是中国籍，所在国法律允许或者同意。"), "SPCI-495")
        else:
            yield _closed(LAW[group].open[ChannelCode.AUTHORITY])


def membership(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """INTERPOL reaches its members only (MPSR-381)."""
    if way != ChannelCode.INTERPOL or way not in LAW[group].open:
        return
    fact = question.facts.get("interpol")
    if fact is None:
        yield warns(_("台账没有记录该国是不是国际刑警组织成员，先核实。"), "MPSR-381")
    elif fact.code == "no":
        yield blocks(_("该国不是国际刑警组织成员。"), "", fact)
    else:
        yield opens(_("该国是国际刑警组织成员。"), "", fact)


def agreement(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """The way that an agreement names needs an agreement in force (MPSR-374.1)."""
    if way != ChannelCode.AGREED or way not in LAW[group].open:
        return
    bound = [basis for basis in question.agreements if basis.standing == Standing.IN_FORCE]
    for basis in question.agreements:
        yield from _agreement(basis)
    if not bound:
        yield blocks(_("没有查到与该国生效的警务合作协议，没有约定途径可走。"), "MPSR-374.1")
    elif all(basis.limited_to for basis in bound):
        crimes = crimes_of(bound)
        yield needs(_("协议只适用于：%(crimes)s。案件属于这类犯罪才能走。") % {"crimes": crimes}, "MPSR-374.1")


def _agreement(basis: Basis) -> Iterator[Finding]:
    if basis.standing == Standing.IN_FORCE:
        yield opens(_("《%(title)s》已生效。") % {"title": titled(basis)}, "MPSR-374.1")
    elif basis.standing != Standing.NONE:
        yield not_binding(basis)


def not_binding(basis: Basis) -> Finding:
    """A treaty that binds nobody that day: said, and no reason for or against by itself."""
    words = {
        Standing.SIGNED: _("《%(title)s》只签署、没有生效，不能作依据。"),
        Standing.TERMINATED: _("《%(title)s》已经终止，不能作依据。"),
    }.get(basis.standing, _("《%(title)s》是否生效没有查明，不能作依据；先向条约法律部门核实。"))
    return warns(words % {"title": titled(basis)}, "")


def central_authority(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """With a treaty in force, and a convention that both are party to is one (IMLA-69), through the Ministry of Justice
    (IMLA-5.1); without, through the diplomatic channel (IMLA-5.3)."""
    if way != ChannelCode.AUTHORITY or group not in ASSISTANCE:
        return
    bound = treaties_in_force(question)
    for basis in question.bases:
        if basis.kind == "treaty" and basis.standing not in (Standing.IN_FORCE, Standing.NONE):
            yield not_binding(basis)
    if not bound:
        yield blocks(_("与该国没有生效的司法协助条约，不能由对外联系机关直接提出。"), "IMLA-5.3")
    elif all(basis.limited_to for basis in bound):
        crimes = crimes_of(bound)
        yield opens(_("两国共同参加的公约载有司法协助条款，也是条约。"), "IMLA-69")
        yield needs(_("只有公约可依：案件要属于%(crimes)s，否则走外交途径。") % {"crimes": crimes}, "IMLA-69")
    else:
        first = next(basis for basis in bound if not basis.limited_to)
        yield opens(_("《%(title)s》已生效。") % {"title": titled(first)}, "IMLA-5.1")


def diplomatic_assistance(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """The diplomatic channel is for assistance without a treaty (IMLA-5.3); with one that holds whatever the crime the
    liaison authority is asked (IMLA-5.1)."""
    if way != ChannelCode.DIPLOMATIC or group not in ASSISTANCE:
        return
    bound = treaties_in_force(question)
    if any(not basis.limited_to for basis in bound):
        yield blocks(_("与该国有生效的司法协助条约，通过对外联系机关联系，不走外交途径。"), "IMLA-5.1")
    elif bound:
        yield opens(_("案件不属于公约范围的，等于没有条约，走外交途径。"), "IMLA-5.3")
    else:
        yield opens(_("与该国没有生效的司法协助条约。"), "IMLA-5.3")


def surrender_treaty(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """An extradition treaty in force, a convention for its crimes, or reciprocity (EXT-3.1, EXT-49)."""
    if way != ChannelCode.DIPLOMATIC or group not in SURRENDER:
        return
    bound = treaties_in_force(question)
    whole = next((basis for basis in bound if not basis.limited_to), None)
    if whole is not None:
        yield opens(_("《%(title)s》已生效，文书按条约准备。") % {"title": titled(whole)}, "EXT-49")
    elif bound:
        crimes = crimes_of(bound)
        words = _("没有双边引渡条约；案件属于%(crimes)s的可以依据公约，其余在互惠的基础上请求。")
        yield opens(words % {"crimes": crimes}, "EXT-49")
    else:
        yield opens(_("没有生效的引渡条约，在互惠的基础上请求。"), "EXT-49")
    for basis in question.bases:
        if basis.kind == "treaty" and basis.standing not in (Standing.IN_FORCE, Standing.NONE):
            yield not_binding(basis)


def relations(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """No diplomatic channel, and no consulate, without diplomatic relations (EXT-4.1, IMLA-5.3, MPSR-374.1)."""
    if way not in (ChannelCode.DIPLOMATIC, ChannelCode.CONSULAR) or group is Group.FOREIGN:
        return
    article = "EXT-4.1" if group in SURRENDER else "IMLA-5.3" if group in ASSISTANCE else "MPSR-374.1"
    fact = question.facts.get("relations")
    if fact is None:
        yield warns(_("台账没有记录与该国有没有外交关系，先向外事部门核实。"), article)
    elif fact.code == "no":
        yield blocks(_("与该国没有外交关系，外交和领事途径走不通；能否由第三国转递，请示外交部。"), "", fact)


def neighbours(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Only the county and city organs of a border area, and only with their own neighbour (MPSR-376)."""
    if way != ChannelCode.BORDER or way not in LAW[group].open:
        return
    origin, named = question.origin, {"agency": quoted(question.origin.name), "country": question.country_name}
    if not origin.is_border:
        yield blocks(_("%(agency)s不是边境地区的公安机关。") % named, "MPSR-376")
    elif question.country not in origin.border_countries:
        yield blocks(_("%(agency)s与%(country)s不接壤。") % named, "MPSR-376")
    elif origin.tier not in BORDER_TIERS:
        yield blocks(_("直接合作的是设区的市一级和县级公安机关，%(agency)s不是。") % named, "MPSR-376")
    else:
        yield opens(_("%(agency)s在边境地区，与%(country)s相邻。") % named, "MPSR-376")
    if group is Group.INTELLIGENCE:
        yield needs(_("换成“边境地区警务合作”类型填报，事项选“情报信息交流”。"), "MPSR-376")


def common_bodies(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """A network is one that both are in (MPSR-13: agreements of several States)."""
    if way != ChannelCode.NETWORK or way not in LAW[group].open:
        return
    fact = question.facts.get("bodies")
    theirs = {part.strip() for part in _BETWEEN.split(fact.text_zh)} if fact else set()
    shared = [body for body in OUR_BODIES if body in theirs]
    if not shared:
        yield blocks(_("没有查到两国共同参加的多边执法合作机制。"), "", fact)
    else:
        yield opens(_("两国共同参加：%(bodies)s。") % {"bodies": _bodies(shared)}, "", fact)
        yield needs(_("先核对这个机制受理的犯罪和事项，多数只交流情报信息。"), "MPSR-13")


def _bodies(shared: list[str]) -> str:
    names = {"上海合作组织": _("上海合作组织"), "澜湄合作": _("澜湄合作")}
    return _("、").join(names[body] for body in shared)


# Which requests, by which channels, an event of each scope touches; the scopes are those of the ledger's records.
TOUCHES: Mapping[str, Callable[[Group, ChannelCode], bool]] = {
    "all": lambda _group, _way: True,
    "police": lambda group, way: way in POLICE_WAYS or group in POLICING | {Group.INTERPOL},
    "assistance": lambda group, way: group in ASSISTANCE and way not in POLICE_WAYS,
    "extradition": lambda group, _way: group in SURRENDER,
    "border": lambda group, way: group is Group.BORDER or way == ChannelCode.BORDER,
}


def events(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """What has happened between the two: cooperation that is suspended takes no channel. The fact's source says so."""
    if group is Group.FOREIGN:
        return
    for event in question.events:
        if event.lasts(question.on) and TOUCHES[event.scope](group, way):
            yield from _event(event)


def _event(event: Event) -> Iterator[Finding]:
    fact = Fact(
        topic="events",
        name=_("影响合作的事件"),
        value=event.title,
        confidence=event.confidence,
        source=event.source,
        as_of=event.as_of,
    )
    told = {"title": quoted(event.title), "source": quoted(event.source), "until": _until(event)}
    if event.effect == "suspended":
        yield blocks(_("合作已中止%(until)s：%(title)s（出处：%(source)s）。") % told, "", fact)
    elif event.effect == "limited":
        yield warns(_("合作受限%(until)s：%(title)s（出处：%(source)s）。") % told, "", fact)
    else:
        yield warns(_("影响合作的事件%(until)s：%(title)s（出处：%(source)s）。") % told, "", fact)


def _until(event: Event) -> str:
    return _("（到 %(day)s 止）") % {"day": event.ends.isoformat()} if event.ends else ""


def availability(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """What the ledger says on asking this country for this: not at all, or in part."""
    fact = question.facts.get("availability")
    if group is Group.FOREIGN or fact is None:
        return
    other = question.facts.get("alternative")
    instead = _("替代办法：%(words)s") % {"words": quoted(other.value)} if other else _("台账没有写替代办法。")
    if fact.code == "no":
        yield blocks(_("台账记录：该国不办这类请求。%(instead)s") % {"instead": instead}, "", fact)
    elif fact.code == "partly":
        yield needs(_("台账记录：该国有条件地办这类请求。%(words)s") % {"words": quoted(fact.value)}, "", fact)


def police_channel(question: Question, _group: Group, way: ChannelCode) -> Iterator[Finding]:
    """What the ledger says on taking a police channel for this."""
    fact = question.facts.get("police_channel")
    if way not in POLICE_WAYS or fact is None:
        return
    if fact.code == "no":
        yield blocks(_("台账记录：该国不接受以警务渠道办这类请求。"), "", fact)
    elif fact.code == "partly":
        yield needs(_("台账记录：该国有条件地接受警务渠道。%(words)s") % {"words": quoted(fact.value)}, "", fact)


def titled(basis: Basis) -> str:
    """The title of what it rests on, in the language of the page."""
    if basis.instrument is None:
        return ""
    return quoted(basis.instrument.title_en if english() and basis.instrument.title_en else basis.instrument.title_zh)


# Against which crimes the instruments of seeds/instrument_provisions.csv help, so that they have an English.
CRIMES: tuple[Promise, ...] = (
    gettext_lazy("有组织犯罪"),
    gettext_lazy("腐败"),
    gettext_lazy("毒品犯罪"),
    gettext_lazy("资助恐怖主义"),
    gettext_lazy("恐怖主义爆炸"),
    gettext_lazy("劫持人质"),
    gettext_lazy("侵害应受国际保护人员"),
    gettext_lazy("核恐怖主义"),
    gettext_lazy("恐怖主义、分裂主义、极端主义"),
)


def crimes_of(bound: Iterable[Basis]) -> str:
    """The crimes against which alone these help, in the language of the page."""
    return _("、").join(dict.fromkeys(_(basis.limited_to) for basis in bound if basis.limited_to))


def treaties_in_force(question: Question) -> list[Basis]:
    """The treaties and conventions that bind both that day."""
    bound = (basis for basis in question.bases if basis.standing == Standing.IN_FORCE)
    return [basis for basis in bound if basis.kind in ("treaty", "multilateral")]


def _opened(said: Said) -> Finding:
    return opens(str(said.text), said.article)


def _closed(said: Said) -> Finding:
    return blocks(str(said.text), said.article)


WAYS: tuple[Rule, ...] = (
    the_law,
    consular_service,
    membership,
    agreement,
    central_authority,
    diplomatic_assistance,
    surrender_treaty,
    relations,
    neighbours,
    common_bodies,
    events,
    availability,
    police_channel,
)

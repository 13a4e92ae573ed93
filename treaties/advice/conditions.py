"""What must be there before a request goes, and what may go wrong: one function for each rule, with its article.

They are asked only of channels that may be taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from countries.ledger import before_review
from countries.models import UNSETTLED, FactConfidence
from treaties.advice.asking import ChannelCode, Fact, Question
from treaties.advice.groups import ASSISTANCE, POLICE_WAYS, POLICING, SURRENDER, Group
from treaties.advice.options import ARTICLES, Finding, Line, needs, quoted, warns
from treaties.advice.resting import demands_of
from treaties.advice.ways import Rule, titled
from treaties.legal_basis import Basis
from treaties.models import Standing
from treaties.queries.own_words import own_words

_NO_DEATH_PENALTY = frozenset({"abolished", "ordinary", "practice"})


def opened_by(question: Question, _group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Some requests begin at a certain tier (EXT-47: the province; CTL-71: the ministry)."""
    kind = question.kind
    if question.origin.tier in kind.opened_by or way == ChannelCode.BORDER:
        return
    told = {"tiers": _tiers(kind.opened_by), "agency": quoted(question.origin.name)}
    words = _("这类请求由%(tiers)s级公安机关提出，%(agency)s请相应机关提出。") % told
    yield needs(words, kind.opened_by_article)


def _tiers(tiers: list[str]) -> str:
    names = {"county": _("县"), "city": _("市"), "province": _("省"), "ministry": _("部")}
    return _("、").join(names[tier] for tier in tiers)


def reciprocity(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Where no treaty is in force: what reciprocity asks for (IMLA-4.1, EXT-3.1, EXT-49, MPSR-13)."""
    if way == ChannelCode.AGREED or (way != ChannelCode.DIPLOMATIC and group not in POLICING):
        return
    for basis in question.bases:
        if basis.kind != "reciprocity":
            continue
        for need in basis.needs:
            # The articles that only name the channel say nothing of a channel that was opened by another.
            if way == ChannelCode.DIPLOMATIC or need.article == "MPSR-13":
                yield Finding(
                    "needs", Line(_("互惠：%(words)s。") % {"words": need.words}, need.article, need.article_zh)
                )
        if basis.instrument is None and group in ASSISTANCE | SURRENDER:
            words = _("没有查到两国之间的互惠承诺，准备由外交部商请互惠。")
            yield needs(words, "EXT-49" if group in SURRENDER else "IMLA-10.1")


def language(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """The letter in Chinese, with a translation (IMLA-10.2, EXT-47, MPSR-380); what the ledger says on languages."""
    if way in (ChannelCode.BORDER, ChannelCode.CONSULAR) or group in (Group.DEPLOYMENT, Group.REMOVAL, Group.INTERPOL):
        return
    asked = list(_demanded(question, group, way, "language", _("《%(title)s》要求的文字：%(words)s")))
    if asked:
        yield from asked
        return
    facts = question.facts
    fact = facts.get("type_language") or facts.get("languages_accepted") or facts.get("languages")
    if group in ASSISTANCE and way not in POLICE_WAYS:
        yield needs(_("请求书和材料用中文，附被请求国官方文字的译文。"), "IMLA-10.2")
    elif group is Group.EXTRADITION:
        yield needs(_("文件和材料附经证明无误的译文。"), "EXT-47")
    elif group is Group.ARREST:
        yield needs(_("文书的文字按条约，没有条约的按对方要求。"), "EXT-49")
    else:
        yield needs(_("请求书、所附文件附相应译文。"), "MPSR-380")
    yield _theirs(_("对方用的文字：%(words)s"), fact) or needs(_("台账没有记录对方用什么文字。"))


def treaty_channel(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """The way that the treaty itself lays down comes before that of the statute (IMLA-5.1, EXT-4.1)."""
    yield from _demanded(question, group, way, "channel", _("《%(title)s》规定的联系途径：%(words)s"))


def written_channel(question: Question, _group: Group, _way: ChannelCode) -> Iterator[Finding]:
    """What the ministry's version of the law of the type says on its channel; the seeds give the articles alone."""
    for row in question.law.get("channel") or ():
        told = {"words": quoted(own_words(row))}
        if told["words"]:
            doubtful = "verified" in row
            words = _("这类请求的法定渠道（待核实）：%(words)s") if doubtful else _("这类请求的法定渠道：%(words)s")
            yield Finding("needs", Line(words % told, row["cite"], row["cite_zh"]))


def _demanded(question: Question, group: Group, way: ChannelCode, part: str, words: str) -> Iterator[Finding]:
    """What the treaties ask for, each with where it was read."""
    for basis, demand in demands_of(question, group, way, part):
        fact = Fact(
            topic=f"treaty_{part}",
            name=_("条约的要求"),
            value=demand.text,
            confidence=demand.confidence,
            source=demand.source,
            as_of=demand.as_of,
        )
        yield needs(words % {"title": titled(basis), "words": quoted(demand.text)}, "", fact)


def _theirs(words: str, fact: Fact | None) -> Finding | None:
    """What the ledger says of the other side: on its own line, for no article of ours says it."""
    return needs(words % {"words": quoted(fact.value)}, "", fact) if fact else None


def usable(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Is what comes back evidence, or only a lead? What comes from abroad needs its origin, and leave to use it
    (SPCI-77.1); as evidence it is asked for by mutual assistance (IMLA-9)."""
    if group in (Group.MLA_EVIDENCE, Group.MLA_LEAD) and way not in POLICE_WAYS:
        words = _("材料可以作证据；随案写明来源、提供人、提取人、提取时间，对方限制用途的从其限制。")
        yield needs(words, "SPCI-77.1")
    elif group is Group.MLA_LEAD:
        yield needs(_("得到的材料只作线索；要在法庭上使用，再提出刑事司法协助请求。"), "IMLA-9")
    elif group in POLICING | {Group.INTERPOL} and question.as_evidence:
        words = _(
            "警务渠道得到的材料，来源不明或者对方限制用途的不能作定案根据；要作证据的，改用“调查取证”等刑事司法协助。"
        )
        yield warns(words, "SPCI-77.1")


def consent(_question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Before the formal request, by a way that the requested State agrees to (EXT-48)."""
    if group is Group.ARREST and way != ChannelCode.DIPLOMATIC:
        yield needs(_("被请求国同意走这个途径；没有同意的走外交途径。"), "EXT-48")


def other_type(_question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """To a State outside INTERPOL the same is asked as police cooperation (MPSR-380)."""
    if group is Group.BESIDE_INTERPOL:
        yield needs(_("换成“警务合作请求”或者“缉捕、递解在逃人员”类型，经省级公安机关审核后报公安部。"), "MPSR-380")


def dual_criminality(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """An offence under both laws, and grave enough: ours asks it of others (EXT-7, IMLA-14.1.1, IMLA-56), so do they."""
    fact = question.facts.get("dual_criminality")
    if group in SURRENDER:
        yield needs(_("核对双重犯罪和最低刑期：我国对外国的请求这样要求，对方多有同类规定。"), "EXT-7")
    elif group is Group.TRANSFER:
        yield from _transfer(question)
    elif group in ASSISTANCE and way not in POLICE_WAYS:
        yield needs(_("核对双重犯罪：我国可以以此拒绝，对方也可能以此为条件。"), "IMLA-14.1.1")
    else:
        return
    yield _theirs(_("对方的双重犯罪要求：%(words)s"), fact) or needs(_("台账没有记录对方的双重犯罪要求。"))
    least = _theirs(_("对方的最低刑期：%(words)s"), question.facts.get("minimum_penalty"))
    if least and group in SURRENDER:
        yield least


def _transfer(question: Question) -> Iterator[Finding]:
    """The conditions of sending home their national, and, after them, of bringing home ours (IMLA-56, IMLA-62)."""
    if question.kind.code == "transfer_sentenced_person_to_china":
        yield needs(_("请求移管中国籍被判刑人，条件和程序参照向外国移管的规定。"), "IMLA-62")
        yield needs(_("参照的条件：被判刑人是中国籍、双重犯罪、判决生效、本人书面同意、两国同意。"), "IMLA-56")
    else:
        yield needs(_("移管的条件：对方国民、双重犯罪、判决生效、本人书面同意、两国同意。"), "IMLA-56")


def nationals(question: Question, group: Group, _way: ChannelCode) -> Iterator[Finding]:
    """A State seldom surrenders its own nationals; ours must not (EXT-8.1.1)."""
    if group not in SURRENDER:
        return
    fact = question.facts.get("nationals")
    yield warns(_("先查明被请求人的国籍：我国不引渡本国公民，对方多有同类规定。"), "EXT-8.1.1")
    if fact:
        yield warns(_("被请求人是对方公民的：%(words)s") % {"words": quoted(fact.value)}, "", fact)
    else:
        yield warns(_("台账没有记录对方引渡不引渡本国公民。"))


def death_penalty(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Where they have no death penalty they may ask for an assurance on the sentence: decided by the Supreme People's
    Court (EXT-50.1, IMLA-11.1)."""
    fact = question.facts.get("death_penalty")
    if fact is None or fact.code not in _NO_DEATH_PENALTY or way in POLICE_WAYS:
        return
    if group in SURRENDER or group is Group.MLA_EVIDENCE:
        yield needs(_("对方死刑：%(words)s。") % {"words": quoted(fact.value)}, "", fact)
        article = "EXT-50.1" if group in SURRENDER else "IMLA-11.1"
        yield needs(_("可能判处死刑的，对方可能要求量刑承诺，由最高人民法院决定。"), article)


def refusal(_question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """The grounds on which such a request must be refused in our law; the other side's are mostly the same (EXT-8,
    IMLA-4.2)."""
    if group in SURRENDER:
        words = _(
            "应当拒绝的情形（对方法律多有同类规定）：本国公民、一事不再理、政治犯罪、歧视、军事犯罪、时效已过、酷刑、缺席判决。"
        )
        yield warns(words, "EXT-8")
    elif group in ASSISTANCE and way not in POLICE_WAYS:
        yield warns(_("不得损害主权、安全和社会公共利益：对方也会以同样理由拒绝。"), "IMLA-4.2")


def hurry(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """What a hurry opens: custody before the request (EXT-48), priority for freezing (IMLAP-6)."""
    if not question.urgent:
        return
    if group is Group.EXTRADITION:
        told = {"type": quoted(_("请求外国先行采取强制措施"))}
        words = _("紧急的，先用“%(type)s”类型请求羁押，再正式请求引渡。") % told
        yield Finding("needs", Line(words, "EXT-48", ARTICLES["EXT-48"], kind="extradition_provisional_arrest_out"))
    elif group in ASSISTANCE and question.kind.family == "mla_freeze" and way not in POLICE_WAYS:
        words = _("紧急查封、扣押、冻结的可以优先处理，在请求书里写明紧急的理由（待核实：条文首句没有取得）。")
        yield needs(words, "IMLAP-6.1.1")
    fact = question.facts.get("urgent_path")
    if fact:
        yield needs(_("对方的紧急途径：%(words)s") % {"words": quoted(fact.value)}, "", fact)


_RULES_ON_DATA = ("RPD-82-83", "《国际刑警组织数据处理规则》第八十二条、第八十三条")
_READ_IN = (
    "https://www.rednoticelawjournal.com/2019/06/"
    "red-notices-and-interpol-can-red-notices-be-issued-for-non-criminal-cases/ ; https://ngm.com.au/?p=18805"
)
_READ_ON = "2026-11-21"


def thresholds(question: Question, _group: Group, way: ChannelCode) -> Iterator[Finding]:
    """A Red Notice has thresholds of its own (INTERPOL's rules on data, 82 and 83: known from commentary only)."""
    if way == ChannelCode.INTERPOL and question.kind.code == "interpol_locate_arrest_out":
        rule = Fact(
            topic="red_notice",
            name=_("红色通报的门槛"),
            value=_("转引，没有取得规则原文"),
            confidence=FactConfidence.SECONDARY,
            source=_READ_IN,
            as_of=_READ_ON,
        )
        words = _("申请红色通报的门槛：严重的普通刑事犯罪，可判二年以上或者尚有六个月以上刑期。")
        yield Finding("needs", Line(words, *_RULES_ON_DATA, rule))
        words = _("红色通报本身是不是拘捕的依据，依对方本国法律；先向对方问明。")
        yield warns(words)


def liaison_officer(question: Question, _group: Group, way: ChannelCode) -> Iterator[Finding]:
    """Nobody here knows where our liaison officers sit."""
    if way == ChannelCode.LIAISON:
        fact = question.facts.get("liaison_posts")
        if fact:
            yield needs(_("警务联络官：%(words)s") % {"words": quoted(fact.value)}, "", fact)
        else:
            yield warns(_("台账没有记录我方在该国、对方在我国有没有警务联络官，先问公安部国际合作局。"))


# What the ledger says on asking for this, to be followed unless our own law forbids it (IMLA-10.1, EXT-49, MPSR-377.2).
_ASKED_FOR = ("type_channel", "channel", "contents", "attachments", "legalisation", "costs", "death_penalty_cases")


def their_wishes(question: Question, group: Group, way: ChannelCode) -> Iterator[Finding]:
    """What the requested State asks for beyond ours is done where our law allows it (IMLA-10.1, EXT-49)."""
    if way in (ChannelCode.BORDER, ChannelCode.CONSULAR):
        return
    article = "EXT-49" if group in SURRENDER else "IMLA-10.1" if group in ASSISTANCE else ""
    office = question.facts.get("type_authority")
    if office:
        yield needs(_("对方承办这类请求的机关：%(words)s") % {"words": quoted(office.value)}, "", office)
    asked = [fact for topic in _ASKED_FOR if (fact := question.facts.get(topic)) and _concerns(topic, group)]
    if asked and article:
        yield needs(_("对方有特殊要求的，不违反我国法律基本原则的，可以照办。"), article)
    for fact in asked:
        words = _("对方的要求（%(topic)s）：%(words)s") % {"topic": fact.name, "words": quoted(fact.value)}
        yield needs(words, "", fact)


def _concerns(topic: str, group: Group) -> bool:
    return topic != "death_penalty_cases" or group in SURRENDER


def secrets(_question: Question, group: Group, _way: ChannelCode) -> Iterator[Finding]:
    """Nothing secret leaves the country without leave (SSL-37)."""
    if group is not Group.REMOVAL:
        yield needs(_("材料出境前审查：涉及国家秘密的按国家规定办理。"), "SSL-37")


CONDITIONS: tuple[Rule, ...] = (
    opened_by,
    consent,
    other_type,
    reciprocity,
    treaty_channel,
    written_channel,
    language,
    usable,
    dual_criminality,
    death_penalty,
    hurry,
    thresholds,
    their_wishes,
    secrets,
    nationals,
    refusal,
    liaison_officer,
)


# --- How good the facts are ------------------------------------------------------------------------------------------


def doubt_about_fact(question: Question, fact: Fact) -> Iterator[Line]:
    """A fact that a line rests on, and that is not settled, or old."""
    told = {"name": fact.name, "value": quoted(fact.value), "source": quoted(_source(fact.source)), "day": fact.as_of}
    if fact.unsettled:
        yield Line(_("待核实：%(name)s（%(value)s），出处：%(source)s，%(day)s。") % told, "", "", fact)
    elif _old(question, fact.as_of):
        yield Line(_("旧资料：%(name)s（%(value)s）是%(day)s查的。") % told, "", "", fact)


def doubt_about_basis(question: Question, basis: Basis) -> Iterator[Line]:
    """A treaty whose standing is not settled, or was found long ago; one of which nobody has read what it covers."""
    if basis.instrument is None:
        return
    if basis.kind == "statute" and basis.standing != Standing.IN_FORCE:
        yield Line(_("《%(title)s》在这一天是否施行没有查明。") % {"title": titled(basis)})
    covered = _("引用的条款") if basis.kind == "statute" else _("适不适用于这类请求")
    doubts = [
        (what, ground)
        for what, ground in ((_("效力"), basis.stands), (covered, basis.covers))
        if ground.confidence in UNSETTLED
    ]
    if doubts:
        told = {
            "title": titled(basis),
            "what": _("、").join(what for what, _ground in doubts),
            "source": _("；").join(
                dict.fromkeys(quoted(_source(one)) for _what, found in doubts for one in found.sources)
            ),
        }
        yield Line(_("待核实：《%(title)s》%(what)s，出处：%(source)s。") % told)
    elif _old(question, basis.as_of):
        yield Line(_("旧资料：《%(title)s》的效力是%(day)s查的。") % {"title": titled(basis), "day": basis.as_of})


def _old(question: Question, as_of: str) -> bool:
    """Was it found longer before the day that is asked about than the ledgers' review interval?"""
    return "" < as_of < before_review(question.on).isoformat()


def _source(text: str) -> str:
    """The source in the words of the page."""
    return _("凭记忆") if text == "recollection" else text

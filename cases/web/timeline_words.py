"""The lines of a case's timeline and of the inbox, in words. Names are marked as user data, everything else translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from agencies.doors import words
from agencies.models import Agency, Reorganisation
from agencies.models.reorganisation import OrderKind
from cases.models import Body, Direction, Outcome, Phase, Status, Usefulness
from cases.queries.clock_names import Law, laws_of
from cases.queries.timeline import Entry
from cases.reading import PURPOSES
from cases.sweep import KINDS
from cases.web import alarm_words, clock_events
from cases.web.sentences import named
from cases.web.supervision_words import SUPERVISED
from cases.workflow import TRANSITIONS, Move
from treaties.advice import ChannelCode
from treaties.codes import CODES
from treaties.models import RequestType
from treaties.queries import content_names

FIELDS: Mapping[str, str | Promise] = {
    "country": gettext_lazy("国家"),
    "request_type": gettext_lazy("请求类型"),
    "border_matter": gettext_lazy("边境事项"),
    "urgency": gettext_lazy("紧急程度"),
    "mark": gettext_lazy("标记"),
    "title": gettext_lazy("标题"),
    "summary": gettext_lazy("案情"),
    "purpose": gettext_lazy("请求目的"),
    "subjects": gettext_lazy("涉案人和单位"),
    "items": gettext_lazy("请求事项"),
    "files": gettext_lazy("附件"),
}
_ABROAD = frozenset(
    {
        "dispatch",
        "redispatch",
        "liaison_sent",
        "record_acknowledgement",
        "record_query",
        "record_chase",
        "record_reply",
        "record_late_reply",
        "record_recall",
        "register",
        "request_supplement",
        "record_supplement",
        "reply",
    }
)


@dataclass(frozen=True, slots=True)
class Codes:
    """The words of the codes in events, read once for a page."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    grounds: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    laws: Mapping[str, Law] = field(default_factory=dict)


def codes(kind: RequestType | None = None) -> Codes:
    """Return reasons, channels and grounds by code, and what a request of this type must say, in the page's language."""
    names = ("return_reasons", "channels", "refusal_grounds")
    lists = [{row.code: row.name for row in CODES[name]._default_manager.all()} for name in names]
    reasons, channels, grounds = lists
    return Codes(reasons=reasons, channels=channels, grounds=grounds, contents=content_names(kind), laws=laws_of())


def mark(entry: Entry) -> str:
    """The shape of the dot: a clock that rang, a step of ours, something abroad, or nothing that moved the case."""
    if entry.event.kind in KINDS:
        return "warn"
    if entry.step in _ABROAD:
        return "abroad"
    rows = [row for (_direction, name), row in TRANSITIONS.items() if name == entry.step]
    return "step" if any(row.move is not Move.STAY for row in rows) else ""


def line(entry: Entry, known: Codes) -> SafeString:
    """What was done, without who and when."""
    if entry.step in clock_events.STEPS:
        return clock_events.line(entry, known.laws)
    if entry.event.kind in KINDS:
        return alarm_words.line(entry, known.laws)
    words = _WORDS.get(entry.step)
    if words is None:
        return format_html("{}", _PLAIN.get(entry.step, _("案件有一处变动")))
    return words(entry, known)


def _edit(entry: Entry, _known: Codes) -> SafeString:
    names = [str(FIELDS[name]) for name in entry.event.facts.get("fields", ()) if name in FIELDS]
    if entry.times > 1 or not names:
        times = ngettext("修改内容 %(n)s 次", "修改内容 %(n)s 次", entry.times) % {"n": entry.times}
        return format_html("{}", times)
    return format_html(_("修改了{fields}"), fields=_("、").join(names))


def _submit(entry: Entry, _known: Codes) -> SafeString:
    number = entry.event.facts.get("content_version", 1)
    if number > 1:
        return format_html(_("补正后再报，内容第 {n} 版"), n=number)
    return format_html(pgettext("timeline", "报送审批"))


def _approve(entry: Entry, _known: Codes) -> SafeString:
    if entry.event.facts.get("status") == Status.CLEARED:
        incoming = entry.event.facts.get("direction") == Direction.INCOMING
        return format_html(_("审批同意，待答复外方") if incoming else _("审批同意，待发出"))
    if entry.event.facts.get("status") == Status.DISPATCHED:
        return format_html(_("审批同意，答复发往外方"))
    said = format_html(_("审批同意，转{to}"), to=_to(entry))
    if not entry.passed_over:
        return said
    others = _agencies(entry.passed_over)
    if entry.event.facts.get("skip"):
        return format_html(_("审批同意，越过{others}报{to}"), others=others, to=_to(entry))
    return format_html(_("{said}，直接报回；已告知{others}"), said=said, others=others)


def _advised(entry: Entry, _known: Codes) -> SafeString:
    facts = entry.event.facts
    way, first = ChannelCode(facts["way"]).label, ChannelCode(facts["first"]).label
    form = _("打算走{way}") if way == first else _("打算走{way}，建议的首选是{first}")
    return format_html(form, way=way, first=first)


def _agencies(agencies: Sequence[Agency]) -> SafeString:
    return format_html_join(_("、"), "{}", ((named(agency.name),) for agency in agencies))


def _to(entry: Entry) -> SafeString:
    return named(entry.to.name if entry.to else "")


def _return(entry: Entry, known: Codes) -> SafeString:
    reasons = [known.reasons.get(code, code) for code in entry.event.facts.get("reasons", ())]
    return format_html(_("退回补正，原因：{reasons}"), reasons=_("、").join(reasons))


def _dispatch(entry: Entry, known: Codes) -> SafeString:
    channel = known.channels.get(entry.event.facts.get("channel", ""), "")
    if entry.transmission is None:
        return format_html(_("经{channel}发往外方"), channel=channel)
    return format_html(_("经{channel}发往{name}"), channel=channel, name=named(entry.transmission.counterpart_name))


def _acknowledge(entry: Entry, _known: Codes) -> SafeString:
    if entry.receipt is None:
        return format_html(pgettext("timeline", "登记外方已收"))
    reference, desk = entry.receipt.their_reference, entry.receipt.their_desk
    form = {
        (True, True): _("登记外方已收，对方编号 {reference}，由{desk}承办"),
        (True, False): _("登记外方已收，对方编号 {reference}"),
        (False, True): _("登记外方已收，由{desk}承办"),
        (False, False): pgettext("timeline", "登记外方已收"),
    }[bool(reference), bool(desk)]
    return format_html(form, reference=named(reference), desk=named(desk))


def _reply(entry: Entry, _known: Codes) -> SafeString:
    final = entry.event.facts.get("kind") == "final"
    form = _("登记{name}的最终答复") if final else _("登记{name}的阶段答复")
    name = named(entry.transmission.counterpart_name) if entry.transmission else _("外方")
    said = format_html(form, name=name)
    counts = [
        _("%(outcome)s %(n)s 项") % {"outcome": outcome.label, "n": n}
        for outcome in Outcome
        if (n := list(entry.event.facts.get("outcomes", {}).values()).count(outcome.value))
    ]
    return format_html(_("{said}：{counts}"), said=said, counts=_("，").join(counts)) if counts else said


def _relay(entry: Entry, _known: Codes) -> SafeString:
    return format_html(_("转交{to}"), to=_to(entry))


def _accept(entry: Entry, _known: Codes) -> SafeString:
    code = entry.event.facts.get("usefulness", "")
    useful = Usefulness(code).label if code in Usefulness.values else ""
    return format_html(_("签收办结，答复{useful}"), useful=useful)


def _assign(entry: Entry, _known: Codes) -> SafeString:
    if entry.handler is None:
        return format_html(_("分派经办人"))
    return format_html(_("分派给{name}"), name=named(entry.handler.name))


def _sent_again(entry: Entry, known: Codes) -> SafeString:
    return format_html(_("重新发出：{said}"), said=_dispatch(entry, known))


def _liaison_sent(entry: Entry, _known: Codes) -> SafeString:
    name = entry.transmission.counterpart_name if entry.transmission else ""
    return format_html(_("登记对外联系机关已发往{name}"), name=named(name))


def _reply_out(entry: Entry, known: Codes) -> SafeString:
    channel = known.channels.get(entry.event.facts.get("channel", ""), "")
    name = entry.transmission.counterpart_name if entry.transmission else ""
    return format_html(_("经{channel}答复{name}"), channel=channel, name=named(name))


def _checked(entry: Entry, known: Codes) -> SafeString:
    if entry.event.facts.get("result") == "complete":
        return format_html(_("形式审查齐全，转{to}审查决定"), to=_to(entry))
    said = format_html(_("形式审查不符合要求，退回请求方"))
    return _lacking(said, entry, known)


def _lacking(said: SafeString, entry: Entry, known: Codes) -> SafeString:
    """With what is missing, when it was ticked."""
    missing = [known.contents.get(key, key) for key in entry.event.facts.get("missing", ())]
    return format_html(_("{said}，缺少：{missing}"), said=said, missing=_("、").join(missing)) if missing else said


def _supplement(entry: Entry, known: Codes) -> SafeString:
    return _lacking(format_html(_("要求外方补充")), entry, known)


def _decided(entry: Entry, known: Codes) -> SafeString:
    facts = entry.event.facts
    form = {
        "execute": _("决定执行"),
        "refuse": _("决定拒绝"),
        "postpone": _("决定推迟执行"),
        "transfer": _("移送其他主管机关"),
    }.get(facts.get("decision", ""), _("作出审查决定"))
    refused = list(facts.get("decisions", {}).values()).count("refuse")
    parts = [form]
    if refused:
        parts.append(ngettext("其中拒绝 %(n)s 项", "其中拒绝 %(n)s 项", refused) % {"n": refused})
    if grounds := [known.grounds.get(code, code) for code in facts.get("grounds", ())]:
        parts.append(_("理由：%(grounds)s") % {"grounds": _("、").join(grounds)})
    return format_html_join(_("，"), "{}", ((part,) for part in parts))


def _handed_down(entry: Entry, _known: Codes) -> SafeString:
    if entry.asked:
        return format_html(_("分给{agencies}执行"), agencies=_agencies(entry.asked))
    form = _("由{to}执行") if entry.event.facts.get("phase") == Phase.EXECUTION else _("交办{to}")
    return format_html(form, to=_to(entry))


def _handed_back(entry: Entry, _known: Codes) -> SafeString:
    return format_html(_("退回{to}重新交办"), to=_to(entry))


def _closed(entry: Entry, _known: Codes) -> SafeString:
    waited = entry.event.facts.get("because") == "waited"
    return format_html(_("等候期满，办结") if waited else _("外方已确认收到，办结"))


def _invited(entry: Entry, _known: Codes) -> SafeString:
    bodies = format_html_join(_("、"), "{}", ((Body(code).label,) for code in entry.bodies))
    both = [part for part in (_agencies(entry.asked), bodies) if part]
    if not both:
        return format_html(_("请其他机关会办"))
    return format_html(_("请{others}会办"), others=format_html_join(_("、"), "{}", ((part,) for part in both)))


def _opinion(entry: Entry, _known: Codes) -> SafeString:
    code = entry.event.facts.get("body", "")
    return format_html(_("登记{body}的意见"), body=Body(code).label if code in Body.values else "")


def _reorganise(entry: Entry, _known: Codes) -> SafeString:
    facts = entry.event.facts
    order = Reorganisation.objects.select_related("source", "target").filter(pk=facts.get("reorganisation", 0)).first()
    if order is None:
        return format_html(_("机构调整"))
    form = _("{source}划归{target}，理由：{reason}")
    if order.kind == OrderKind.MERGE:
        held = facts.get("phase")
        form = (
            _("{source}并入{target}，案件由{target}接办，理由：{reason}")
            if held
            else _("{source}并入{target}，理由：{reason}")
        )
    return format_html(
        form, source=named(order.source.name), target=named(order.target.name), reason=named(order.reason)
    )


def _calendar_moved(entry: Entry, _known: Codes) -> SafeString:
    forms = [
        format_html(_("{before}改为{after}"), before=words.whole_day(before), after=words.whole_day(after))
        for _deadline, *pair in entry.event.facts.get("moved", ())
        for before, after in [map(datetime.fromisoformat, pair)]
    ]
    moved = format_html_join(_("、"), "{}", ((form,) for form in dict.fromkeys(forms)))
    return format_html(_("工作日历有改动，到期日由{moved}"), moved=moved)


def _hand_over(entry: Entry, _known: Codes) -> SafeString:
    facts = entry.event.facts
    if entry.handler is None:
        return format_html(_("收回分派，等本机关重新分派"))
    form = _("承办人改为{name}") if facts.get("part") == "drafter" else _("交给{name}经办")
    return format_html(form, name=named(entry.handler.name))


def _unmask(entry: Entry, _known: Codes) -> SafeString:
    code = entry.event.facts.get("purpose", "")
    return format_html(_("查看人员证件，用途：{purpose}"), purpose=PURPOSES.get(code, code))


def _note(entry: Entry, _known: Codes) -> SafeString:
    ours = entry.event.facts.get("audience") == "agency"
    return format_html(_("写了本机关的备注") if ours else _("写了沿线可见的备注"))


_WORDS: Mapping[str, Callable[[Entry, Codes], SafeString]] = {
    "edit": _edit,
    "advise": _advised,
    "submit": _submit,
    "approve": _approve,
    "return_for_correction": _return,
    "dispatch": _dispatch,
    "record_acknowledgement": _acknowledge,
    "record_reply": _reply,
    "relay": _relay,
    "accept": _accept,
    "assign_handler": _assign,
    "redispatch": _sent_again,
    "record_late_reply": _reply,
    "liaison_sent": _liaison_sent,
    "reply": _reply_out,
    "check_form": _checked,
    "decide": _decided,
    "request_supplement": _supplement,
    "assign": _handed_down,
    "return_assignment": _handed_back,
    "close": _closed,
    "invite": _invited,
    "record_opinion": _opinion,
    "unmask": _unmask,
    "reorganise": _reorganise,
    "calendar_moved": _calendar_moved,
    "hand_over": _hand_over,
    **SUPERVISED,
    "note.add": _note,
}
_PLAIN: Mapping[str, str | Promise] = {
    "create": pgettext_lazy("timeline", "新建请求"),
    "release": gettext_lazy("经办人离任，收回分派，等本机关重新分派"),
    "recommend": gettext_lazy("写了拟办意见"),
    "decline": pgettext_lazy("timeline", "不予上报"),
    "withdraw": pgettext_lazy("timeline", "撤回"),
    "discard": pgettext_lazy("timeline", "草稿作废"),
    "reopen": pgettext_lazy("timeline", "重新启用"),
    "register": gettext_lazy("登记来函"),
    "hand_to_liaison": pgettext_lazy("timeline", "转对外联系机关"),
    "liaison_returned": gettext_lazy("对外联系机关退回，重新审核"),
    "record_query": gettext_lazy("登记外方的询问"),
    "answer_query": gettext_lazy("写了对询问的答复，报审批"),
    "record_chase": gettext_lazy("催办外方"),
    "request_recall": pgettext_lazy("timeline", "请求撤回"),
    "record_recall": gettext_lazy("已告知外方撤回"),
    "close_unanswered": pgettext_lazy("timeline", "未复办结"),
    "acknowledge_filing": pgettext_lazy("timeline", "确认备案"),
    "record_supplement": pgettext_lazy("timeline", "登记补充材料"),
    "resume": pgettext_lazy("timeline", "恢复审查"),
    "submit_result": pgettext_lazy("timeline", "报送执行结果"),
    "answer_assignment": gettext_lazy("报来意见或结果"),
    "confirm_skip": pgettext_lazy("timeline", "补办审核手续"),
    "archive": pgettext_lazy("timeline", "归档"),
    "restore": pgettext_lazy("timeline", "取消归档"),
    "propose_disposal": pgettext_lazy("timeline", "提请销毁"),
    "keep": pgettext_lazy("timeline", "决定继续保管"),
    "dispose": pgettext_lazy("timeline", "确认销毁，内容已删除"),
    "file": gettext_lazy("添加了文件"),
    "file_remove": gettext_lazy("移除了文件"),
    "file_damaged": gettext_lazy("有一份文件校验不符，已停止提供下载"),
}

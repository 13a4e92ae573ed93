"""The lines of a case's timeline and of the inbox, in words. Names are marked as user data, everything else translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from cases.models import Direction, Outcome, Status, Usefulness
from cases.queries.timeline import Entry
from cases.reading import PURPOSES
from cases.web.sentences import named
from cases.workflow import TRANSITIONS, Move
from treaties.codes import CODES

FIELDS: Mapping[str, str | Promise] = {
    "country": gettext_lazy("国家"),
    "request_type": gettext_lazy("请求类型"),
    "urgency": gettext_lazy("紧急程度"),
    "mark": gettext_lazy("标记"),
    "title": gettext_lazy("标题"),
    "summary": gettext_lazy("案情"),
    "purpose": gettext_lazy("请求目的"),
    "subjects": gettext_lazy("涉案人和单位"),
    "items": gettext_lazy("请求事项"),
    "files": gettext_lazy("附件"),
}
_ABROAD = frozenset({"dispatch", "record_acknowledgement", "record_reply"})


@dataclass(frozen=True, slots=True)
class Codes:
    """The words of the codes in events, read once for a page."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def codes() -> Codes:
    """Return reasons and channels by code, in the language of the page."""
    lists = [
        {row.code: row.name for row in CODES[name]._default_manager.all()} for name in ("return_reasons", "channels")
    ]
    return Codes(*lists)


def mark(entry: Entry) -> str:
    """The shape of the dot: a step of ours, something abroad, or nothing that moved the case."""
    if entry.step in _ABROAD:
        return "abroad"
    transition = TRANSITIONS.get((Direction.OUTGOING, entry.step))
    return "step" if transition is not None and transition.move is not Move.STAY else ""


def line(entry: Entry, known: Codes) -> SafeString:
    """What was done, without who and when."""
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
        return format_html(_("审批同意，待发出"))
    said = format_html(_("审批同意，转{to}"), to=_to(entry))
    if not entry.passed_over:
        return said
    others = format_html_join(_("、"), "{}", ((named(agency.name),) for agency in entry.passed_over))
    return format_html(_("{said}，直接报回；已告知{others}"), said=said, others=others)


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


def _unmask(entry: Entry, _known: Codes) -> SafeString:
    code = entry.event.facts.get("purpose", "")
    return format_html(_("查看人员证件，用途：{purpose}"), purpose=PURPOSES.get(code, code))


def _note(entry: Entry, _known: Codes) -> SafeString:
    ours = entry.event.facts.get("audience") == "agency"
    return format_html(_("写了本机关的备注") if ours else _("写了沿线可见的备注"))


_WORDS: Mapping[str, Callable[[Entry, Codes], SafeString]] = {
    "edit": _edit,
    "submit": _submit,
    "approve": _approve,
    "return_for_correction": _return,
    "dispatch": _dispatch,
    "record_acknowledgement": _acknowledge,
    "record_reply": _reply,
    "relay": _relay,
    "accept": _accept,
    "assign_handler": _assign,
    "unmask": _unmask,
    "note.add": _note,
}
_PLAIN: Mapping[str, str | Promise] = {
    "create": pgettext_lazy("timeline", "新建请求"),
    "recommend": gettext_lazy("写了拟办意见"),
    "decline": pgettext_lazy("timeline", "不予上报"),
    "withdraw": pgettext_lazy("timeline", "撤回"),
    "discard": pgettext_lazy("timeline", "草稿作废"),
    "reopen": pgettext_lazy("timeline", "重新启用"),
    "file": gettext_lazy("添加了文件"),
    "file_remove": gettext_lazy("移除了文件"),
    "file_damaged": gettext_lazy("有一份文件校验不符，已停止提供下载"),
}

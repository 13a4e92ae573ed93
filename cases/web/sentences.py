"""A case in plain sentences: where it is, since when and until when, or how it ended. What happens next is in
onward_words.py, what a step did in done_words.py."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.doors import words
from cases.models import Case, Direction, Leg, Outcome, Phase, Side, Status, Usefulness
from cases.queries.custody import ABROAD, HOME, custody
from cases.queries.dossier import Dossier


def named(name: str) -> SafeString:
    """An official or a user's name in running text."""
    return format_html('<span lang="zh-CN" data-user>{}</span>', name)


def strong(name: str) -> SafeString:
    return format_html('<b lang="zh-CN" data-user>{}</b>', name)


def sentence(*clauses: object) -> SafeString:
    """Clauses joined into one sentence."""
    joined = format_html_join(_("，"), "{}", ((clause,) for clause in clauses if clause))
    return format_html("{}{}", joined, _("。"))


# --- Where it is ----------------------------------------------------------------------------------------------------


def _who(leg: Leg, case: Case) -> str:
    if leg.phase == Phase.DISPATCH and case.direction == Direction.INCOMING:
        return _("结果已审核完毕，现由{holder}答复外方")
    return {
        Phase.DRAFT: _("{holder}起草中，还没有报送"),
        Phase.REVIEW: _("现由{holder}审核"),
        Phase.CORRECTION: _("已退回，现由{holder}补正"),
        Phase.DISPATCH: _("已审批完毕，现由{holder}发出"),
        Phase.LIAISON: _("现由{holder}对外联系"),
        Phase.QUERY_REVIEW: _("外方有询问，答复现由{holder}审核"),
        Phase.CHECK: _("外方请求已登记，现由{holder}形式审查"),
        Phase.DECISION: _("现由{holder}审查决定"),
        Phase.SUPPLEMENT: _("等{country}方面补充材料，由{holder}办理"),
        Phase.POSTPONED: _("已推迟执行，由{holder}保管"),
        Phase.ASSIGNMENT: _("现由{holder}交办"),
        Phase.EXECUTION: _("现由{holder}执行"),
        Phase.RESULT: _("执行结果现由{holder}审核"),
        Phase.REPLIED: _("已答复{country}，等{holder}确认"),
        Phase.ABROAD: _("现在{country}，由{holder}办理"),
        Phase.QUERY: _("外方有询问，现由{holder}答复"),
        Phase.RETURN: _("外方已答复，现由{holder}转交"),
        Phase.DELIVERY: _("答复已到{holder}，等待签收"),
    }[Phase(leg.phase)]


def lede(dossier: Dossier) -> SafeString:
    """现由谁、多久、何时前办结; how a case ended once it has."""
    leg = dossier.leg
    if leg is None:
        return _ending(dossier)
    holder = strong(leg.holder_name)
    if leg.handler is not None:
        holder = format_html(_("{holder}的{officer}"), holder=holder, officer=strong(leg.handler.name))
    where = format_html(_who(leg, dossier.case), holder=holder, country=country_of(dossier))
    return sentence(where, _since(dossier, leg), _until(dossier))


def country_of(dossier: Dossier) -> str:
    """The country that is asked, in the language of the page."""
    return dossier.case.country.name if dossier.case.country else ""


def _since(dossier: Dossier, leg: Leg) -> str:
    if leg.side != Side.FOREIGN:
        return words.running(dossier.working_days(leg.opened_at))
    days = dossier.days(leg.opened_at, dossier.now)
    return _("已 %(days)s") % {"days": words.plain_days(days)} if days else words.abroad(0)


def _until(dossier: Dossier) -> SafeString | str:
    running = dossier.deadline
    if running is None:
        return ""
    at, now = running.due_at, dossier.now
    due = format_html("<b>{}</b>", words.when(at, now) if words.same_day(at, now) else words.due(at, now))
    if at >= now:
        return format_html(_("应于 {due} 前办结"), due=due)
    over = dossier.days(at, now)
    late = words.days_over(over) if over else _("今日超期")
    return format_html(_("应于 {due} 前办结，{late}"), due=due, late=late)


def _ending(dossier: Dossier) -> SafeString:
    case, last = dossier.case, dossier.legs[-1]
    assert case.ended_at is not None  # nobody holds it
    on = words.weekday(case.ended_at, dossier.now)
    if case.status == Status.CLOSED:
        return _closed(dossier, on)
    return sentence(format_html(_ends(case, last), holder=strong(last.holder_name), origin=_origin(case), day=on))


def _origin(case: Case) -> SafeString:
    return strong(case.origin.name)


def _ends(case: Case, last: Leg) -> str:
    """How a case ended without being closed; `last` is the leg in which it did."""
    if case.status == Status.WITHDRAWN:
        if last.side == Side.FOREIGN:
            return _("应{origin}请求，于 {day}告知外方撤回")
        return _("{holder}的草稿于 {day}作废") if last.phase == Phase.DRAFT else _("{origin}于 {day}撤回")
    return {
        Status.DECLINED: _("{holder}于 {day}决定不予上报"),
        Status.REFUSED: _("{holder}于 {day}决定拒绝"),
        Status.TRANSFERRED: _("{holder}于 {day}移送其他主管机关"),
        Status.RETURNED_TO_REQUESTER: _("{holder}于 {day}退回请求方"),
    }[Status(case.status)]


def _closed(dossier: Dossier, on: str) -> SafeString:
    """Closed: by whom, what it took on either side, and whether the answer was of use."""
    case = dossier.case
    told = custody(dossier)
    spent = _("我方用时 %(home)s、外方 %(abroad)s") % {
        "home": words.plain_days(told.days(HOME)),
        "abroad": words.plain_days(told.days(ABROAD)),
    }
    useful = {
        Usefulness.USEFUL.value: _("答复有用"),
        Usefulness.PARTLY.value: _("答复部分有用"),
        Usefulness.NOT_USEFUL.value: _("答复没有用"),
    }
    if case.direction == Direction.INCOMING:
        form = _("已答复外方，{origin}于 {day}办结")
    elif dossier.legs[-1].side == Side.FOREIGN:
        some = any(item.outcome != Outcome.NOT_ANSWERED for item in dossier.items)
        form = (
            _("外方没有答复全部事项，{origin}于 {day}办结") if some else _("外方没有答复，{origin}于 {day}按未复办结")
        )
    else:
        form = _("{origin}于 {day}签收办结")
    closed = format_html(form, origin=_origin(case), day=on)
    return sentence(closed, spent, useful.get(case.usefulness, ""))

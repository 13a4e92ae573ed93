"""A case in plain sentences: where it is and since when, what happens next, where a step leads, what a step did."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.doors import words
from cases.models import Case, Direction, Leg, Phase, Side, Status, Usefulness
from cases.queries.custody import ABROAD, HOME, custody
from cases.queries.dossier import Dossier
from cases.routing import Journey, Stop, next_stop
from cases.workflow import TRANSITIONS, Move, Transition


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


def _who(phase: str) -> str:
    return {
        Phase.DRAFT: _("{holder}起草中，还没有报送"),
        Phase.REVIEW: _("现由{holder}审核"),
        Phase.CORRECTION: _("已退回，现由{holder}补正"),
        Phase.DISPATCH: _("已审批完毕，现由{holder}发出"),
        Phase.LIAISON: _("现由{holder}对外联系"),
        Phase.ABROAD: _("现在{country}，由{holder}办理"),
        Phase.QUERY: _("外方有询问，现由{holder}答复"),
        Phase.RETURN: _("外方已答复，现由{holder}转交"),
        Phase.DELIVERY: _("答复已到{holder}，等待签收"),
    }[Phase(phase)]


def lede(dossier: Dossier) -> SafeString:
    """现由谁、多久、何时前办结; how a case ended once it has."""
    leg = dossier.leg
    if leg is None:
        return _ending(dossier)
    holder = strong(leg.holder_name)
    if leg.handler is not None:
        holder = format_html(_("{holder}的{officer}"), holder=holder, officer=strong(leg.handler.name))
    where = format_html(_who(leg.phase), holder=holder, country=country_of(dossier))
    return sentence(where, _since(dossier, leg), _until(dossier))


def country_of(dossier: Dossier) -> str:
    """The country that is asked, in the language of the page."""
    return dossier.case.country.name if dossier.case.country else ""


def _since(dossier: Dossier, leg: Leg) -> str:
    if leg.side == Side.DOMESTIC:
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
    if case.status == Status.DECLINED:
        return sentence(format_html(_("{holder}于 {day}决定不予上报"), holder=strong(last.holder_name), day=on))
    if case.status == Status.WITHDRAWN:
        form = _("{holder}的草稿于 {day}作废") if last.phase == Phase.DRAFT else _("{holder}于 {day}撤回")
        return sentence(format_html(form, holder=strong(case.origin.name), day=on))
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
    return sentence(
        format_html(_("{holder}于 {day}签收办结"), holder=strong(case.origin.name), day=on),
        spent,
        useful.get(case.usefulness, ""),
    )


# --- What happens next -----------------------------------------------------------------------------------------------


def onwards(dossier: Dossier) -> SafeString:
    """One sentence on what happens next."""
    if dossier.leg is None:
        if dossier.case.archived_at is not None:
            return _in_archive(dossier.case)
        if dossier.case.status == Status.CLOSED:
            return format_html(_("需要时可由{origin}的审批人重新启用。"), origin=named(dossier.case.origin.name))
        return format_html(_("要继续办的，可由它复制一件新的请求。"))
    return _NEXT[Phase(dossier.leg.phase)](dossier, dossier.leg)


def _in_archive(case: Case) -> SafeString:
    if case.disposed_at is not None:
        return format_html(_("保管期满，内容已销毁，只留编号、环节和记录。"))
    return format_html(_("已归档，只能查看；要再办，先由{origin}的审批人取消归档。"), origin=named(case.origin.name))


def _after_draft(dossier: Dossier, _leg: Leg) -> SafeString:
    return format_html(_("填好后报送，先由{origin}的审批人审批。"), origin=named(dossier.case.origin.name))


def _after_review(dossier: Dossier, _leg: Leg) -> SafeString:
    return up(dossier, _stop(dossier, TRANSITIONS[Direction.OUTGOING, "approve"]))


def _after_correction(dossier: Dossier, _leg: Leg) -> SafeString:
    origin = named(dossier.case.origin.name)
    if dossier.case.return_to is None:
        return format_html(_("补正后重新由{origin}的审批人审批。"), origin=origin)
    back = named(dossier.case.return_to.name)
    return format_html(_("补正后经{origin}的审批人审批，直接报回{back}，中间不再逐级重审。"), origin=origin, back=back)


def _after_clearing(dossier: Dossier, _leg: Leg) -> SafeString:
    return format_html(_("发出后由{country}方面办理，外方用时另计。"), country=country_of(dossier))


def _after_abroad(dossier: Dossier, _leg: Leg) -> SafeString:
    desk, origin = named(dossier.route[-1].name), named(dossier.case.origin.name)
    said = format_html(_("外方答复后由{desk}登记，逐级转回{origin}。"), desk=desk, origin=origin)
    if not dossier.answered:
        return said
    progress = ngettext(
        "已答复 %(done)s 项，共 %(n)s 项。", "已答复 %(done)s 项，共 %(n)s 项。", len(dossier.items)
    ) % {"done": dossier.answered, "n": len(dossier.items)}
    return format_html(_("{first}{second}"), first=said, second=progress)


def _after_reply(dossier: Dossier, _leg: Leg) -> SafeString:
    return down(dossier, _stop(dossier, TRANSITIONS[Direction.OUTGOING, "relay"]))


def _after_delivery(_dossier: Dossier, _leg: Leg) -> SafeString:
    return format_html(_("承办人或审批人签收，写明答复有没有用，案件办结。"))


_NEXT: dict[Phase, Callable[[Dossier, Leg], SafeString]] = {
    Phase.DRAFT: _after_draft,
    Phase.REVIEW: _after_review,
    Phase.CORRECTION: _after_correction,
    Phase.DISPATCH: _after_clearing,
    Phase.LIAISON: _after_clearing,
    Phase.ABROAD: _after_abroad,
    Phase.QUERY: _after_correction,
    Phase.RETURN: _after_reply,
    Phase.DELIVERY: _after_delivery,
}


# --- Where a step leads ----------------------------------------------------------------------------------------------


def leads(dossier: Dossier, transition: Transition) -> SafeString:
    """One sentence beside the button, with the agency that comes next by its name."""
    if transition.move is Move.UP:
        return up(dossier, _stop(dossier, transition))
    if transition.move is Move.DOWN:
        return down(dossier, _stop(dossier, transition))
    return format_html("{}", transition.leads)


def up(dossier: Dossier, stop: Stop) -> SafeString:
    assert stop.agency is not None  # the way up leads to agencies only
    name = named(stop.agency.name)
    if stop.phase == Phase.DISPATCH:
        return format_html(_("同意后由{name}发往外方。"), name=name)
    if dossier.leg and dossier.leg.agency_id == dossier.case.origin_id and dossier.case.return_to_id:
        return format_html(_("同意后直接报回{name}，中间不再逐级重审。"), name=name)
    return _with_limit(_("同意后转{name}"), name, dossier.limits.get(Phase.REVIEW))


def down(dossier: Dossier, stop: Stop) -> SafeString:
    assert stop.agency is not None  # the way down leads to agencies only
    name = named(stop.agency.name)
    if stop.phase == Phase.DELIVERY:
        return _with_limit(_("转给{name}签收"), name, dossier.limits.get(Phase.DELIVERY))
    return _with_limit(_("转给{name}，由它再往下转"), name, dossier.limits.get(Phase.RETURN))


def _with_limit(form: str, name: SafeString, limit: int | None) -> SafeString:
    return sentence(format_html(form, name=name), words.limit(limit) if limit else "")


def _stop(dossier: Dossier, transition: Transition) -> Stop:
    return next_stop(transition, _journey(dossier), {})


def _journey(dossier: Dossier) -> Journey:
    assert dossier.leg is not None  # only an open case goes anywhere
    return Journey(
        route=dossier.route,
        holder=dossier.leg.agency,
        return_to=dossier.case.return_to,
        phase=Phase(dossier.leg.phase),
        status=Status(dossier.case.status),
    )


# --- What a step did --------------------------------------------------------------------------------------------------


def done(step: str, case: Case, leg: Leg | None) -> SafeString:
    """The notice after a step, from how the case stands now; `leg` is the open one."""
    form = _done_review(case) if step == "approve" else _done(step, case)
    holder = leg.holder_name if leg else ""
    handler = leg.handler.name if leg and leg.handler else ""
    return format_html(form, holder=named(holder), origin=named(case.origin.name), handler=named(handler))


def _done_review(case: Case) -> str:
    return _("已审批同意，待{holder}发出。") if case.status == Status.CLEARED else _("已审批同意，转{holder}。")


def _done(step: str, case: Case) -> str:
    if step == "record_reply" and case.status == Status.DISPATCHED:
        return _("已登记阶段答复，沿线机关现在就能看到；案件仍在外方。")
    return {
        "submit": _("已报送，等{origin}的审批人审批。"),
        "recommend": _("拟办意见已记下。"),
        "return_for_correction": _("已退回{origin}补正。"),
        "decline": _("已决定不予上报，案件到此为止。"),
        "withdraw": _("已撤回，案件到此为止。"),
        "discard": _("草稿已作废。"),
        "dispatch": _("已登记发往{holder}。"),
        "record_acknowledgement": _("已登记外方收到。"),
        "record_reply": _("已登记最终答复，案件回到{holder}，请逐级转交。"),
        "relay": _("已转交{holder}。"),
        "accept": _("已签收办结。"),
        "assign_handler": _("已分派给{handler}。"),
        "reopen": _("已重新启用，待签收。"),
    }.get(step, _("已办理。"))

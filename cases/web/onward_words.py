"""What happens next to a case, and where a step leads, in one sentence each, with the agency that comes next by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.doors import words
from cases.journey import Journey, journey_of
from cases.models import AssignmentKind, AssignmentState, Direction, Leg, Phase, Side, Status
from cases.queries.dossier import Dossier
from cases.routing import Stop, next_stop
from cases.web.sentences import country_of, named, sentence
from cases.workflow import TRANSITIONS, Move, Transition


def onwards(dossier: Dossier) -> SafeString:
    """One sentence on what happens next."""
    leg = dossier.leg
    if leg is None:
        return _when_ended(dossier)
    table = _NEXT_IN if dossier.case.direction == Direction.INCOMING else _NEXT_OUT
    return table[Phase(leg.phase)](dossier, leg)


def leads(dossier: Dossier, transition: Transition) -> SafeString:
    """One sentence beside the button."""
    if transition.move is Move.UP:
        return _up(dossier)
    if transition.move is Move.DOWN:
        return _down(dossier)
    return format_html("{}", transition.leads)


def _when_ended(dossier: Dossier) -> SafeString:
    case = dossier.case
    if case.disposed_at is not None:
        return format_html(_("保管期满，内容已销毁，只留编号、环节和记录。"))
    if case.archived_at is not None:
        form = _("已归档，只能查看；要再办，先由{origin}的审批人取消归档。")
        return format_html(form, origin=named(case.origin.name))
    if case.direction == Direction.INCOMING:
        return format_html("{}", "")
    if case.status == Status.CLOSED:
        return format_html(_("需要时可由{origin}的审批人重新启用。"), origin=named(case.origin.name))
    return format_html(_("要继续办的，可由它复制一件新的请求。"))


# --- Our requests -----------------------------------------------------------------------------------------------------


def _after_draft(dossier: Dossier, _leg: Leg) -> SafeString:
    return format_html(_("填好后报送，先由{origin}的审批人审批。"), origin=named(dossier.case.origin.name))


def _after_review(dossier: Dossier, _leg: Leg) -> SafeString:
    return _up(dossier)


def _after_correction(dossier: Dossier, _leg: Leg) -> SafeString:
    origin = named(dossier.case.origin.name)
    if dossier.case.return_to is None:
        return format_html(_("补正后重新由{origin}的审批人审批。"), origin=origin)
    back = named(dossier.case.return_to.name)
    return format_html(_("补正后经{origin}的审批人审批，直接报回{back}，中间不再逐级重审。"), origin=origin, back=back)


def _after_clearing(dossier: Dossier, _leg: Leg) -> SafeString:
    return format_html(_("发出后由{country}方面办理，外方用时另计。"), country=country_of(dossier))


def _after_liaison(dossier: Dossier, leg: Leg) -> SafeString:
    desk = named(_journey(dossier, leg).front.name)
    form = _("{holder}向外方发出后，由{desk}登记。")
    return format_html(form, holder=named(leg.holder_name), desk=desk)


def _after_abroad(dossier: Dossier, leg: Leg) -> SafeString:
    desk, origin = named(_journey(dossier, leg).front.name), named(dossier.case.origin.name)
    if dossier.case.recall_asked_at is not None:
        return format_html(_("已请求撤回：由{desk}告知外方，登记后案件到此为止。"), desk=desk)
    form = _("外方答复后由{desk}登记，逐级转回{origin}。")
    if dossier.case.at_the_border:
        form = _("邻国答复后由{desk}登记，随即签收办结。")
    said = format_html(form, desk=desk, origin=origin)
    if not dossier.answered:
        return said
    progress = ngettext(
        "已答复 %(done)s 项，共 %(n)s 项。", "已答复 %(done)s 项，共 %(n)s 项。", len(dossier.items)
    ) % {"done": dossier.answered, "n": len(dossier.items)}
    return format_html(_("{first}{second}"), first=said, second=progress)


def _after_query(dossier: Dossier, _leg: Leg) -> SafeString:
    origin = named(dossier.case.origin.name)
    return format_html(_("{origin}的承办人写好答复，逐级审批后发往外方。"), origin=origin)


def _after_reply(dossier: Dossier, _leg: Leg) -> SafeString:
    return _down(dossier)


def _after_delivery(_dossier: Dossier, _leg: Leg) -> SafeString:
    return format_html(_("承办人或审批人签收，写明答复有没有用，案件办结。"))


_NEXT_OUT: Mapping[Phase, Callable[[Dossier, Leg], SafeString]] = {
    Phase.DRAFT: _after_draft,
    Phase.REVIEW: _after_review,
    Phase.CORRECTION: _after_correction,
    Phase.DISPATCH: _after_clearing,
    Phase.LIAISON: _after_liaison,
    Phase.ABROAD: _after_abroad,
    Phase.QUERY: _after_query,
    Phase.QUERY_REVIEW: _after_review,
    Phase.RETURN: _after_reply,
    Phase.DELIVERY: _after_delivery,
}


# --- Requests from abroad ---------------------------------------------------------------------------------------------


def _after_check(dossier: Dossier, leg: Leg) -> SafeString:
    authority = named(_journey(dossier, leg).authority.name)
    return format_html(_("齐全的转{authority}审查决定，不符合要求的退回外方。"), authority=authority)


def _after_decision(_dossier: Dossier, leg: Leg) -> SafeString:
    return format_html(_("由{holder}的审批人决定执行、拒绝、推迟或移送。"), holder=named(leg.holder_name))


def _after_supplement(dossier: Dossier, leg: Leg) -> SafeString:
    desk = named(_journey(dossier, leg).front.name)
    return format_html(_("外方补充后由{desk}登记，再审查决定。"), desk=desk)


def _after_postponement(_dossier: Dossier, leg: Leg) -> SafeString:
    return format_html(_("推迟的情形消失后，由{holder}的审批人恢复审查。"), holder=named(leg.holder_name))


def _after_assignment(_dossier: Dossier, leg: Leg) -> SafeString:
    return format_html(_("由{holder}的国合联络员交下一级办理，或者由本机关执行。"), holder=named(leg.holder_name))


def _after_execution(dossier: Dossier, leg: Leg) -> SafeString:
    shares = [one for one in dossier.assignments if one.kind == AssignmentKind.SHARE]
    waiting = [one for one in shares if one.state == AssignmentState.OPEN]
    holder = named(leg.holder_name)
    if waiting:
        n = len(waiting)
        form = ngettext(
            "还有 {n} 个机关没有报来结果，报齐以后由{holder}汇总报送。",
            "还有 {n} 个机关没有报来结果，报齐以后由{holder}汇总报送。",
            n,
        )
        return format_html(form, n=n, holder=holder)
    return format_html(_("{holder}的承办人逐项写明结果，报本机关审批人。"), holder=holder)


def _after_result(dossier: Dossier, _leg: Leg) -> SafeString:
    return _up(dossier)


def _after_result_cleared(_dossier: Dossier, leg: Leg) -> SafeString:
    return format_html(_("由{holder}的国合联络员答复外方。"), holder=named(leg.holder_name))


def _after_answer(dossier: Dossier, leg: Leg) -> SafeString:
    desk = named(_journey(dossier, leg).front.name)
    return format_html(_("外方确认收到，或者等候期满，由{desk}办结。"), desk=desk)


_NEXT_IN: Mapping[Phase, Callable[[Dossier, Leg], SafeString]] = {
    Phase.CHECK: _after_check,
    Phase.DECISION: _after_decision,
    Phase.SUPPLEMENT: _after_supplement,
    Phase.POSTPONED: _after_postponement,
    Phase.ASSIGNMENT: _after_assignment,
    Phase.EXECUTION: _after_execution,
    Phase.RESULT: _after_result,
    Phase.DISPATCH: _after_result_cleared,
    Phase.LIAISON: _after_liaison,
    Phase.REPLIED: _after_answer,
}


# --- Up and down the route --------------------------------------------------------------------------------------------


def _journey(dossier: Dossier, leg: Leg) -> Journey:
    return journey_of(dossier.case, leg, dossier.route)


def _stop(dossier: Dossier, step: str) -> Stop:
    assert dossier.leg is not None  # only an open case goes anywhere
    direction = Direction(dossier.case.direction)
    return next_stop(TRANSITIONS[direction, step], _journey(dossier, dossier.leg), {})


def _up(dossier: Dossier) -> SafeString:
    leg, case = dossier.leg, dossier.case
    assert leg is not None
    stop = _stop(dossier, "approve")
    if stop.side == Side.FOREIGN or stop.agency is None:
        return format_html(_("同意后答复发往外方。"))
    name = named(stop.agency.name)
    if stop.phase == Phase.DISPATCH:
        form = _("同意后由{name}发往外方。") if case.direction == Direction.OUTGOING else _("同意后由{name}答复外方。")
        return format_html(form, name=name)
    if case.return_to_id is not None and stop.agency.pk == case.return_to_id:
        return format_html(_("同意后直接报回{name}，中间不再逐级重审。"), name=name)
    return _with_limit(_("同意后转{name}"), name, dossier.limit(stop.phase or leg.phase, stop.agency))


def _down(dossier: Dossier) -> SafeString:
    stop = _stop(dossier, "relay")
    assert stop.agency is not None  # the way down leads to agencies only
    name = named(stop.agency.name)
    if stop.phase == Phase.DELIVERY:
        return _with_limit(_("转给{name}签收"), name, dossier.limit(Phase.DELIVERY, stop.agency))
    return _with_limit(_("转给{name}，由它再往下转"), name, dossier.limit(Phase.RETURN, stop.agency))


def _with_limit(form: str, name: SafeString, limit: int | None) -> SafeString:
    return sentence(format_html(form, name=name), words.limit(limit) if limit else "")

"""The notice after a step: what was done, from how the case stands now."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases.models import Case, Direction, Leg, Phase, Status
from cases.web.sentences import named


def done(step: str, case: Case, leg: Leg | None) -> SafeString:
    """The sentence for `step`; `leg` is the one that is open now."""
    form = _by_outcome(step, case, leg) or _plain().get(step, _("已办理。"))
    holder = leg.holder_name if leg else ""
    handler = leg.handler.name if leg and leg.handler else ""
    return format_html(form, holder=named(holder), origin=named(case.origin.name), handler=named(handler))


def _by_outcome(step: str, case: Case, leg: Leg | None) -> str:
    """Steps whose sentence depends on where they led; '' for all others."""
    if step == "approve":
        return _approved(case)
    if step == "assign":
        executed = leg is not None and leg.phase == Phase.EXECUTION
        return _("已交执行，由{holder}办理。") if executed else _("已交办{holder}。")
    if step in ("decide", "check_form"):
        return _decided().get(case.status, "")
    if step == "record_reply" and case.status == Status.DISPATCHED:
        return _("已登记阶段答复，沿线机关现在就能看到；案件仍在外方。")
    if step == "record_reply" and case.status == Status.DELIVERED:
        return _("已登记最终答复，请签收办结。")
    if step == "return_for_correction" and case.direction == Direction.INCOMING:
        return _("已退回{holder}补正。")
    return ""


def _approved(case: Case) -> str:
    if case.status == Status.CLEARED:
        incoming = case.direction == Direction.INCOMING
        return _("已审批同意，待{holder}答复外方。") if incoming else _("已审批同意，待{holder}发出。")
    if case.status == Status.DISPATCHED:
        return _("已审批同意，答复已发往外方。")
    return _("已审批同意，转{holder}。")


def _decided() -> dict[str, str]:
    return {
        Status.TO_ASSIGN: _("已决定执行，待交办。"),
        Status.REFUSED: _("已决定拒绝，理由随通知发给请求方。"),
        Status.POSTPONED: _("已决定推迟执行。"),
        Status.TRANSFERRED: _("已移送，案件到此为止。"),
        Status.IN_REVIEW: _("形式审查完毕，待审查决定。"),
        Status.RETURNED_TO_REQUESTER: _("已通过接收请求的途径退回请求方。"),
    }


def _plain() -> dict[str, str]:
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
        "hand_to_liaison": _("已转{holder}。"),
        "liaison_sent": _("已登记对外联系机关发往{holder}。"),
        "liaison_returned": _("已登记退回，待{holder}重新审核。"),
        "record_query": _("已登记外方的询问，由{holder}答复。"),
        "answer_query": _("答复已报{holder}的审批人。"),
        "redispatch": _("已登记重新发往{holder}。"),
        "record_chase": _("已登记催办。"),
        "request_recall": _("已请求撤回，等对外的机关告知外方。"),
        "record_recall": _("已登记撤回，案件到此为止。"),
        "close_unanswered": _("已按未复办结；以后收到答复还可以登记。"),
        "record_late_reply": _("已登记迟到的答复，案件到了{holder}。"),
        "acknowledge_filing": _("已确认备案。"),
        "request_supplement": _("已要求外方补充。"),
        "record_supplement": _("已登记补充材料，待审查决定。"),
        "resume": _("已恢复审查。"),
        "return_assignment": _("已退回{holder}重新交办。"),
        "submit_result": _("结果已报{holder}的审批人。"),
        "reply": _("已登记答复{holder}。"),
        "close": _("已办结。"),
        "invite": _("已请求会办，对方的审批人会收到通知。"),
        "answer_assignment": _("已报给交来的机关。"),
        "record_opinion": _("意见已登记。"),
        "confirm_skip": _("审核手续已补办。"),
    }

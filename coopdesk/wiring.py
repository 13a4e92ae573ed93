"""What reacts to what. Read this to learn every side effect in the system."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agencies import account_notices, audit, audit_log, delegation_notices, digests, leaving, mail, notice_settings
from agencies import notices as plain_notices
from agencies.tasks import drain_outbox
from cases import alarm_notices, departures, digest_mail, duplicates, files, handover, notices, reorganise, sweep
from cases.clocks import moves
from cases.paper import agenda
from cases.tasks import nudge_exports
from cases.workflow import TRANSITIONS
from coopdesk.demo import player
from countries import calendar_effects, proposals, section_care

# What cases record beside the steps of the workflow table.
_CASE_KINDS = {
    "case.create": _("新建请求"),
    "case.register": _("登记来函"),
    "case.edit": _("修改草稿"),
    "case.copy": _("复制为新请求"),
    "case.read": _("查看案件"),
    "case.unmask": _("查看证件号码"),
    "case.secret_refused": _("拒收涉密内容"),
    "case.advise": _("选择渠道"),
    "case.file": _("添加文件"),
    "case.download": _("下载文件"),
    "case.print": _("打印文书"),
    "case.archive": _("归档"),
    "case.restore": _("取消归档"),
    "case.propose_disposal": _("提请销毁"),
    "case.keep": _("继续保管"),
    "case.dispose": _("销毁案件内容"),
    "case.file_remove": _("去掉文件"),
    "case.file_damaged": _("文件与记录的指纹不符"),
    "case.reorganise": _("机构调整，案件随转"),
    "case.hand_over": _("交接"),
    "case.release": _("经办人离任，收回分派"),
    "case.remind": _("催办"),
    "case.supervise": _("督办"),
    "case.supervision_answer": _("督办反馈"),
    "case.supervision_close": _("督办办结"),
    "case.supervision_escalate": _("督办提级"),
    "case.pause_deadline": _("暂停时限"),
    "case.resume_deadline": _("恢复计时"),
    "case.extend_deadline": _("延长时限"),
    "case.explain_deadline": _("写明超期原因"),
    "case.record_deadline": _("登记期限起算"),
    "case.finish_deadline": _("登记期限办结"),
    moves.MOVED: _("工作日历改动，到期日随之改变"),
}

_CALENDAR_KINDS = {
    "calendar.ask": _("提出改动"),
    "calendar.look_again": _("重新统计"),
    "calendar.preview": _("统计到期日的变动"),
    "calendar.confirm": _("确认应用"),
    "calendar.cancel": _("撤销改动"),
    "calendar.done": _("改动已应用"),
    "calendar.refused": _("改动没有应用"),
    "calendar.load": _("随系统更新日历"),
    "calendar.settle": _("补算到期日"),
}

_DEPARTURE_KINDS = {
    "departure.left": _("离任后留下工作"),
    "departure.waiting": _("发现无人办理的案件"),
}
# What the sweep raises.
_ALARM_KINDS = {
    sweep.WARNING: _("期限临近"),
    sweep.OVERDUE: _("逾期"),
    sweep.ESCALATION: _("逾期提级"),
    sweep.CHASE_DUE: _("该催办外方"),
    sweep.ACKNOWLEDGEMENT_OVERDUE: _("外方逾期未确认收到"),
}

_EXPORT_KINDS = {
    "export.start": _("申请导出"),
    "export.cancel": _("取消导出"),
    "export.done": _("生成导出文件"),
    "export.fail": _("导出没有做成"),
    "export.download": _("下载导出文件"),
    "export.file_damaged": _("导出文件与记录的指纹不符"),
    "export.expire": _("删除到期的导出文件"),
}

_TREATY_KINDS = {
    "treaty.override": _("录入条约期限"),
    "treaty.override_end": _("终止条约期限"),
    "treaty.withdraw": _("撤下条约或者缔约方"),
    "treaty.restore": _("恢复条约或者缔约方"),
}
_LEDGER_KINDS = {
    "ledger.draft": _("写台账草稿"),
    "ledger.drop": _("放弃台账草稿"),
    "ledger.submit": _("台账送复核"),
    "ledger.publish": _("发布台账"),
    "ledger.send_back": _("台账退回修改"),
    "ledger.entrust": _("指定台账管理员"),
    "ledger.confirm": _("复核台账"),
    section_care.LAPSED: _("台账到期没有复核"),
    "ledger.withdraw": _("撤下台账记录"),
    "ledger.contact": _("查看外方联系方式"),
    "ledger.print": _("打印国别台账"),
    "ledger.export": _("导出国别台账交换文件"),
    "ledger.import": _("导入国别台账交换文件"),
}
_PROPOSAL_KINDS = {
    proposals.MADE: _("提出台账建议"),
    proposals.ACCEPTED: _("采纳台账建议"),
    proposals.ANSWERED: _("答复台账建议"),
}
_FACT_KINDS = {
    "fact.correct": _("核对或更正资料"),
    "fact.enter": _("录入资料"),
    "fact.adopt": _("采用交换来的资料"),
}


def connect() -> None:
    """Called once, when Django is ready."""
    audit.nudge_with(drain_outbox.delay)
    audit.wire("case.*", "notify", notices.notify, but=notices.SILENT)
    audit.wire("case.dispose", "erase", files.erase)
    audit.wire("note.*", "notify", notices.notify)
    for kind in sweep.KINDS:
        audit.wire(kind, "notify-alarm", alarm_notices.tell)
    audit.wire("delegation.*", "notify_delegation", delegation_notices.notify)
    # On every save of a draft, whatever is found; and as a case climbs, since more may then be told of a work secret.
    for kind in ("case.create", "case.edit", "case.submit", "case.approve"):
        audit.wire(kind, "duplicates", duplicates.report)
    audit.wire("export.start", "run-exports", nudge_exports)
    audit.wire("mail.send", notice_settings.MAIL, mail.send_notice)
    audit.wire("mail.digest", digests.MAIL, digest_mail.send)
    for kind in account_notices.WORDS:
        audit.wire(kind, "account", account_notices.tell)
    audit.wire("mail.account", account_notices.MAIL, account_notices.send)
    # An order is counted and carried out by the worker, who sees the cases; each is one message, so one transaction.
    audit.wire("reorganisation.ask", "preview-order", reorganise.preview)
    audit.wire("reorganisation.look_again", "preview-order", reorganise.preview)
    audit.wire("reorganisation.confirm", "carry-out-order", reorganise.carry_out)
    audit.wire("reorganisation.preview", "tell-of-order", plain_notices.on_preview)
    audit.wire("reorganisation.done", "tell-of-reorganisation", plain_notices.on_done)
    audit.wire("reorganisation.gather", "tell-of-late-arrivals", plain_notices.on_gather)
    # A change of the work calendar likewise: the worker counts which deadlines move, and moves them.
    audit.wire("calendar.ask", "count-calendar", calendar_effects.count)
    audit.wire("calendar.look_again", "count-calendar", calendar_effects.count)
    audit.wire("calendar.confirm", "apply-calendar", calendar_effects.carry_out)
    audit.wire("calendar.load", "follow-calendar", calendar_effects.follow)
    calendar_effects.preview_with(moves.preview)
    calendar_effects.apply_with(moves.carry_out)
    leaving.count_with(handover.left_by)
    audit.wire("appointment.end", "departed", departures.departed)
    audit.wire("officer.deactivate", "departed", departures.departed)
    audit.wire("departure.*", "tell-of-departure", departures.tell)
    for kind in section_care.TOLD:
        audit.wire(kind, "tell-of-section", section_care.notify)
    audit.wire("proposal.*", "tell-of-proposal", proposals.notify)
    _name_kinds()


def _name_kinds() -> None:
    """The words of the audit log for what each room records."""
    steps = {row.event: row.label for row in TRANSITIONS.values()}
    audit_log.name_kinds("case", _("案件"), steps | _CASE_KINDS)
    audit_log.name_kinds("calendar", _("工作日历"), _CALENDAR_KINDS)
    audit_log.name_kinds("limit", _("内部时限"), {"limit.set": _("设定内部时限")})
    audit_log.name_kinds("departure", _("离任"), _DEPARTURE_KINDS)
    audit_log.name_kinds("export", _("导出"), _EXPORT_KINDS)
    audit_log.name_kinds("deadline", _("期限"), _ALARM_KINDS)
    audit_log.name_kinds("digest", _("每日汇总"), {digests.ORDER: _("发出每日汇总")})
    audit_log.name_kinds("record", _("往来记录"), {agenda.KIND: _("打印会谈议题")})
    audit_log.name_kinds("note", _("备注"), {"note.add": _("写备注")})
    audit_log.name_kinds("duplicate", _("重复请求"), {duplicates.FOUND: _("告知可能重复的请求")})
    audit_log.name_kinds("treaty", _("条约"), _TREATY_KINDS)
    audit_log.name_kinds("law", _("请求类型的法律"), {"law.version": _("写新的一版")})
    audit_log.name_kinds("fact", _("有出处的资料"), _FACT_KINDS)
    audit_log.name_kinds("ledger", _("国别台账"), _LEDGER_KINDS)
    audit_log.name_kinds("proposal", _("台账建议"), _PROPOSAL_KINDS)
    if settings.DEMO:
        audit_log.name_kinds("demo", _("演示"), {player.MARKER: _("生成演示案件")})

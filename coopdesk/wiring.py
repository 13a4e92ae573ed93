"""What reacts to what. Read this to learn every side effect in the system."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agencies import account_notices, audit, audit_log, mail
from agencies.tasks import drain_outbox
from cases import duplicates, notices
from cases.workflow import TRANSITIONS
from coopdesk.demo import player

# What cases record beside the steps of the workflow table.
_CASE_KINDS = {
    "case.create": _("新建请求"),
    "case.edit": _("修改草稿"),
    "case.copy": _("复制为新请求"),
    "case.read": _("查看案件"),
    "case.unmask": _("查看证件号码"),
    "case.secret_refused": _("拒收涉密内容"),
    "case.file": _("添加文件"),
    "case.download": _("下载文件"),
    "case.file_remove": _("去掉文件"),
    "case.file_damaged": _("文件与记录的指纹不符"),
}


def connect() -> None:
    """Called once, when Django is ready."""
    audit.nudge_with(drain_outbox.delay)
    audit.wire("case.*", "notify", notices.notify, but=notices.SILENT)
    audit.wire("note.*", "notify", notices.notify)
    # On every save of a draft, whatever is found; and as a case climbs, since more may then be told of a work secret.
    for kind in ("case.create", "case.edit", "case.submit", "case.approve"):
        audit.wire(kind, "duplicates", duplicates.report)
    audit.wire("mail.send", "mail", mail.send_notice)
    for kind in account_notices.WORDS:
        audit.wire(kind, "account", account_notices.tell)
    audit.wire("mail.account", account_notices.MAIL, account_notices.send)
    steps = {row.event: row.label for row in TRANSITIONS.values()}
    audit_log.name_kinds("case", _("案件"), steps | _CASE_KINDS)
    audit_log.name_kinds("note", _("备注"), {"note.add": _("写备注")})
    audit_log.name_kinds("duplicate", _("重复请求"), {duplicates.FOUND: _("告知可能重复的请求")})
    if settings.DEMO:
        audit_log.name_kinds("demo", _("演示"), {player.MARKER: _("生成演示案件")})

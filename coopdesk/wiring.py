"""What reacts to what. Read this to learn every side effect in the system."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agencies import audit, audit_log, delegation_notices, mail
from agencies.tasks import drain_outbox
from cases import notices
from cases.workflow import TRANSITIONS
from coopdesk.demo import player

# What cases record beside the steps of the workflow table.
_CASE_KINDS = {
    "case.create": _("新建请求"),
    "case.register": _("登记来函"),
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
    audit.wire("delegation.*", "notify_delegation", delegation_notices.notify)
    audit.wire("mail.send", "mail", mail.send_notice)
    steps = {row.event: row.label for row in TRANSITIONS.values()}
    audit_log.name_kinds("case", _("案件"), steps | _CASE_KINDS)
    audit_log.name_kinds("note", _("备注"), {"note.add": _("写备注")})
    if settings.DEMO:
        audit_log.name_kinds("demo", _("演示"), {player.MARKER: _("生成演示案件")})

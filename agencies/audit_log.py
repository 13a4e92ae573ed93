"""Reading the trail: the auditor's filters and words. Ids and codes only; the trail holds nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies import audit, seals
from agencies.actors import Actor
from agencies.commands.accounts import require
from agencies.models import AuditEvent, AuditSeal, Officer, UnsealedEvent
from agencies.models.officers import normalize_police_number
from agencies.roles import Role
from agencies.verification import Report

SUBJECT = re.compile(r"[a-z]{1,20}:[0-9A-Za-z-]{1,60}")
FAULTS_KEPT = 20
FAMILIES: dict[str, str | Promise] = {
    "session": _("登录"),
    "officer": _("账号"),
    "appointment": _("任职"),
    "delegation": _("代办"),
    "client": _("接口客户端"),
    "reorganisation": _("机构调整"),
    "feed": _("日历订阅"),
    "audit": _("审计"),
}
KINDS: dict[str, str | Promise] = {
    "session.login": pgettext_lazy("event", "登录"),
    "session.login_failed": pgettext_lazy("event", "登录失败"),
    "session.lockout": pgettext_lazy("event", "账号锁定"),
    "session.logout": pgettext_lazy("event", "退出登录"),
    "session.password_change": pgettext_lazy("event", "修改密码"),
    "session.mfa_enrol": pgettext_lazy("event", "添加第二因素"),
    "session.mfa_remove": pgettext_lazy("event", "移除第二因素"),
    "officer.create": pgettext_lazy("event", "开通账号"),
    "officer.update": pgettext_lazy("event", "更正账号资料"),
    "officer.reset": pgettext_lazy("event", "重置密码"),
    "officer.deactivate": pgettext_lazy("event", "停用账号"),
    "officer.activate": pgettext_lazy("event", "启用账号"),
    "officer.release_lock": pgettext_lazy("event", "解除锁定"),
    "officer.clear_factors": pgettext_lazy("event", "解除第二因素"),
    "officer.preferences": pgettext_lazy("event", "更改个人设置"),
    "officer.notice_settings": pgettext_lazy("event", "更改通知设置"),
    "appointment.grant": pgettext_lazy("event", "任命"),
    "appointment.end": pgettext_lazy("event", "结束任职"),
    "appointment.move": pgettext_lazy("event", "任职随机构调整转移"),
    "appointment.act_as": pgettext_lazy("event", "切换身份"),
    "delegation.lend": pgettext_lazy("event", "请人代办"),
    "delegation.revoke": pgettext_lazy("event", "收回代办"),
    "client.register": pgettext_lazy("event", "登记接口客户端"),
    "client.revoke": pgettext_lazy("event", "停用接口客户端"),
    "client.move": pgettext_lazy("event", "接口客户端随机构调整转移"),
    "client.token": pgettext_lazy("event", "发给令牌"),
    "reorganisation.ask": pgettext_lazy("event", "提出机构调整"),
    "reorganisation.preview": pgettext_lazy("event", "统计机构调整"),
    "reorganisation.look_again": pgettext_lazy("event", "重新统计机构调整"),
    "reorganisation.confirm": pgettext_lazy("event", "确认机构调整"),
    "reorganisation.cancel": pgettext_lazy("event", "撤销机构调整"),
    "reorganisation.done": pgettext_lazy("event", "执行机构调整"),
    "reorganisation.gather": pgettext_lazy("event", "机构调整后补转案件"),
    "feed.create": pgettext_lazy("event", "生成日历订阅地址"),
    "feed.revoke": pgettext_lazy("event", "停用日历订阅"),
    "feed.read": pgettext_lazy("event", "日历读取时限"),
    "audit.read": pgettext_lazy("event", "查看审计日志"),
    "audit.verify": pgettext_lazy("event", "校验审计日志"),
}
FAULTS: dict[str, str | Promise] = {
    "gap_in_chain": _("封签缺号：有封签被删去"),
    "chain_broken": _("封签前后接不上：有封签被改过或换过次序"),
    "event_changed": _("事件与封签不符：事件被改过或换过"),
    "checkpoint_forged": _("检查点的签名无效"),
    "checkpoint_differs": _("封签链与签过名的检查点不符：整条链被重写过"),
    "checkpoint_beyond_chain": _("检查点记着的封签不见了"),
    "event_outside_chain": _("事件不在封签链里，也不在等候封签：可能是绕过系统插入的"),
}


def name_kinds(family: str, word: str | Promise, kinds: Mapping[str, str | Promise]) -> None:
    """A room above names the kinds of events it records. Called from wiring.py."""
    FAMILIES[family] = word
    KINDS.update(kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the auditor looks for. `kind` is a kind or a family with `.*`; `since` and `until` bound the moment."""

    kind: str = ""
    officer: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def facts(self) -> dict[str, Any]:
        """For the record of the reading itself: codes and ids, no typed police number."""
        plain = {"kind": self.kind, "subject": self.subject, "officer": officer_id_of(self.officer)}
        moments = {"since": self.since and self.since.isoformat(), "until": self.until and self.until.isoformat()}
        return {name: value for name, value in (plain | moments).items() if value}


def officer_id_of(police_number: str) -> int | None:
    """The id behind a police number; 0 when nobody has it, None when none was given."""
    if not police_number:
        return None
    number = normalize_police_number(police_number)
    return Officer.objects.filter(police_number=number).values_list("pk", flat=True).first() or 0


def events(*, actor: Actor, asked: Asked) -> QuerySet[AuditEvent]:
    """Matching events with their seals, unordered. An officer's events are those he caused, those done to him and those done for
    him by delegation.

    Raises NotPermitted for anyone but an auditor.
    """
    require(actor, Role.AUDITOR)
    found = AuditEvent.objects.select_related("seal", "officer", "agency")
    if asked.kind.endswith(".*"):
        found = found.filter(kind__startswith=asked.kind.removesuffix("*"))
    elif asked.kind:
        found = found.filter(kind=asked.kind)
    officer_id = officer_id_of(asked.officer)
    if officer_id is not None:
        done_for_him = Q(facts__has_key="for_officer", facts__for_officer=officer_id)  # as the index has it
        found = found.filter(Q(officer_id=officer_id) | Q(subject=f"officer:{officer_id}") | done_for_him)
    if asked.subject:
        found = found.filter(subject=asked.subject)
    if asked.since is not None:
        found = found.filter(at__gte=asked.since)
    if asked.until is not None:
        found = found.filter(at__lt=asked.until)
    return found


def record_reading(*, actor: Actor, asked: Asked) -> None:
    """The auditor's own looking is on the record too."""
    audit.record(actor=actor, kind="audit.read", subject="audit:log", facts=asked.facts())


@dataclass(frozen=True, slots=True)
class State:
    """How the trail stands: the seal, the checkpoints, the last verification."""

    sealed: int
    waiting: int
    checkpoint: int
    last: AuditEvent | None


def state() -> State:
    """Counts without walking the chain."""
    names = seals.checkpoint_names()
    return State(
        sealed=AuditSeal.objects.aggregate(last=Max("seq"))["last"] or 0,
        waiting=UnsealedEvent.objects.count(),
        checkpoint=seals.checkpoint_seq(names[-1]) if names else 0,
        last=AuditEvent.objects.filter(kind="audit.verify").select_related("officer").order_by("-pk").first(),
    )


def record_verification(*, actor: Actor, report: Report) -> None:
    """The result of a verification is an event itself: the page reads it from there."""
    require(actor, Role.AUDITOR)
    facts = {
        "whole": report.whole,
        "sealed": report.sealed,
        "unsealed": report.unsealed,
        "checkpoints": report.checkpoints,
        "last_checkpoint": report.last_checkpoint,
        "faults": [[code, where] for code, where in report.faults[:FAULTS_KEPT]],
        "fault_count": len(report.faults),
    }
    audit.record(actor=actor, kind="audit.verify", subject="audit:log", facts=facts)

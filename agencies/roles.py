"""The seven roles of an appointment and the four duties that may not mix."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DRAFTER = "drafter", _("承办人")
    DESK = "desk", _("国合联络员")
    APPROVER = "approver", _("审批人")
    SUPERVISOR = "supervisor", _("督办人")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDITOR = "auditor", _("审计员")


CASE_ROLES = frozenset({Role.DRAFTER, Role.DESK, Role.APPROVER, Role.SUPERVISOR})
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


def duty_of(role: str) -> str:
    """Case work is one duty; each administrative role is a duty of its own. Duties never overlap in one officer."""
    return "cases" if role in CASE_ROLES else role

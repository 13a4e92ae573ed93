"""The words of internal limits: what a limit is of, for which cases, how much."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models.tree import Tier
from cases.models import AssignmentKind, ClockKind, Direction, InternalLimit, Phase, Urgency
from treaties.queries import GROUPS

KINDS: Mapping[str, str | Promise] = dict([*Phase.choices, *AssignmentKind.choices, *ClockKind.choices])
# Families of request types: assistance in criminal matters by its act, the others by their group.
FAMILIES: Mapping[str, str | Promise] = {
    **{code: words for code, words in GROUPS if not code.endswith("_")},
    "mla_evidence": gettext_lazy("刑事司法协助：调查取证"),
    "mla_service": gettext_lazy("刑事司法协助：送达文书"),
    "mla_witness": gettext_lazy("刑事司法协助：证人作证"),
    "mla_detained_witness": gettext_lazy("刑事司法协助：移送在押人员作证"),
    "mla_freeze": gettext_lazy("刑事司法协助：查封、扣押、冻结"),
    "mla_confiscation": gettext_lazy("刑事司法协助：没收"),
    "mla_asset_return": gettext_lazy("刑事司法协助：返还财物"),
    "mla_followup": gettext_lazy("刑事司法协助：后续事项"),
    "mla_other": gettext_lazy("刑事司法协助：其他"),
}
UNIT_NAMES: Mapping[str, str | Promise] = {
    "working_day": gettext_lazy("工作日"),
    "calendar_day": gettext_lazy("日（自然日）"),
    "hour": gettext_lazy("小时"),
    "month": gettext_lazy("个月"),
    "year": gettext_lazy("年"),
}


def amount_of(number: int, unit: str) -> str:
    """`5 个工作日`."""
    forms = {
        "hour": ngettext("%(n)s 小时", "%(n)s 小时", number),
        "calendar_day": ngettext("%(n)s 日", "%(n)s 日", number),
        "working_day": ngettext("%(n)s 个工作日", "%(n)s 个工作日", number),
        "month": ngettext("%(n)s 个月", "%(n)s 个月", number),
        "year": ngettext("%(n)s 年", "%(n)s 年", number),
    }
    return forms[unit] % {"n": number}


def alarm_of(number: int, unit: str) -> str:
    """How long before or after the end, or the room to extend: by days where the limit is by months or years."""
    return amount_of(number, "calendar_day" if unit in ("month", "year") else unit)


def parts_of(row: InternalLimit) -> list[str | Promise]:
    """For which cases alone it is; empty when for all."""
    parts: list[str | Promise] = []
    if row.direction:
        parts.append(Direction(row.direction).label)
    if row.family:
        parts.append(FAMILIES.get(row.family, row.family))
    if row.tier:
        parts.append(_("%(tier)s级机关") % {"tier": Tier(row.tier).label})
    return parts


def subject_of(row: InternalLimit) -> str:
    """`审核（加急，外方请求）`."""
    parts = _("，").join(str(part) for part in (Urgency(row.urgency).label, *parts_of(row)))
    return _("%(kind)s（%(parts)s）") % {"kind": KINDS[row.kind], "parts": parts}

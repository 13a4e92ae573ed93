"""How periods are said on a page: their amounts, their extensions, and what starts their clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.doors import words
from agencies.language import english
from treaties.alarms import alarm_unit
from treaties.models import Confidence, Covers, ExtensionKind, PeriodKind, PeriodOverride, RequestType, StartsOn
from treaties.queries import GROUPS, Limit

# Values of cases.models.Urgency, a room that this one does not know.
_URGENCIES: dict[str, str | Promise] = {
    "normal": gettext_lazy("普通"),
    "urgent": gettext_lazy("加急"),
    "most_urgent": gettext_lazy("特急"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One period on the page; `types` says which types have it, where not every type of the section has."""

    limit: Limit
    types: str

    @property
    def amount(self) -> str:
        """`45 日`; where the text gives no number, what it says instead."""
        found = self.limit
        if found.amount is None:
            named = found.kind == PeriodKind.FROM_REQUEST
            return _("按请求书写明的日期") if named else _("条文没有写明数额")
        return words.period(found.amount, found.unit, found.amount_max)

    @property
    def alarms(self) -> str:
        """`提前 10 日提醒，超 1 日上报`; of what never runs nothing."""
        found = self.limit
        if not found.starts_on:
            return ""
        before, after = found.alarms(found.amount or 1, found.unit)
        warned = _warned(before, found.unit)
        if found.amount is None and found.warn_before is None:
            warned = _("提醒看写明的日期有多远")
        return _("%(warned)s，%(escalated)s") % {"warned": warned, "escalated": _escalated(after, found.unit)}

    @property
    def alarms_source(self) -> str | Promise:
        """Who set the alarms: no law does."""
        return _("公安部设定") if self.limit.alarms_own else _("Coopdesk 默认")

    @property
    def strength(self) -> str | Promise:
        """The strength of the text in the field's words."""
        return PeriodKind(self.limit.kind).label

    @property
    def extension(self) -> str:
        """`延长 15 日`, and no more than the words of the text where they have no number."""
        found = self.limit
        if not found.extension_kind or found.extension_amount is None:
            return ""
        amount = words.period(found.extension_amount, found.extension_unit)
        return f"{ExtensionKind(found.extension_kind).label} {amount}"

    @property
    def started(self) -> str:
        """What starts the clock; a rule says that nothing does."""
        found = self.limit
        if not found.starts_on:
            return _("只作提示，不计时")
        events = _listed(str(StartsOn(event).label) for event in found.starts_on)
        said = _("计时：%(events)s") % {"events": events}
        if not found.urgencies:
            return said
        urgencies = _listed(str(_URGENCIES[urgency]) for urgency in found.urgencies)
        return _("%(said)s（%(urgencies)s案件）") % {"said": said, "urgencies": urgencies}

    @property
    def covers(self) -> str | Promise:
        """The kind of act, where the article has a period for each."""
        return Covers(self.limit.covers).label if self.limit.covers else ""

    @property
    def unchecked(self) -> bool:
        """Is it 待核实?"""
        return self.limit.confidence != Confidence.OFFICIAL

    @property
    def confidence(self) -> str | Promise:
        """How well it was checked."""
        return Confidence(self.limit.confidence).label


def own_alarms(row: PeriodOverride) -> str:
    """What the ministry set for a treaty's period beside its length; "" when it left both to the defaults."""
    said = [] if row.warn_before is None else [_warned(row.warn_before, row.unit)]
    said += [] if row.escalate_after is None else [_escalated(row.escalate_after, row.unit)]
    return _("，").join(said)


def _warned(before: int, unit: str) -> str:
    return _("提前 %(n)s提醒") % {"n": words.period(before, alarm_unit(unit))} if before else _("最后一天提醒")


def _escalated(after: int, unit: str) -> str:
    return _("超 %(n)s上报") % {"n": words.period(after, alarm_unit(unit))}


@dataclass(frozen=True, slots=True)
class Section:
    """The periods of one group of request types, or of one type."""

    key: str
    title: str | Promise
    rows: list[Row]


def sections(limits: Iterable[Limit], types: Iterable[RequestType], only: RequestType | None) -> list[Section]:
    """The periods of one type, or of every group of types with equal ones said once; last those of shared measures."""
    held = list(limits)
    if only is not None:
        groups: list[tuple[str, str | Promise, list[RequestType]]] = [(only.code, only.name, [only])]
    else:
        known = list(types)
        groups = [(start, label, [row for row in known if row.family.startswith(start)]) for start, label in GROUPS]
    found = [Section(key.strip("_"), title, _rows(held, members)) for key, title, members in groups]
    shared = [Row(limit, "") for limit in held if limit.request_type_id is None]
    found.append(Section("measures", _("各类案件都可能用到的措施"), shared))
    return [section for section in found if section.rows]


def _rows(limits: list[Limit], types: list[RequestType]) -> list[Row]:
    """Equal periods of several types become one row."""
    by_id = {kind.pk: kind for kind in types}
    merged: dict[Limit, list[RequestType]] = {}
    for limit in limits:
        if limit.request_type_id in by_id:
            merged.setdefault(replace(limit, request_type_id=None), []).append(by_id[limit.request_type_id])
    having = [kind for kind in types if any(kind in members for members in merged.values())]
    return [Row(limit, _which(members, having)) for limit, members in merged.items()]


def _which(members: list[RequestType], having: list[RequestType]) -> str:
    """The types that have a period, among those of the section that have any."""
    if len(members) == len(having):
        return ""
    if members == [kind for kind in having if kind.direction == "incoming"]:
        return _("外方提出的各类请求")
    return _listed(kind.name for kind in members)


def _listed(names: Iterable[str]) -> str:
    return (", " if english() else "、").join(names)

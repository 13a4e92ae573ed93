"""When a period's clock warns and rises. No law says it: these are Coopdesk's defaults, for what nobody has set.

Counted as a clock counts them: in the period's own unit, by days where that is months or years.
"""

from __future__ import annotations

from treaties.models import Unit

ESCALATE_AFTER = 1
# The fewest days or hours that one of the unit has, in what its alarms count.
_LEAST = {Unit.HOUR: 1, Unit.CALENDAR_DAY: 1, Unit.MONTH: 28, Unit.YEAR: 365}
_DAYS = {Unit.CALENDAR_DAY: 1, Unit.MONTH: 30, Unit.YEAR: 365}


def warn_before(amount: int, unit: str) -> int:
    """How long before the end it warns: a quarter of the hours; of days the more, the longer it is."""
    if unit == Unit.HOUR:
        return max(1, amount // 4)
    days = amount * _DAYS[Unit(unit)]
    return 10 if days > 30 else 5 if days > 10 else 2 if days > 3 else 1


def alarm_unit(unit: str) -> str:
    """What the alarms of a period in `unit` count: hours or days."""
    return unit if unit == Unit.HOUR else Unit.CALENDAR_DAY


def warns_too_early(before: int, amount: int, unit: str) -> bool:
    """Would the warning come before the period begins?"""
    return before >= amount * _LEAST[Unit(unit)]

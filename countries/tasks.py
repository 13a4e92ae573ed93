"""The clock's door to the calendars: only the worker role runs these."""

from __future__ import annotations

from celery import shared_task

from countries import calendar_effects


@shared_task
def settle_calendars(**_: object) -> int:
    """Deadlines that were being written while a calendar changed follow it."""
    return calendar_effects.settle()

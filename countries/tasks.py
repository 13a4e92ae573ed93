"""The clock's door to the calendars and the ledgers: only the worker role runs these."""

from __future__ import annotations

from celery import shared_task

from countries import calendar_effects, section_care


@shared_task
def settle_calendars(**_: object) -> int:
    """Deadlines that were being written while a calendar changed follow it."""
    return calendar_effects.settle()


@shared_task
def raise_lapsed_reviews(**_: object) -> int:
    """Every hour: the sections of ledgers whose review is overdue are told to their owners, once each."""
    return section_care.raise_lapses()

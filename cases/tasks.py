"""The clock's door to the cases: only the worker role runs these."""

from __future__ import annotations

from celery import shared_task

from cases import departures, reorganise, sweep


@shared_task
def look_for_the_unattended(**_: object) -> int:
    """Once a day: what waits for nobody, told to whoever can see to it."""
    return departures.look()


@shared_task
def gather_after_mergers(**_: object) -> int:
    """What reached a merged organ while it was being merged follows to its successor."""
    return reorganise.gather()


@shared_task
def sweep_deadlines(**_: object) -> int:
    """Once a minute: warnings, what is overdue, what goes to the agency above. Safe to run twice at once."""
    return sweep.sweep()

"""The clock's door to the cases: only the worker role runs these."""

from __future__ import annotations

from celery import shared_task

from cases import departures, reorganise
from cases.board import fold


@shared_task
def look_for_the_unattended(**_: object) -> int:
    """Once a day: what waits for nobody, told to whoever can see to it."""
    return departures.look()


@shared_task
def gather_after_mergers(**_: object) -> int:
    """What reached a merged organ while it was being merged follows to its successor."""
    return reorganise.gather()


@shared_task
def fold_board(**_: object) -> int:
    """Every minute: take what has changed into the figures of the supervision board."""
    return fold.fold()

"""The clock's door to the cases: only the worker role runs these."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from agencies.models import AuditEvent
from cases import departures, reorganise, sweep
from cases.board import fold
from cases.exports import running
from cases.record import refresh


@shared_task
def look_for_the_unattended(**_: object) -> int:
    """Once a day: what waits for nobody, told to whoever can see to it."""
    return departures.look()


@shared_task
def gather_after_mergers(**_: object) -> int:
    """What reached a merged organ while it was being merged follows to its successor."""
    return reorganise.gather()


@shared_task
def run_exports(**_: object) -> bool:
    """Make one export, then ask for the next: a task ends with its file. Nudged when one is asked for, and swept by
    beat."""
    made = running.run_next()
    if made:
        run_exports.delay()
    return made


def nudge_exports(_event: AuditEvent, _payload: dict[str, Any]) -> None:
    """The outbox's reaction to an export that was asked for."""
    run_exports.delay()


@shared_task
def expire_exports(**_: object) -> int:
    """Delete the files of exports whose time is up."""
    return running.expire()


@shared_task
def sweep_deadlines(**_: object) -> int:
    """Once a minute: warnings, what is overdue, what goes to the agency above. Safe to run twice at once."""
    return sweep.sweep()


@shared_task
def fold_board(**_: object) -> int:
    """Every minute: take what has changed into the figures of the supervision board."""
    return fold.fold()


@shared_task
def refresh_records(*, anew: bool = False, **_: object) -> int | None:
    """Every five minutes, and at work once a week: count our record with every country. `anew`: whatever was counted this week."""
    return refresh.refresh(anew=anew)

"""Making exports, as the worker. The row is the job: leased for a while, counted on after every batch, left with a file.

Every batch is read in a transaction of its own, behind the wall, after asking anew whether the officer still holds the
appointment. A run that finds its job cancelled, or taken up by another worker, stops without a trace.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _

from agencies import scope, turns
from agencies.actors import SYSTEM, Actor
from agencies.errors import DomainError
from agencies.moments import clock
from agencies.officers import actor_for, appointments_of
from agencies.roles import CASE_ROLES
from cases import blobs
from cases.exports.jobs import FOLDER, record
from cases.exports.kinds import Kind
from cases.exports.registry import KINDS
from cases.exports.sheet import Sheet
from cases.exports.spreadsheet import Spreadsheet
from cases.exports.written import about
from cases.models import Export, ExportFormat, ExportState

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
KEPT = timedelta(days=7)
MOST_ROWS = {ExportFormat.XLSX: 50_000, ExportFormat.PDF: 2_000}
_WRITERS: dict[str, type[Spreadsheet] | type[Sheet]] = {ExportFormat.XLSX: Spreadsheet, ExportFormat.PDF: Sheet}


class Stopped(Exception):
    """The job is no longer this run's."""


class Refused(Exception):
    """The export cannot be made; the words say why and what to do."""


def run_next() -> bool:
    """Make the export that has waited longest; False when none waits. Several workers share them."""
    job = _lease()
    if job is None:
        return False
    with translation.override(job.language):
        try:
            _make(job, KINDS[job.kind])
        except Stopped:
            logger.info("export %s stopped", job.pk)
        except Refused as refusal:
            _fail(job, str(refusal))
        except DomainError as error:
            _fail(job, str(error.reasons[0].words if error.reasons else error.message))
        except Exception:
            logger.exception("export %s failed", job.pk)
            _fail(job, _("生成时出了故障，请再导出一次；还不行，请告诉系统管理员。"))
    return True


def expire() -> int:
    """Delete the files whose time is up; returns how many exports lost theirs."""
    gone = Export.objects.filter(state=ExportState.DONE, expires_at__lte=Now())
    for job in list(gone):
        with transaction.atomic():
            turns.wait(turns.Turn.BLOB, job.sha256)
            if not Export.objects.filter(pk=job.pk, state=ExportState.DONE).update(state=ExportState.EXPIRED):
                continue
            if not Export.objects.filter(sha256=job.sha256, state=ExportState.DONE).exists():
                blobs.erase(job.sha256, FOLDER)
            record(SYSTEM, "export.expire", job)
    return len(gone)


# --- One run -------------------------------------------------------------------------------------------------------


def _lease() -> Export | None:
    """Take up the oldest job that waits or whose worker died. One that killed its worker too often has failed."""
    free = Q(state=ExportState.WAITING) | Q(state=ExportState.RUNNING, leased_until__lt=Now())
    waiting = Export.objects.select_for_update(skip_locked=True, of=("self",)).filter(free).order_by("pk")
    people = Export.objects.select_related("officer", "for_officer", "agency", "appointment")
    while True:
        with transaction.atomic():
            job = waiting.first()
            if job is None:
                return None
            if job.attempts < MAX_ATTEMPTS:
                at = clock()
                leased = {"state": ExportState.RUNNING, "started_at": at, "leased_until": at + LEASE}
                Export.objects.filter(pk=job.pk).update(attempts=job.attempts + 1, done=0, total=None, **leased)
                return people.get(pk=job.pk)
            with translation.override(job.language):
                _fail(job, _("做了 %(n)s 次都没有做完。请缩小范围再导出。") % {"n": MAX_ATTEMPTS})


def _make(job: Export, kind: Kind) -> None:
    at, most = clock(), MOST_ROWS[ExportFormat(job.format)]
    with _behind_the_wall(job) as actor:
        total = kind.count(actor, job.params, at, most + 1)
    _require_room(total, most)
    _count_on(job, total=total)
    with tempfile.TemporaryFile() as file:
        writer = _WRITERS[job.format](file, kind)
        done, secret, as_of, batches = 0, False, at, kind.batches(actor, job.params, at)
        while True:
            with _behind_the_wall(job):
                batch = next(batches, None)
            if batch is None:
                break
            done, secret, as_of = done + len(batch.rows), secret or batch.secret, batch.as_of or as_of
            _require_room(done, most)
            writer.add(batch)
            _count_on(job, done=done, total=max(done, total))
        writer.close(about(job, kind, as_of, rows=done, secret=secret))
        _keep(job, actor, file, done)


@contextmanager
def _behind_the_wall(job: Export) -> Iterator[Actor]:
    """A transaction as the officer whose export it is, if he still holds the appointment under which he asked."""
    actor = _actor(job)
    if actor is None:
        raise Refused(_("你申请时的任职已经变动，这份导出没有继续。请用现在的身份重新导出。"))
    with scope.behind_the_wall(actor):
        yield actor


def _actor(job: Export) -> Actor | None:
    for post in appointments_of(job.officer):
        actor = actor_for(post)
        same = actor.appointment_id == job.appointment_id and actor.for_officer_id == job.for_officer_id
        if same and actor.agency_id == job.agency_id and actor.role in CASE_ROLES:
            return actor
    return None


def _require_room(rows: int, most: int) -> None:
    if rows > most:
        words = _("超过 %(most)s 行，一份文件放不下。请加筛选条件分几份导出，PDF 放不下的可以改用 XLSX。")
        raise Refused(words % {"most": f"{most:,}"})


def _mine(job: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=job.pk, state=ExportState.RUNNING, attempts=job.attempts)


def _count_on(job: Export, **counted: int) -> None:
    """Say how far it is and keep the lease; Stopped when the job was cancelled or taken up by another worker."""
    if not _mine(job).update(leased_until=Now() + LEASE, **counted):
        raise Stopped


def _keep(job: Export, actor: Actor, file: IO[bytes], rows: int) -> None:
    """Store the file under its hash and finish the job, if it is still this run's."""
    sha256, size = blobs.measure(file)
    with transaction.atomic():
        turns.wait(turns.Turn.BLOB, sha256)  # not while an equal one is erased
        finished = {"state": ExportState.DONE, "finished_at": Now(), "expires_at": Now() + KEPT, "leased_until": None}
        if not _mine(job).update(sha256=sha256, size=size, done=rows, total=rows, **finished):
            raise Stopped
        blobs.store(sha256, file, FOLDER)
        record(actor, "export.done", job, rows=rows, sha256=sha256)


def _fail(job: Export, words: str) -> None:
    """End the job with the reason, if it is still this run's."""
    with transaction.atomic():
        ended = {"state": ExportState.FAILED, "finished_at": Now(), "leased_until": None}
        if _mine(job).update(failure=words, **ended):
            record(SYSTEM, "export.fail", job)

"""What an officer does with exports: ask for one, see his own, take one back, fetch the file.

An export belongs to the officer and to the appointment under which he asked: under another one, or once it has ended,
it does not exist for him.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Conflict, GuardFailed, Malformed, NotPermitted, NotVisible, Reason
from agencies.moments import clock
from agencies.roles import CASE_ROLES
from agencies.spreadsheets import XLSX
from cases import blobs
from cases.exports import sheet
from cases.exports.registry import KINDS
from cases.models import Export, ExportFormat, ExportState

logger = logging.getLogger(__name__)
FOLDER = "exports/"
# How many may wait or run for one officer: the worker has others to serve.
MOST_BUSY = 5
MEDIA_TYPES = {ExportFormat.XLSX: XLSX, ExportFormat.PDF: sheet.MEDIA_TYPE}


class NotReady(Conflict):
    """There is no file: not yet, or no longer."""

    code = "export_not_ready"
    message = gettext_lazy("这份导出现在没有文件。")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file asked for. `stream` is None when it is not what was made: it is not given out."""

    job: Export
    stream: IO[bytes] | None


def own(actor: Actor) -> QuerySet[Export]:
    """The officer's exports under the appointment that he acts under, the newest first."""
    if actor.role not in CASE_ROLES or actor.service or actor.appointment_id is None:
        return Export.objects.none()
    mine = Export.objects.filter(officer_id=actor.person_id, appointment_id=actor.appointment_id)
    return mine.filter(agency_id=actor.seat_id, for_officer_id=actor.for_officer_id)


def get_own(actor: Actor, export_id: UUID | str, *, lock: bool = False) -> Export:
    """One of them, or NotVisible. `lock` takes the row."""
    rows = own(actor).select_for_update() if lock else own(actor)
    try:
        return rows.get(pk=export_id)
    except Export.DoesNotExist:
        raise NotVisible from None


@transaction.atomic
def start(*, actor: Actor, kind: str, file_format: str, params: Mapping[str, Any]) -> Export:
    """Ask for an export; the worker hears of it when this is committed, and looks for it anyway.

    Raises NotPermitted (machines, and who has no business with it), NotVisible, Malformed (kind, format, filters), GuardFailed when too
    many of his exports wait already.
    """
    if actor.role not in CASE_ROLES or actor.service or actor.appointment_id is None:
        raise NotPermitted(_("只有办理案件的民警可以导出。"))
    reasons = []
    if kind not in KINDS:
        reasons.append(Reason("bad_kind", _("没有这种导出。"), "/kind"))
    if file_format not in ExportFormat.values:
        reasons.append(Reason("bad_format", _("格式写 xlsx 或 pdf。"), "/format"))
    if reasons:
        raise Malformed(reasons=reasons)
    if own(actor).filter(state__in=(ExportState.WAITING, ExportState.RUNNING)).count() >= MOST_BUSY:
        words = _("你有 %(n)s 份导出还没有做完，请等做完，或者取消几份再试。") % {"n": MOST_BUSY}
        raise GuardFailed(reasons=[Reason("too_many_exports", words)])
    asked = KINDS[kind].read(params)
    KINDS[kind].admit(actor, asked)
    job = Export.objects.create(
        officer_id=actor.person_id,
        appointment_id=actor.appointment_id,
        agency_id=actor.seat_id,
        for_officer_id=actor.for_officer_id,
        kind=kind,
        format=file_format,
        params=asked,
        language=get_language() or "zh-hans",
    )
    filters = sorted(job.params)
    record(actor, "export.start", job, filters=filters)
    return job


@transaction.atomic
def cancel(*, actor: Actor, export_id: UUID | str) -> Export:
    """Take it back: one that waits does not begin, one that runs stops after the rows at hand. Raises NotVisible, and
    Conflict when it has ended."""
    job = get_own(actor, export_id, lock=True)
    if not job.busy:
        raise Conflict(_("这份导出已经结束，不能取消。"))
    job.state, job.finished_at = ExportState.CANCELLED, clock()
    job.save(update_fields=["state", "finished_at"])
    record(actor, "export.cancel", job)
    return job


def open_file(*, actor: Actor, export_id: UUID | str) -> Opened:
    """The file, hashed again; recorded either way. Raises NotVisible, and NotReady when there is none."""
    job = get_own(actor, export_id)
    if job.state != ExportState.DONE or job.expires_at is None or job.expires_at <= clock():
        raise NotReady
    stream, found = blobs.whole(job.sha256, FOLDER)
    if stream is None:
        logger.error("export %s is damaged: found %s", job.pk, found)
        record(actor, "export.file_damaged", job, found=found)
        return Opened(job, None)
    record(actor, "export.download", job, sha256=job.sha256)
    return Opened(job, stream)


def name_of(job: Export) -> str:
    """The name of the file: the list and the moment, nobody's name."""
    made = timezone.localtime(job.finished_at or job.created_at).strftime("%Y%m%d-%H%M")
    return f"{KINDS[job.kind].label}_{made}.{job.format}"


def record(actor: Actor, event: str, job: Export, **facts: Any) -> None:
    """Write what happened to an export into the trail."""
    told = {"kind": job.kind, "format": job.format, **facts}
    audit.record(actor=actor, kind=event, subject=f"export:{job.pk}", facts=told)

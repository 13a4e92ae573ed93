"""Files on a case: attach, take off a draft, open for reading.

Content lies under its SHA-256 (cases/blobs.py), so that what was attached cannot be changed unnoticed, and is hashed
again before anybody gets it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import audit, turns
from agencies.actors import Actor
from agencies.errors import (
    GuardFailed,
    NotHolder,
    NotPermitted,
    NotVisible,
    Reason,
    TooLarge,
    WrongStatus,
)
from agencies.models import AuditEvent
from agencies.moments import clock
from agencies.roles import Role
from cases import blobs, file_kinds, file_names, policies, secrecy
from cases.journey import faces_abroad
from cases.models import (
    ENDED,
    AssignmentKind,
    AssignmentState,
    Attachment,
    Case,
    Crossing,
    Direction,
    Leg,
    Phase,
    Status,
    Transmission,
)
from cases.workflow import EDITABLE

logger = logging.getLogger(__name__)
MAX_FILES = 200
_FROZEN = EDITABLE | ENDED | {Status.CLEARED}
_REPLY_STATUSES = frozenset({Status.DISPATCHED, Status.ANSWERED, Status.DELIVERED})


class FileRefused(GuardFailed):
    """The file cannot be taken; `reasons` say why and what to do."""

    code = "file_refused"
    message = gettext_lazy("这份文件没有上传。")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file asked for. `stream` is None when its content is not what was attached: it is not given out."""

    attachment: Attachment
    stream: IO[bytes] | None


# --- Who may -------------------------------------------------------------------------------------------------------


def may_attach(actor: Actor, case: Case, leg: Leg | None) -> bool:
    """The drafter while he may edit; the desk of the holder after that; the last desk when a reply has come.

    Nobody once the case is cleared: what goes abroad is what the last approval saw (blueprint §6).
    """
    if policies.may_edit(actor, case, leg) or executes(actor, case, leg) or _answers(actor, case, leg):
        return True
    if actor.role != Role.DESK or actor.service or case.status in _FROZEN:
        return False
    return (leg is not None and leg.agency_id == actor.agency_id) or reply_for(actor, case) is not None


def _answers(actor: Actor, case: Case, leg: Leg | None) -> bool:
    """Papers come with an answer to a query, from the drafter who writes it, and with a supplement from abroad, from the
    desk that faces the other side; until the next one has the case."""
    if leg is None or actor.service:
        return False
    if actor.role == Role.DRAFTER and case.status == Status.QUERY_OPEN:
        return leg.agency_id == actor.agency_id == case.origin_id
    supplemented = leg.entered_by == "record_supplement" and leg.phase == Phase.DECISION
    return actor.role == Role.DESK and supplemented and faces_abroad(case, actor.agency_id)


def executes(actor: Actor, case: Case, leg: Leg | None) -> bool:
    """Does the actor's agency carry a foreign request out, or a share of it? It brings the papers of its result until
    its own approver has seen them."""
    if actor.role not in (Role.DRAFTER, Role.DESK) or actor.service or case.direction != Direction.INCOMING:
        return False
    if case.status == Status.IN_EXECUTION:
        shares = case.assignments.filter(kind=AssignmentKind.SHARE, state=AssignmentState.OPEN)
        if shares.filter(agency_id=actor.agency_id or 0).exists():
            return True
    own = leg is not None and leg.agency_id == actor.agency_id
    return own and (case.status == Status.IN_EXECUTION or (leg is not None and leg.entered_by == "submit_result"))


def may_remove(actor: Actor, case: Case, leg: Leg | None) -> bool:
    """Only while the content may be edited."""
    return policies.may_edit(actor, case, leg)


def reply_for(actor: Actor, case: Case) -> Transmission | None:
    """The latest reply, when the actor sits at the desk that records replies: his files belong to it."""
    if actor.role != Role.DESK or actor.agency_id is None or case.status not in _REPLY_STATUSES:
        return None
    if not faces_abroad(case, actor.agency_id):
        return None
    return case.transmissions.filter(kind__in=[Crossing.INTERIM, Crossing.FINAL]).order_by("-at").first()


def _require(actor: Actor, case: Case, leg: Leg | None, allowed: bool) -> None:
    if allowed:
        return
    if actor.role not in (Role.DRAFTER, Role.DESK):
        raise NotPermitted
    if case.status in _FROZEN - EDITABLE or (actor.role == Role.DRAFTER and case.status not in EDITABLE):
        raise WrongStatus(_("案件的状态已变，现在不能增减文件。"), status=case.status)
    if actor.role == Role.DESK and case.status in EDITABLE and leg and leg.agency_id == actor.agency_id:
        raise NotPermitted
    raise NotHolder


# --- Commands ------------------------------------------------------------------------------------------------------


@transaction.atomic
def attach(
    *, actor: Actor, case_id: UUID | str, name: str, content: IO[bytes], at: datetime | None = None
) -> Attachment:
    """Attach a file (a seekable stream) to a case, or to its latest reply when the desk of 公安部国合局 attaches.

    Raises NotVisible, NotPermitted, WrongStatus, NotHolder, TooLarge, FileRefused (name, kind, content, markings),
    Unavailable when the storage cannot take it. `at` is for the demo loader alone.
    """
    case = policies.get_visible(actor, case_id, lock=True)
    leg = policies.open_leg(case)
    _require(actor, case, leg, may_attach(actor, case, leg))
    assert actor.agency_id is not None  # he may attach, so he sits somewhere
    name = file_names.clean_name(name)
    sha256, size = _measure(content)
    kind = _examine(case, name, content, size)
    turns.wait(turns.Turn.BLOB, sha256)  # not while it is erased for another case
    blobs.store(sha256, content)
    attachment = Attachment.objects.create(
        case=case,
        transmission=reply_for(actor, case),
        name=name,
        media_type=kind.media_type,
        size=size,
        sha256=sha256,
        uploaded_by_id=actor.officer_id,
        for_officer_id=actor.for_officer_id,
        agency_id=actor.agency_id,
        **({"created_at": at} if at else {}),
    )
    _record(actor, "case.file", attachment, at=at, size=size, transmission=str(attachment.transmission_id or ""))
    return attachment


@transaction.atomic
def remove(*, actor: Actor, case_id: UUID | str, file_id: UUID | str) -> Attachment:
    """Take a file off a draft or a returned case: it is hidden, its record and its content stay."""
    case = policies.get_visible(actor, case_id, lock=True)
    attachment = _find(case, file_id)
    leg = policies.open_leg(case)
    _require(actor, case, leg, may_remove(actor, case, leg))
    attachment.removed_at = clock()
    attachment.save(update_fields=["removed_at"])
    _record(actor, "case.file_remove", attachment)
    return attachment


def open_file(*, actor: Actor, case_id: UUID | str, file_id: UUID | str) -> Opened:
    """The file's content for reading, hashed again; recorded either way. Raises NotVisible."""
    case = policies.get_visible(actor, case_id)
    attachment = _find(case, file_id)
    stream, found = blobs.whole(attachment.sha256)
    if stream is None:
        logger.error("file %s of case %s is damaged: found %s", attachment.pk, case.pk, found)
        _record(actor, "case.file_damaged", attachment, found=found)
        return Opened(attachment, None)
    _record(actor, "case.download", attachment)
    return Opened(attachment, stream)


def files_of(case: Case) -> list[Attachment]:
    """The files on a (visible) case in the order in which they came, with who brought them."""
    rows = case.attachments.filter(removed_at=None).select_related(
        "uploaded_by", "for_officer", "agency", "transmission"
    )
    return list(rows.order_by("created_at", "pk"))


def erase(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """After a disposal: erase the contents that no case has any more. Runs from the outbox, which sees every case."""
    for sha256 in event.facts.get("files", ()):
        turns.wait(turns.Turn.BLOB, sha256)
        if not Attachment.objects.filter(sha256=sha256).exists():
            blobs.erase(sha256)


# --- Parts ---------------------------------------------------------------------------------------------------------


def _find(case: Case, file_id: UUID | str) -> Attachment:
    try:
        return case.attachments.select_related("uploaded_by", "for_officer", "agency").get(pk=file_id, removed_at=None)
    except Attachment.DoesNotExist:
        raise NotVisible from None


def _measure(content: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and size; TooLarge beyond the limit."""
    try:
        return blobs.measure(content, settings.ATTACHMENT_LIMIT)
    except blobs.OverLimit:
        raise too_large() from None


def too_large() -> TooLarge:
    """A file over the limit, in words."""
    limit = settings.ATTACHMENT_LIMIT // 1024**2
    words = _("文件超过 %(limit)s MB，没有上传。请拆成几份，或者降低清晰度后再传。") % {"limit": limit}
    return TooLarge(words, reasons=[Reason("file_too_large", words, "/file")])


def _examine(case: Case, name: str, content: IO[bytes], size: int) -> file_kinds.FileKind:
    if secrecy.marked_title(file_names.stem(name)):
        secrecy.note_refusal("/file")
        raise FileRefused(reasons=[Reason(secrecy.CODE, secrecy.WORDS, "/file")])
    if size == 0:
        raise FileRefused(reasons=[Reason("file_empty", _("文件是空的。请检查后重新选择。"), "/file")])
    if case.attachments.filter(removed_at=None).count() >= MAX_FILES:
        words = _("一件案件最多 %(n)s 份文件。") % {"n": MAX_FILES}
        raise FileRefused(reasons=[Reason("too_many_files", words, "/file")])
    refused = file_kinds.refuse_name(name)
    if refused is not None:
        raise FileRefused(reasons=[refused])
    kind = file_kinds.inspect(name, content)
    if isinstance(kind, Reason):
        raise FileRefused(reasons=[kind])
    return kind


def _record(actor: Actor, kind: str, attachment: Attachment, at: datetime | None = None, **facts: Any) -> None:
    audit.record(
        actor=actor,
        kind=kind,
        subject=f"case:{attachment.case_id}",
        facts={"file": str(attachment.pk), "sha256": attachment.sha256, **{k: v for k, v in facts.items() if v}},
        at=at,
    )

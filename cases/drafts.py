"""Opening a case and writing its content, which is frozen except in draft and returned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import FourEyes, GuardFailed, Malformed, NotHolder, NotPermitted, Reason, StaleVersion, WrongStatus
from agencies.models import Agency, AuditEvent, Officer
from agencies.models.officers import normalize_police_number
from agencies.moments import clock
from agencies.officers import officers_at
from agencies.roles import Role
from cases import policies
from cases.clocks import running
from cases.hands import refresh_queue, remember
from cases.models import (
    Case,
    Direction,
    InvolvementKind,
    Leg,
    Phase,
    RequestItem,
    Status,
    Subject,
)
from cases.numbers import next_number
from cases.workflow import EDITABLE

PLAIN_FIELDS = ("country", "request_type", "border_matter", "urgency", "mark", "title", "summary", "purpose")


@transaction.atomic
def open_case(
    *,
    actor: Actor,
    content: Mapping[str, Any],
    responsible: str = "",
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Case:
    """Start a draft at the actor's agency, with its number and its first leg.

    `content` comes from content_input.parse; `facts` are further ones for the trail. A service account names the
    `responsible` officer by police number, who counts as drafter; what is drafted by delegation is the lender's, and both
    count. Raises NotPermitted for any role but drafter,
    GuardFailed for a foreign request or an unknown responsible officer.
    """
    if actor.role != Role.DRAFTER or actor.agency_id is None:
        raise NotPermitted
    if content.get("direction", Direction.OUTGOING) != Direction.OUTGOING:
        words = _("这里只起草我方请求；外方请求用登记来函办理。")
        raise GuardFailed(reasons=[Reason("direction_not_drafted", words, "/direction")])
    drafter = _drafter(actor, responsible)
    origin = Agency.objects.get(pk=actor.agency_id)
    moment = at or clock()
    case = Case(
        number=next_number(origin, moment),
        direction=content.get("direction", Direction.OUTGOING),
        status=Status.DRAFT,
        origin=origin,
        drafter=drafter,
        filed_by_id=actor.service_id,
        supplements=supplemented(actor, content),
        scope=[origin.pk],
        known_to=sorted({drafter.pk, actor.known_as, *actor.hands}),
        created_at=moment,
        updated_at=moment,
        **{name: content[name] for name in PLAIN_FIELDS if name in content},
    )
    case.save(force_insert=True)
    leg = _first_leg(case)
    write_lists(case, content)
    drafted(case, actor, moment)
    running.start(leg, case)
    refresh_queue(case, leg)
    audit.record(
        actor=actor,
        kind="case.create",
        subject=f"case:{case.pk}",
        facts=_opened(case, content) | dict(facts or {}),
        at=moment,
    )
    return case


def supplemented(actor: Actor, content: Mapping[str, Any]) -> Case | None:
    """The request that the content adds to, which its drafter must be able to see."""
    if "supplements" not in content:
        return None
    first = policies.visible_to(actor).filter(pk=content["supplements"]).first()
    if first is None:
        words = _("没有找到要补充的请求；写本机关看得到的案件。")
        raise GuardFailed(reasons=[Reason("supplements_unknown", words, "/supplements")])
    return first


def _opened(case: Case, content: Mapping[str, Any]) -> dict[str, Any]:
    """What the trail keeps of a new case; its number too, so that an auditor can name it."""
    fields, origin, drafter = sorted(content), case.origin_id, case.drafter_id
    return {"number": case.number, "fields": fields, "status": case.status, "to": origin, "drafter": drafter}


def _first_leg(case: Case) -> Leg:
    return Leg.objects.create(
        case=case,
        seq=1,
        phase=Phase.DRAFT,
        agency=case.origin,
        holder_name=case.origin.name,
        entered_by="create",
        opened_at=case.created_at,
    )


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    case_id: UUID | str,
    content: Mapping[str, Any],
    version: int | None = None,
    page: str = "",
    at: datetime | None = None,
) -> Case:
    """Write the given fields of a draft or returned case; returns it with its new version.

    A `page` that saves while it is typed names itself: what it wrote last itself, with the answer lost on the way, is
    no conflict for it.

    Raises NotVisible, NotPermitted (not a drafter), StaleVersion, WrongStatus (frozen), NotHolder. The editor counts
    as drafter for four eyes. Nothing is written, and the version stays, when nothing differs.
    """
    case = policies.get_visible(actor, case_id, lock=True)
    if actor.role != Role.DRAFTER:
        raise NotPermitted
    _require_version(case, version, page)
    if case.status not in EDITABLE:
        raise WrongStatus(_("案件已报送，内容不能再改；需要改时请审批人退回补正。"), status=case.status)
    leg = policies.open_leg(case)
    if leg is None or not policies.may_edit(actor, case, leg):
        raise NotHolder
    _require_free_eyes(actor, case)
    _check_direction(case, content)
    changed = _changes(case, content)
    if not changed:
        return case
    for name in PLAIN_FIELDS:
        if name in changed:
            setattr(case, name, content[name])
    moment = at or clock()
    case.version += 1
    case.updated_at = moment
    case.known_to = sorted(
        {*case.known_to, actor.known_as, *actor.hands}
    )  # he goes on seeing it when he marks it a work secret
    columns = ["version", "updated_at", "known_to", *(name for name in PLAIN_FIELDS if name in changed)]
    case.save(update_fields=columns)
    write_lists(case, {name: content[name] for name in changed})
    if actor.officer_id is not None:
        drafted(case, actor, moment)
    days = running.follow(leg, case, moment) if "urgency" in changed else []
    refresh_queue(case, leg)
    more = {"page": page, "limit_days": days}
    facts = {"fields": changed, "version": case.version, **{name: fact for name, fact in more.items() if fact}}
    audit.record(actor=actor, kind="case.edit", subject=f"case:{case.pk}", facts=facts, at=moment)
    return case


def _require_version(case: Case, version: int | None, page: str) -> None:
    """412 unless nobody else has written since `version`."""
    if version is None or version == case.version:
        return
    edits = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind="case.edit", facts__version=case.version)
    if not page or not edits.filter(facts__page=page).exists():
        raise StaleVersion(current=case.version)


def _require_free_eyes(actor: Actor, case: Case) -> None:
    """Who approved a version may not draft the next one."""
    if case.involvements.filter(officer_id__in=actor.hands, kind=InvolvementKind.APPROVED).exists():
        raise FourEyes


def drafted(case: Case, actor: Actor, at: datetime) -> None:
    """The hand of who writes, and by delegation that of the officer for whom he writes; a machine's is the drafter's."""
    writer, kind = actor.officer_id or case.drafter_id, InvolvementKind.DRAFTED
    lender = actor.for_officer_id
    remember(case, officer_id=writer, for_officer_id=lender, agency_id=case.origin_id, kind=kind, at=at)


def content_of(case: Case) -> dict[str, Any]:
    """The content as plain data: what a comparison compares, a copy copies, and a revision freezes with the files."""
    return {
        "country": case.country.code if case.country else "",
        "request_type": case.request_type.code if case.request_type else "",
        "border_matter": case.border_matter,
        "urgency": case.urgency,
        "mark": case.mark,
        "title": case.title,
        "summary": case.summary,
        "purpose": case.purpose,
        "subjects": [_subject_of(row) for row in case.subjects.all()],
        "items": [{"description": row.description} for row in case.items.all()],
    }


def submitted_content_of(case: Case) -> dict[str, Any]:
    """What a submission freezes: the content, and the files by which an approval knows what it was given to."""
    files = case.attachments.filter(removed_at=None, transmission=None).order_by("created_at", "pk")
    named = [{"id": str(pk), "name": name, "sha256": digest} for pk, name, digest in files.values_list(*_FILE)]
    return content_of(case) | {"files": named}


_FILE = ("pk", "name", "sha256")


def _subject_of(row: Subject) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "name": row.name,
        "role": row.role,
        "birth_date": row.birth_date.isoformat() if row.birth_date else None,
        "nationality": row.nationality,
        "document_number": row.document_number,
    }


def _check_direction(case: Case, content: Mapping[str, Any]) -> None:
    kind = content.get("request_type")
    wrong = kind is not None and kind.direction not in (case.direction, "both")
    if content.get("direction", case.direction) != case.direction or wrong:
        words = _("请求方向开案后不能改，请求类型要与它一致。")
        raise Malformed(reasons=[Reason("direction_contradicts_type", words, "/request_type")])


def _changes(case: Case, content: Mapping[str, Any]) -> list[str]:
    """Names of the given fields that differ from what is stored."""
    changed = [name for name in PLAIN_FIELDS if name in content and getattr(case, name) != content[name]]
    stored = content_of(case)
    for name in ("subjects", "items"):
        if name in content and _plain(content[name]) != stored[name]:
            changed.append(name)
    return changed


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "birth_date": row["birth_date"].isoformat()} if row.get("birth_date") else row for row in rows]


def write_lists(case: Case, content: Mapping[str, Any]) -> None:
    """Make persons and items of the case what the content says."""
    for name, model in (("subjects", Subject), ("items", RequestItem)):
        if name in content:
            _sync(case, model, content[name])


def _sync(case: Case, model: type[Subject] | type[RequestItem], rows: list[dict[str, Any]]) -> None:
    """Make the stored rows equal `rows`, position by position, so that ids stay where the words stay."""
    stored: list[Any] = list(model.objects.filter(case=case).order_by("position"))
    for old, row in zip(stored, rows, strict=False):
        if any(getattr(old, name) != value for name, value in row.items()):
            model.objects.filter(pk=old.pk).update(**row)
    new = [model(case=case, position=n, **row) for n, row in enumerate(rows, start=1) if n > len(stored)]
    model.objects.bulk_create(new)  # type: ignore[arg-type]
    model.objects.filter(pk__in=[row.pk for row in stored[len(rows) :]]).delete()


def _drafter(actor: Actor, responsible: str) -> Officer:
    if not actor.service:
        return Officer.objects.get(pk=actor.for_officer_id or actor.person_id)
    number = normalize_police_number(responsible)
    officer = officers_at(actor.seat_id, role=Role.DRAFTER).filter(police_number=number).first()
    if officer is None:
        words = _("写明本机关一名在任承办人的警号，由他对这件请求负责。")
        raise GuardFailed(reasons=[Reason("responsible_officer_unknown", words, "/responsible_officer")])
    return officer

"""The ledger of supervision: reminders and orders given by or to the actor's agency and the agencies under it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import Actor
from cases.exports.kinds import Asked, Batch, Column, Kind, Params, Row, agency_at
from cases.models import Mark, Supervision, SupervisionKind, SupervisionState
from cases.policies import visible_to
from cases.queries.queue import below

_BATCH = 200


def _read(given: Params) -> dict[str, str]:
    asked = Asked(given)
    asked.one_of("kind", SupervisionKind.values)
    asked.one_of("state", SupervisionState.values)
    asked.agency("agency")
    return asked.found()


def _wanted(actor: Actor, params: Params) -> QuerySet[Supervision]:
    ours = below(actor.seat_id)
    rows = Supervision.objects.filter(Q(agency__in=ours) | Q(issued_by__in=ours), case__in=visible_to(actor))
    plain = {name: params[name] for name in ("kind", "state") if name in params}
    if agency := agency_at(params.get("agency", "")):
        rows = rows.filter(agency=agency)
    return rows.filter(**plain)


def _count(actor: Actor, params: Params, at: datetime, limit: int) -> int:
    return _wanted(actor, params)[:limit].count()


def _batches(actor: Actor, params: Params, at: datetime) -> Iterator[Batch]:
    rows = _wanted(actor, params).select_related("case", "agency", "issued_by", "officer", "escalated_to")
    rows = rows.prefetch_related("deadlines").order_by("-pk")
    found = list(rows[:_BATCH])
    while True:
        yield Batch([_row(row) for row in found], secret=any(row.case.mark == Mark.WORK_SECRET for row in found))
        if len(found) < _BATCH:
            return
        found = list(rows.filter(pk__lt=found[-1].pk)[:_BATCH])


def _row(row: Supervision) -> Row:
    due = max((one.due_at for one in row.deadlines.all() if one.cancelled_at is None), default=None)
    return (
        row.number,
        str(SupervisionKind(row.kind).label),
        str(SupervisionState(row.state).label),
        row.case.number,
        row.case.title,
        row.issued_by.name,
        row.officer.name,
        row.agency.name,
        row.issued_at,
        row.text,
        due,
        row.feedback_at,
        row.feedback,
        row.closed_at,
        row.escalated_to.name if row.escalated_to else "",
    )


def _filters(params: Params) -> list[tuple[str, str]]:
    agency = agency_at(params.get("agency", ""))
    said = [
        (_("范围"), _("本机关及下级发出和收到的催办、督办")),
        (_("种类"), str(SupervisionKind(params["kind"]).label) if "kind" in params else ""),
        (_("状态"), str(SupervisionState(params["state"]).label) if "state" in params else ""),
        (_("承办机关"), agency.name if agency else ""),
    ]
    return [(label, value) for label, value in said if value]


SUPERVISION = Kind(
    code="supervision",
    label=gettext_lazy("督办台账"),
    columns=(
        Column(gettext_lazy("督办编号"), 22, whole=True),
        Column(gettext_lazy("种类"), 8),
        Column(gettext_lazy("状态"), 10),
        Column(gettext_lazy("案件编号"), 27, whole=True),
        Column(gettext_lazy("案件名称"), 36, printed=False),
        Column(gettext_lazy("发出机关"), 24),
        Column(gettext_lazy("发出人"), 12, printed=False),
        Column(gettext_lazy("承办机关"), 24),
        Column(gettext_lazy("发出时间"), 17),
        Column(gettext_lazy("要求"), 40),
        Column(gettext_lazy("反馈期限"), 17),
        Column(gettext_lazy("反馈时间"), 17),
        Column(gettext_lazy("反馈"), 40),
        Column(gettext_lazy("办结时间"), 17, printed=False),
        Column(gettext_lazy("提级到"), 24, printed=False),
    ),
    read=_read,
    count=_count,
    batches=_batches,
    filters=_filters,
)

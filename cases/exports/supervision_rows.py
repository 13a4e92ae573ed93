"""The ledger of supervision, as the page of it shows it: issued by us, to us, raised to us, or all in sight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import Actor
from cases.exports.kinds import Asked, Batch, Column, Kind, Params, Row, agency_at
from cases.models import Deadline, Mark, Supervision, SupervisionKind, SupervisionState
from cases.queries import supervisions as ledger

_BATCH = 200


def _read(given: Params) -> dict[str, str]:
    asked = Asked(given)
    asked.one_of("view", ledger.VIEWS)
    asked.one_of("state", (ledger.OVERDUE, *ledger.STATES))
    asked.one_of("kind", SupervisionKind.values)
    asked.agency("agency")
    return asked.found()


def _wanted(params: Params) -> ledger.Wanted:
    """The agency is whom it was issued to; in the view of what we received, who issued it."""
    view, agency = params.get("view", ""), agency_at(params.get("agency", ""))
    pk, received = agency.pk if agency else 0, view == ledger.RECEIVED
    return ledger.Wanted(
        view=view,
        state=params.get("state", ""),
        kind=params.get("kind", ""),
        issued_by=pk if received else 0,
        agency=0 if received else pk,
    )


def _count(actor: Actor, params: Params, at: datetime, limit: int) -> int:
    return ledger.matching(actor, _wanted(params), at)[:limit].count()


def _batches(actor: Actor, params: Params, at: datetime) -> Iterator[Batch]:
    after = None
    while True:
        page = ledger.page(actor, _wanted(params), at, size=_BATCH, after=after)
        clocks = ledger.clocks_of(page.rows)
        secret = any(row.case.mark == Mark.WORK_SECRET for row in page.rows)
        yield Batch([_row(row, clocks.get(row.pk)) for row in page.rows], secret=secret)
        after = page.after
        if after is None:
            return


def _row(row: Supervision, clock: Deadline | None) -> Row:
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
        clock.due_at if clock else None,
        row.feedback_at,
        row.feedback,
        row.closed_at,
        row.escalated_to.name if row.escalated_to else "",
    )


def _filters(params: Params) -> list[tuple[str, str]]:
    views = {ledger.ISSUED: _("本机关发出"), ledger.RECEIVED: _("发给本机关"), ledger.ESCALATED: _("提级到本机关")}
    agency = agency_at(params.get("agency", ""))
    said = [
        (_("范围"), views.get(params.get("view", ""), _("看得到的全部催办、督办"))),
        (_("种类"), str(SupervisionKind(params["kind"]).label) if "kind" in params else ""),
        (_("状态"), _state(params["state"]) if "state" in params else ""),
        (_("机关"), agency.name if agency else ""),
    ]
    return [(label, value) for label, value in said if value]


def _state(code: str) -> str:
    if code in SupervisionState.values:
        return str(SupervisionState(code).label)
    return {"unclosed": _("未办结"), "waiting": _("待反馈"), ledger.OVERDUE: _("逾期未反馈")}[code]


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

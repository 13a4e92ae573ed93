"""督办通知书 and 催办通知: a supervision on paper, as it was issued; later feedback changes nothing on it.

What was ordered stays: by whom, to whom, until when. A day that was moved since, and an agency that was merged, are said in
a line of their own below it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from agencies import audit
from agencies.actors import Actor
from agencies.errors import NotVisible
from agencies.models import Agency, AuditEvent
from cases.kept import require_content
from cases.models import Case, Deadline, Supervision, SupervisionKind
from cases.paper import press
from cases.paper.printing import Printed
from cases.paper.sheets import dated, day, marks_of, moment
from cases.policies import get_visible
from cases.queries.supervisions import clocks_of
from cases.supervision.issuing import EVENTS
from cases.supervision.sight import PARTIES, in_sight
from countries.calendars import Rule, work_calendar

_HEADINGS = {SupervisionKind.ORDER: "督办通知书", SupervisionKind.REMINDER: "催办通知"}


def print_notice(*, actor: Actor, supervision_id: UUID) -> Printed:
    """The notice of a visible supervision, in Chinese; recorded with the hash of its bytes. Raises NotVisible, Archived (the
    content was disposed of) and what press.pdf raises."""
    one = in_sight(actor).select_related(*PARTIES).filter(pk=supervision_id).first()
    if one is None:
        raise NotVisible
    case = get_visible(actor, one.case_id)
    require_content(case)
    with translation.override("zh-hans"):
        content = press.pdf("supervision_notice", _data(one, case))
    facts = {
        "paper": "supervision_notice",
        "supervision": str(one.pk),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    audit.record(actor=actor, kind="case.print", subject=f"case:{case.pk}", facts=facts)
    return Printed(f"{_HEADINGS[SupervisionKind(one.kind)]}_{one.number}.pdf", content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issued:
    """What the notice said on its day."""

    by: Agency
    to: Agency
    due: datetime | None


def _issued(one: Supervision, clock: Deadline | None) -> _Issued:
    """From the event of the issue, which nothing changes."""
    events = AuditEvent.objects.filter(subject=f"case:{one.case_id}", kind=EVENTS[SupervisionKind(one.kind)])
    event = events.filter(facts__supervision=str(one.pk)).first()
    facts = {"by": event.agency_id or one.issued_by_id, **event.facts} if event else {}
    by, to = facts.get("by", one.issued_by_id), facts.get("to", one.agency_id)
    known = Agency.objects.in_bulk([by, to])
    return _Issued(
        by=known[by],
        to=known[to],
        due=datetime.fromisoformat(facts["due"]) if "due" in facts else first_due(clock),
    )


def first_due(clock: Deadline | None) -> datetime | None:
    """When a clock was due at its start, of an order whose event does not say: without extensions and pauses."""
    if clock is None:
        return None
    return work_calendar().due(clock.started_at, clock.amount, clock.unit, rule=Rule(clock.rule)).at


def _since(one: Supervision, issued: _Issued, clock: Deadline | None) -> str:
    """What has changed since: sentences, none when nothing has."""
    said = []
    if clock is not None and issued.due is not None and day(clock.due_at) != day(issued.due):
        reasons = ["经批准延长"] * bool(clock.extended_by)
        reasons += ["因暂停计时顺延"] * clock.pauses.filter(to_at__isnull=False).exists()
        said.append(f"期限{'、'.join(reasons) or '因节假日安排调整'}，现为{day(clock.due_at)}。")
    if clock is not None and clock.paused_at is not None:
        said.append(f"{day(clock.paused_at)}起暂停计时。")
    if one.agency_id != issued.to.pk:
        said.append(f"{issued.to.name}已并入{one.agency.name}，由其承办。")
    if one.issued_by_id != issued.by.pk:
        said.append(f"{issued.by.name}已并入{one.issued_by.name}，由其督办。")
    return "".join(said)


def _data(one: Supervision, case: Case) -> dict[str, Any]:
    order = one.kind == SupervisionKind.ORDER
    clock = clocks_of([one]).get(one.pk)
    issued = _issued(one, clock)
    return {
        "heading": _HEADINGS[SupervisionKind(one.kind)],
        "number": one.number,
        "marks": marks_of(case),
        "origin": issued.by.name,
        "date": dated(one.issued_at),
        "to": issued.to.name,
        "about": f"{case.title}（{case.number}）" if case.title else case.number,
        "text": one.text,
        "order": order,
        "due": day(issued.due) if issued.due else "",
        "signed": issued.by.name,
        "signed_on": day(one.issued_at),
        "officer": one.officer.name,
        "since": _since(one, issued, clock),
        "as_of": f"按系统记录生成，{moment(one.issued_at)} 发出。",
    }

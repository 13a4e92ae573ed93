"""督办通知书 and 催办通知: a supervision on paper, as it was issued; later feedback changes nothing on it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.utils import translation

from agencies import audit
from agencies.actors import Actor
from agencies.errors import NotVisible
from cases.kept import require_content
from cases.models import Case, Supervision, SupervisionKind
from cases.paper import press
from cases.paper.printing import Printed
from cases.paper.sheets import dated, day, marks_of, moment
from cases.policies import get_visible
from cases.queries.supervisions import clocks_of
from cases.supervision.sight import PARTIES, in_sight

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


def _data(one: Supervision, case: Case) -> dict[str, Any]:
    order = one.kind == SupervisionKind.ORDER
    clock = clocks_of([one]).get(one.pk)
    due = (clock.extended_from or clock.due_at) if clock else None
    return {
        "heading": _HEADINGS[SupervisionKind(one.kind)],
        "number": one.number,
        "marks": marks_of(case),
        "origin": one.issued_by.name,
        "date": dated(one.issued_at),
        "to": one.agency.name,
        "about": f"{case.title}（{case.number}）" if case.title else case.number,
        "text": one.text,
        "order": order,
        "due": day(due) if due else "",
        "signed": one.issued_by.name,
        "signed_on": day(one.issued_at),
        "officer": one.officer.name,
        "as_of": f"按系统记录生成，{moment(one.issued_at)} 发出。",
    }

"""What the pages of supervision show: rows of the ledger, the facts of one, and its part of the case page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.once import fresh_token
from agencies.models import Agency
from cases.models import Case, Deadline, Supervision, SupervisionKind
from cases.queries.dossier import Dossier
from cases.queries.supervisions import clocks_of
from cases.supervision import acts, issuing, sight
from cases.web.sentences import named
from cases.web.supervision_words import due_of, state_of
from countries.calendars import Calendar

# Who may do what to one; each with its form on its page.
ACTS: Mapping[str, Callable[[Actor, Supervision], bool]] = {
    "answer": sight.may_answer,
    "close": sight.may_close,
    "withdraw": sight.may_withdraw,
    "escalate": sight.may_escalate,
}


def row(one: Supervision, clock: Deadline | None, now: datetime, calendar: Calendar) -> dict[str, Any]:
    """One of them, wherever it is listed."""
    return {
        "one": one,
        "kind": SupervisionKind(one.kind).label,
        "order": one.kind == SupervisionKind.ORDER,
        "state": state_of(one),
        "due": due_of(one, clock, now, calendar),
        "due_at": clock.due_at if clock and clock.cancelled_at is None else None,
        "waits": sight.awaits(one),
        "withdrawn": sight.withdrawn(one),
    }


def forms(actor: Actor, one: Supervision) -> dict[str, bool]:
    """Which of its acts the actor may take now."""
    return {name: may(actor, one) for name, may in ACTS.items()}


def facts(one: Supervision, clock: Deadline | None) -> list[tuple[str, object]]:
    """The facts of one: from whom to whom, when, until when."""
    found: list[tuple[str, object]] = [
        (_("发出机关"), named(one.issued_by.name)),
        (_("被督办机关") if one.kind == SupervisionKind.ORDER else _("被催办机关"), named(one.agency.name)),
        (_("督办人"), named(one.officer.name)),
        (_("发出时间"), words.stamp(one.issued_at)),
    ]
    if clock is not None:
        found.append((_("反馈期限"), words.stamp(clock.due_at)))
    if one.escalated_to is not None and one.escalated_at is not None:
        found.append((_("提级到"), named(one.escalated_to.name)))
        found.append((_("提级时间"), words.stamp(one.escalated_at)))
    return found


def on_case(dossier: Dossier) -> dict[str, Any]:
    """Its part of the case page: the orders that wait for this officer's feedback, the list, and the forms to issue one."""
    actor, case = dossier.actor, dossier.case
    found = list(sight.of_case(actor, case))
    clocks = clocks_of(found)
    rows = [row(one, clocks.get(one.pk), dossier.now, dossier.calendar) for one in found]
    return {
        "supervisions": rows,
        "to_answer": [each for each in rows if sight.may_answer(actor, each["one"])],
        "supervise": offers(actor, case),
        "feedback_limit": acts.LIMIT,
    }


def offers(actor: Actor, case: Case) -> dict[str, Any] | None:
    """What the forms to remind and to order need; None for who may not or when there is nobody to issue it to."""
    if not sight.supervises(actor) or case.archived_at is not None:
        return None
    found = sight.targets(Agency.objects.get(pk=actor.seat_id), case)
    return {"targets": found, "token": fresh_token(), "limit": issuing.LIMIT} if found else None

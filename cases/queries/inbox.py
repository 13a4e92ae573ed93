"""An officer's notices. Words are made by the page, from the event and from the case if he may see it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from agencies.actors import Actor
from agencies.models import Notice
from cases.models import Case
from cases.policies import visible_to
from cases.queries.timeline import Entry, entries_of

PAGE = 50
CAP = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A notice, what happened, and the case; None when the case is not in the actor's sight."""

    notice: Notice
    entry: Entry
    case: Case | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    lines: Sequence[Line]
    older: int | None  # the notice id from which the next page starts


def unread_count(actor: Actor) -> int:
    """How many notices the officer has not read, counted up to a cap."""
    if actor.officer_id is None:
        return 0
    return Notice.objects.filter(officer_id=actor.officer_id or 0, read_at=None)[:CAP].count()


def unread_cases(actor: Actor) -> set[UUID]:
    """The cases about which the officer has unread notices; the lists show them in bold."""
    subjects = Notice.objects.filter(officer_id=actor.officer_id or 0, read_at=None, subject__startswith="case:")
    return {case_id(subject) for subject in subjects.values_list("subject", flat=True)[:1000]}


def case_id(subject: str) -> UUID:
    """The case that an event or a notice is about."""
    return UUID(subject.partition(":")[2])


def inbox(actor: Actor, *, before: int | None = None) -> Inbox:
    """One page of notices, newest first; `before` continues after a notice id."""
    notices = Notice.objects.filter(officer_id=actor.officer_id or 0)
    if before is not None:
        notices = notices.filter(pk__lt=before)
    found = list(notices.select_related("event__officer", "event__agency").order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    cases = {
        f"case:{case.pk}": case
        for case in visible_to(actor).filter(pk__in=[case_id(notice.subject) for notice in shown])
    }
    entries = entries_of(notice.event for notice in shown)
    lines = [
        Line(notice=notice, entry=entry, case=cases.get(notice.subject))
        for notice, entry in zip(shown, entries, strict=True)
    ]
    return Inbox(lines=lines, older=shown[-1].pk if len(found) > PAGE else None)

"""An officer's notices. Words are made by the page, from the event and from the case if he may see it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleLessThan

from agencies import prepared
from agencies.actors import Actor
from agencies.delegation_notices import FAMILY
from agencies.models import Agency, AuditEvent, Delegation, Notice
from cases.models import Case, DuplicatePair
from cases.policies import visible_to
from cases.queries.timeline import Entry, entries_of

PAGE = 50
CAP = 100
# When a notice came, and its id.
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A notice, what happened, and the case; None when the case is not in the actor's sight.

    A notice about a delegation (代办) has that instead; one about an order or an organ has `agencies`, by id, for its words;
    one about two requests that look like one has the pair, and those of the two that are in sight.
    """

    notice: Notice
    entry: Entry
    case: Case | None
    delegation: Delegation | None = None
    agencies: Mapping[int, Agency] | None = None
    pair: DuplicatePair | None = None
    of_pair: tuple[Case | None, Case | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    lines: Sequence[Line]
    older: Place | None  # the notice after which the next page starts


def unread_count(officer_id: int) -> int:
    """How many notices the officer has not read, counted up to a cap. Every page asks."""
    return int(prepared.rows(_UNREAD_COUNT, [officer_id])[0][0])


def unread_cases(actor: Actor) -> set[UUID]:
    """The cases about which the officer has unread notices; the lists show them in bold."""
    return {case_id(subject) for (subject,) in prepared.rows(_UNREAD, [actor.officer_id or 0])}


_UNREAD_COUNT = f"""SELECT count(*) FROM (
SELECT FROM agencies_notice WHERE officer_id = %s::int AND read_at IS NULL LIMIT {CAP}) unread"""  # noqa: S608
_UNREAD = (
    "SELECT subject FROM agencies_notice WHERE officer_id = %s::int AND read_at IS NULL"
    " AND starts_with(subject, 'case:') LIMIT 1000"
)


def case_id(subject: str) -> UUID:
    """The case that an event or a notice is about."""
    return UUID(subject.partition(":")[2])


def _family(notice: Notice) -> str:
    """What the notice is about: a case, a delegation."""
    return notice.subject.partition(":")[0]


def inbox(actor: Actor, *, before: Place | None = None) -> Inbox:
    """One page of notices, newest first; `before` continues after a notice."""
    notices = Notice.objects.filter(officer_id=actor.officer_id or 0)
    if before is not None:
        notices = notices.filter(TupleLessThan((F("created_at"), F("pk")), before))
    found = list(notices.select_related("event__officer", "event__agency").order_by("-created_at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    lines = _lines(actor, shown)
    last = shown[-1] if len(found) > PAGE else None
    return Inbox(lines=lines, older=(last.created_at, last.pk) if last else None)


def _lines(actor: Actor, shown: Sequence[Notice]) -> list[Line]:
    """The notices with what each is about, in a fixed number of queries."""
    pairs = _pairs(actor, shown)
    lent = Delegation.objects.select_related("lender", "delegate", "appointment__agency").in_bulk(
        [one.event.facts["delegation"] for one in shown if _family(one) == FAMILY]
    )
    named = _named([one.event for one in shown if _family(one) not in ("case", "pair", FAMILY)])
    wanted = [case_id(one.subject) for one in shown if _family(one) == "case"]
    wanted += [pk for pair in pairs.values() for pk in (pair.low_id, pair.high_id)]
    cases = {case.pk: case for case in visible_to(actor).filter(pk__in=wanted)}
    lines = []
    for notice, entry in zip(shown, entries_of(notice.event for notice in shown), strict=True):
        family, line = _family(notice), Line(notice=notice, entry=entry, case=None)
        if family == "case":
            line = replace(line, case=cases.get(case_id(notice.subject)))
        elif family == "pair":
            pair = pairs.get(notice.subject)
            both = (cases.get(pair.low_id), cases.get(pair.high_id)) if pair else (None, None)
            line = replace(line, pair=pair, of_pair=both)
        elif family == FAMILY:
            line = replace(line, delegation=lent.get(notice.event.facts["delegation"]))
        else:
            line = replace(line, agencies=named)
        lines.append(line)
    return lines


def _named(events: Iterable[AuditEvent]) -> dict[int, Agency]:
    """The organs that these events name."""
    return Agency.objects.in_bulk(
        {pk for event in events for name in ("from", "to", "agency") if isinstance(pk := event.facts.get(name), int)}
    )


def _pairs(actor: Actor, notices: Sequence[Notice]) -> dict[str, DuplicatePair]:
    """The pairs that the notices are about, by subject: those that were reported to the acting agency."""
    told = [case_id(notice.subject) for notice in notices if _family(notice) == "pair"]
    if not told:
        return {}
    pairs = DuplicatePair.objects.filter(pk__in=told, agency_id=actor.case_agency_id or 0)
    return {f"pair:{pair.pk}": pair for pair in pairs}
